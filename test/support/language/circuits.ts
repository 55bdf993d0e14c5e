import {
  build,
  circuit,
  mask,
  probability,
  type Axon,
  type BuiltCircuit,
  type Circuit,
  type CircuitDefinition,
  type Edge,
  type Feedback,
  type LearningOptions,
  type SynapseGroup,
  type WeightDials,
} from '../../../src/circuit/index.ts';
import { input, type Population } from '../../../src/neurons/index.ts';
import { integers, normal, stream, uniform, type Stream } from '../../../src/random/index.ts';
import type { PlasticityRule } from '../../../src/rules/index.ts';
import type { Trial } from '../../../src/tasks/index.ts';
import { axonDials, broadcastDials, feedbackDials, learning, traceDials, weightDials } from '../random-circuit.ts';
import { globalsFor, hiddenNeurons, losses, optimisers, outputNeurons, relearning, rulesBetween } from './parts.ts';

/** Circuit number k over the whole language, how it is to learn, and trials for it. */
export interface Sample {
  readonly definition: Circuit;
  readonly built: BuiltCircuit;
  readonly how: LearningOptions;
  readonly trials: readonly Trial[];
}

/** How far the circuits go. */
export interface Range {
  /** The largest hidden population. Default 4. */
  readonly size?: number;
  /** How many trials there are, and how long they are: 3 timesteps up to so many, or 2. Default 3 and 6. */
  readonly trials?: number;
  readonly timesteps?: number;
  /** Whether learning is to be local: no feedback follows a readout, and none is symmetric. Default false. */
  readonly local?: boolean;
}

/** Draws circuits: a few of everything, by chance. */
class Draw {
  readonly random: Stream;

  constructor(k: number) {
    this.random = stream(k, 'language');
  }

  chance = (p: number): boolean => this.random() < p;
  upTo = (most: number): number => 1 + Math.floor(this.random() * most);
  below = (count: number): number => Math.floor(this.random() * count);
  pick = <T>(items: readonly T[]): T => items[this.below(items.length)];
  maybe = <T>(p: number, make: () => T): T | undefined => (this.chance(p) ? make() : undefined);
}

type Neurons = Readonly<Record<string, Population>>;

/** Circuit number k: the same for its number. */
export function languageCircuit(k: number, range: Range = {}): Sample {
  const { size = 4, local = false } = range;
  const draw = new Draw(k);
  const { chance, upTo, pick, random } = draw;
  const hidden = Array.from({ length: upTo(2) }, (_, n) => [`h${n}`, pick(hiddenNeurons)(upTo(size), random)] as const);
  const outputs = (chance(0.25) ? ['y', 'z'] : ['y']).map(
    (name) => [name, pick(outputNeurons)(upTo(2), random)] as const,
  );
  const neurons: Neurons = Object.fromEntries([['x', input(upTo(2))] as const, ...hidden, ...outputs]);
  const [within, out] = [hidden.map(([name]) => name), outputs.map(([name]) => name)];

  const axons: Record<string, Axon> = {};
  for (const name of Object.keys(neurons)) {
    const axon = draw.maybe(0.3, () => axonOf(draw, neurons[name]));
    if (axon) axons[name] = axon;
  }

  const synapses: Record<string, SynapseGroup> = {};
  const join = (from: string, to: string, forward: boolean) => {
    synapses[`g${Object.keys(synapses).length}`] = groupBetween(draw, { neurons, axons, from, to, forward });
  };
  join('x', within[0], true);
  within.forEach((from, n) => {
    for (const to of within.slice(n + 1)) if (chance(0.8)) join(from, to, true);
    for (const to of within.slice(0, n + 1)) if (chance(0.45)) join(from, to, false);
  });
  for (const to of out) join(pick(within), to, true);

  const feedback: Record<string, Feedback> = {};
  for (const to of within)
    if (chance(0.8)) feedback[`to_${to}`] = feedbackTo(draw, { neurons, synapses, outputs: out, to, local });
  shareOne(draw, neurons, feedback, local);
  const learned = Object.values(synapses).flatMap(({ rule }) => rule ?? []);
  const definition: CircuitDefinition<string, string, string> = {
    ...{ neurons, synapses, feedback, axons, outputs: out },
    globals: globalsFor(Object.values(neurons), learned, () => {
      const from = pick(Object.keys(neurons));
      return {
        from,
        neuron: draw.below(neurons[from].size),
        ...(chance(0.5) && { carries: pick(messagesOf(neurons[from])) }),
      };
    }),
    losses: Object.fromEntries(out.flatMap((name) => (chance(0.4) ? [[name, pick(losses)] as const] : []))),
  };
  const made = circuit(definition);
  const built = build(made, k, { carry: chance(0.25) });
  return { definition: made, built, how: howFor(draw, built, local), trials: trialsFor(draw, built, range) };
}

