import { EigenvalueDecomposition, Matrix as Numbers } from 'ml-matrix';
import { problemFormat, type ProblemFields, type ProblemRun, type RunProblem, type Task } from 'rxflo';
import { fixedPoints, reparameterised, type FixedPoints, type LocalRule } from '../systems/fixed-points.ts';

type Matrix = readonly (readonly number[])[];

interface Setting {
  readonly network: Omit<FixedPoints, 'weights' | 'rule'>;
  readonly task: Task;
  readonly samples: number;
}

/** The tolerance of a fixed point, and the most sweeps for a sample. */
const [MOVES, MOST_SWEEPS] = [1e-15, 100_000];
/** The largest absolute value of an initial weight. */
const LARGEST = 1e6;
/** The most numbers to keep: the weights of every step are kept. */
const MOST_KEPT = 20_000_000;

/** Networks that learn their fixed points, with all samples at once: a trial has a timestep for each sample. */
export default problemFormat({
  format: 'rosenbaum-fixed-point/1',
  read: (problem) => {
    const weights = problem.square('weights', { least: -LARGEST, most: LARGEST });
    const gain = problem.choice('gain', ['linear', 'relu', 'tanh']);
    const rule = problem.choice('rule', ['gradient', 'reparameterized', 'linearized', 'linearized-b']);
    if (rule === 'reparameterized' && gain !== 'linear')
      problem.refuse('gain', `is '${gain}', but reparameterized is only for linear networks; give 'linear'`);
    const setting = settingOf(problem, weights, { gain, eta: problem.number('rate') });
    const most = Math.min(100_000, Math.floor(MOST_KEPT / weights.length ** 2));
    const steps = problem.number('steps', { least: 1, most, whole: true });
    return async (run) => {
      const { loss, courses, seen } = await learn(run, setting, { weights, rule, trials: steps + 1 });
      const changes = courses.slice(1).map((next, k) => minus(next, courses[k]));
      // With rate 1, separately from each W.
      const descents = [];
      for (const w of courses.slice(0, steps)) {
        const { courses: gone } = await learn(run, setting, { weights: w, rule: 'gradient', trials: 1, eta: 1 });
        descents.push(minus(gone[1], w));
      }
      return {
        loss,
        largest_real_part: courses.slice(0, steps + 1).map(largestRealPart),
        cosine_with_descent: descents.map((descent, k) => cosine(changes[k].flat(), descent.flat())),
        first: {
          ...{ fixed_points: seen['r'], loss_by_rate: seen['delta'], slopes: seen['slope'] },
          gradient: descents[0].map((row) => row.map((x) => -x)),
          change: changes[0],
        },
        weights: courses[steps],
      };
    };
  },
});

function minus(a: Matrix, b: Matrix): Matrix {
  return a.map((row, i) => row.map((x, j) => x - b[i][j]));
}

function settingOf(problem: ProblemFields, weights: Matrix, given: Pick<FixedPoints, 'gain' | 'eta'>): Setting {
  const unit = { length: weights.length, each: 'unit' };
  const dynamics = problem.part('dynamics');
  // A sample ends when it has settled, or after `steps` at the latest. It starts where the previous one ended, which makes no difference if there are
  // enough steps.
  const settled =
    dynamics.choice('kind', given.gain === 'linear' ? ['solve', 'euler'] : ['euler']) === 'solve'
      ? { step: steadyStep(problem, weights), most: 10 * MOST_SWEEPS }
      : {
          step: dynamics.number('step', { least: Number.MIN_VALUE, most: 1 }),
          most: dynamics.number('steps', { least: 1, most: MOST_SWEEPS, whole: true }),
        };
  const drives = problem.matrix('drives', { columns: unit });
  const samples = { length: drives.length, each: 'sample' };
  const loss = problem.part('loss');
  const isSquared = loss.choice('kind', ['squared', 'cross-entropy']) === 'squared';
  const readout = isSquared ? undefined : loss.matrix('readout', { columns: unit });
  const classes = readout?.length ?? 0;
  const targets = isSquared
    ? loss.matrix('targets', { rows: samples, columns: unit })
    : loss
        .numbers('labels', { size: samples, range: { least: 0, most: classes - 1, whole: true } })
        .map((label) => Array.from({ length: classes }, (_, i) => (i === label ? 1 : 0)));
  const outputs = targets[0].length;
  const trial = {
    timesteps: drives.length,
    input: Float64Array.from(drives.flatMap((drive, k) => [...drive, ...targets[k]])),
    target: Float64Array.from(targets.flat()),
  };
  return {
    network: {
      ...{ ...given, ...settled, units: unit.length, moves: MOVES },
      ...(readout && { readout: { classes, weights: readout } }),
    },
    task: { ...{ name: 'samples', inputs: unit.length + outputs, outputs, settings: {} }, trial: () => trial },
    samples: drives.length,
  };
}

