import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { copied, register } from '../local/index.ts';
import { isLoss, type Loss } from '../losses/index.ts';
import { isOptimiser, type Optimiser } from '../optimisers/index.ts';
import { checkPopulation, isPopulation, type Population } from '../neurons/index.ts';
import { checkRule, isRule, type PlasticityRule } from '../rules/index.ts';
import { checkKnown, checkModelled, checkName, checkRecord, LONGEST_LINE, mapRecord } from './checks.ts';
import { checkConnectivity, chanceOf, type Connectivity } from './connectivity.ts';
import { checkAxon, type Axon } from './dials/axon.ts';
import { checkGate, type Gate } from './dials/gate.ts';
import { checkTraces, type Traces } from './dials/traces.ts';
import { checkWeightDials, signsOf, wrongWeight, type WeightDials } from './dials/weights.ts';
import { checkedEnds, checkSeen, rowCarried, type Ends } from './ends.ts';
import { checkFeedback, checkSource, type CheckedFeedback, type Feedback } from './feedback.ts';
import { checkedWeights, type CheckedWeights, type Weights } from './initial-weights.ts';
import { checkLearns, portsOf, readNow, type Learns } from './learns.ts';
import { checkedGlobals, isScalar, type Global, type Globals } from './globals.ts';
import { forwardOrder, type Act } from './order.ts';
import { checkLosses, checkOutputs, defaultOutputs } from './outputs.ts';
import { ruleOnPort } from './rule-on.ts';
import { checkGroupOptimiser } from './take-up.ts';

/** Synapses from one population to another (or itself) that share a delay and a rule. */
export interface SynapseGroup<Name extends string = string, RuleName extends string = string>
  extends WeightDials, Ends, Learns {
  readonly from: Name;
  readonly to: Name;
  readonly weights: Weights;
  /** Timesteps from axon to dendrite: 0 carries the rate of this timestep. By default 1 within a population, else 0. */
  readonly delay?: number;
  /** How the weights learn. Absent: they never change. */
  readonly rule?: PlasticityRule<RuleName>;
  /** What becomes of the changes that the rule asks for, such as adam({ eta: 0.01 }). By default they are added as they are. */
  readonly optimiser?: Optimiser;
  /** Which neurons are joined. By default every one with every one. */
  readonly connect?: Connectivity;
  /** What is done to the traces of the rule. By default nothing. */
  readonly traces?: Traces;
  /** The neuron that gates the axons of the group. By default none: they bring what they are sent. */
  readonly gate?: Gate<Name>;
}

/** A synapse group, checked, its defaults completed. */
export type CheckedGroup<R extends string = string> = Omit<SynapseGroup<string, R>, 'weights' | 'delay' | keyof Ends> &
  Required<Ends> & {
    readonly weights: CheckedWeights;
    readonly delay: number;
  };

/** How many synapses a group may have that joins all with all: 1 GB of weights. */
const LARGEST_GROUP = 2 ** 27;

/** What a circuit is written as. */
export interface CircuitDefinition<P extends string, G extends string, R extends string> {
  readonly neurons: Readonly<Record<P, Population>>;
  readonly synapses: Readonly<Record<G, SynapseGroup<NoInfer<P>, R>>>;
  readonly feedback?: Readonly<Record<string, Feedback<NoInfer<P>>>>;
  /** What the axons of a population send, where that is not the rate as it is. */
  readonly axons?: Readonly<Partial<Record<P, Axon>>>;
  /** What output populations are held to, where that is not half the squared error: `{ y: crossEntropy }`. */
  readonly losses?: Readonly<Partial<Record<P, Loss>>>;
  /** Numbers that are the same for everyone, by name: `{ reward: fromTask() }`. */
  readonly globals?: Readonly<Record<string, Global<NoInfer<P>>>>;
  /**
   * The populations that are compared with the target, in the order in which its channels are laid over them.
   * By default those that feedback comes from; without feedback, those from which no synapses leave, and that gate none and give no global scalar; in the order
   * of `neurons`.
   */
  readonly outputs?: readonly NoInfer<P>[];
}

/**
 * What a network is, as checked data: populations, synapse groups named G with rules named R, feedback. It knows no engine and no seed. It
 * never changes; only `circuit` and `withRules` make one.
 */
