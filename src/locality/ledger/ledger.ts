import { referenceNames } from '../../algorithms/index.ts';
import { build, descends, type Circuit } from '../../circuit/index.ts';
import { InputError, onlyFields, show } from '../../errors/index.ts';
import type { LearningAlgorithm } from '../../solvers/index.ts';
import { periodic, trialOfTask, type Task } from '../../tasks/index.ts';
import { countLocal } from './count-local.ts';
import { countAccesses, countBytes, type SolverRun } from './count-solver.ts';
import type { LedgerRow } from './counts.ts';
import { ledgerCircuit } from './example.ts';
import { fitsOf, type Fit } from './fits.ts';
import { countedLearner, type CountedLearner, type LedgerLearner } from './learners.ts';

/** What to count. */
export interface LedgerOptions {
  /** Makes the circuit with this number of units. By default the example of Murray (2019), of which the recurrent synapses learn. */
  readonly circuit?: (units: number) => Circuit;
  /** Makes the task whose trials last this many timesteps. Default `periodic`. */
  readonly task?: (timesteps: number) => Task;
  /**
   * Rules of the circuit and algorithms, by name or as values. A name that ends in `-weight-transport` or `-random` uses the other feedback; one that
   * ends in `-history` or `-trace` specifies how its rules are evaluated. A learner can also be described, such as a scenario's learner with its own
   * rules. Default: rflo and the exact references, bptt and rtrl.
   */
  readonly learners?: readonly (string | LearningAlgorithm | LedgerLearner)[];
  /** N, in rising order, each counted at the first T. Default LEDGER_UNITS: 8, 16, 32, 64, 128. */
  readonly units?: readonly number[];
  /** T, in rising order, each counted at the first N. Default LEDGER_TIMESTEPS: 10, 30, 100, 300, 1000. */
  readonly timesteps?: readonly number[];
  /** The most reads and writes of a solver that are counted; if there are more, only bytes are counted. Default 2^25: some seconds. */
  readonly most?: number;
  /** With circuit and task, determines every count. Default 1. */
  readonly seed?: number;
  /** Called with what is about to be counted. */
  readonly onCount?: (what: string) => void;
}

/** What learning costs, counted while it happens. */
export interface Ledger {
  readonly format: 'rxflo-ledger/1';
  readonly seed: number;
  readonly most: number;
  readonly rows: readonly LedgerRow[];
  readonly fits: readonly Fit[];
}

/** The numbers of units that are counted by default. */
export const LEDGER_UNITS: readonly number[] = [8, 16, 32, 64, 128];
/** The numbers of timesteps that are counted by default. */
export const LEDGER_TIMESTEPS: readonly number[] = [10, 30, 100, 300, 1000];

interface Size {
  readonly units: number;
  readonly timesteps: number;
}

const FIELDS = ['circuit', 'task', 'learners', 'units', 'timesteps', 'most', 'seed', 'onCount'];

/**
 * Counts what each learner sends, reads, computes and stores in one trial, over numbers of units at the least T and over numbers of
 * timesteps at the least N, and fits the exponents with which it grows.
 *
 * Nothing is taken from a formula: the actors' messages, what rules read of their views, and the reads and writes of the solvers' arrays
 * are counted while the engines run.
 *
 * @throws InputError naming the option that is wrong.
 */
export function ledger(options: LedgerOptions = {}): Ledger {
  onlyFields('ledger', options, FIELDS);
  const { circuit = ledgerCircuit, task = (period: number) => periodic({ period }), seed = 1, onCount } = options;
  const { learners: names = ['rflo', ...referenceNames], most = 2 ** 25 } = options;
  const { units = LEDGER_UNITS, timesteps = LEDGER_TIMESTEPS } = options;
  rising('units', units);
  rising('timesteps', timesteps);
  if (!(most > 0)) throw new InputError('most', `expected a number of reads and writes above 0, got ${show(most)}`);
  if (names.length === 0) throw new InputError('learners', "is empty; give some, such as ['rflo', 'bptt']");
  const sizes: readonly Size[] = [
    ...units.map((N) => ({ units: N, timesteps: timesteps[0] })),
    ...timesteps.slice(1).map((T) => ({ units: units[0], timesteps: T })),
  ];
  const circuits = new Map(units.map((N) => [N, circuit(N)]));
  const circuitOf = (N: number) => circuits.get(N) ?? circuit(N);
  const learners = names.map((name) => countedLearner(name, circuitOf(units[0])));
  const runOf = ({ feedback, learned, evaluation }: CountedLearner, { units: N, timesteps: T }: Size) => ({
    circuit: build(learned(circuitOf(N)), seed, { ...(evaluation && { evaluation }) }),
    trial: trialOfTask(task(T), 1, seed),
    options: { feedback, schedule: 'trial' as const, seed },
  });
  const said = (what: string, { name }: CountedLearner, { units: N, timesteps: T }: Size) => {
    onCount?.(`${what} of ${name} at N = ${N}, T = ${T}`);
  };

  // Accesses are counted last: once the solvers' loops have run on a watched array, they are slower for ordinary arrays, too.
  const bytes = learners.map((learner) =>
    sizes.map((size): LedgerRow => {
      const { circuit: built, trial, options: how } = runOf(learner, size);
      const named = { learner: learner.name, ...size };
      if (learner.algorithm.rules) {
        said('messages', learner, size);
        return { ...named, ...countLocal(built, trial, how).counts };
      }
      said('bytes', learner, size);
      const synapses = built.groups.reduce(
        (sum, group) => sum + (descends(group, learner.name) ? group.pre.length : 0),
        0,
      );
      const kept = countBytes({ algorithm: learner.algorithm, circuit: built, trial, options: how });
      const unknown = { events: null, reads: null, writes: null, operations: null };
      return { ...named, synapses, updates: synapses * trial.timesteps, ...unknown, bytes: kept };
    }),
  );
  const rows = learners.flatMap((learner, l) => {
    const { algorithm } = learner;
    if (algorithm.rules) return bytes[l];
    const tooMany: Size[] = [];
    return bytes[l].map((row) => {
      if (tooMany.some((size) => size.units <= row.units && size.timesteps <= row.timesteps)) return row;
      said('reads and writes', learner, row);
      const run: SolverRun = { algorithm, ...runOf(learner, row) };
      const counted = countAccesses(run, most);
      if (counted.reads === null) tooMany.push(row);
      return { ...row, ...counted };
    });
  });
  return { format: 'rxflo-ledger/1', seed, most, rows, fits: fitsOf(rows, units[0], timesteps[0]) };
}

function rising(place: string, sizes: readonly number[]): void {
  if (sizes.length === 0) throw new InputError(place, 'is empty; give whole numbers in rising order');
  sizes.forEach((size, k) => {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new InputError(`${place}[${k}]`, `${show(size)} is not a whole number, 1 or more`);
    }
    if (k > 0 && size <= sizes[k - 1]) {
      throw new InputError(`${place}[${k}]`, `${size} is not more than ${sizes[k - 1]} before it; give rising numbers`);
    }
  });
}
