import type { Quartiles } from '../../analysis/index.ts';
import { significant } from '../drawing/numbers.ts';

/** Median and quartiles in a table's cell: 'diverged' where all are. */
export function spread({ low, median, high }: Quartiles): string {
  if (Number.isNaN(median)) return '–';
  return low === high && !Number.isFinite(low) ? shown(low) : `${shown(median)} [${shown(low)}, ${shown(high)}]`;
}

function shown(value: number): string {
  return Number.isFinite(value) ? significant(value) : 'diverged';
}
