import { InputError, show } from '../errors/index.ts';
import type { LocalFunction, Value } from '../local/index.ts';

/** A neuron's functions, read from their text. */
interface Text {
  readonly step: LocalFunction;
  readonly sends: LocalFunction;
}

/**
 * Checks that an axon sends only events: that by its text, `out` is 0 or 1 whatever the neuron computes. Then nothing needs to be checked while
 * it runs.
 *
 * @param place The neuron.
 * @returns The states that must begin as 0 or 1 for that.
 * @throws InputError if `axon` is not 'event', or the text does not show that `out` is 0 or 1.
 */
export function checkedEvents(place: string, axon: unknown, text: Text): readonly string[] {
  if (axon !== 'event') {
    throw new InputError(
      `${place}.axon`,
      `expected 'event', or nothing for an axon that sends numbers, got ${show(axon)}`,
    );
  }
  const states = new Set<string>();
  if (!isEvent(text, text.sends.named('out'), states)) {
    throw new InputError(
      `${place}.sends`,
      'the text does not show that `out` is always 0 or 1, as an event is; expected spike(x, psi), or a choice such as x >= 0 ? 1 : 0',
    );
  }
  return [...states];
}

/** @throws InputError unless a state that determines an event begins as 0 or 1. */
export function checkEventState(place: string, initial: number | readonly number[]): void {
  const wrong = [initial].flat().find((value) => value !== 0 && value !== 1);
  if (wrong === undefined) return;
  throw new InputError(place, `expected 0 or 1, got ${wrong}: the axon sends it as an event`);
}

/** Whether a number is 0 or 1 by its text, provided that the states added to `states` begin so. */
function isEvent(text: Text, value: Value, states: Set<string>): boolean {
  const all = (...values: readonly Value[]) => values.every((each) => isEvent(text, each, states));
  switch (value.kind) {
    case 'constant':
      return value.value === 0 || value.value === 1;
    case 'spike':
      return true;
    case 'detach':
      return all(value.of);
    case 'choose':
      return all(value.yes, value.no);
    case 'call':
      return (value.name === 'min' || value.name === 'max') && all(...value.args);
    case 'arithmetic':
      if (value.operator === '*') return all(value.left, value.right);
      return value.operator === '-' && value.left.kind === 'constant' && value.left.value === 1 && all(value.right);
    case 'read': {
      if (value.scope !== 'own state') return false;
      // What the axon sent before is an event, by induction over timesteps.
      const next = text.step.namedResults.find(({ name }) => name === value.path);
      if (!next) return value.path === 'last.out';
      if (states.has(value.path)) return true;
      states.add(value.path);
      return all(next.value);
    }
    case 'negate':
      return false;
  }
}
