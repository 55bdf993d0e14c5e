import { InputError, show } from '../errors/index.ts';
import { register, type Analysis, type Numbers, type Tunable } from '../local/index.ts';
import type { EligibleText } from './eligibility.ts';
import type { SynapseView } from './view.ts';

/**
 * A rule with its parameters set: what a synapse group carries. It never changes. Only the makers that `plasticityRule` returns make one; a
 * circuit refuses a copy, whether it was changed or not.
 */
export interface PlasticityRule<Name extends string = string> extends Tunable {
  readonly name: Name;
  /** The state a synapse starts each trial with; of what is `lasting`, 0. */
  readonly state: Numbers;
  /** The variables that begin, once, as their synapse's initial weight, and go on from trial to trial. Absent: there are none. */
  readonly lasting?: readonly string[];
  /** The global scalars that it may read, by the names that a circuit gives them. Absent: none. */
  readonly globals?: readonly string[];
  /** Present where some of the state is eligibility: what all else follows from, on whatever neuron. Then the rest is said of a rate unit. */
  readonly eligible?: EligibleText;
  /** What is known from the text of its functions, which are then compiled from it. Absent: the rule is opaque, and nothing is known. */
  readonly analysis?: Analysis;
  /** Of a rule that was read and whose functions are to run as they are, all the same: what they read. */
  readonly reads?: readonly string[];
  /** The state after this timestep, from the state before it. Absent: the state never changes. */
  trace?(this: void, view: SynapseView<Numbers, Numbers, never, never, string>): Numbers;
  /** The weight change that this timestep asks for; the session scales it by 1/T. Sees the new state. */
  change(this: void, view: SynapseView<Numbers, Numbers, never, never, string>): number;
  /** What of the state is new when a change was taken up. Sees the new weight. Absent: nothing is. */
  after?(
    this: void,
    view: SynapseView<Numbers, Numbers, never, never, string>,
  ): Readonly<Record<string, number | undefined>>;
}

const made = register<PlasticityRule>();

/** Freezes a rule, and remembers that its functions are what its text says. */
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
      'call its maker for other parameters, rflo({ eta: 0.1 }), or make the whole with plasticityRule',
  );
}
