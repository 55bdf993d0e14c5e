/** The largest number of stretches in which a series is drawn. */
export const mostStretches = 200;

/** A stretch of consecutive trials. */
export interface Stretch {
  /** Its place on the axis: its only trial, or the geometric mean of its first and last trial. */
  readonly trial: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface Point {
  readonly trial: number;
  readonly value: number;
}

/**
 * Thins a long series to at most `most` stretches of equal width on a logarithmic axis, each with its median and range.
 * The first and the last trial remain separate stretches, so that the ends of the line are real values.
 *
 * @param points By ascending trial, counted from 1.
 */
export function thin(points: readonly Point[], most = mostStretches): Stretch[] {
  if (points.length <= most) return points.map((point) => stretch([point]));
  const [first, last] = [points[0], points[points.length - 1]];
  const middle = points.slice(1, -1);
  const width = Math.log(last.trial / first.trial) / (most - 2);
  const bins = new Map<number, Point[]>();
  for (const point of middle) {
    const bin = Math.min(most - 3, Math.floor(Math.log(point.trial / first.trial) / width));
    const held = bins.get(bin);
    if (held === undefined) bins.set(bin, [point]);
    else held.push(point);
  }
  return [stretch([first]), ...[...bins.values()].map(stretch), stretch([last])];
}

function stretch(points: readonly Point[]): Stretch {
  const values = points.map(({ value }) => value).sort((a, b) => a - b);
  const [low, high] = [values[0], values[values.length - 1]];
  const half = values.length >> 1;
  const median = values.length % 2 === 1 ? values[half] : (values[half - 1] + values[half]) / 2;
  return { trial: Math.sqrt(points[0].trial * points[points.length - 1].trial), median, low, high };
}
