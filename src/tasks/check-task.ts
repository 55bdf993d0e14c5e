import { InputError, show } from '../errors/index.ts';
import type { Task } from './task.ts';

/** @throws InputError naming the field, if this is not a task. */
export function checkTask(task: unknown): asserts task is Task {
  if (task instanceof Promise) {
    throw new InputError('task', 'gives a promise, which is not a task; write task: () => periodic(), without async');
  }
  if (!isRecord(task)) {
    throw new InputError(
      'task',
      `expected a task, such as periodic(), or { name, inputs, outputs, settings, trial }, got ${show(task)}`,
    );
  }
  const { name, inputs, outputs, settings, trial } = task;
  if (typeof name !== 'string' || name.trim() === '') {
    throw new InputError('task.name', `expected a name, as text, got ${show(name)}`);
  }
  for (const [field, channels] of Object.entries({ inputs, outputs })) {
    if (Number.isSafeInteger(channels) && Number(channels) >= 0) continue;
    throw new InputError(`task.${field}`, `${show(channels)} is not a whole number of channels, 0 or more`);
  }
  if (!isRecord(settings)) {
    throw new InputError(
      'task.settings',
      `expected what fixes the task, such as { period: 5 }, or {}, got ${show(settings)}`,
    );
  }
  checkPlain(settings);
  if (typeof trial !== 'function') {
    throw new InputError(
      'task.trial',
      `${show(trial)} is not a function; write trial: (index, random) => ({ timesteps, input, target })`,
    );
  }
}

/** @throws InputError if settings cannot be written as JSON. */
function checkPlain(settings: object): void {
  try {
    JSON.stringify(settings);
  } catch {
    throw new InputError(
      'task.settings',
      'cannot be written as JSON; give plain data: text, numbers, true, false, lists and records',
    );
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