export interface Circuit<R extends string = string, G extends string = string> {
  readonly neurons: Readonly<Record<string, Population>>;
  readonly synapses: Readonly<Record<G, CheckedGroup<R>>>;
  readonly feedback: Readonly<Record<string, CheckedFeedback>>;
  readonly axons: Readonly<Record<string, Axon | undefined>>;
  readonly losses: Readonly<Record<string, Loss | undefined>>;
  readonly globals: Globals;
  /** In the order of the target's channels. */
  readonly outputs: readonly string[];
  /** Populations with a neuron model, so ordered that every delay-0 synapse group runs forward. */
  readonly order: readonly string[];
}

const FIELDS = {
  circuit: ['neurons', 'synapses', 'feedback', 'axons', 'losses', 'globals', 'outputs'],
  synapses: [
    ...['from', 'to', 'port', 'carries', 'weights', 'delay', 'rule', 'connect', 'bounds', 'bits', 'plastic'],
    ...['traces', 'gate', 'learns', 'also', 'optimiser'],
  ],
};

/** The circuits that were checked. */
export const circuits = register<Circuit>();

/**
 * Checks a circuit and completes its defaults.
 *
 * @throws InputError naming the field, what stands there and what would be right.
 */
export function circuit<const P extends string, const G extends string, R extends string = never>(
  given: CircuitDefinition<P, G, R>,
): Circuit<R, G> {
  const definition = copied(given, (part) =>
    [isRule, isOptimiser, isPopulation, isLoss, isScalar].some((is) => is(part)),
  );
  onlyFields('circuit', definition, FIELDS.circuit);
  const neurons: Readonly<Record<string, Population>> = definition.neurons;
  checkRecord('neurons', neurons, 'populations');
  const names = Object.keys(neurons);
  if (names.length === 0) throw new InputError('neurons', 'is empty; give at least one population');
  names.forEach((name) => {
    checkName('neurons', name);
    checkPopulation(`neurons.${name}`, neurons[name]);
  });

  const axons: Circuit['axons'] = definition.axons ?? {};
  checkRecord('axons', axons, 'axons');
  for (const [name, axon] of Object.entries(axons)) {
    checkKnown('axons', name, neurons);
    if (axon) checkAxon(`axons.${name}`, axon);
  }
  checkRecord('synapses', definition.synapses, 'synapse groups');
  const synapses = mapRecord<G, SynapseGroup<string, R>, CheckedGroup<R>>(definition.synapses, (group, name) => {
    checkName('synapses', name);
    return checkGroup(`synapses.${name}`, group, neurons, axons);
  });
  const sources: Readonly<Record<string, Feedback>> = definition.feedback ?? {};
  checkRecord('feedback', sources, 'feedback');
  const feedback = mapRecord<string, Feedback, CheckedFeedback>(sources, (entry, name) => {
    checkName('feedback', name);
    checkFeedback(`feedback.${name}`, entry, neurons);
    return checkSource(name, sources, neurons, synapses);
  });
  const scalars: Readonly<Record<string, Global>> = definition.globals ?? {};
  checkRecord('globals', scalars, 'global scalars');
  const globals = checkedGlobals(scalars, { neurons, synapses, feedback });
  const outputs: readonly string[] = definition.outputs ?? defaultOutputs(neurons, synapses, feedback, globals);
  checkOutputs(outputs, neurons);
  for (const [name, { from }] of Object.entries(feedback)) {
    if (!outputs.includes(from)) {
      throw new InputError(`feedback.${name}.from`, `${show(from)} is no output population; give ${oneOf(outputs)}`);
    }
  }
  const losses: Circuit['losses'] = definition.losses ?? {};
  checkLosses(losses, outputs);
  const parts = { neurons, synapses, axons, globals };
  return circuits.enter({ ...parts, ...{ feedback, losses }, outputs: [...outputs], order: orderOf(parts) });
}

type Parts = Pick<Circuit, 'neurons' | 'synapses' | 'axons' | 'globals'>;

/** The populations with a model, as they run. @throws InputError as actsOf does. */
export function orderOf(parts: Parts): readonly string[] {
  return [...new Set(actsOf(parts).flatMap(({ population }) => population ?? []))];
}

/** What the neurons do in a timestep, one thing after another. @throws InputError naming the groups of a loop without delay. */
export function actsOf({ neurons, synapses, axons, globals }: Parts): readonly Act[] {
  return forwardOrder(
    neurons,
    mapRecord(synapses, (group) => {
      const { from, to, carries, learns, rule } = group;
      const delay = arrivalOf(group, axons);
      const learnsFrom =
        rule && learns && readNow({ ...group, delay, rule: ruleOnPort(rule, neurons[to], group) }, neurons, globals);
      return {
        ...{ from, to, delay, ports: portsOf(group), carries: rowCarried(neurons[from], carries) },
        ...(learnsFrom && { learnsFrom }),
      };
    }),
  );
}

