import {
  circuit,
  constant,
  input,
  mirroredRule,
  oneToOne,
  plasticityRule,
  sumOfRules,
  ThroughLearning,
  type BuiltCircuit,
  type Circuit,
  type GroupWeights,
  type Numbers,
  type PlasticityRule,
  type SynapseGroup,
  type Trial,
} from 'rxflo';
import { negativeLogLikelihood } from './oja.ts';
import { pooled, pooledChoice, pooledPixel } from './pooled.ts';

// Meta-learned plasticity with random feedback: Shervani-Tabar & Rosenbaum, Nature Communications 14:1805 (2023). All synapses learn by one rule, a
// sum of terms with shared coefficients, like a genome. The coefficients are learned outside the circuit, over episodes of learning.

/** The names of the coefficients of the pool, by number. */
export const THETA = ['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7', 't8', 't9'] as const;
const NONE = { t0: 0, t1: 0, t2: 0, t3: 0, t4: 0, t5: 0, t6: 0, t7: 0, t8: 0, t9: 0 };

/**
 * The pool of ten terms; e and y belong to the postsynaptic neuron, d and x to the presynaptic one. Term 0 is the gradient term, 2 eHebb, 9 Oja's
 * rule.
 */
export const pool = plasticityRule({
  name: 'pool',
  params: NONE,
  tunable: THETA,
  sees: { pre: ['error', 'residual'], post: ['error', 'active', 'crossing', 'driven'] },
  change: ({ w, pre, post, t0, t1, t2, t3, t4, t5, t6, t7, t8, t9 }) =>
    -t0 * (post.error * pre.rate) -
    t1 * (post.out * pre.error) -
    t2 * (post.error * pre.error) -
    t3 * w -
    t4 * pre.error -
    t5 * post.active * (post.error * pre.rate) -
    t6 * post.crossing * (post.out * pre.error) -
    t7 * post.crossing * (post.error * pre.rate) -
    t8 * post.driven * (post.out * pre.error) +
    t9 * (post.out * pre.residual),
});

type Matrix = readonly (readonly number[])[];

export interface MetaNetwork {
  /** From the input to the output. */
  readonly sizes: readonly number[];
  readonly beta: number;
  /** The terms that the rule may use; synapses that only other terms need are left out. */
  readonly terms: readonly number[];
  /** 'learned': errors come back through weights that mirror the forward ones; 'fixed': through separate fixed weights. */
  readonly feedback: 'learned' | 'fixed';
  /** A user-defined term, added to those of the pool; its parameters are coefficients. It may read what the terms of the pool read. */
  readonly own?: PlasticityRule;
}

/** The circuit of an episode. `weightsOf` makes its weights from the matrices of an episode. */
export function metaCircuit({ sizes, beta, terms, feedback, own }: MetaNetwork): Circuit {
  const last = sizes.length - 1;
  const layer = (l: number) => `layer${l}`;
  const one = { weights: constant(1), connect: oneToOne() };
  const zero = { weights: constant(0) };
  const rule = own ? sumOfRules('pool-and-own', [pool(), own]) : pool();
  // With pre and post swapped: weights that start as the transpose remain so, in every bit.
  const back = mirroredRule(rule);
  const ownReads = own?.analysis?.reads.map(({ path }) => path) ?? [];
  const uses = (some: readonly number[], read: string) =>
    some.some((term) => terms.includes(term)) || ownReads.some((path) => path.endsWith(`.${read}`));
  const synapses: Record<string, SynapseGroup> = {
    image: { ...one, from: 'x', to: layer(0) },
    label: { ...one, from: 'teacher', to: layer(last), port: 'teacher' },
  };
  for (let l = 1; l <= last; l++) {
    const [up, down] = [
      { from: layer(l - 1), to: layer(l), rule },
      { from: layer(l), to: layer(l - 1) },
    ];
    synapses[`forward${l}`] = { ...zero, ...up };
    if (uses([6, 7], 'crossing')) synapses[`crossed${l}`] = { ...zero, ...up, port: 'crossed', carries: 'error' };
    if (uses([9], 'residual')) synapses[`back${l}`] = { ...zero, ...down, port: 'back', rule: back };
    const learned = feedback === 'learned' ? { rule: back } : {};
    synapses[`errors${l}`] = { ...zero, ...down, ...learned, port: 'errors', carries: 'error' };
  }
  const hidden = sizes.slice(1, last).map((size, k) => [layer(k + 1), pooled(size, { beta })] as const);
  return circuit<string, string, string>({
    neurons: {
      ...{ x: input(sizes[0]), teacher: input(sizes[last]), [layer(0)]: pooledPixel(sizes[0], { beta }) },
      ...Object.fromEntries(hidden),
      [layer(last)]: pooledChoice(sizes[last]),
    },
    ...{ synapses, outputs: [layer(last)], losses: { [layer(last)]: negativeLogLikelihood } },
  });
}

