import { z } from 'zod';
import { InputError, oneLine, oneOf, show } from '../errors/index.ts';

type Issue = z.core.$ZodIssue;

/** An object with exactly these fields; any other field is an error that lists them. */
export function fields<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(', ');
  return z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? `unknown field; expected one of ${known}` : undefined),
  });
}

/**
 * The value, if it matches `schema`.
 *
 * @param place Where the value is: a file, or a place in it.
 * @throws InputError naming the first field that is wrong, its value and what would be right.
 */
export function check<T>(schema: z.ZodType<T>, value: unknown, place: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // A wrong format explains every other mistake, and an unknown field a missing one.
  const { issues } = result.error;
  const issue =
    issues.find(({ path }) => path.at(-1) === 'format') ??
    issues.find(({ code }) => code === 'unrecognized_keys') ??
    issues[0];
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  const field = oneLine(fieldName(path));
  throw new InputError(field === '' ? place : `${place}: ${field}`, problemOf(issue, valueAt(value, path)));
}

/** `network.w_rec[3]` from its path. */
function fieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === 'number') return `${name}[${key}]`;
    return name === '' ? String(key) : `${name}.${String(key)}`;
  }, '');
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (held, key) => (typeof held === 'object' && held !== null ? Reflect.get(held, key) : undefined),
    value,
  );
}

function problemOf(issue: Issue, found: unknown): string {
  if (issue.code === 'unrecognized_keys' || issue.code === 'custom') return issue.message;
  const wanted = wantedBy(issue);
  return found === undefined ? `is missing; give ${wanted}` : `${brief(found)} is not ${wanted}`;
}

function wantedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return NOUNS[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values.map(String));
    case 'too_small':
      return `${String(issue.minimum)} or more${issue.origin === 'number' ? '' : ' long'}`;
    case 'too_big':
      return `${String(issue.maximum)} or less${issue.origin === 'number' ? '' : ' long'}`;
    default:
      return issue.message;
  }
}

/** A value from an untrusted file, on one short line. */
export function brief(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return show(value);
}

const NOUNS: Readonly<Record<string, string | undefined>> = {
  number: 'a finite number',
  int: 'a whole number',
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  nonoptional: 'a value',
  object: 'an object',
  record: 'an object',
  Uint8Array: 'bytes',
};
