import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { copied, frozen, isOverTrials, Recent, register } from '../local/index.ts';
import { isLoss, type Loss } from '../losses/index.ts';
import { isOptimiser, type Optimiser } from '../optimisers/index.ts';
import { checkPopulation, isPopulation, type Population } from '../neurons/index.ts';
import { checkRule, isRule, type PlasticityRule } from '../rules/index.ts';
import { checkedWiring, type CheckedWiring, type Wiring } from './check-wiring.ts';
import { checkCopies, isCopied } from './copied-weights.ts';
import { checkKnown, checkModelled, checkName, checkRecord, mapRecord } from './checks.ts';
import { rangeOfDelays } from './delays.ts';
import { checkAxon, checkEventAxon, type Axon } from './dials/axon.ts';
import { checkGate, type Gate } from './dials/gate.ts';
import { checkTraces, type Traces } from './dials/traces.ts';
import { checkWeightDials, signsOf, wrongWeight, type WeightDials } from './dials/weights.ts';
import { checkedEnds, checkSeen, rowCarried, type Ends } from './ends.ts';
import { checkFeedback, checkSource, type CheckedFeedback, type Feedback } from './feedback.ts';
import { checkLearns, portsOf, readNow, type Learns } from './learns.ts';
import { checkedGlobals, isScalar, type Global, type Globals } from './globals.ts';
import { forwardOrder, type Act } from './order.ts';
import { checkLosses, checkOutputs, defaultOutputs } from './outputs.ts';
import { checkedRepeat, checkRepeated, type CheckedRepeat, type Repeat } from './repeat.ts';
import { ruleOnPort } from './rule-on.ts';
import { checkGroupOptimiser } from './take-up.ts';

/** Synapses from one population to another (or itself) that share a rule. */
export interface SynapseGroup<Name extends string = string, RuleName extends string = string>
  extends WeightDials, Ends, Wiring, Learns {
  readonly from: Name;
  readonly to: Name;
  /** How the weights learn. Absent: they never change. */
  readonly rule?: PlasticityRule<RuleName>;
  /** Transforms the changes that the rule requests, such as adam({ eta: 0.01 }). By default they are added unchanged. */
  readonly optimiser?: Optimiser;
  /** What is done to the traces of the rule. By default nothing. */
  readonly traces?: Traces;
  /** The neuron that gates the axons of the group. By default none. */
  readonly gate?: Gate<Name>;
}

/** A synapse group, checked, its defaults completed. */
export type CheckedGroup<R extends string = string> = Omit<SynapseGroup<string, R>, keyof Wiring | keyof Ends> &
  Required<Ends> &
  CheckedWiring;

/** The definition of a circuit. */
export interface CircuitDefinition<P extends string, G extends string, R extends string> {
  readonly neurons: Readonly<Record<P, Population>>;
  readonly synapses: Readonly<Record<G, SynapseGroup<NoInfer<P>, R>>>;
  readonly feedback?: Readonly<Record<string, Feedback<NoInfer<P>>>>;
  /** How the axons of a population change the rates they send. By default not at all. */
  readonly axons?: Readonly<Partial<Record<P, Axon>>>;
  /** The losses of output populations, `{ y: crossEntropy }`. By default half the squared error. */
  readonly losses?: Readonly<Partial<Record<P, Loss>>>;
  /** Numbers that are the same for everyone, by name: `{ reward: fromTask() }`. */
  readonly globals?: Readonly<Record<string, Global<NoInfer<P>>>>;
  /** How many times each timestep is run. By default once. */
  readonly repeat?: Repeat<NoInfer<P>>;
  /**
   * The populations that are compared with the target, in the order of its channels. By default those that feedback comes from; without
   * feedback, those that have no outgoing synapses, gate no group and give no global scalar; in the order of `neurons`.
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
  /** Absent: each timestep is run once. */
  readonly repeat?: CheckedRepeat;
  /** In the order of the target's channels. */
  readonly outputs: readonly string[];
  /** Populations with a neuron model, ordered so that every delay-0 synapse group runs forward. */
  readonly order: readonly string[];
}

const FIELDS = {
  circuit: ['neurons', 'synapses', 'feedback', 'axons', 'losses', 'globals', 'repeat', 'outputs'],
  synapses: [
    ...[
      'from',
      'to',
      'port',
      'carries',
      'weights',
      'delay',
      'rule',
      'connect',
      'edges',
      'bounds',
      'bits',
      'plastic',
      'tunable',
    ],
    ...['traces', 'gate', 'learns', 'evaluation', 'also', 'optimiser'],
  ],
};

const MADE = [isRule, isPopulation, isOptimiser, isLoss, isScalar, isOverTrials, isCopied];

/** Whether a part of a definition comes from a maker, which has checked it. */
function isMade(part: object): boolean {
  return MADE.some((is) => is(part));
}

/** The circuits that were checked. */
const circuits = register<Circuit>();
const recent = new Recent<Circuit>(8, isMade);

/**
 * Checks a circuit and completes its defaults. The same definition, given again, is the same circuit.
 *
 * @throws InputError naming the field, its value and what would be right.
 */
