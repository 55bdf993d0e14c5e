import {
  dni,
  dniB,
  eBptt,
  fBptt,
  kernl,
  kfRtrl,
  local,
  nodePerturbation,
  ok,
  rKfRtrl,
  rtrl,
  snap,
  uoro,
  weightPerturbation,
  type Carried,
  type LearningAlgorithm,
  type ProblemFields,
} from 'rxflo';

type Matrix = readonly (readonly number[])[];

/** The size of a problem. */
export interface ProblemSize {
  /** Units, inputs and outputs. */
  readonly N: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly timesteps: number;
  readonly trials: number;
}

/** The algorithm of a problem, and what it prints in addition to weights. */
export interface ReadLearner {
  readonly algorithm: LearningAlgorithm;
  readonly learned?: (carried: Carried) => Readonly<Record<string, unknown>>;
  /** The estimated credit of a timestep, from its rates and targets. */
  readonly credit?: (carried: Carried, rates: readonly number[], target: readonly number[]) => readonly number[];
}

/** The parts of a problem that belong to a learner: its settings and its noise. */
interface Given {
  readonly given: ProblemFields;
  readonly noise: ProblemFields;
  readonly size: ProblemSize;
}

const RATE = { least: 0 };
const WHOLE = { least: 1, most: 10_000_000, whole: true };

const LEARNERS = {
  rflo: () => ({ algorithm: local() }),
  rtrl: () => ({ algorithm: rtrl() }),
  snap: ({ given }) => ({ algorithm: snap(given.number('n', WHOLE)) }),
  'e-bptt': ({ given }) => ({ algorithm: eBptt(given.number('horizon', WHOLE)) }),
  'f-bptt': ({ given }) => ({ algorithm: fBptt(given.number('horizon', WHOLE)) }),
  uoro: (problem) => {
    const { N, inputs } = problem.size;
    const [epsilon, tape] = [epsilonOf(problem), tapeOf(problem, N)];
    const { A, B } = factorsOf(problem, N, [N, N + inputs]) ?? {};
    // B has a row for each unit, with recurrent synapses first; a circuit stores the synapses of a group together.
    const start = A && B && { A, B: [...B.map((row) => row.slice(0, N)), ...B.map((row) => row.slice(N))].flat() };
    return { algorithm: uoro({ epsilon, tape, ...(start && { start }) }) };
  },
  'kf-rtrl': (problem) => {
    const { N, inputs } = problem.size;
    const [epsilon, tape] = [epsilonOf(problem), tapeOf(problem, 2)];
    const start = factorsOf(problem, N + inputs, [N, N]);
    return { algorithm: kfRtrl({ epsilon, tape, ...(start && { start: { A: start.A, B: start.B.flat() } }) }) };
  },
  'r-kf-rtrl': (problem) => {
    const { N, inputs } = problem.size;
    const [epsilon, tape] = [epsilonOf(problem), tapeOf(problem, N)];
    const start = factorsOf(problem, N, [N, N + inputs]);
    return { algorithm: rKfRtrl({ epsilon, tape, ...(start && { start: { A: start.A, B: start.B.flat() } }) }) };
  },
  ok: (problem) => {
    const rank = problem.given.number('rank', WHOLE);
    return { algorithm: ok(rank, { tape: tapeOf(problem, rank + 1) }) };
  },
  kernl: (problem) => {
    const { given, size } = problem;
    const units = { length: size.N, each: 'unit' };
    const initial = given.part('initial');
    const algorithm = kernl({
      eta: given.number('perturbationRate', RATE),
      A: initial.matrix('A', { rows: units, columns: units }).flat(),
      gamma: initial.numbers('gamma', { size: units }),
      tape: tapeOf(problem, size.N),
    });
    return {
      algorithm,
      learned: (carried) => ({ A: rowsOf(carried['kernl.A'], size.N), gamma: [...carried['kernl.gamma']] }),
    };
  },
  dni: (problem) => {
    problem.given.choice('jacobian', ['exact']);
    problem.given.choice('squash', ['none']);
    return { algorithm: dni(creditOf(problem)), ...guessed('dni', problem.size) };
  },
  'dni-b': (problem) => {
    const { given, size } = problem;
    given.choice('jacobian', ['learned']);
    given.choice('squash', ['tanh']);
    const units = { length: size.N, each: 'unit' };
    const J = given.part('initial').matrix('J', { rows: units, columns: units });
    const jacobianRate = given.number('jacobianRate', RATE);
    const algorithm = dniB({ ...creditOf(problem), jacobianRate, J: J.flat() });
    const { learned, credit } = guessed('dni-b', size);
    return {
      ...{ algorithm, credit },
      learned: (carried) => ({ ...learned(carried), J: rowsOf(carried['dni-b.J'], size.N) }),
    };
  },
  'node-perturbation': (problem) => {
    const decay = problem.given.number('decay', { least: 0, most: 1 });
    const tape = tapeOf(problem, problem.size.N);
    return {
      algorithm: nodePerturbation({ ...perturbationOf(problem), decay, tape }),
      learned: (carried) => ({ baseline: carried['node-perturbation.Lbar'][0] }),
    };
  },
  'weight-perturbation': (problem) => {
    const { N, inputs, trials } = problem.size;
    const units = { length: N, each: 'unit' };
    const noise = problem.noise.part('noise');
    const tapeFor = (name: string, columns: number) =>
      noise.matrices(
        name,
        Array.from({ length: trials }, () => ({
          rows: units,
          columns: { length: columns, each: 'synapse on a unit' },
        })),
        'trial',
      );
    const [w_rec, w_in] = [tapeFor('w_rec', N), tapeFor('w_in', inputs)];
    const tape = w_rec.map((recurrent, trial) => [[...recurrent.flat(), ...w_in[trial].flat()]]);
    return {
      algorithm: weightPerturbation({ ...perturbationOf(problem), tape }),
      learned: (carried) => ({ baseline: carried['weight-perturbation.Lbar'][0] }),
    };
  },
} satisfies Readonly<Record<string, (problem: Given) => ReadLearner>>;

