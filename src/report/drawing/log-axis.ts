import { powerLabel, stepLabel } from './numbers.ts';

/** A logarithmic axis. */
export interface LogAxis {
  readonly domain: readonly [number, number];
  /** The labelled ticks: powers of ten if the domain contains three of them, otherwise also 2 and 5 times those. */
  readonly ticks: readonly number[];
  readonly tickFormat: (value: number) => string;
  /** Marks without a label in between. */
  readonly minorTicks: readonly number[];
}

/** Below this, steps of an axis would leave the range of float64. */
const SMALLEST = 1e-300;

/** An axis around positive values; values below 1e-300 lie outside. Its ends are 1, 2 or 5 times a power of ten, and never equal. */
export function logAxis(...ends: readonly [least: number, greatest: number]): LogAxis {
  const [least, greatest] = ends.map((end) => Math.max(end, SMALLEST));
  const [from, to] = [Math.floor(Math.log10(least)) - 1, Math.ceil(Math.log10(greatest)) + 1];
  const powers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const times = (digits: readonly number[]): number[] =>
    powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`)));
  const steps = times([1, 2, 5]);
  const low = Math.max(...steps.filter((step) => step <= least));
  const high = Math.min(...steps.filter((step) => step >= greatest && step > low));
  const within = (ticks: readonly number[]): number[] => ticks.filter((tick) => tick >= low && tick <= high);
  const decades = within(times([1]));
  const powersOfTen = decades.length > 2;
  return {
    domain: [low, high],
    ticks: atMostEight(powersOfTen ? decades : within(steps)),
    tickFormat: powersOfTen ? powerLabel : stepLabel,
    minorTicks: decades.length > 8 ? [] : within(times([2, 3, 4, 5, 6, 7, 8, 9])),
  };
}

function atMostEight(ticks: readonly number[]): number[] {
  const step = Math.ceil(ticks.length / 8);
  return ticks.filter((_, i) => i % step === 0);
}
