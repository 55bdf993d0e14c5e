/** The width of what is drawn in any figure, px: so all figures of a report have one width. */
export const figureWidth = 860;

/** Between panels, px. */
export const gap = 14;

/** Rows of about equal length, of at most `most` items each: none is left alone in the last row. */
export function inRows<T>(items: readonly T[], most: number): T[][] {
  const rows = Math.ceil(items.length / most);
  const begins = (row: number) => Math.ceil((row * items.length) / rows);
  return Array.from({ length: rows }, (_, row) => items.slice(begins(row), begins(row + 1)));
}

/** How many columns `count` panels have, in rows of at most `most`. */
export function columnsOf(count: number, most: number): number {
  return Math.ceil(count / Math.max(1, Math.ceil(count / most)));
}

/** The width of each of `columns` panels that fill a row together, px. */
export function panelWidth(columns: number, room = figureWidth): number {
  return Math.floor((room - gap * (columns - 1)) / columns);
}