export type LearnerName = keyof typeof LEARNERS;

/** The names of algorithms in problems. */
export const learnerNames = Object.keys(LEARNERS) as readonly LearnerName[];

/** Reads the settings of the algorithm with this name. */
export function readLearner(name: LearnerName, problem: Given): ReadLearner {
  return LEARNERS[name](problem);
}

/** How credit is learned. */
function creditOf({ given, size: { N, outputs } }: Given) {
  const A = given.part('initial').matrix('A', {
    rows: { length: N, each: 'unit' },
    columns: { length: N + outputs + 1, each: 'unit, target and constant' },
  });
  const [creditRate, hold] = [given.number('creditRate', RATE), given.number('holdInterval', WHOLE)];
  return { creditRate, hold, A: A.flat() };
}

/** The printed parts of learned credit. */
function guessed(name: string, { N }: ProblemSize) {
  return {
    learned: (carried: Carried) => ({ A: rowsOf(carried[`${name}.A`], N) }),
    credit: (carried: Carried, rates: readonly number[], target: readonly number[]) => {
      const seen = [...rates, ...target, 1];
      return rowsOf(carried[`${name}.A`], N).map((row) => row.reduce((sum, a, j) => sum + a * seen[j], 0));
    },
  };
}

function perturbationOf({ given }: Given) {
  return {
    sigma: given.number('sigma', { least: Number.MIN_VALUE }),
    baselineRate: given.number('baselineRate', { least: 0, most: 1 }),
    baseline: given.part('initial').number('baseline'),
  };
}

/** A number of rows of the same length. */
function rowsOf(numbers: Float64Array, count: number): Matrix {
  const width = numbers.length / count;
  return Array.from({ length: count }, (_, k) => [...numbers.subarray(k * width, (k + 1) * width)]);
}

/** The noise of each trial and timestep, with a given number of values. */
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

/** A number that keeps the scales of the factors above 0; it must be above 0 if the factors start from 0. */
function epsilonOf({ given }: Given): number {
  const epsilon = given.number('epsilon', { least: 0 });
  if (epsilon === 0 && !given.has('initial'))
    given.refuse(
      'epsilon',
      'is 0, which divides 0 by 0 if factors start from 0; give a number above 0, or give initial',
    );
  return epsilon;
}

/** The initial A and B, if they are given. */
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
