import {
  bptt,
  build,
  circuit,
  delta,
  InputError,
  input,
  leakyTanh,
  linear,
  local,
  mask,
  rflo,
  rtrl,
  snap,
  type BuiltCircuit,
  type Engine,
  type FeedbackKind,
  type LearningAlgorithm,
  type Trial,
} from 'rxflo';
import { uoro } from '../learners/uoro.ts';

type Matrix = readonly (readonly number[])[];

/** A problem of format rxflo-online/1: what one algorithm of the unified family makes of each timestep. Rows are postsynaptic. */
export interface OnlineProblem {
  readonly format: 'rxflo-online/1';
  readonly network: {
    readonly tau: number;
    readonly activation: 'tanh';
    readonly h0: readonly number[];
    readonly w_in: Matrix;
    readonly w_rec: Matrix;
    readonly w_out: Matrix;
    readonly feedback: Matrix;
  };
  readonly task: { readonly input: Matrix; readonly target: Matrix };
  readonly learning: {
    readonly algorithm: string;
    readonly feedback: FeedbackKind;
    /** 'none': weights stay as they are, and what the algorithm gives at each timestep is told. */
    readonly schedule: 'none' | 'online' | 'trial';
    readonly rates: { readonly w_in: number; readonly w_rec: number; readonly w_out: number };
    readonly trials: number;
    readonly n?: number;
    readonly epsilon?: number;
    readonly initial?: { readonly A: readonly number[]; readonly B: Matrix };
  };
  /** [trial][timestep][unit] */
  readonly noise?: readonly Matrix[];
}

/** What a problem comes to: losses, and what the algorithm gave at each timestep, or the weights at the end. */
export interface OnlineResult {
  /** Of each trial, 1/(2T) sum e^2. */
  readonly loss: readonly number[];
  /** [T][post][pre]: minus the gradient of 1/2 sum e^2, as the algorithm estimates it. */
  readonly gradient?: { readonly w_rec: readonly Matrix[]; readonly w_in: readonly Matrix[] };
  /** Between its sum over the trial and the exact one. */
  readonly cosineToExact?: number;
  readonly w_rec?: Matrix;
  readonly w_in?: Matrix;
  readonly w_out?: Matrix;
}

/** Builds the circuit of a problem and runs it. @throws InputError if the algorithm is not among those that can be run. */
export function solveOnline(problem: OnlineProblem): OnlineResult {
  const { learning, task } = problem;
  const trial: Trial = {
    timesteps: task.target.length,
    input: Float64Array.from(task.input.flat()),
    target: Float64Array.from(task.target.flat()),
  };
  const built = build(circuitOf(problem), 1);
  if (learning.schedule === 'none') {
    const echoed = withEcho(built, trial);
    const { loss, given } = gradientOf(built, algorithmOf(problem), learning.feedback, echoed);
    const matrices = given.map((each) => matricesOf(built, each));
    const exact = gradientOf(built, bptt(), 'symmetric', echoed).given;
    return {
      loss: [loss],
      gradient: { w_rec: matrices.map((each) => each.w_rec), w_in: matrices.map((each) => each.w_in) },
      cosineToExact: cosine(given, exact),
    };
  }
  const { schedule, feedback } = learning;
  const engine = algorithmOf(problem).open(built, { schedule, feedback, seed: 1 });
  const loss = Array.from({ length: learning.trials }, () => engine.trial(trial));
  return { loss, ...matricesOf(built, engine.weights()) };
}

/**
 * Where no weight changes, a recurrent synapse of weight 0 is none that influence crosses, though what its weight would do is asked for. What it
 * would bring comes to it as an input, then: it is known.
 */
function circuitOf({ network, learning: { rates, schedule } }: OnlineProblem) {
  const { tau, h0, w_in, w_rec, w_out, feedback } = network;
  const isFixed = schedule === 'none';
  const apart = isFixed && w_rec.flat().includes(0);
  const eta = (rate: number) => ({ eta: isFixed ? 1 : rate });
  const where = (isThere: (w: number) => boolean) => mask(w_rec.map((row) => row.map((w) => (isThere(w) ? 1 : 0))));
  return circuit<string, string, 'rflo' | 'delta'>({
    neurons: {
      x: input(w_in[0].length),
      h: leakyTanh(w_rec.length, { tau, initial: h0 }),
      y: linear(w_out.length),
      ...(apart && { echo: input(w_rec.length) }),
    },
    synapses: {
      recurrent: {
        ...{ from: 'h', to: 'h', weights: w_rec, rule: rflo(eta(rates.w_rec)) },
        ...(apart && { connect: where((w) => w !== 0) }),
      },
      input: { from: 'x', to: 'h', weights: w_in, rule: rflo(eta(rates.w_in)) },
      readout: { from: 'h', to: 'y', weights: w_out, rule: delta(eta(rates.w_out)) },
      ...(apart && {
        absent: { from: 'echo', to: 'h', weights: w_rec, connect: where((w) => w === 0), rule: rflo(eta(rates.w_rec)) },
      }),
    },
    feedback: { error: { from: 'y', to: 'h', weights: feedback } },
  });
}