interface Joined {
  readonly neurons: Neurons;
  readonly axons: Readonly<Record<string, Axon>>;
  readonly from: string;
  readonly to: string;
  /** Whether nothing leads back, so that there need be no delay. */
  readonly forward: boolean;
}

const messagesOf = ({ model }: Population) => (model ? Object.keys(model.messages) : ['rate']);

function groupBetween(draw: Draw, { neurons, axons, from, to, forward }: Joined): SynapseGroup {
  const { chance, pick, below } = draw;
  const [pre, post] = [neurons[from], neurons[to]];
  const ports = post.model?.ports.map(({ name }) => name) ?? [];
  const ends = { port: pick(ports), carries: pick(messagesOf(pre)) };
  const rule = draw.maybe(0.9, () => pick(rulesBetween(pre, post, ends))());
  const state = Object.keys(rule?.state ?? {});
  const dials: WeightDials = chance(0.25) ? pick(Object.values(weightDials)) : {};
  const free = !dials.bounds && axons[from]?.excitatory === undefined;
  const gate = draw.maybe(0.2, () => {
    const gating = pick(Object.keys(neurons));
    return { from: gating, neuron: below(neurons[gating].size) };
  });
  return {
    ...{
      from,
      to,
      ...ends,
      ...dials,
      ...wiringOf(draw, { rows: post.size, columns: pre.size, least: forward ? 0 : 1, free }),
    },
    ...(gate && { gate }),
    ...(rule && learningOf(draw, rule)),
    ...(rule && state.length > 0 && chance(0.3) && { also: { port: pick(ports), weight: pick(state) } }),
  };
}

function learningOf(draw: Draw, rule: PlasticityRule): Partial<SynapseGroup> {
  const { chance, pick } = draw;
  const dials = Object.keys(traceDials) as (keyof typeof traceDials)[];
  return {
    ...learning(rule, chance(0.3) ? pick(dials) : 'free'),
    ...(chance(0.35) && { learns: 'at once' }),
    ...(chance(0.3) && { optimiser: pick(optimisers)() }),
  };
}

interface Wired {
  readonly rows: number;
  readonly columns: number;
  /** The least delay. */
  readonly least: number;
  /** Whether a weight may be any number, so that edges may have their own. */
  readonly free: boolean;
}

/** Which synapses there are, their weights, and their delays. */
function wiringOf(draw: Draw, { rows, columns, least, free }: Wired): Partial<SynapseGroup> {
  const { chance, below, pick, random } = draw;
  const weights = normal({ sd: 0.7 });
  const late = () => least + below(3);
  const matrix = <T>(entry: () => T) => Array.from({ length: rows }, () => Array.from({ length: columns }, entry));
  const connect = draw.maybe(0.35, () => pick([mask(matrix(() => (chance(0.7) ? 1 : 0))), probability(0.7)]));
  const joined = { weights, ...(connect && { connect }) };
  return pick<() => Partial<SynapseGroup>>([
    () => ({ ...joined, delay: late() }),
    () => ({ ...joined, delay: least }),
    () => ({ ...joined, delay: integers(least, least + 2) }),
    () => ({ ...joined, delay: matrix(late) }),
    () => {
      const pairs = matrix(() => chance(0.7)).flatMap((row, to) =>
        row.flatMap((is, from) => (is ? [{ from, to }] : [])),
      );
      if (!free || pairs.length === 0) {
        const column = (end: 'from' | 'to') => pairs.map((pair) => pair[end]);
        return { edges: { from: column('from'), to: column('to') }, weights, delay: late() };
      }
      return { edges: pairs.toReversed().map(({ from, to }): Edge => [from, to, 1.4 * random() - 0.7, late()]) };
    },
  ])();
}

