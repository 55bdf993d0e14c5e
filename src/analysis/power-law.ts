/** A power law y = factor x^exponent, fitted. */
export interface PowerLaw {
  readonly exponent: number;
  readonly factor: number;
  /** Root mean square error of log10 y: 0.01 is 2 percent. */
  readonly residual: number;
  /** The exponent between the two largest x alone: the trend of a sum of powers whose smaller terms still bend the line. */
  readonly tail: number;
}

/**
 * The power law through some points: a straight line by least squares through their logarithms.
 *
 * @param points Positive numbers [x, y].
 * @returns null with fewer than two different x, or if a number is not positive: then there is no such law.
 */
export function fitPowerLaw(points: readonly (readonly [number, number])[]): PowerLaw | null {
  if (points.some(([x, y]) => !(x > 0 && y > 0 && x < Infinity && y < Infinity))) return null;
  const logs = points.map(([x, y]) => [Math.log10(x), Math.log10(y)] as const).sort(([a], [b]) => a - b);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x0, y0] = [mean(logs.map(([x]) => x)), mean(logs.map(([, y]) => y))];
  const spread = mean(logs.map(([x]) => (x - x0) ** 2));
  if (!(spread > 0)) return null;
  const exponent = mean(logs.map(([x, y]) => (x - x0) * (y - y0))) / spread;
  const residual = Math.sqrt(mean(logs.map(([x, y]) => (y - y0 - exponent * (x - x0)) ** 2)));
  const [last, before] = [logs[logs.length - 1], logs.findLast(([x]) => x < logs[logs.length - 1][0]) ?? logs[0]];
  const tail = (last[1] - before[1]) / (last[0] - before[0]);
  return { exponent, factor: 10 ** (y0 - exponent * x0), residual, tail };
}
