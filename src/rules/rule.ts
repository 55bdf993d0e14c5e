import { InputError } from '../errors/index.ts';
import { checkLocalName, checkNumbers, withDefaults, type Numbers } from '../local/index.ts';

/** What a presynaptic neuron's axon publishes to its synapses. */
export interface Presynaptic {
  /** The rate that this synapse carried in this timestep (delay counted). */
  readonly rate: number;
}

/** What a neuron publishes to the synapses that end on it. */
export interface Postsynaptic {
  /** The new rate h(t). */
  readonly rate: number;
  /** dh(t)/du(t): the derivative of the new rate by the summed input. Leaky tanh: alpha (1 - tanh^2 u). */
  readonly slope: number;
  /** dh(t)/dh(t-1) at fixed input: what the neuron keeps of itself. Leaky tanh: 1 - alpha. */
  readonly retention: number;
  /** The neuron's learning signal l(t): at an output its own error, elsewhere its feedback weights times the error. */
  readonly signal: number;
}

/** Everything a synapse may see: its weight `w`, its state, its rule's parameters, and its two neurons. */
export type SynapseView<P extends Numbers, S extends Numbers> = P &
  S & { readonly w: number; readonly pre: Presynaptic; readonly post: Postsynaptic };

/** A rule with its parameters set: what a synapse group carries. */
export interface PlasticityRule<Name extends string = string> {
  readonly name: Name;
  readonly params: Numbers;
  /** The state a synapse starts each trial with. */
  readonly state: Numbers;
  /** The state after this timestep, from the state before it. Absent: the state never changes. */
  trace?(this: void, view: SynapseView<Numbers, Numbers>): Numbers;
  /** The weight change that this timestep asks for; the session scales it by 1/T. Sees the new state. */
  change(this: void, view: SynapseView<Numbers, Numbers>): number;
}

/** What a rule is written as. */
export interface RuleDefinition<Name extends string, P extends Numbers, S extends Numbers> {
  readonly name: Name;
  /** Parameters and their defaults. One called `rate` is the learning rate, and the solvers use it too. */
  readonly params: P;
  /** State per synapse and its value at the start of a trial. */
  readonly state?: S;
  readonly trace?: (view: SynapseView<P, S>) => { readonly [K in keyof S]: number };
  readonly change: (view: SynapseView<P, S>) => number;
}

/** Makes a rule with some parameters changed: `rflo({ rate: 0.1 })`. */
export type RuleMaker<Name extends string, P extends Numbers> = (
  params?: Partial<{ readonly [K in keyof P]: number }>,
) => PlasticityRule<Name>;

/** What every view has, whatever the rule. */
const OWN_NAMES = ['w', 'pre', 'post'];

/**
 * Defines a plasticity rule: a local function over a synapse's view.
 *
 * At every timestep each synapse first replaces its state by `trace(view)`, then asks for `change(view)`.
 * With schedule 'online' w grows by change/T at the end of the timestep, with 'trial' by their sum over T at the end of the trial.
 *
 * @example
 * const hebb = plasticityRule({
 *   name: 'hebb',
 *   params: { rate: 0.01 },
 *   change: ({ pre, post, rate }) => rate * post.rate * pre.rate,
 * });
 *
 * @throws InputError if a name is not an identifier, is used twice, or a default is not a finite number.
 */
// eslint-disable-next-line @typescript-eslint/no-generated-empty-object-type -- a rule without state adds nothing to its view
export function plasticityRule<const Name extends string, P extends Numbers, S extends Numbers = Record<never, number>>(
  definition: RuleDefinition<Name, P, S>,
): RuleMaker<Name, P> {
  const { name, params: defaults, change, trace } = definition;
  const state: Numbers = definition.state ?? {};
  const place = `rule '${name}'`;
  checkLocalName('rule', name);
  checkNumbers(`${place}.params`, defaults, OWN_NAMES);
  checkNumbers(`${place}.state`, state, OWN_NAMES);
  for (const key of Object.keys(state)) {
    if (Object.hasOwn(defaults, key))
      throw new InputError(`${place}.state.${key}`, 'is a parameter too; give one of them another name');
  }
  return (given = {}) => {
    const params = withDefaults(place, defaults, given);
    return { name, params, state, change, ...(trace && { trace }) };
  };
}
