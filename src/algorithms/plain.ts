import { InputError, show } from '../errors/index.ts';
import { frozen } from '../local/index.ts';

/** The deepest nesting of settings. */
const DEEPEST = 8;

/**
 * A frozen copy of plain data, which survives JSON unchanged: text, finite numbers, true, false, null, and lists and records of these.
 *
 * @throws InputError naming the first value of any other kind.
 */
export function plainCopy(place: string, value: unknown): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new InputError(place, `expected named values, such as { n: 3 }, got ${show(value)}`);
  return frozen(copyOf(place, value, 0)) as Readonly<Record<string, unknown>>;
}

function copyOf(place: string, value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (depth < DEEPEST && Array.isArray(value)) {
    return value.map((entry, k) => copyOf(`${place}[${k}]`, entry, depth + 1));
  }
  if (depth < DEEPEST && isRecord(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => [name, copyOf(`${place}.${name}`, entry, depth + 1)]),
    );
  }
  throw new InputError(
    place,
    `${show(value)} is not plain data; give text, finite numbers, true, false, null, or lists or records of these`,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
