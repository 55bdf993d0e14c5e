import type { Circuit } from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import type { Task } from '../tasks/index.ts';

/** The lowest mean loss that can be reached with some knowledge of the past. */
export interface Floor {
  readonly name: string;
  readonly loss: number;
}

/** The floors of a task, in their order; empty if it has none. @throws InputError if one is not a finite number, 0 or more. */
export function floorsOf({ floors = {} }: Task): readonly Floor[] {
  return Object.entries(floors).map(([name, loss]) => {
    if (typeof loss === 'number' && loss >= 0 && loss < Infinity) return { name, loss };
    throw new InputError(`task.floors.${name}`, `${show(loss)} is not a finite number, 0 or more`);
  });
}

/** The name of the loss of a circuit's outputs; undefined: half the mean squared error for all. */
export function lossName({ outputs, losses }: Pick<Circuit, 'outputs' | 'losses'>): string | undefined {
  const names = [...new Set(outputs.map((name) => losses[name]?.name ?? 'squared'))];
  return names.every((name) => name === 'squared') ? undefined : names.join(' and ');
}
