import {
  circuit,
  constant,
  crossEntropy,
  delta,
  fromTask,
  input,
  leakyTanh,
  linear,
  normal,
  probability,
  rflo,
  squared,
  uniform,
  type Circuit,
  type Task,
} from 'rxflo';
import { fixedPoints, type LocalRule } from './fixed-points.ts';
import { CLASSES, PIXELS } from './images.ts';
import { ojaCircuit, type OjaRates } from './oja.ts';
import { codingCircuit, type CodingNetwork } from './predictive-coding.ts';
import { deviation, judge } from './supertrex.ts';

// The systems that the map compares: each learns the same small tasks, with the same number of units between input and output.

const UNITS = 60;
const SIZES = [PIXELS, UNITS, CLASSES];

/** The number of timesteps for which RFLO's network sees an image. */
export const LOOKS = 10;

/** Xavier initialisation of each layer. */
const xavier = SIZES.slice(1).map((size, k) => {
  const most = Math.sqrt(6 / (size + SIZES[k]));
  return uniform(-most, most);
});

const layered = (feedback: 'learned' | 'random', rates: (rate: number) => OjaRates) => (rate: number) =>
  ojaCircuit({ sizes: SIZES, beta: 10, weights: xavier, feedback: feedback === 'random' ? xavier : feedback }, rates(rate)); // prettier-ignore

const errors = (error: number): OjaRates => ({ error, hebbianError: 0, oja: 0 });
const withOja = (error: number): OjaRates => ({ error, hebbianError: 0, oja: 0.001 });
/** The three terms in the proportions found by a reduced outer loop: 0.061, -0.120 and 0.047. */
const learnedRule = (error: number): OjaRates => ({ error, hebbianError: -1.97 * error, oja: 0.77 * error });

const settled = (rule: LocalRule) => (eta: number) =>
  fixedPoints({
    ...{ units: UNITS, gain: 'tanh', rule, eta, step: 0.25, moves: 1e-6, most: 300 },
    weights: normal({ sd: 0.5 / Math.sqrt(UNITS) }),
    shown: { inputs: PIXELS, weights: normal({ sd: 1 / Math.sqrt(PIXELS) }) },
    readout: { classes: CLASSES, weights: normal({ sd: 1 / Math.sqrt(UNITS) }) },
  });

const coded = (inference: Pick<CodingNetwork, 'fixed' | 'n' | 'eta'>) => (rate: number) =>
  codingCircuit({
    ...{ sizes: SIZES, beta: 10, loss: 'cross-entropy', rate, ...inference },
    layers: xavier.map((weights, k) => ({ weights, bias: constant(0), activation: k === 0 ? 'relu' : 'linear' })),
  });

/** A recurrent network that sees an image for several timesteps and answers in the last one. Its updates are divided by T. */
const looking = (rate: number): Circuit =>
  circuit({
    neurons: { x: input(PIXELS), h: leakyTanh(UNITS, { tau: 4 }), y: linear(CLASSES) },
    synapses: {
      input: { from: 'x', to: 'h', weights: xavier[0], rule: rflo({ eta: rate * LOOKS }) },
      recurrent: {
        ...{ from: 'h', to: 'h', weights: normal({ sd: 0.5 / Math.sqrt(UNITS) }) },
        rule: rflo({ eta: rate * LOOKS }),
      },
      readout: { from: 'h', to: 'y', weights: xavier[1], rule: delta({ eta: rate * LOOKS }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: xavier[1] } },
    losses: { y: crossEntropy },
  });

/** The systems that learn images, by name: the circuit for a learning rate. */
export const CLASSIFIERS = {
  'errors, backprop': layered('learned', errors),
  'errors, random feedback': layered('random', errors),
  'Oja, backprop': layered('learned', withOja),
  'Oja, random feedback': layered('random', withOja),
  'meta-learned, three terms': layered('random', learnedRule),
  'fixed points, dW1': settled('gradient'),
  'fixed points, dW3': settled('linearized'),
  'fixed points, dW4': settled('linearized-b'),
  'predictive coding, Exact': coded({ fixed: true, n: 2, eta: 1 }),
  'predictive coding, FixedPred': coded({ fixed: true, n: 20, eta: 0.1 }),
  'predictive coding, Strict': coded({ fixed: false, n: 20, eta: 0.1 }),
  RFLO: looking,
} as const satisfies Readonly<Record<string, (rate: number) => Circuit>>;

/** A system that includes its softmax outputs probabilities. */
export function taskFor(system: string, task: (outputs: 'logits' | 'probabilities') => Task): Task {
  if (system === 'RFLO') return held(task('logits'));
  return task(system.startsWith('predictive coding') ? 'logits' : 'probabilities');
}

/** Every image for several timesteps, without the teacher's channels; there is a target only in the last timestep. */
function held(task: Task): Task {
  const shown = (trial: ReturnType<Task['trial']>) => {
    const x = trial.input.subarray(0, PIXELS);
    const played = new Float64Array(LOOKS * PIXELS);
    for (let t = 0; t < LOOKS; t++) played.set(x, t * PIXELS);
    const target = new Float64Array(LOOKS * CLASSES).fill(NaN);
    target.set(trial.target, (LOOKS - 1) * CLASSES);
    return { timesteps: LOOKS, input: played, target };
  };
  const { test } = task;
  return {
    ...{ ...task, name: 'held images', inputs: PIXELS, settings: { ...task.settings, looks: LOOKS } },
    trial: (...of) => shown(task.trial(...of)),
    ...(test && {
      test: {
        ...test,
        trial: (...of) => shown(test.trial(...of)),
        score: ({ input: x, target }, answer) => {
          const last = (all: Float64Array) => all.subarray((LOOKS - 1) * CLASSES);
          return test.score({ timesteps: 1, input: x.subarray(0, PIXELS), target: last(target) }, last(answer));
        },
      },
    }),
  };
}

/** RFLO on the movement of SUPERTREX: a learning reservoir that receives the target position, as SUPERTREX does in tests, and outputs two coordinates. */
export function movingRflo({
  units,
  rate,
  learns,
}: {
  readonly units: number;
  readonly rate: number;
  readonly learns: boolean;
}): Circuit {
  // prettier-ignore
  return circuit({
    neurons: { x: input(2), h: leakyTanh(units, { tau: 50 }), y: linear(2), judge: judge(1) },
    synapses: {
      heard: { from: 'x', to: 'h', weights: uniform(-1, 1) },
      recurrent: {
        ...{ from: 'h', to: 'h', connect: probability(0.1), weights: normal({ sd: 1.5 / Math.sqrt(0.1 * units) }) },
        ...(learns && { rule: rflo({ eta: rate }) }),
      },
      readout: { from: 'h', to: 'y', weights: constant(0), rule: delta({ eta: rate }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    outputs: ['y', 'judge'],
    losses: { y: squared, judge: deviation },
    globals: { distance: fromTask() },
  });
}
