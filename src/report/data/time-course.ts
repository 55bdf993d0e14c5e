import type { Numbers2D } from '../../recording/index.ts';
import { shrink } from './grid.ts';

/** The largest number of timesteps in a line; more are averaged in blocks. */
export const mostTimesteps = 500;

export interface Instant {
  /** 1..T, or the middle of a block of timesteps. */
  readonly timestep: number;
  readonly value: number;
}

/** One unit of a matrix [T][units], over time. */
export function timeCourse({ shape: [steps, units], values }: Numbers2D, unit: number): Instant[] {
  const course = Float64Array.from({ length: steps }, (_, row) => values[row * units + unit]);
  const { values: means, block } = shrink({ shape: [steps, 1], values: course }, mostTimesteps);
  return Array.from(means, (value, i) => ({ timestep: 1 + i * block[0] + (block[0] - 1) / 2, value }));
}
