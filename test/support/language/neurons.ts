import { abs, detach, max, overTrials, spike, tanh } from '../../../src/local/index.ts';
import {
  alif,
  leakyReadout,
  leakyRelu,
  leakyTanh,
  lif,
  linear,
  neuron,
  neuronModel,
  type Population,
} from '../../../src/neurons/index.ts';
import { uniform, type Stream } from '../../../src/random/index.ts';
import * as heart from '../heart.ts';
import { reset, stepUnit } from '../models.ts';
import { gated } from '../random-circuit.ts';
import { phased } from '../scalars.ts';
import type { Range } from './circuits.ts';
import { denseNeurons } from './dense.ts';

// The neurons that circuits over the whole language have.

/** Fires and is reset; its axon sends events and nothing else. */
const firing = neuron({
  name: 'firing',
  params: { lambda: 0.8, theta: 0.3, bias: 0 },
  ports: { u: 'v', drive: null },
  state: { v: 0, fired: 0 },
  axon: 'event',
  step: ({ v, u, drive, last, lambda, theta, bias }) => {
    const next = lambda * v + u + drive + bias - theta * detach(last.out);
    return { v: next, fired: spike(next - theta, 0.3 * max(0, 1 - abs(next - theta))) };
  },
  sends: ({ fired }) => ({ out: fired }),
});

type Maker = (size: number, random: Stream) => Population;

const numbers = (size: number, random: Stream) => Array.from({ length: size }, () => random());

/** A rate unit whose derivatives are stated; its time constant may change. */
const stated = neuronModel({
  name: 'stated',
  params: { tau: 3 },
  range: { tau: [1, 100] },
  tunable: ['tau'],
  rate: ({ h, u, tau }) => h + (tanh(u) - h) / tau,
  slope: ({ u, tau }) => (1 - tanh(u) * tanh(u)) / tau,
  retention: ({ tau }) => 1 - 1 / tau,
});

/** Slower from trial to trial. */
const slower = (start: number) => overTrials(start, ({ start: first, trial }) => first + 0.5 * trial);

/** Hidden neurons through which a gradient runs that central differences find. */
const differentiable: readonly Maker[] = [
  (size) => heart.pyramidal(size, { tau: uniform(2, 6) }),
  (size) => heart.pyramidal(size, { tunable: ['g', 'tau'], tau: slower(3) }),
  (size, random) => heart.pyramidal(size, { initial: { v: numbers(size, random), d: 0.2 } }),
  (size, random) => heart.adapting(size, { beta: numbers(size, random) }),
  (size) => heart.resonator(size, { decay: 0.7, initial: { x: 0.3 } }),
  (size) => heart.resonator(size, { tunable: ['turn'] }),
  (size) => heart.noisy(size, { tunable: ['sd'] }),
  (size) => heart.noisy(size, { tau: uniform(2, 6) }),
  (size, random) => heart.noisy(size, { initial: { h: numbers(size, random) } }),
  (size) => heart.told(size),
  (size) => heart.told(size),
  (size) => phased(size),
  (size) => phased(size),
  (size) => heart.pooled(size, { tau: uniform(1, 4) }),
  (size) => heart.pooled(size, { tunable: ['tau'] }),
  (size, random) => heart.pooled(size, { initial: { v: numbers(size, random) } }),
  (size) => leakyTanh(size, { tau: 3, initial: 0.2 }),
  (size) => stated(size, { tau: slower(2) }),
  (size) => stated(size),
  (size, random) => stated(size, { initial: numbers(size, random) }),
  (size, random) => stated(size, { tunable: [], tau: uniform(2, 4), initial: numbers(size, random) }),
  (size, random) => gated(size, { initial: numbers(size, random) }),
  ...denseNeurons,
];

/** Hidden neurons with a declared pseudo-derivative, a detached value or a kink. */
const declared: readonly Maker[] = [
  (size) => heart.spiking(size, { beta: uniform(0, 0.4) }),
  (size, random) => firing(size, { bias: numbers(size, random) }),
  (size) => firing(size, { tunable: ['theta'] }),
  (size) => lif(size, { theta: 0.3, refractory: 1 }),
  (size) => alif(size, { theta: uniform(0.2, 0.4), rho: 0.7, beta: 0.2 }),
  (size) => stepUnit(size, { tau: 3, theta: 0.2 }),
  (size) => reset(size, { initial: 0.3 }),
  (size) => leakyRelu(size, { tau: 2, below: 0.2, initial: 0.3 }),
];

const outputs: readonly Maker[] = [
  (size) => linear(size),
  (size) => linear(size, { initial: 0.3 }),
  (size) => leakyReadout(size, { kappa: 0.5, gain: 0.5 }),
  (size) => leakyTanh(size, { tau: 2 }),
  (size) => heart.pyramidal(size),
];

/** The neurons of a circuit: all, or those that a gradient of this kind runs through; `first` for the first hidden population. */
export function neuronsWithin({ gradient, dense = false }: Range): {
  readonly first: readonly Maker[];
  readonly hidden: readonly Maker[];
  readonly outputs: readonly Maker[];
} {
  const hidden = gradient === 'differentiable' ? differentiable : [...differentiable, ...declared];
  const first = dense ? denseNeurons : gradient === 'declared' ? declared : hidden;
  return { first, hidden, outputs };
}

/** The messages of neurons, input neurons too. */
export const messagesOf = ({ model }: Population): readonly string[] =>
  model ? Object.keys(model.messages) : ['rate'];

/** What a repetition may look at. */
export const valuesOf = ({ model }: Population): readonly string[] => [
  ...new Set([...Object.keys(model?.messages ?? {}), ...(model?.ports ?? []).map(({ name }) => name)]),
];
