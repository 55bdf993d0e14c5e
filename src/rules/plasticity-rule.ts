import { InputError, show } from '../errors/index.ts';
import { register, type Analysis, type Numbers, type Tunable } from '../local/index.ts';
import type { EligibleText } from './eligibility.ts';
import type { SynapseView } from './view.ts';

/**
 * A rule with its parameters set, as a synapse group has it. It never changes. Only the makers that `plasticityRule` returns make one; a
 * circuit refuses a copy, whether it was changed or not.
 */
export interface PlasticityRule<Name extends string = string> extends Tunable {
  readonly name: Name;
  /** The state that a synapse starts each trial with; 0 for `lasting` variables. */
  readonly state: Numbers;
  /** The variables that begin as their synapse's initial weight and are kept from trial to trial. Absent: none. */
  readonly lasting?: readonly string[];
  /** The global scalars that it may read, by the names that a circuit gives them. Absent: none. */
  readonly globals?: readonly string[];
  /** Present if some of the state is eligibility: the text from which all else is derived for any neuron. The other fields then fit a rate unit. */
  readonly eligible?: EligibleText;
  /** What is known from the text of its functions, which are then compiled from it. Absent: the rule is opaque, and nothing is known. */
  readonly analysis?: Analysis;
  /** What its functions read, of a rule that was read but whose own functions must run. */
  readonly reads?: readonly string[];
  /** The state after this timestep, from the state before it. Absent: the state never changes. */
  trace?(this: void, view: SynapseView<Numbers, Numbers, never, never, string>): Numbers;
  /** The weight change that this timestep requests; the session scales it by 1/T. Sees the new state. */
  change(this: void, view: SynapseView<Numbers, Numbers, never, never, string>): number;
  /** The part of the state that is computed after a change was applied. Sees the new weight. Absent: nothing. */
  after?(
    this: void,
    view: SynapseView<Numbers, Numbers, never, never, string>,
  ): Readonly<Record<string, number | undefined>>;
}

const made = register<PlasticityRule>();

/** Freezes a rule, and remembers that its functions do what its text says. */
export function enterRule<R extends PlasticityRule>(rule: R): R {
  return made.enter(rule);
}

/** Whether a maker made this rule; a copy does not count. */
export function isRule(value: unknown): value is PlasticityRule {
  return made.has(value);
}

/** @throws InputError if this is not a rule, or a copy of one. */
export function checkRule(place: string, value: unknown): void {
  if (isRule(value)) return;
  const { name, change } = (value ?? {}) as Partial<PlasticityRule>;
  if (typeof change !== 'function') {
    throw new InputError(place, `expected a plasticity rule, such as rflo(), got ${show(value)}`);
  }
  throw new InputError(
    place,
    `rule ${show(name)} was copied, changed or put together by hand, so its text may not be what runs; ` +
      'call its maker for other parameters, rflo({ eta: 0.1 }), or define the rule with plasticityRule',
  );
}
