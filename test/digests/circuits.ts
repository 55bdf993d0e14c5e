import {
  circuit,
  mask,
  oneToOne,
  probability,
  type Axon,
  type Circuit,
  type Connectivity,
  type Feedback,
  type FeedbackKind,
  type Gate,
  type SynapseGroup,
  type Weights,
} from '../../src/circuit/index.ts';
import { input, type Population } from '../../src/neurons/index.ts';
import { constant, normal, uniform } from '../../src/random/index.ts';
import { kolenPollackFeedback, type PlasticityRule } from '../../src/rules/index.ts';
import { anyAxon, broadcastDials, exactAxon, feedbackDials, traceDials, weightDials } from './dials.ts';
import type { Dice } from './dice.ts';

/** How far the random circuits of one kind go. */
export interface Reach {
  /** The smallest and the largest hidden population. */
  readonly sizes: readonly [number, number];
  readonly longestDelay: number;
  /** The dials that are turned: none, those with which the references can learn, or any. */
  readonly dials: 'none' | 'exact' | 'any';
  /** Makers of populations and of rules to choose from. */
  readonly models: readonly ((size: number, initial: number | readonly number[]) => Population)[];
  readonly rules: readonly ((params: { eta: number }) => PlasticityRule)[];
}

interface Drawn {
  readonly name: string;
  readonly population: Population;
  /** Input, hidden or output. */
  readonly kind: 'x' | 'h' | 'y';
  readonly axon: Axon;
}

/** A way from one population to another. */
interface Way {
  readonly from: Drawn;
  readonly to: Drawn;
}

/**
 * A circuit that chance makes: up to two input, three hidden and three output populations of any models, in any order, joined by stacks, loops
 * and doubled groups, sparse or not, late or not, with up to three feedbacks, and with dials turned where they are to be.
 *
 * It is made apart from the random circuits of other tests, so that nothing that those come to be made of changes a digest.
 */
export function randomCircuit(dice: Dice, reach: Reach, feedback: FeedbackKind): Circuit {
  const count = { x: dice.among([0, 1, 1, 2]), h: dice.among([1, 1, 1, 2, 2, 3]), y: dice.among([1, 1, 1, 2, 2, 3]) };
  const [inputs, hidden, outputs] = (['x', 'h', 'y'] as const).map((kind) =>
    Array.from({ length: count[kind] }, (_, i) => drawnPopulation(dice, reach, kind, i)),
  );
  const modelled = dice.happens(0.3) ? dice.shuffled([...hidden, ...outputs]) : [...hidden, ...outputs];
  const all = [...inputs, ...modelled];

  // Each circuit has a way from its input through its first hidden population to each output; the rest is chance.
  const [first] = hidden;
  const ways: Way[] = [
    ...inputs.map((from) => ({ from, to: first })),
    ...outputs.map((to) => ({ from: first, to })),
    ...Array.from({ length: dice.whole(0, 3) }, () => ({ from: dice.among(all), to: dice.among(modelled) })),
  ];
  const fed = Array.from({ length: dice.among([1, 1, 1, 2, 3]) }, (): Way => {
    const to = dice.happens(0.1) ? dice.among(modelled) : dice.among(hidden);
    return { from: dice.among(outputs), to: feedback === 'symmetric' ? first : to }; // there, a readout must be
  });
  const synapses = ways.map((way, g) => [`g${g}`, drawnGroup(dice, reach, way, all)] as const);
  const entries = fed.map(
    (way, f) => [`f${f}`, drawnFeedback(dice, reach, way, f > 0 ? fed[0] : undefined, ways)] as const,
  );
  const axons = all.filter(({ axon }) => Object.keys(axon).length > 0).map(({ name, axon }) => [name, axon] as const);
  return circuit({
    neurons: Object.fromEntries(dice.shuffled(all).map(({ name, population }) => [name, population])),
    synapses: Object.fromEntries(dice.shuffled(synapses)),
    feedback: Object.fromEntries(entries),
    axons: Object.fromEntries(axons),
    outputs: dice.shuffled(outputs).map(({ name }) => name),
  });
}

