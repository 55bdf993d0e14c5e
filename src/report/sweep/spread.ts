import type { Quartiles } from '../../analysis/index.ts';
import { significant } from '../drawing/numbers.ts';

/** Median and quartiles in a table's cell, on two lines if the table has many columns; 'diverged' if all of them are infinite. */
export function spread({ low, median, high }: Quartiles): string {
  if (Number.isNaN(median)) return '–';
  return low === high && !Number.isFinite(low) ? shown(low) : `${shown(median)}\n[${shown(low)}, ${shown(high)}]`;
}

function shown(value: number): string {
  return Number.isFinite(value) ? significant(value) : 'diverged';
}
