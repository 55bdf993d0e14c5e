import type { BuiltCircuit } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import type { Task, Trial } from '../tasks/index.ts';

/** @throws InputError if a circuit waits for a scalar that the task never answers. */
export function checkAnswered({ globals }: BuiltCircuit, { name }: Task, { answer }: Trial): void {
  const waiting = globals.find(({ kind }) => kind === 'task');
  if (!waiting || answer) return;
  throw new InputError(
    `globals.${waiting.name}`,
    `must come from the task, but the trials of '${name}' have no answer; give them one, such as answer: ({ t, outputs }) => ({ ${waiting.name}: ... })`,
  );
}
