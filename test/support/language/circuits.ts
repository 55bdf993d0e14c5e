import type {
  Axon,
  BuiltCircuit,
  Circuit,
  CircuitDefinition,
  Evaluation,
  LearningOptions,
  Repeat,
  SynapseGroup,
} from '../../../src/circuit/index.ts';
import { input, type Population } from '../../../src/neurons/index.ts';
import type { Trial } from '../../../src/tasks/index.ts';
import { axonDials } from '../random-circuit.ts';
import { Draw } from './draw.ts';
import { feedbacks } from './feedback.ts';
import { groupBetween } from './groups.ts';
import { messagesOf, neuronsWithin, valuesOf } from './neurons.ts';
import { globalsFor, losses } from './parts.ts';
import { refined } from './refined.ts';
import { trialsFor } from './trials.ts';

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
  /** Whether each update is to be local, and there to be seen in its timestep: no feedback follows a readout, none is symmetric, and no rule goes by history. Default false. */
  readonly local?: boolean;
  /**
   * Only what a gradient runs through, and only what it is a gradient of: 'differentiable', or 'declared', pseudo-derivatives and kinks too. What takes
   * up a change, the circuit's own feedback rules and sends in steps is left out; what the task answers does not depend on what the network does.
   */
  readonly gradient?: 'differentiable' | 'declared';
  /** Whether as much is to meet as can, in a circuit that stays small: its first neurons and the rules of most synapses have all that there is. Default false. */
  readonly dense?: boolean;
}

/** See Draw. */
const DENSITY = 8;

type Neurons = Readonly<Record<string, Population>>;

/** Circuit number k: the same for its number. */
export function languageCircuit(k: number, range: Range = {}): Sample {
  const { size = 4, local = false, gradient, dense = false } = range;
  const draw = new Draw(k, dense ? DENSITY : 1);
  const { has, chance, upTo, pick, random } = draw;
  const makers = neuronsWithin(range);
  const named = (names: readonly string[], make: () => Population) => names.map((name) => [name, make()] as const);
  const [first, ...others] = chance(dense ? 0.2 : 0.65) ? ['h0', 'h1'] : ['h0'];
  const within = [first, ...others];
  const out = chance(dense ? 0.2 : 0.4) ? ['y', 'z'] : ['y'];
  const sources = chance(0.3) ? ['x', 'w'] : ['x'];
  const [largest, sameSize] = [dense ? size : upTo(size), has(0.5)];
  const sizeOf = () => (sameSize ? largest : upTo(size));
  const neurons: Neurons = Object.fromEntries([
    ...named(sources, () => input(upTo(2))),
    ...named([first], () => pick(makers.first)(largest, random)),
    ...named(others, () => pick(makers.hidden)(sizeOf(), random)),
    ...named(out, () => pick(makers.outputs)(upTo(2), random)),
  ]);
  const evaluation = gradient || local || !has(0.25) ? 'trace' : 'history';
  const repeat = evaluation === 'trace' && has(0.45) ? repeatOf(draw, neurons) : undefined;

  const axons: Record<string, Axon> = {};
  for (const name of Object.keys(neurons)) {
    if (chance(0.35)) axons[name] = axonOf(draw, neurons[name], gradient !== undefined);
  }

  const synapses: Record<string, SynapseGroup> = {};
  const join = (from: string, to: string, forward: boolean) => {
    const joined = { neurons, from, to, forward, repeat, evaluation, dense, gradient: gradient !== undefined } as const;
    synapses[`g${Object.keys(synapses).length}`] = groupBetween(draw, joined);
  };
  for (const from of sources) join(from, pick(within), true);
  within.forEach((from, n) => {
    for (const to of within.slice(n + 1)) if (has(0.8)) join(from, to, true);
    for (const to of within.slice(0, n + 1)) if (has(0.45)) join(from, to, false);
  });
  for (const to of out) {
    const reads = pick(within);
    for (const from of within) if (from === reads || chance(0.35)) join(from, to, true);
    if (chance(0.15)) join(to, pick(within), false);
  }
  if (chance(0.15)) join(sources[0], within[0], true);

  const feedback = feedbacks(draw, { neurons, synapses, outputs: out, within, local, repeat, gradient });
  const learned = [...Object.values(synapses), ...Object.values(feedback)].flatMap(({ rule }) => rule ?? []);
  const definition: CircuitDefinition<string, string, string> = {
    ...{ neurons, synapses, feedback, axons, ...(repeat && { repeat }) },
    outputs: has(0.5) ? out.toReversed() : out,
    globals: globalsFor(Object.values(neurons), learned, repeat, () => {
      const from = pick(Object.keys(neurons));
      return {
        from,
        neuron: draw.below(neurons[from].size),
        ...(has(0.5) && { carries: pick(messagesOf(neurons[from])) }),
      };
    }),
    losses: Object.fromEntries(out.flatMap((name) => (chance(0.5) ? [[name, pick(losses)] as const] : []))),
  };
  const carry = has(0.3);
  const how = howFor(draw, definition, { ...range, evaluation });
  const whole = refined(draw, definition, { k, carry, evaluation, asItIs: dense });
  return { ...whole, how, trials: trialsFor(draw, whole.built, range) };
}

/** How often the circuit runs through a timestep: up to three times; or until some population has settled, by one of the numbers that it has. */
function repeatOf({ chance, has, pick, upTo }: Draw, neurons: Neurons): Repeat {
  const times = upTo(3);
  if (!chance(0.5)) return { times };
  const population = pick(Object.keys(neurons).filter((name) => neurons[name].model));
  const value = pick(valuesOf(neurons[population]));
  return { times: times + 1, until: { population, moves: pick([0.02, 0.3]), ...(has(0.6) && { value }) } };
}

function axonOf(draw: Draw, { model }: Population, gradient: boolean): Axon {
  const { chance, pick } = draw;
  const { free, late, noisy, tunedNoise } = axonDials;
  const dials: Axon = model?.events
    ? { delay: 1 }
    : pick<Axon>(gradient ? [free, late, noisy, tunedNoise] : Object.values(axonDials));
  return {
    ...dials,
    ...(chance(0.4) && !gradient && { excitatory: pick([0, 0.5, 1]) }),
    ...(chance(0.3) && { delay: 1 }),
  };
}

function howFor(
  draw: Draw,
  { feedback = {}, synapses }: CircuitDefinition<string, string, string>,
  { local = false, gradient, dense = false, evaluation }: Range & { readonly evaluation: Evaluation },
): LearningOptions {
  const { chance, has } = draw;
  if (gradient) return { schedule: 'trial', feedback: 'symmetric' };
  const groups = Object.values(synapses);
  const transposable = Object.values(feedback).every((entry) =>
    groups.some(({ from, to }) => from === entry.to && to === entry.from),
  );
  const kind = transposable && !local && has(0.4) ? 'symmetric' : 'random';
  if (evaluation === 'trace' && chance(dense ? 0.05 : 0.5)) return { schedule: 'online', feedback: kind };
  return { schedule: 'trial', feedback: kind, ...(has(0.4) && { batch: 2 }) };
}
