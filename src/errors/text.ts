/** The longest text of a value in a message. */
const LONGEST_VALUE = 120;

/** The most names that a message lists. */
const MOST_NAMES = 20;

/**
 * Makes any text safe for a message: one line, cut after `longest` characters, with escapes for characters that would move a terminal's
 * cursor, hide text or reverse its direction.
 */
export function oneLine(text: string, longest: number = LONGEST_VALUE): string {
  const line = text
    .slice(0, longest + 1)
    .replaceAll(/[\t\n\r\u2028\u2029]/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
  return line.length > longest ? `${line.slice(0, longest - 3)}...` : line;
}

/** A value as an error message shows it: short, and never a page of numbers. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `'${oneLine(value)}'`;
  if (typeof value === 'function') return 'a function';
  if (value instanceof Promise) return 'a promise';
  if (value === undefined || value === null || typeof value !== 'object') return String(value);
  const text = jsonOf(value) ?? 'an object';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Undefined if the value contains itself or a bigint, which JSON cannot write. */
function jsonOf(value: object): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/** `1 row`, `2 rows`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `a, b and c`. */
export function joined(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts[texts.length - 1]}`;
}

/** `'a', 'b' or 'c'`, as an error message lists what would be right; a long list is cut. */
export function oneOf(names: readonly string[]): string {
  if (names.length === 0) return 'nothing (there are none)';
  const quoted = names.slice(0, MOST_NAMES).map(show);
  const more = names.length - quoted.length;
  if (more > 0) return `${quoted.join(', ')} or one of ${more} more`;
  const last = quoted.pop();
  return quoted.length > 0 ? `${quoted.join(', ')} or ${last}` : String(last);
}
