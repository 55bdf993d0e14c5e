import type { Numbers2D } from '../../recording/index.ts';
import { mostTimesteps, type Instant } from './time-course.ts';

/**
 * One column of a matrix [T][columns], over time. If there are too many timesteps to draw, each block of them keeps its smallest and its
 * largest value, in their order. So a peak of one timestep keeps its height, which a mean would lose.
 */
export function envelope({ shape: [steps, columns], values }: Numbers2D, column: number): Instant[] {
  const at = (row: number): Instant => ({ timestep: row + 1, value: values[row * columns + column] });
  const block = Math.ceil(steps / mostTimesteps);
  if (block === 1) return Array.from({ length: steps }, (_, row) => at(row));
  return Array.from({ length: Math.ceil(steps / block) }, (_, k) => {
    const all = Array.from({ length: Math.min(block, steps - k * block) }, (__, i) => at(k * block + i));
    const [low, high] = [
      all.reduce((one, other) => (other.value < one.value ? other : one)),
      all.reduce((one, other) => (other.value > one.value ? other : one)),
    ];
    return low === high ? [low] : low.timestep < high.timestep ? [low, high] : [high, low];
  }).flat();
}