function algorithmOf({ learning, noise: tape }: OnlineProblem): LearningAlgorithm {
  const { algorithm, n = 1, epsilon, initial } = learning;
  switch (algorithm) {
    case 'rflo':
      return local();
    case 'rtrl':
      return rtrl();
    case 'snap':
      return snap(n);
    case 'uoro': {
      const size = initial?.A.length ?? 0;
      // B has a row for each unit, its recurrent synapses first; UORO has a group's synapses together.
      const groups = initial && [initial.B.map((row) => row.slice(0, size)), initial.B.map((row) => row.slice(size))];
      return uoro({
        ...(epsilon !== undefined && { epsilon }),
        ...(initial && groups && { start: { A: initial.A, B: groups.flat(2) } }),
        ...(tape && { tape }),
      });
    }
    default:
      throw new InputError(
        'problem.learning.algorithm',
        `'${algorithm}' is not among those that can be run; expected 'uoro', 'rtrl', 'rflo' or 'snap'`,
      );
  }
}

/** By synapse group. */
type Given = Readonly<Record<string, ArrayLike<number>>>;

/** The trial with h(t-1) as what the echo plays. */
function withEcho(built: BuiltCircuit, { timesteps, input: played, target }: Trial): Trial {
  const [x, echo] = built.inputs;
  if (built.inputs.length === 1) return { timesteps, input: played, target };
  const hidden = built.populations.filter(({ name }) => name === 'h');
  const engine = bptt().open(built, { schedule: 'trial', feedback: 'symmetric', seed: 1 });
  const width = x.size + echo.size;
  const extended = new Float64Array(timesteps * width);
  for (let t = 0; t < timesteps; t++) extended.set(played.subarray(t * x.size, (t + 1) * x.size), t * width);
  hidden.forEach(({ initial }) => {
    extended.set(initial, x.size);
  });
  const rates = engine.reader({ neurons: 'h', value: 'rate' });
  const trial = { timesteps, input: extended, target };
  engine.trial(trial, {
    learn: false,
    onTimestep: (t) => {
      if (t < timesteps) rates.read(extended, t * width + x.size);
    },
  });
  return trial;
}

/** What an algorithm gives at each timestep of a trial, by synapse group, while no weight changes. */
function gradientOf(
  built: BuiltCircuit,
  algorithm: LearningAlgorithm,
  feedback: FeedbackKind,
  trial: Trial,
): { readonly loss: number; readonly given: readonly Given[] } {
  const engine: Engine = algorithm.open(built, { schedule: 'trial', feedback, seed: 1 });
  const asked = engine.held().flatMap(({ place, ...numbers }) => (place.kind === 'asked' ? [{ place, numbers }] : []));
  const given: Given[] = [];
  const loss = engine.trial(trial, {
    onPhase: (phase) => {
      if (phase !== 'learn') return;
      // What was asked for in this timestep is taken away again, so that nothing is left to change a weight.
      given.push(
        Object.fromEntries(
          asked.map(({ place: { group }, numbers }) => [
            group.name,
            Array.from({ length: numbers.length }, (_, k) => {
              const value = numbers.get(k);
              numbers.set(k, 0);
              return value;
            }),
          ]),
        ),
      );
    },
  });
  return { loss, given };
}

/** Numbers of synapses as the problem has them: row = postsynaptic, column = presynaptic. */
function matricesOf({ groups }: BuiltCircuit, given: Given) {
  const matrix = (...names: readonly string[]) => {
    const found = groups.filter(({ name }) => names.includes(name));
    return Array.from({ length: found[0].to.size }, (_, i) =>
      found
        .flatMap(({ name, rowStart, pre }) =>
          Array.from(pre.subarray(rowStart[i], rowStart[i + 1]), (j, k) => ({
            j,
            value: given[name][rowStart[i] + k],
          })),
        )
        .toSorted((one, other) => one.j - other.j)
        .map(({ value }) => value),
    );
  };
  return { w_rec: matrix('recurrent', 'absent'), w_in: matrix('input'), w_out: matrix('readout') };
}

/** Between the sums over the trial, over recurrent and input synapses. */
function cosine(given: readonly Given[], exact: readonly Given[]): number {
  const [one, other] = [given, exact].map((each) =>
    each
      .map(({ recurrent, absent = [], input: others }) =>
        [recurrent, absent, others].flatMap((part) => Array.from(part)),
      )
      .reduce((sum, values) => sum.map((value, k) => value + values[k])),
  );
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, k) => sum + value * b[k], 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}