interface Learning {
  readonly weights: Matrix;
  readonly rule: LocalRule | 'reparameterized';
  readonly trials: number;
  readonly eta?: number;
}

/** One update in each trial, from all samples: the loss before each, all weights, and the fixed point of every sample in the first trial. */
async function learn(run: RunProblem, { network, task, samples }: Setting, learning: Learning) {
  const { weights, rule, trials, eta = network.eta } = learning;
  const isGlobal = rule === 'reparameterized';
  const courses: Matrix[] = [weights];
  const seen: Record<string, number[][]> = { r: [], delta: [], slope: [] };
  const probes: NonNullable<ProblemRun['probes']> = Object.fromEntries(
    Object.keys(seen).map((value) => [value, { neurons: 'r', value, everyTimesteps: 1 }]),
  );
  const { loss } = await run({
    circuit: fixedPoints({ ...network, weights, eta, rule: isGlobal ? 'gradient' : rule }),
    ...{ task, trials, learner: isGlobal ? { learner: reparameterised } : {} },
    probes: { ...probes, w: { synapses: 'recurrent', value: 'weight', everyTrials: 1 } },
    watch: (event) => {
      if (event.type !== 'probe') return;
      if (event.probe === 'w') courses.push(rowsOf(event.values, weights.length));
      else if (seen[event.probe].length < samples) seen[event.probe].push([...event.values]);
    },
  });
  return { loss, courses, seen };
}

function rowsOf(values: Float64Array, width: number): Matrix {
  return Array.from({ length: values.length / width }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]);
}

function eigenvaluesOf(weights: Matrix) {
  return new EigenvalueDecomposition(new Numbers(weights.map((row) => [...row])));
}

/** Very large weights are scaled by the largest one, because their squares are not finite. */
function largestRealPart(weights: Matrix): number {
  const largest = weights.reduce((most, row) => row.reduce((so, w) => Math.max(so, Math.abs(w)), most), 0);
  const by = largest > 1e100 ? largest : 1;
  return by * Math.max(...eigenvaluesOf(weights.map((row) => row.map((w) => w / by))).realEigenvalues);
}

/**
 * The step h that lets a linear network settle if a file specifies exact fixed points: for every eigenvalue l of W the distance from the fixed point
 * shrinks, |1 + h (l - 1)| < 1, if h < 2 (1 - Re l) / |1 - l|^2.
 */
function steadyStep(problem: ProblemFields, weights: Matrix): number {
  const { realEigenvalues, imaginaryEigenvalues } = eigenvaluesOf(weights);
  const largest = Math.max(...realEigenvalues);
  if (largest >= 1) {
    const right = 'give weights whose eigenvalues have real parts below 1';
    problem.refuse('weights', `have an eigenvalue of real part ${largest}, so the network never settles; ${right}`);
  }
  const most = realEigenvalues.map((re, k) => (2 * (1 - re)) / ((1 - re) ** 2 + imaginaryEigenvalues[k] ** 2));
  return Math.min(0.25, ...most.map((h) => h / 2));
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, k) => sum + value * y[k], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
