import {
  abs,
  detach,
  exp,
  linoid,
  log,
  logistic,
  max,
  min,
  pow,
  softplus,
  spike,
  sqrt,
  tanh,
} from '../../src/local/index.ts';
import { neuronModel, type NeuronView, type Population } from '../../src/neurons/index.ts';
import type { Numbers } from '../../src/local/index.ts';

/** A model with its parameters. */
export interface Model {
  readonly model: RateFunctions;
  readonly params: Numbers;
  /** Makes a population of it. */
  readonly units: (size: number) => Population;
}

type Rate<P extends Numbers> = (view: NeuronView<P>) => number;

/** The units that people use, each h(t) = phi(u(t)): of most, the textbook's derivative is not finite somewhere. */
export const UNITS = {
  square: of({}, ({ u }) => pow(u, 2)),
  cube: of({}, ({ u }) => pow(u, 3)),
  'threshold power 2': of({ n: 2 }, ({ u, n }) => pow(max(u, 0), n)),
  'threshold power 1.5': of({ n: 1.5 }, ({ u, n }) => pow(max(u, 0), n)),
  'threshold power 1': of({ n: 1 }, ({ u, n }) => pow(max(u, 0), n)),
  'threshold power 0.5': of({ n: 0.5 }, ({ u, n }) => pow(max(u, 0), n)),
  'rectified root': of({}, ({ u }) => sqrt(max(u, 0))),
  'rectified root, turned round': of({}, ({ u }) => sqrt(max(0, u))),
  'root of the size': of({}, ({ u }) => sqrt(abs(u))),
  'chosen root': of({}, ({ u }) => (u > 0 ? sqrt(u) : 0)),
  'chosen log': of({}, ({ u }) => (u > 0 ? log(1 + u) : 0)),
  'log of what is above 0': of({}, ({ u }) => exp(log(max(u, 0)))),
  'root of a square': of({}, ({ u }) => sqrt(u * u)),
  'algebraic sigmoid': of({}, ({ u }) => u / sqrt(1 + u * u)),
  softsign: of({}, ({ u }) => u / (1 + abs(u))),
  'Naka-Rushton': of({}, ({ u }) => (u * u) / (1 + u * u)),
  'Naka-Rushton, rectified': of({ n: 2 }, ({ u, n }) => pow(max(u, 0), n) / (1 + pow(max(u, 0), n))),
  'softplus that overflows': of({}, ({ u }) => log(1 + exp(u))),
  'softplus in two parts': of({}, ({ u }) => max(u, 0) + log(1 + exp(-abs(u)))),
  softplus: of({}, ({ u }) => softplus(u)),
  'logistic as it is': of({}, ({ u }) => 1 / (1 + exp(-u))),
  'steep logistic': of({ k: 25 }, ({ u, k }) => 1 / (1 + exp(-k * u))),
  logistic: of({}, ({ u }) => logistic(u)),
  'logistic by choice': of({}, ({ u }) => (u < 0 ? exp(u) / (1 + exp(u)) : 1 / (1 + exp(-u)))),
  'tanh of exponentials': of({}, ({ u }) => (exp(u) - exp(-u)) / (exp(u) + exp(-u))),
  'tanh of an exponential': of({}, ({ u }) => tanh(exp(u))),
  elu: of({}, ({ u }) => (u < 0 ? exp(u) - 1 : u)),
  swish: of({}, ({ u }) => u * logistic(u)),
  gelu: of({}, ({ u }) => 0.5 * u * (1 + tanh(0.7978845608028654 * (u + 0.044715 * u * u * u)))),
  Gaussian: of({}, ({ u }) => exp(-u * u)),
  'hard tanh': of({}, ({ u }) => max(-1, min(1, u))),
  'Abbott-Chance': of({ a: 2, b: 1, d: 0.5 }, ({ u, a, b, d }) => (a * u - b) / (1 - exp(-d * (a * u - b)))),
  'Abbott-Chance, steep': of({ d: 30 }, ({ u, d }) => u / (1 - exp(-d * u))),
  linoid: of({}, ({ u }) => linoid(u)),
} satisfies Readonly<Record<string, Model>>;

function of<P extends Numbers>(params: P, rate: Rate<P>): Model {
  const units = neuronModel({ name: 'unit', params, rate });
  return { model: functionsOf(units(1)), params: { ...params }, units };
}

/** What a model of rate units computes, each number as its own function. */
export interface RateFunctions {
  rate(view: Numbers): number;
  slope(view: Numbers): number;
  retention(view: Numbers): number;
}

/** The functions of rate units, compiled from what was read, or as they were stated. */
export function functionsOf({ model }: Population): RateFunctions {
  const named = [...(model?.equations ?? []), ...(model?.derivatives ?? [])];
  const of = (name: string) => {
    const computed = named.find((each) => each.name === name)?.computed;
    if (!computed) throw new Error(`these neurons have no ${name}`);
    return computed.local ? computed.local.compileNumber() : (view: Numbers) => computed.opaque(view);
  };
  return { rate: of('rate'), slope: of('slope'), retention: of('retention') };
}

/** A leaky unit driven by a step, with the triangular pseudo-derivative of Bellec et al. (2020). */
export const stepUnit = neuronModel({
  name: 'step-unit',
  params: { tau: 10, theta: 0.5 },
  rate: ({ h, u, tau, theta }) => h + (spike(u - theta, 0.3 * max(0, 1 - abs(u - theta))) - h) / tau,
});

/** A membrane that is reset by its own spike of the timestep before; the gradient leaves the reset out. */
export const detachedReset = neuronModel({
  name: 'detached-reset',
  params: { lambda: 0.9, theta: 0.5 },
  rate: ({ h, u, lambda, theta }) => lambda * h + u - theta * detach(spike(h - theta, exp(-abs(h - theta)))),
});

/** The same with a reset that the gradient runs through. */
export const reset = neuronModel({
  name: 'reset',
  params: { lambda: 0.9, theta: 0.5 },
  rate: ({ h, u, lambda, theta }) => lambda * h + u - theta * spike(h - theta, exp(-abs(h - theta))),
});

/** Summed inputs: at and near 0, where exponentials overflow or nearly do, and beyond all that a network has. */
export const INPUTS = [
  0, 1e-3, 0.3, 0.5, 1, 2.5, 23.6, 28.3, 28.39, 40, 706, 709.5, 709.78, 710, 745, 800, 1e6, 1e103, 1e160,
].flatMap((u) => [u, -u]);