/** @throws InputError if neither `circuit` nor `withRules` made this circuit. */
export function checkCircuit(value: Circuit): void {
  if (circuits.has(value)) return;
  throw new InputError(
    'circuit',
    'was not made by circuit({ ... }): it is a copy, or comes from another installation of rxflo; give what circuit returned, or call it with the changed definition',
  );
}

/** Timesteps from a neuron's rate to the dendrites of a group: the axon's own and the group's. */
export function arrivalOf(
  { from, delay }: { readonly from: string; readonly delay: number },
  axons: Circuit['axons'],
): number {
  return delay + (axons[from]?.delay ?? 0);
}

/** What is wrong with a weight of a group, where it was not drawn: see `wrongWeight`. */
export function wrongWeights(
  { synapses, neurons, axons }: Circuit,
  group: string,
): (w: number, pre: number) => string | undefined {
  return wrongIn(synapses[group], neurons, axons);
}

function wrongIn(
  group: WeightDials & { readonly from: string },
  neurons: Circuit['neurons'],
  axons: Circuit['axons'],
): (w: number, pre: number) => string | undefined {
  const signs = signsOf(neurons[group.from].size, axons[group.from]?.excitatory);
  return wrongWeight({ ...group, signs });
}

function checkGroup<R extends string>(
  place: string,
  group: SynapseGroup<string, R>,
  neurons: Readonly<Record<string, Population>>,
  axons: Circuit['axons'],
): CheckedGroup<R> {
  onlyFields(place, group, FIELDS.synapses);
  const { from, to, rule, connect, gate, optimiser } = group;
  checkKnown(`${place}.from`, from, neurons);
  checkModelled(`${place}.to`, to, neurons);
  const delay = group.delay ?? (from === to ? 1 : 0);
  if (!Number.isInteger(delay) || delay < 0) {
    throw new InputError(`${place}.delay`, `${show(delay)} is not a whole number of timesteps, 0 or more`);
  }
  const arrival = arrivalOf({ from, delay }, axons);
  if (arrival * neurons[from].size > LONGEST_LINE) {
    const [where, together] =
      arrival === delay ? [`${place}.delay`, ''] : [`axons.${from}.delay`, `, with that of '${place}',`];
    throw new InputError(
      where,
      `${arrival} timesteps${together} are too long to keep for ${neurons[from].size} neurons; give ${Math.floor(LONGEST_LINE / neurons[from].size)} or less`,
    );
  }
  const [rows, columns] = [neurons[to].size, neurons[from].size];
  if (connect === undefined && rows * columns > LARGEST_GROUP) {
    const problem = `${columns} neurons to ${rows}, all with all, make ${rows * columns} synapses`;
    throw new InputError(place, `${problem}; give fewer, at most ${LARGEST_GROUP}, or connect not all of them`);
  }
  checkWeightDials(place, group);
  if (axons[from]?.excitatory !== undefined && group.bounds && !(group.bounds[0] <= 0 && group.bounds[1] >= 0)) {
    throw new InputError(
      `${place}.bounds`,
      `${show(group.bounds)} leave out 0, where a weight waits that may not change its sign (axons.${from}.excitatory)`,
    );
  }
  if (connect !== undefined) checkConnectivity(`${place}.connect`, connect, rows, columns);
  if (rule !== undefined) checkRule(`${place}.rule`, rule);
  if (optimiser !== undefined) checkGroupOptimiser(`${place}.optimiser`, group);
  checkLearns(place, group, neurons[to]);
  const ends = checkedEnds(place, group, neurons[from], neurons[to]);
  if (rule !== undefined) checkSeen(`${place}.rule`, rule, neurons[from], neurons[to], ends);
  checkTraces(`${place}.traces`, group);
  if (gate !== undefined) checkGate(`${place}.gate`, gate, neurons);
  const weights = checkedWeights(`${place}.weights`, group.weights, {
    ...{ rows, columns },
    chance: (post, pre) => chanceOf(connect, post, pre, from === to),
    wrong: wrongIn(group, neurons, axons),
  });
  return { ...group, ...ends, weights, delay };
}
