/** Text, or a number; NaN where there is none. */
export type CsvCell = string | number;

/** Rows a piece: few system calls, and never the whole table in memory. */
const PIECE = 4096;

/** A table as CSV, in pieces. */
export function* csvTable(header: readonly string[], rows: Iterable<readonly CsvCell[]>): Generator<string> {
  let lines = [header.join(',')];
  for (const row of rows) {
    lines.push(row.map(cell).join(','));
    if (lines.length < PIECE) continue;
    yield `${lines.join('\n')}\n`;
    lines = [];
  }
  if (lines.length > 0) yield `${lines.join('\n')}\n`;
}

/** Numbers with every digit they need to come back the same; empty for NaN; text in quotes where it must be (RFC 4180). */
function cell(value: CsvCell): string {
  if (typeof value === 'string') return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
  if (Number.isNaN(value)) return '';
  if (Object.is(value, -0)) return '-0.0';
  return Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';
}
