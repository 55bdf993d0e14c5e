import type { BuiltCircuit, StopPhase } from '../../circuit/index.ts';
import { InputError, RunError } from '../../errors/index.ts';
import type { LearningAlgorithm, OpenOptions, Purpose } from '../../solvers/index.ts';
import type { Trial } from '../../tasks/index.ts';
import type { Counts } from './counts.ts';
import { meteredMemory, TooManyAccesses, type Accesses, type MeteredMemory } from './metered-memory.ts';

const NUMBER = Float64Array.BYTES_PER_ELEMENT;

/** What a solver learns from while it is counted. */
export interface SolverRun {
  readonly algorithm: LearningAlgorithm;
  readonly circuit: BuiltCircuit;
  readonly trial: Trial;
  readonly options: OpenOptions;
}

/** Runs one trial and counts the bytes that a solver keeps in order to learn: the arrays that it took for learning, and remembered activity. */
export function countBytes(run: SolverRun): number {
  const [learning, running] = [true, false].map((learn) => watch(run, learn, meteredMemory(['activity'])));
  return NUMBER * (learning.learning + learning.remembered - running.remembered);
}

/**
 * Runs one trial with every array watched, and once more without learning: the difference is what learning reads and writes.
 *
 * Operations are derived from reads and writes. A solver adds products to sums: each sum is read and written back, and everything else that
 * is read is a factor of one product, so reads minus writes are the multiplications, and each comes with one addition.
 *
 * @param most Gives up after this many reads and writes.
 */
export function countAccesses(run: SolverRun, most: number): Pick<Counts, 'reads' | 'writes' | 'operations'> {
  try {
    const [learning, running] = [true, false].map((learn) =>
      watch(run, learn, meteredMemory(['weights', 'activity', 'learning'], most)),
    );
    const reads = learning.reads - running.reads;
    const writes = learning.writes - running.writes;
    return { reads, writes, operations: 2 * (reads - writes) };
  } catch (error) {
    const cause = error instanceof RunError ? error.cause : error;
    if (cause instanceof TooManyAccesses) return { reads: null, writes: null, operations: null };
    throw error;
  }
}

function watch({ algorithm, circuit, trial, options }: SolverRun, learn: boolean, meter: MeteredMemory): Accesses {
  const taken: Purpose[] = [];
  const solver = algorithm.open(circuit, {
    ...options,
    memory: (length, purpose) => {
      taken.push(purpose);
      return meter.memory(length, purpose);
    },
  });
  if (taken.length === 0) {
    throw new InputError(
      `algorithm '${algorithm.name}'`,
      'takes no array from the memory that it is given, so its reads and writes cannot be counted; make it take its arrays from options.memory',
    );
  }
  meter.tick();
  // If a circuit repeats, activity that is older than a sweep counts as remembered.
  const end = algorithm.causal && learn ? 'learn' : 'broadcast';
  const onPhase = (ended: StopPhase) => {
    if (ended === end) meter.tick();
  };
  solver.trial(trial, circuit.repeat ? { learn, onPhase } : { learn, onTimestep: meter.tick });
  return meter.accesses();
}
