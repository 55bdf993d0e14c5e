/** Text, or a number; NaN for an empty cell. */
export type CsvCell = string | number;

/** A piece ends after this many characters: few system calls, and at most this and one row in memory. */
const PIECE = 1 << 18;

/** A table as CSV, in pieces. */
export function* csvTable(header: readonly string[], rows: Iterable<readonly CsvCell[]>): Generator<string> {
  let piece = `${header.map(cell).join(',')}\n`;
  for (const row of rows) {
    piece += `${row.map(cell).join(',')}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** Numbers with enough digits to be read back exactly; empty for NaN; text in quotes where necessary (RFC 4180). */
function cell(value: CsvCell): string {
  if (typeof value === 'string') return quoted(harmless(value));
  if (Number.isNaN(value)) return '';
  if (Object.is(value, -0)) return '-0.0';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}

/**
 * Text that a spreadsheet shows as it is. A name from an untrusted file could begin like a formula, which would be run; an apostrophe in front
 * makes it text.
 */
function harmless(text: string): string {
  return /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",;\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
