import { logAxis } from './log-axis.ts';
import { linearLabel } from './numbers.ts';

/** An axis of results. */
export interface ValueAxis {
  readonly scale: { readonly type: 'log' | 'linear'; readonly domain: [number, number] };
  readonly ticks: readonly number[];
  readonly tickFormat: (value: number) => string;
  /** Marks without a label in between. */
  readonly minor: readonly number[];
}

/**
 * The logarithmic axis around some values, which are finite and above 0.
 *
 * @param ceiling Values above it do not extend the axis, unless there are no others.
 */
export function logValueAxis(values: readonly number[], ceiling = Infinity): ValueAxis {
  const below = values.filter((value) => value <= ceiling);
  const { low, high } = endsOf(below.length > 0 ? below : values);
  const { domain, ticks, tickFormat, minorTicks } = logAxis(low, high);
  return {
    scale: { type: 'log', domain: [...domain] },
    ticks,
    tickFormat,
    minor: minorTicks,
  };
}

/** The linear axis around some finite values and 0. */
export function linearValueAxis(values: readonly number[]): ValueAxis {
  const { low, high } = endsOf([0, ...values]);
  const step = stepOf(high - low);
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step) || 1];
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { scale: { type: 'linear', domain: [first * step, last * step] }, ticks, tickFormat: linearLabel, minor: [] };
}

/** A step of 1, 2 or 5 times a power of ten, about a fifth of the width. */
function stepOf(width: number): number {
  const power = 10 ** Math.floor(Math.log10((width || 1) / 5));
  return [1, 2, 5, 10].map((digits) => digits * power).find((step) => step * 6 >= (width || 1)) ?? power;
}

function endsOf(values: readonly number[]): { readonly low: number; readonly high: number } {
  return {
    low: values.reduce((least, value) => Math.min(least, value), Infinity),
    high: values.reduce((greatest, value) => Math.max(greatest, value), -Infinity),
  };
}
