import { InputError, show } from '../errors/index.ts';
import { isIdentifier, type Numbers } from './parameters.ts';

/** How many compiled texts are kept. A sweep over more values of parameters only compiles some of them again. */
const KEPT = 64;
const kept = new Map<string, unknown>();
const numbers = new WeakMap<object, number>();
let made = 0;

/**
 * Turns the text of an actor or of a local function into code, with the things named in `scope` in its scope.
 *
 * Why text at all: a JavaScript engine optimises a function by what it has seen. Written out for one rule or one model, a
 * loop meets one class and one function, which are inlined, and the view passed to that function is never really allocated.
 * The same loops shared by all rules take four times as long. For the same reason equal text with equal scope is compiled
 * once, so that all circuits with one rule share its classes, and each different text has its own name.
 *
 * The only insertions into such text are identifiers and numbers. They were checked when the rule or model was defined, and are
 * checked again here: anything else would run as code.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- what the text evaluates to, as its author knows
export function compile<T>(name: string, source: string, scope: Readonly<Record<string, object | undefined>>): T {
  const key = [...Object.values(scope).map(numberOf), source].join();
  const known = kept.get(key);
  if (known !== undefined) return known as T;
  const text = `${source}\n//# sourceURL=rxflo/${name}-${++made}.js`;
  // oxlint-disable-next-line typescript/no-implied-eval -- the one place where text becomes code; see above
  const make = new Function(...Object.keys(scope), text) as (...values: unknown[]) => T;
  const compiled = make(...Object.values(scope));
  kept.set(key, compiled);
  const [oldest] = kept.keys();
  if (kept.size > KEPT) kept.delete(oldest);
  return compiled;
}

/** A number for each thing ever in scope, to distinguish equal text about different functions. */
function numberOf(thing: object | undefined): number {
  if (thing === undefined) return 0;
  const number = numbers.get(thing) ?? ++made;
  numbers.set(thing, number);
  return number;
}

/** `tau: 10, eta: 0.03`, as it stands in an object literal. */
export function fields(values: Numbers): string {
  return identifiers(values)
    .map((name) => `${name}: ${literal(values[name])}`)
    .join(', ');
}

/** The names of something, checked to be safe in source text. @throws InputError if one is not an identifier. */
export function identifiers(values: Readonly<Record<string, unknown>>): readonly string[] {
  const names = Object.keys(values);
  const wrong = names.find((name) => !isIdentifier(name));
  if (wrong === undefined) return names;
  throw new InputError('compile', `${show(wrong)} is not an identifier and cannot name a number of a rule or a model`);
}

/** A number as source text, every bit kept. @throws InputError if it is anything but a number. */
export function literal(value: number): string {
  if (typeof (value as unknown) !== 'number') {
    throw new InputError('compile', `expected a number in a rule or a model, got ${show(value)}`);
  }
  return Object.is(value, -0) ? '-0' : String(value);
}
