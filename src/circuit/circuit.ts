import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { copied, register } from '../local/index.ts';
import { checkPopulation, isPopulation, type Population } from '../neurons/index.ts';
import { checkRule, isRule, type PlasticityRule } from '../rules/index.ts';
import { checkKnown, checkName, checkRecord, isList, mapRecord } from './checks.ts';
import { checkConnectivity, type Connectivity } from './connectivity.ts';
import { checkAxon, type Axon } from './dials/axon.ts';
import { checkBroadcast, type Broadcast } from './dials/broadcast.ts';
import { checkFeedbackDials, type FeedbackDials } from './dials/feedback-weights.ts';
import { checkGate, type Gate } from './dials/gate.ts';
import { checkTraces, type Traces } from './dials/traces.ts';
import { checkWeightDials, type WeightDials } from './dials/weights.ts';
import { checkWeights, type Weights } from './initial-weights.ts';
import { forwardOrder } from './order.ts';

/** Synapses from one population to another (or itself) that share a delay and a rule. */
export interface SynapseGroup<Name extends string = string, RuleName extends string = string> extends WeightDials {
  readonly from: Name;
  readonly to: Name;
  readonly weights: Weights;
  /** Timesteps from axon to dendrite: 0 carries the rate of this timestep. By default 1 within a population, else 0. */
  readonly delay?: number;
  /** How the weights learn. Absent: they never change. */
  readonly rule?: PlasticityRule<RuleName>;
  /** Which neurons are joined. By default every one with every one. */
  readonly connect?: Connectivity;
  /** What is done to the traces of the rule. By default nothing. */
  readonly traces?: Traces;
  /** The neuron that gates the axons of the group. By default none: they bring what they are sent. */
  readonly gate?: Gate<Name>;
}

/** Weights that bring an output population's error to the neurons of another population: fixed, unless `angle` or `rule` is given. */
export interface Feedback<Name extends string = string> extends FeedbackDials {
  /** The output population whose error is sent. */
  readonly from: Name;
  /** The population whose neurons receive it. */
  readonly to: Name;
  /** B as drawn: row = receiving neuron, column = output neuron. Left out only where `shares` is given. */
  readonly weights?: Weights;
  /** The name of another feedback whose B this one uses: several populations share one matrix, so both are of the same shape. */
  readonly shares?: string;
  /**
   * How B is relearned: as the weights of synapses from the axons that bring the error to the neurons. They see the error as it arrives as
   * `pre.rate`, and of their neuron what every synapse sees; they transmit nothing. For example kolenPollackFeedback().
   */
  readonly rule?: PlasticityRule;
  /** How the error is sent. Default: at every timestep, at once and as it is. */
  readonly broadcast?: Broadcast;
}

/** How many rates a group's delay lines may hold together: 256 MB. */
const LONGEST_LINE = 2 ** 25;

/** How many synapses a group may have that joins all with all: 1 GB of weights. */
const LARGEST_GROUP = 2 ** 27;

/** What a circuit is written as. */
export interface CircuitDefinition<P extends string, G extends string, R extends string> {
  readonly neurons: Readonly<Record<P, Population>>;
  readonly synapses: Readonly<Record<G, SynapseGroup<NoInfer<P>, R>>>;
  readonly feedback?: Readonly<Record<string, Feedback<NoInfer<P>>>>;
  /** What the axons of a population send, where that is not the rate as it is. */
  readonly axons?: Readonly<Partial<Record<P, Axon>>>;
  /**
   * The populations that are compared with the target.
   * By default those that feedback comes from; without feedback, those from which no synapses leave, and that gate none.
   */
  readonly outputs?: readonly NoInfer<P>[];
}

/** A synapse group with its delay, by default or as given. */
type DelayedGroup<R extends string> = SynapseGroup<string, R> & { readonly delay: number };

/**
 * What a network is, as checked data: populations, synapse groups named G with rules named R, feedback. It knows no engine and no seed. It
 * never changes, and only what `circuit` or `withRules` has made is one.
 */