/** Learns from some samples, then classifies others (the query). */
export interface Episode {
  /** W(0), and B of the same shapes, layer by layer; without B, errors come back through the circuit's mirrored weights. */
  readonly weights: readonly Matrix[];
  readonly feedback?: readonly Matrix[];
  readonly samples: readonly Sample[];
  readonly query: readonly Sample[];
}

export interface Sample {
  readonly input: ArrayLike<number>;
  readonly label: number;
}

/** The initial weights of the circuit in an episode. */
export function weightsOf({ weights, feedback = weights }: Episode, { groups }: BuiltCircuit): GroupWeights {
  const known = new Set(groups.map(({ name }) => name));
  const all = weights.flatMap((w, k): [string, Float64Array][] => [
    [`forward${k + 1}`, rows(w)],
    [`crossed${k + 1}`, rows(w)],
    [`back${k + 1}`, columns(w)],
    [`errors${k + 1}`, columns(feedback[k])],
  ]);
  return Object.fromEntries(all.filter(([name]) => known.has(name)));
}

function rows(matrix: Matrix): Float64Array {
  return Float64Array.from(matrix.flat());
}

function columns(matrix: Matrix): Float64Array {
  return Float64Array.from(matrix[0].flatMap((_, j) => matrix.map((row) => row[j])));
}

/** A sample as a trial of one timestep: the input, then the label as the activity of a teacher; the label is also the target. */
export function trialOf({ input: x, label }: Sample, classes: number): Trial {
  const target = Float64Array.from({ length: classes }, (_, i) => (i === label ? 1 : 0));
  const played = new Float64Array(x.length + classes);
  for (let j = 0; j < x.length; j++) played[j] = x[j];
  played.set(target, x.length);
  return { timesteps: 1, input: played, target };
}

export interface Adapted {
  /** Before each update. */
  readonly samplesLoss: readonly number[];
  /** Means over the query, and the derivative of the loss with respect to each coefficient. */
  readonly queryLoss: number;
  readonly accuracy: number;
  readonly gradient: Readonly<Record<string, number>>;
  /** After all samples have been learned. */
  readonly weights: GroupWeights;
}

/** Learns an episode with these coefficients, and differentiates its loss with respect to them. */
export function adapt(through: ThroughLearning, episode: Episode, theta: Numbers): Adapted {
  const { circuit: built, by } = through;
  const classes = built.outputs[0].size;
  through.begin(theta, weightsOf(episode, built));
  const samplesLoss = episode.samples.map((sample) => through.trial(trialOf(sample, classes)).loss);
  const weights = through.weights();
  const gradient: Record<string, number> = Object.fromEntries(by.map((name) => [name, 0]));
  const { query } = episode;
  let [loss, right] = [0, 0];
  for (const sample of query) {
    const answer = through.trial(trialOf(sample, classes), { learn: false });
    loss += answer.loss / query.length;
    if (largest(answer.outputs) === sample.label) right++;
    for (const name of by) gradient[name] += answer.gradient[name] / query.length;
  }
  return { samplesLoss, queryLoss: loss, accuracy: right / query.length, gradient, weights };
}

function largest(numbers: Float64Array): number {
  return numbers.reduce((best, x, i) => (x > numbers[best] ? i : best), 0);
}
