import type { ScaleOptions } from '@observablehq/plot';
import { logAxis } from '../drawing/log-axis.ts';
import { linearLabel, powerLabel } from '../drawing/numbers.ts';

/** A logarithmic axis of losses. */
export interface LossAxis {
  readonly scale: ScaleOptions;
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly tickFormat: (value: number) => string;
  readonly minor: readonly number[];
}

/** The axis around some losses, which are finite and above 0. */
export function lossAxis(losses: readonly number[]): LossAxis {
  const { domain, ticks, powersOfTen, minorTicks } = logAxis(
    losses.reduce((low, loss) => Math.min(low, loss)),
    losses.reduce((high, loss) => Math.max(high, loss)),
  );
  return {
    scale: { type: 'log', domain: [...domain] },
    domain,
    ticks,
    tickFormat: powersOfTen ? powerLabel : linearLabel,
    minor: powersOfTen ? minorTicks : [],
  };
}