export function circuit<const P extends string, const G extends string, R extends string = never>(
  given: CircuitDefinition<P, G, R>,
): Circuit<R, G> {
  const definition = copied(given, isMade);
  const known = recent.madeOf(definition);
  // The names of a circuit's groups and rules are those of the definition.
  if (known) return known as Circuit<R, G>;
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
    if (!axon) continue;
    checkAxon(`axons.${name}`, axon);
    if (neurons[name].model?.events) checkEventAxon(`axons.${name}`, axon);
  }
  checkRecord('synapses', definition.synapses, 'synapse groups');
  const synapses = mapRecord<G, SynapseGroup<string, R>, CheckedGroup<R>>(definition.synapses, (group, name) => {
    checkName('synapses', name);
    return checkGroup(`synapses.${name}`, group, neurons, axons);
  });
  checkCopies(synapses, (name) => neurons[name].size);
  const sources: Readonly<Record<string, Feedback>> = definition.feedback ?? {};
  checkRecord('feedback', sources, 'feedback');
  const feedback = mapRecord<string, Feedback, CheckedFeedback>(sources, (entry, name) => {
    checkName('feedback', name);
    checkFeedback(`feedback.${name}`, entry, neurons);
    return checkSource(`feedback.${name}`, name, sources, neurons, synapses);
  });
  const scalars: Readonly<Record<string, Global>> = definition.globals ?? {};
  checkRecord('globals', scalars, 'global scalars');
  const globals = checkedGlobals(scalars, { neurons, synapses, feedback });
  const outputs: readonly string[] = definition.outputs ?? defaultOutputs(neurons, synapses, feedback, globals);
  checkOutputs(outputs, neurons);
  for (const [name, { from }] of Object.entries(feedback)) {
    if (!outputs.includes(from)) {
      throw new InputError(
        `feedback.${name}.from`,
        `${show(from)} is not an output population; expected ${oneOf(outputs)}`,
      );
    }
  }
  const losses: Circuit['losses'] = definition.losses ?? {};
  checkLosses(losses, outputs);
  const parts = { neurons, synapses, axons, globals };
  const repeat = definition.repeat === undefined ? undefined : checkedRepeat(definition.repeat, neurons);
  const made = { ...parts, ...{ feedback, losses }, ...(repeat && { repeat }), outputs: [...outputs] };
  const circuit = entered(made);
  recent.add(definition, circuit);
  return circuit;
}

/** Makes a circuit of checked parts. @throws InputError as orderedActs and checkRepeated do. */
export function entered<R extends string, G extends string>(made: Omit<Circuit<R, G>, 'order'>): Circuit<R, G> {
  const acts = frozen(orderedActs(made));
  checkRepeated(made.repeat, made, acts);
  const order = [...new Set(acts.flatMap(({ population }) => population ?? []))];
  const circuit = circuits.enter({ ...made, order });
  actsByCircuit.set(circuit, acts);
  return circuit;
}

const actsByCircuit = new WeakMap<Circuit, readonly Act[]>();

/** What the neurons of a circuit do in a timestep, in order. */
export function actsOf(circuit: Circuit): readonly Act[] {
  return actsByCircuit.get(circuit) ?? orderedActs(circuit);
}

type Parts = Pick<Circuit, 'neurons' | 'synapses' | 'axons' | 'globals'>;

/** What the neurons do in a timestep. @throws InputError naming the groups of a loop without delay. */
function orderedActs({ neurons, synapses, axons, globals }: Parts): readonly Act[] {
  return forwardOrder(
    neurons,
    mapRecord(synapses, (group) => {
      const { from, to, carries, learns, rule } = group;
      const delay = rangeOfDelays(group).least + (axons[from]?.delay ?? 0);
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
    'was not made by circuit({ ... }): it is a copy, or comes from another installation of rxflo; pass what circuit returned, or call circuit with the changed definition',
  );
}

/** What is wrong with a weight of a group, where it was not drawn: see `wrongWeight`. */
export function wrongWeights(
  { synapses, neurons, axons }: Circuit,
  group: string,
): (w: number, pre: number) => string | undefined {
  const { bounds, ...others } = synapses[group];
  // Tunable bounds may have been different earlier.
  return wrongIn({ ...others, ...(bounds && !others.tunable?.includes('bounds') && { bounds }) }, neurons, axons);
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
  const { from, to, rule, gate, optimiser } = group;
  checkKnown(`${place}.from`, from, neurons);
  checkModelled(`${place}.to`, to, neurons);
  checkWeightDials(place, group);
  if (axons[from]?.excitatory !== undefined && group.bounds && !(group.bounds[0] <= 0 && group.bounds[1] >= 0)) {
    throw new InputError(
      `${place}.bounds`,
      `expected bounds that include 0, got ${show(group.bounds)}: with axons.${from}.excitatory, a weight that would change its sign stops at 0`,
    );
  }
  if (rule !== undefined) checkRule(`${place}.rule`, rule);
  if (optimiser !== undefined) checkGroupOptimiser(`${place}.optimiser`, group);
  checkLearns(place, group, neurons[to]);
  const ends = checkedEnds(place, group, neurons[from], neurons[to]);
  if (rule !== undefined) checkSeen(`${place}.rule`, rule, neurons[from], neurons[to], ends);
  checkTraces(`${place}.traces`, group);
  if (gate !== undefined) checkGate(`${place}.gate`, gate, neurons);
  const wiring = checkedWiring(place, group, {
    ...{ from, to, neurons },
    ofAxon: axons[from]?.delay ?? 0,
    wrong: wrongIn(group, neurons, axons),
  });
  const { weights: _weights, delay: _delay, connect: _connect, edges: _edges, ...rest } = group;
  return { ...rest, ...ends, ...wiring };
}
