/** The width of the drawing in every figure of a report, px. */
export const figureWidth = 860;

/** Between panels, px. */
export const gap = 14;

/** Rows of about equal length, with at most `most` items each, so that no item is left alone in the last row. */
export function inRows<T>(items: readonly T[], most: number): T[][] {
  const rows = Math.ceil(items.length / most);
  const begins = (row: number) => Math.ceil((row * items.length) / rows);
  return Array.from({ length: rows }, (_, row) => items.slice(begins(row), begins(row + 1)));
}

/** The number of columns of `count` panels, in rows of at most `most`. */
export function columnsOf(count: number, most: number): number {
  return Math.ceil(count / Math.max(1, Math.ceil(count / most)));
}

/** The width of each of `columns` panels that fill a row together, px. */
export function panelWidth(columns: number, room = figureWidth): number {
  return Math.floor((room - gap * (columns - 1)) / columns);
}
