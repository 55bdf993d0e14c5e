import { existsSync } from 'node:fs';
import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { readRecording } from './recording-reader.ts';
import { numbersOf, type Moment, type WeightsRecord } from './records.ts';
import { runFiles } from './run-directory.ts';
import { holdsSweep } from './sweep/directory.ts';

/** Which weights of a run to read. */
export interface WeightsOfOptions {
  /** The learner's name. May be left out if the run has one learner. */
  readonly learner?: string;
  /** Default 'after': those after learning. */
  readonly when?: Moment;
}

/**
 * The weights of a run, for use in another circuit: as `weights` of a synapse group or of a feedback.
 *
 * @param directory The run directory, such as 'runs/periodic'.
 * @param group A synapse group, or `feedback.NAME` for the feedback weights B that a learner received.
 * @returns A row for each postsynaptic (of B: receiving) neuron, [rows][columns]; NaN where there is no synapse.
 * @throws InputError if there is no such run, group or learner, several learners and none named, or such weights were not recorded.
 *
 * @example
 * recurrent: { from: 'h', to: 'h', weights: weightsOf('runs/periodic', 'recurrent', { learner: 'rflo' }), rule: rflo() },
 */
export function weightsOf(directory: string, group: string, options: WeightsOfOptions = {}): readonly Float64Array[] {
  onlyFields('weightsOf', options, ['learner', 'when']);
  const { when = 'after' } = options;
  if (!['before', 'after'].includes(when)) {
    throw new InputError('weightsOf.when', `expected 'before' or 'after', got ${show(when)}`);
  }
  const file = recordingIn(directory);
  let learner = options.learner;
  let found = new Map<string, WeightsRecord>();
  for (const record of readRecording(file)) {
    if (record.kind === 'header') learner = learnerIn(directory, record.learners, learner);
    else if (record.learner !== learner) continue;
    // A learner that was resumed has not ended, whatever it recorded before.
    else if (record.kind === 'trial' && when === 'after') found = new Map();
    else if (record.kind === 'weights' && record.when === when) found.set(record.group, record);
  }
  const record = found.get(group);
  if (record) return rowsOf(record);
  if (found.size === 0) {
    const problem = `learner ${show(learner)} has recorded no weights ${when} learning`;
    throw new InputError(directory, `${problem}: the run has not ended, or failed; resume it, or give when: 'before'`);
  }
  throw new InputError(directory, `unknown group ${show(group)}; expected ${oneOf([...found.keys()])}`);
}

function recordingIn(directory: string): string {
  if (typeof directory !== 'string') {
    throw new InputError('weightsOf', `expected a directory as text, such as 'runs/periodic', got ${show(directory)}`);
  }
  if (holdsSweep(directory)) {
    throw new InputError(
      directory,
      'is a sweep, which keeps weights without saying where the synapses are; give the directory of a run',
    );
  }
  const { recording } = runFiles(directory);
  if (!existsSync(recording)) {
    throw new InputError(directory, 'holds no run (no recording.msgpack); give the directory of one');
  }
  return recording;
}

function learnerIn(directory: string, learners: readonly string[], learner: string | undefined): string {
  if (learner === undefined && learners.length === 1) return learners[0];
  if (learner === undefined) {
    throw new InputError(directory, `has several learners; give one as learner: ${oneOf(learners)}`);
  }
  if (learners.includes(learner)) return learner;
  throw new InputError(directory, `unknown learner ${show(learner)}; expected ${oneOf(learners)}`);
}

function rowsOf({ values }: WeightsRecord): readonly Float64Array[] {
  const [rows, columns] = values.shape;
  const numbers = numbersOf(values);
  return Array.from({ length: rows }, (_, i) => numbers.slice(i * columns, (i + 1) * columns));
}
