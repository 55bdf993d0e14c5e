import type { BuiltPopulation } from '../circuit/index.ts';

/** How many numbers the task gives these populations in a timestep. */
export function channels(populations: readonly Pick<BuiltPopulation, 'size'>[]): number {
  return populations.reduce((sum, { size }) => sum + size, 0);
}