function drawnPopulation(dice: Dice, { sizes, dials, models }: Reach, kind: Drawn['kind'], place: number): Drawn {
  const size = kind === 'h' ? dice.whole(...sizes) : dice.whole(1, kind === 'x' ? 4 : 3);
  const rate = () => dice.whole(-5, 5) / 10;
  const initial = dice.happens(0.3) ? Array.from({ length: size }, rate) : rate();
  const population = kind === 'x' ? input(size) : dice.among(models)(size, initial);
  // No gradient runs through the axons of inputs, which may send what they like.
  const free = dials === 'any' || kind === 'x';
  const axon = dials === 'none' ? {} : free ? anyAxon(dice) : exactAxon(dice);
  return { name: `${kind}${place}`, population, kind, axon };
}

function drawnGroup(dice: Dice, { dials, longestDelay, rules }: Reach, way: Way, all: readonly Drawn[]): SynapseGroup {
  const { from, to } = way;
  const late = dice.among([0, 0, dice.whole(1, 3), dice.whole(0, longestDelay), dice.whole(0, longestDelay)]);
  const held = dials === 'none' ? {} : weightDials(dice);
  const any = Object.keys(held).length === 0 && from.axon.excitatory === undefined;
  const connect = connectivity(dice, way);
  const rate = dice.among([1, 1, 0.5, 0.1, 0, null]);
  const rule = dice.among(rules)({ eta: rate ?? 0 });
  const traces = dials === 'none' || rate === null ? undefined : traceDials(dice, rule);
  return {
    ...{ from: from.name, to: to.name, weights: weights(dice, way, any), ...held },
    // What runs without delay runs forward.
    delay: all.indexOf(from) < all.indexOf(to) ? late : Math.max(1, late),
    ...(connect && { connect }),
    ...(rate !== null && { rule }),
    ...(traces !== undefined && { traces }),
    ...(dials === 'any' && dice.maybe(0.15, () => ({ gate: gate(dice, all) }))),
  };
}

/** @param any Whether weights may be anything: then some are given, and not drawn. */
function weights(dice: Dice, { from, to }: Way, any: boolean): Weights {
  const [rows, columns] = [to.population.size, from.population.size];
  const scale = 0.6 * Math.min(1, Math.sqrt(5 / columns));
  if (any && dice.happens(0.15)) {
    const row = () => Array.from({ length: columns }, () => (scale * dice.whole(-100, 100)) / 100);
    return Array.from({ length: rows }, row);
  }
  const spread = normal({ sd: scale });
  return dice.among([spread, spread, spread, uniform(-scale, 1.5 * scale), constant(scale / 2)]);
}

function connectivity(dice: Dice, { from, to }: Way): Connectivity | undefined {
  const [rows, columns] = [to.population.size, from.population.size];
  const some = () => Array.from({ length: columns }, () => dice.happens(0.6));
  switch (dice.among(['all', 'all', 'mask', 'probability', 'own number'])) {
    case 'mask':
      return mask(Array.from({ length: rows }, some));
    case 'probability':
      return probability(dice.among([0.2, 0.6]), { autapses: dice.happens(0.5) });
    case 'own number':
      return rows === columns ? oneToOne() : undefined;
    default:
      return undefined;
  }
}

function gate(dice: Dice, all: readonly Drawn[]): Gate {
  const { name, population } = dice.among(all);
  return { from: name, neuron: dice.whole(0, population.size - 1) };
}

/** @param other The first feedback, whose weights another of its shape may share. */
function drawnFeedback(dice: Dice, { dials }: Reach, way: Way, other: Way | undefined, ways: readonly Way[]): Feedback {
  const ends = { from: way.from.name, to: way.to.name };
  const drawn = { ...ends, weights: normal({ sd: dice.among([0.5, 1]) }) };
  if (dials === 'none') return drawn;
  const broadcast = broadcastDials(dice);
  const sent = broadcast ? { broadcast } : {};
  const shape = ({ from, to }: Way) => `${from.population.size} to ${to.population.size}`;
  if (other && shape(other) === shape(way) && dice.happens(0.5)) return { ...ends, shares: 'f0', ...sent };
  const relearned = dials === 'any' && dice.happens(0.35);
  const readOut = ways.some(({ from, to }) => from === way.to && to === way.from);
  return {
    ...{ ...drawn, ...sent, ...feedbackDials(dice, readOut && !relearned) },
    ...(relearned && { rule: kolenPollackFeedback({ eta: dice.among([0.2, 0.5]), decay: 0.1 }) }),
  };
}
