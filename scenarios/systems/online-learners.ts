import {
  eBptt,
  fBptt,
  kfRtrl,
  local,
  rKfRtrl,
  rtrl,
  snap,
  uoro,
  type Carried,
  type LearningAlgorithm,
  type ProblemFields,
} from 'rxflo';

type Matrix = readonly (readonly number[])[];

/** How large a problem is. */
export interface ProblemSize {
  /** Units, inputs and outputs. */
  readonly N: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly timesteps: number;
  readonly trials: number;
}

/** What a problem lets learn, and what it prints of what that has learned besides weights. */
export interface ReadLearner {
  readonly algorithm: LearningAlgorithm;
  readonly learned?: (carried: Carried) => Readonly<Record<string, unknown>>;
}

/** Where what belongs to a learner stands: how it learns, and what has its noise. */
interface Given {
  readonly given: ProblemFields;
  readonly noise: ProblemFields;
  readonly size: ProblemSize;
}

const WHOLE = { least: 1, most: 10_000_000, whole: true };

const LEARNERS = {
  rflo: () => ({ algorithm: local() }),
  rtrl: () => ({ algorithm: rtrl() }),
  snap: ({ given }) => ({ algorithm: snap(given.number('n', WHOLE)) }),
  'e-bptt': ({ given }) => ({ algorithm: eBptt(given.number('horizon', WHOLE)) }),
  'f-bptt': ({ given }) => ({ algorithm: fBptt(given.number('horizon', WHOLE)) }),
  uoro: (problem) => {
    const { N, inputs } = problem.size;
    const [epsilon, tape] = [problem.given.number('epsilon', { least: 0 }), tapeOf(problem, N)];
    const { A, B } = factorsOf(problem, N, [N, N + inputs]) ?? {};
    // B has a row for each unit, its recurrent synapses first; a circuit has a group's synapses together.
    const start = A && B && { A, B: [...B.map((row) => row.slice(0, N)), ...B.map((row) => row.slice(N))].flat() };
    return { algorithm: uoro({ epsilon, tape, ...(start && { start }) }) };
  },
  'kf-rtrl': (problem) => {
    const { N, inputs } = problem.size;
    const [epsilon, tape] = [problem.given.number('epsilon', { least: 0 }), tapeOf(problem, 2)];
    const start = factorsOf(problem, N + inputs, [N, N]);
    return { algorithm: kfRtrl({ epsilon, tape, ...(start && { start: { A: start.A, B: start.B.flat() } }) }) };
  },
  'r-kf-rtrl': (problem) => {
    const { N, inputs } = problem.size;
    const [epsilon, tape] = [problem.given.number('epsilon', { least: 0 }), tapeOf(problem, N)];
    const start = factorsOf(problem, N, [N, N + inputs]);
    return { algorithm: rKfRtrl({ epsilon, tape, ...(start && { start: { A: start.A, B: start.B.flat() } }) }) };
  },
} satisfies Readonly<Record<string, (problem: Given) => ReadLearner>>;

export type LearnerName = keyof typeof LEARNERS;

/** What the algorithm of a problem may be called. */
export const learnerNames = Object.keys(LEARNERS) as readonly LearnerName[];

/** Reads what an algorithm of this name needs. */
export function readLearner(name: LearnerName, problem: Given): ReadLearner {
  return LEARNERS[name](problem);
}

/** Noise for each trial and timestep, so many numbers. */
function tapeOf({ noise, size: { trials, timesteps } }: Given, length: number): readonly Matrix[] {
  const perTrial = {
    rows: { length: timesteps, each: 'row of task.target' },
    columns: { length, each: 'number that is drawn' },
  };
  return noise.matrices(
    'noise',
    Array.from({ length: trials }, () => perTrial),
    'trial',
  );
}

/** A and B as they begin, if they are given. */
function factorsOf({ given }: Given, A: number, [rows, columns]: readonly [number, number]) {
  if (!given.has('initial')) return undefined;
  const initial = given.part('initial');
  return {
    A: initial.numbers('A', { size: { length: A, each: 'number of the first factor' } }),
    B: initial.matrix('B', {
      rows: { length: rows, each: 'row of the second factor' },
      columns: { length: columns, each: 'column of the second factor' },
    }),
  };
}
