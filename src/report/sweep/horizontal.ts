/** An axis of positive values is logarithmic if the ratio of its ends is at least this. */
const wide = 8;

/** The largest distance between the outermost lines at one value, and between neighbouring lines, px. */
const [mostTogether, mostApart] = [60, 12];

/** The horizontal axis of a panel that has several lines at the same values. */
export interface Horizontal {
  readonly scale: { readonly type: 'log' | 'linear'; readonly domain: [number, number] };
  /** How far a line is shifted to the right, px: lines are placed around their value, so that bars and crosses do not hide each other. */
  readonly besideEachOther: (order: number) => number;
}

/** The axis around some values, at least one, with room for `lines` lines at each of them. `width` is its own, px. */
export function horizontalOf(values: readonly number[], lines: number, width: number): Horizontal {
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  const [first, last] = [sorted[0], sorted[sorted.length - 1]];
  const isLog = first > 0 && last / first >= wide;
  const place = (value: number) => (isLog ? Math.log(value / first) : value - first);
  const length = place(last) || 1;
  const nearest = sorted.slice(1).reduce((least, value, i) => Math.min(least, place(value) - place(sorted[i])), length);
  const together = Math.min(mostTogether, mostApart * (lines - 1), (0.4 * width * nearest) / length);
  const pad = length * ((together / 2 + 10) / width);
  return {
    scale: isLog
      ? { type: 'log', domain: [first * Math.exp(-pad), last * Math.exp(pad)] }
      : { type: 'linear', domain: [first - pad, last + pad] },
    besideEachOther: (order) => (lines < 2 ? 0 : together * (order / (lines - 1) - 0.5)),
  };
}
