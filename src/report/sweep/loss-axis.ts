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

/**
 * The axis around some losses, which are finite and above 0.
 *
 * @param ceiling Losses above do not stretch it, as long as there are others.
 */
export function lossAxis(losses: readonly number[], ceiling = Infinity): LossAxis {
  const below = losses.filter((loss) => loss <= ceiling);
  const shown = below.length > 0 ? below : losses;
  const { domain, ticks, powersOfTen, minorTicks } = logAxis(
    shown.reduce((low, loss) => Math.min(low, loss)),
    shown.reduce((high, loss) => Math.max(high, loss)),
  );
  return {
    scale: { type: 'log', domain: [...domain] },
    domain,
    ticks,
    tickFormat: powersOfTen ? powerLabel : linearLabel,
    minor: powersOfTen ? minorTicks : [],
  };
}