export interface Circuit<R extends string = string, G extends string = string> {
  readonly neurons: Readonly<Record<string, Population>>;
  readonly synapses: Readonly<Record<G, DelayedGroup<R>>>;
  readonly feedback: Readonly<Record<string, Feedback>>;
  readonly axons: Readonly<Record<string, Axon | undefined>>;
  readonly outputs: readonly string[];
  /** Populations with a neuron model, so ordered that every delay-0 synapse group runs forward. */
  readonly order: readonly string[];
}

const FIELDS = {
  circuit: ['neurons', 'synapses', 'feedback', 'axons', 'outputs'],
  synapses: ['from', 'to', 'weights', 'delay', 'rule', 'connect', 'bounds', 'bits', 'plastic', 'traces', 'gate'],
  feedback: ['from', 'to', 'weights', 'angle', 'sparsity', 'bits', 'range', 'shares', 'rule', 'broadcast'],
} as const;

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
  const definition = copied(given, (part) => isRule(part) || isPopulation(part));
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
  const synapses = mapRecord<G, SynapseGroup<string, R>, DelayedGroup<R>>(definition.synapses, (group, name) => {
    checkName('synapses', name);
    return checkGroup(`synapses.${name}`, group, neurons, axons);
  });
  const feedback: Readonly<Record<string, Feedback>> = definition.feedback ?? {};
  checkRecord('feedback', feedback, 'feedback');
  for (const [name, entry] of Object.entries(feedback)) {
    checkName('feedback', name);
    checkFeedback(`feedback.${name}`, entry, neurons);
    checkSource(name, feedback, neurons, synapses);
  }
  const outputs: readonly string[] = definition.outputs ?? defaultOutputs(neurons, synapses, feedback);
  checkOutputs(outputs, neurons);
  for (const [name, { from }] of Object.entries(feedback)) {
    if (!outputs.includes(from)) {
      throw new InputError(`feedback.${name}.from`, `${show(from)} is no output population; give ${oneOf(outputs)}`);
    }
  }
  const arrivals = mapRecord<G, DelayedGroup<R>, DelayedGroup<R>>(synapses, (group) => ({
    ...group,
    delay: arrivalOf(group, axons),
  }));
  return circuits.enter({
    neurons,
    synapses,
    feedback,
    axons,
    outputs: names.filter((name) => outputs.includes(name)),
    order: forwardOrder(neurons, arrivals),
  });
}

/** @throws InputError if this is no circuit as it was checked. */
export function checkCircuit(value: Circuit): void {
  if (circuits.has(value)) return;
  throw new InputError(
    'circuit',
    'is no circuit that circuit({ ... }) has checked, or a copy of one; give what circuit returned, or call it with the changed definition',
  );
}

/** Timesteps from a neuron's rate to the dendrites of a group: the axon's own and the group's. */
export function arrivalOf(
  { from, delay }: { readonly from: string; readonly delay: number },
  axons: Circuit['axons'],
): number {
  return delay + (axons[from]?.delay ?? 0);
}

function checkGroup<R extends string>(
  place: string,
  group: SynapseGroup<string, R>,
  neurons: Readonly<Record<string, Population>>,
  axons: Circuit['axons'],
): DelayedGroup<R> {
  onlyFields(place, group, FIELDS.synapses);
  const { from, to, rule, connect, gate } = group;
  checkKnown(`${place}.from`, from, neurons);
  modelled(`${place}.to`, to, neurons);
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
  checkWeights(`${place}.weights`, group.weights, rows, columns);
  checkWeightDials(place, group);
  if (axons[from]?.excitatory !== undefined && group.bounds && !(group.bounds[0] <= 0 && group.bounds[1] >= 0)) {
    throw new InputError(
      `${place}.bounds`,
      `${show(group.bounds)} leave out 0, where a weight waits that may not change its sign (axons.${from}.excitatory)`,
    );
  }
  if (connect !== undefined) checkConnectivity(`${place}.connect`, connect, rows, columns);
  if (rule !== undefined) checkRule(`${place}.rule`, rule);
  checkTraces(`${place}.traces`, group);
  if (gate !== undefined) checkGate(`${place}.gate`, gate, neurons);
  return { ...group, delay };
}