interface Heard {
  readonly neurons: Neurons;
  readonly synapses: Readonly<Record<string, SynapseGroup>>;
  readonly outputs: readonly string[];
  readonly to: string;
  readonly local: boolean;
}

function feedbackTo(draw: Draw, { synapses, outputs, to, local }: Heard): Feedback {
  const { chance, pick } = draw;
  const from = pick(outputs);
  const readout = Object.values(synapses).some((group) => group.from === to && group.to === from);
  const dials = pick(
    Object.values(feedbackDials).filter((dial) => !('rule' in dial) && (!('angle' in dial) || (readout && !local))),
  );
  const broadcast = draw.maybe(0.35, () => pick(Object.values(broadcastDials)));
  return {
    ...{ from, to, weights: uniform(-1, 1) },
    ...(chance(0.3) ? { rule: relearning(), ...(chance(0.4) && { bits: 4, sparsity: 0.4 }) } : chance(0.6) && dials),
    ...(broadcast && { broadcast }),
  };
}

/** Of two feedbacks of one shape, the second has now and then the weights of the first. */
function shareOne(draw: Draw, neurons: Neurons, feedback: Record<string, Feedback>, local: boolean): void {
  const names = Object.keys(feedback);
  if (names.length < 2 || !draw.chance(0.5)) return;
  const [one, other] = names;
  const shape = ({ from, to }: Feedback) => `${neurons[from].size} ${neurons[to].size}`;
  if (shape(feedback[one]) !== shape(feedback[other]) || (local && feedback[one].rule)) return;
  const { from, to, broadcast } = feedback[other];
  feedback[other] = { from, to, shares: one, ...(broadcast && { broadcast }) };
}

function axonOf(draw: Draw, { model }: Population): Axon {
  const { chance, pick } = draw;
  const dials: Axon = model?.events ? { delay: 1 } : pick(Object.values(axonDials));
  return { ...dials, ...(chance(0.3) && { excitatory: pick([0, 0.5, 1]) }) };
}

function howFor(draw: Draw, { feedback, groups }: BuiltCircuit, local: boolean): LearningOptions {
  const { chance } = draw;
  const transposable = feedback.every(({ from, to }) => groups.some((group) => group.from === to && group.to === from));
  const kind = transposable && !local && chance(0.3) ? 'symmetric' : 'random';
  if (chance(0.5)) return { schedule: 'online', feedback: kind };
  return { schedule: 'trial', feedback: kind, ...(chance(0.4) && { batch: 2 }) };
}

function trialsFor(
  draw: Draw,
  { inputs, outputs, globals }: BuiltCircuit,
  { trials = 3, timesteps: most = 6 }: Range,
): readonly Trial[] {
  const { chance, below, random } = draw;
  const channels = (populations: BuiltCircuit['inputs']) => populations.reduce((sum, { size }) => sum + size, 0);
  const missing = chance(0.4) ? 0.3 : 0;
  const answers = chance(0.3) || globals.some(({ kind }) => kind === 'task');
  const least = Math.min(3, most);
  const answersInput = chance(0.5);
  return Array.from({ length: trials }, (_, n): Trial => {
    const timesteps = least + below(most - least + 1);
    const numbers = (width: number, without: number) =>
      Float64Array.from({ length: timesteps * width }, () => (random() < without ? NaN : 2 * random() - 1));
    const width = channels(inputs);
    const answer: Trial['answer'] = ({ t, outputs: played }) => ({
      ...(t % 3 !== 1 && { reward: 1 / (1 + played[0] * played[0]) - 0.2 * t }),
      ...(answersInput &&
        t % 2 === 0 && {
          input: Array.from({ length: width }, (_, k) => Math.max(-1, Math.min(1, played[k % played.length]))),
        }),
    });
    return {
      timesteps,
      input: numbers(width, 0),
      target: numbers(channels(outputs), missing),
      // The last is answered nothing.
      ...(answers && (n === 0 || n < trials - 1) && { answer }),
    };
  });
}
