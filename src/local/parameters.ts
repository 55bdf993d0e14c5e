import { InputError, oneOf, show } from '../errors/index.ts';
import { frozen } from './made.ts';

/** Named numbers: the parameters of a rule or a neuron model, the state of a synapse. */
export type Numbers = Readonly<Record<string, number>>;

const IDENTIFIER = /^[A-Za-z]\w*$/;
const NAME = /^[A-Za-z][\w-]*$/;

/** Whether a name can name a number in the text of a local function. */
export function isIdentifier(name: string): boolean {
  return IDENTIFIER.test(name);
}

/** @throws InputError if the name of a rule or neuron model is not safe in a file name, a flag or a table. */
export function checkLocalName(kind: string, name: string): void {
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new InputError(
      `${kind} name`,
      `${show(name)} is not a valid name; use letters, digits, _ and -, beginning with a letter`,
    );
  }
}

/**
 * A copy of named numbers that nobody else can change, each read once.
 *
 * @throws InputError if a name is not an identifier or is one of `taken`, or a value is not a finite number.
 */
export function takeNumbers(place: string, numbers: Numbers, taken: readonly string[]): Numbers {
  if (typeof (numbers as unknown) !== 'object' || (numbers as unknown) === null) {
    throw new InputError(place, `expected named numbers, such as { eta: 0.03 }, got ${show(numbers)}`);
  }
  const copy = Object.fromEntries(Object.entries(numbers));
  for (const [key, value] of Object.entries(copy)) {
    if (!isIdentifier(key)) {
      throw new InputError(
        `${place}.${key}`,
        'is not an identifier; use letters, digits and _, beginning with a letter',
      );
    }
    if (taken.includes(key)) throw new InputError(`${place}.${key}`, 'already has a meaning; use another name');
    if (!Number.isFinite(value)) throw new InputError(`${place}.${key}`, `${show(value)} is not a finite number`);
  }
  return frozen(copy);
}

/** `given` over `defaults`. @throws InputError for a name that is not a parameter, or a value that is not a finite number. */
export function withDefaults(place: string, defaults: Numbers, given: Readonly<Record<string, unknown>>): Numbers {
  const params: Record<string, number> = { ...defaults };
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined) continue;
    if (!Object.hasOwn(defaults, key)) {
      throw new InputError(`${place}.${key}`, `unknown parameter; expected ${oneOf(Object.keys(defaults))}`);
    }
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new InputError(`${place}.${key}`, `${show(value)} is not a finite number`);
    }
    params[key] = value;
  }
  return params;
}