function checkFeedback(place: string, entry: Feedback, neurons: Circuit['neurons']): void {
  onlyFields(place, entry, FIELDS.feedback);
  const { from, to, rule, broadcast } = entry;
  modelled(`${place}.from`, from, neurons);
  modelled(`${place}.to`, to, neurons);
  checkFeedbackDials(place, entry);
  if (rule !== undefined) checkRule(`${place}.rule`, rule);
  if (broadcast !== undefined) {
    checkBroadcast(`${place}.broadcast`, broadcast, Math.floor(LONGEST_LINE / neurons[from].size));
  }
}

/** Where B comes from: drawn weights, which may be turned from the readout or relearned, or another feedback. */
function checkSource(
  name: string,
  feedback: Circuit['feedback'],
  neurons: Circuit['neurons'],
  synapses: Circuit['synapses'],
): void {
  const place = `feedback.${name}`;
  const { from, to, weights, shares, angle, rule } = feedback[name];
  if (shares !== undefined) {
    checkShares(place, name, feedback, neurons);
    return;
  }
  if (weights === undefined) {
    throw new InputError(`${place}.weights`, 'is missing; give a distribution, such as normal({ sd: 1 }), or a matrix');
  }
  checkWeights(`${place}.weights`, weights, neurons[to].size, neurons[from].size);
  if (angle === undefined) return;
  if (rule !== undefined) {
    throw new InputError(`${place}.angle`, 'holds weights that a rule relearns; give the angle or the rule, not both');
  }
  if (!Object.values(synapses).some((group) => group.from === to && group.to === from)) {
    throw new InputError(
      `${place}.angle`,
      `is one to the weights from '${to}' to '${from}', and there are none; leave it out: then the feedback is random`,
    );
  }
}

function checkShares(place: string, name: string, feedback: Circuit['feedback'], neurons: Circuit['neurons']): void {
  const { shares = '', ...own } = feedback[name];
  const others = Object.keys(feedback).filter((other) => other !== name && feedback[other].shares === undefined);
  if (!others.includes(shares)) {
    const mend = others.length > 0 ? `give ${oneOf(others)}` : 'there is none: give weights of its own';
    throw new InputError(
      `${place}.shares`,
      `${show(shares)} is no other feedback that has weights of its own; ${mend}`,
    );
  }
  const theirs = (['weights', 'angle', 'sparsity', 'bits', 'range', 'rule'] as const).find(
    (key) => own[key] !== undefined,
  );
  if (theirs !== undefined) {
    throw new InputError(`${place}.${theirs}`, `is that of '${shares}', whose weights are shared; set it there`);
  }
  const other = feedback[shares];
  const [[rows, columns], [wanted, width]] = [own, other].map(({ from, to }) => [neurons[to].size, neurons[from].size]);
  if (rows !== wanted || columns !== width) {
    throw new InputError(
      `${place}.shares`,
      `'${shares}' has ${wanted} by ${width} weights, and ${rows} by ${columns} are needed here; share among populations of one size`,
    );
  }
}

function checkOutputs(outputs: readonly string[], neurons: Circuit['neurons']): void {
  if (!isList(outputs)) {
    throw new InputError('outputs', `${show(outputs)} is no list; give names of populations, such as ['y']`);
  }
  if (outputs.length === 0) {
    throw new InputError(
      'outputs',
      'there is none: synapses leave every population; name the outputs, or add feedback',
    );
  }
  outputs.forEach((name, i) => {
    modelled(`outputs[${i}]`, name, neurons);
    if (outputs.indexOf(name) !== i) throw new InputError(`outputs[${i}]`, `${show(name)} is named twice`);
  });
}

function defaultOutputs(
  neurons: Circuit['neurons'],
  synapses: Circuit['synapses'],
  feedback: Circuit['feedback'],
): readonly string[] {
  const sources = Object.values(feedback).map(({ from }) => from);
  if (sources.length > 0) return [...new Set(sources)];
  const left = new Set(Object.values(synapses).flatMap(({ from, gate }) => [from, ...(gate ? [gate.from] : [])]));
  return Object.keys(neurons).filter((name) => neurons[name].model && !left.has(name));
}

function modelled(place: string, name: string, neurons: Circuit['neurons']): void {
  checkKnown(place, name, neurons);
  if (!neurons[name].model) {
    const others = Object.keys(neurons).filter((other) => neurons[other].model);
    throw new InputError(place, `${show(name)} is an input population, which only sends; give ${oneOf(others)}`);
  }
}
