import { zipSync } from 'fflate';
import { InputError } from '../errors/index.ts';
import type { FileParts } from './files.ts';
import { npy } from './npy.ts';
import type { HeaderRecord } from './records.ts';
import type { LearnerData, RunData } from './run-data.ts';

/** A zip archive without the 64-bit extension holds less than 4 GiB, in less than 65536 files. */
const [LARGEST, MOST_ARRAYS] = [0xffffffff, 0xffff];

/** The same time in every archive, so that the same run gives the same bytes: the earliest that zip can express. */
const MTIME = new Date(1980, 0, 1);

/** The files of an export for NumPy: one archive, as `numpy.savez` writes it. */
export function npzFiles(run: RunData): FileParts[] {
  const arrays = new Map<string, Uint8Array>();
  const add: Adder = (name, values, shape = [values.length]) => {
    if (arrays.size === MOST_ARRAYS) {
      throw new InputError(run.directory, `has more than ${MOST_ARRAYS} arrays to export; export it as csv`);
    }
    arrays.set(`${name}.npy`, npy(values, shape));
  };
  for (const learner of run.learners) addLearner(learner, run.header, add);
  const bytes = [...arrays].reduce((sum, [name, array]) => sum + array.length + 2 * Buffer.byteLength(name) + 128, 0);
  if (bytes > LARGEST) {
    throw new InputError(run.directory, `has ${bytes} bytes to export, more than one .npz holds; export it as csv`);
  }
  return [{ name: 'run.npz', parts: [zipSync(Object.fromEntries(arrays), { level: 0, mtime: MTIME })] }];
}

type Adder = (name: string, values: Float64Array, shape?: readonly number[]) => void;

function addLearner(learner: LearnerData, { test, probes: widths = {} }: HeaderRecord, add: Adder): void {
  const { name, trials, probes, weights, activity, shown, scores } = learner;
  add(`${name}/trial`, trials.trial);
  add(`${name}/loss`, trials.loss);
  add(`${name}/alignment`, trials.alignment);
  const unread = Object.entries(widths).filter(([probe]) => !probes.has(probe));
  for (const [probe, width] of unread) add(`${name}/probes/${probe}`, new Float64Array(0), [0, width]);
  for (const [probe, { trial, timestep, values, width }] of probes) {
    add(`${name}/probes/${probe}`, values, [trial.length, width]);
    add(`${name}/probes/${probe}/trial`, trial);
    add(`${name}/probes/${probe}/timestep`, timestep);
  }
  for (const [i, score] of test?.scores.entries() ?? []) {
    if (scores) add(`${name}/scores/${score.name}`, scores.subarray(i, i + 1));
  }
  for (const when of ['before', 'after'] as const) {
    for (const [group, { values, shape }] of weights[when]) add(`${name}/weights/${when}/${group}`, values, shape);
    for (const [population, { rates, target, shape }] of activity[when]) {
      add(`${name}/activity/${when}/${population}`, rates, shape);
      if (target) add(`${name}/activity/${when}/${population}/target`, target, shape);
    }
    for (const [probe, { values, shape }] of shown[when]) add(`${name}/shown/${when}/${probe}`, values, shape);
  }
}
