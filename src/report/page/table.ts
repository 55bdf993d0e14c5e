import { escapeText } from '../drawing/text.ts';

/** A column of a table. Numbers are aligned to the right. */
export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  readonly number?: boolean;
}

/** A table with more columns breaks its cells into lines, may use the full width of the window, and has smaller text in a narrow window. */
const manyColumns = 9;

/** An HTML table; all text is escaped. */
export function table<Row>(caption: string, columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const kind = ({ number = false }: Column<Row>): string => (number ? ' class="number"' : '');
  const head = columns.map((column) => `<th scope="col"${kind(column)}>${escapeText(column.head)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = columns.map((column, i) => {
      const text = escapeText(column.cell(row));
      return i === 0 ? `<th scope="row">${text}</th>` : `<td${kind(column)}>${text}</td>`;
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const size = columns.length > manyColumns ? ' many' : '';
  return (
    `<div class="wide${size}"><table><caption>${escapeText(caption)}</caption><thead><tr>${head}</tr></thead>` +
    `<tbody>${body.join('')}</tbody></table></div>`
  );
}

/** Named values in one cell: `eta = 0.03, tau = 10`. */
export function pairs(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} = ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
