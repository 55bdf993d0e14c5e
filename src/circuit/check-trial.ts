import { counted, InputError, oneOf, show } from '../errors/index.ts';
import type { Trial } from '../tasks/index.ts';
import type { BuiltCircuit, BuiltPopulation } from './built.ts';
import { isArrayLike } from '../local/index.ts';

const FIELDS = ['timesteps', 'input', 'target', 'answer'];

/**
 * Checks that a trial is well formed and fits a circuit. Called before every trial, so it allocates nothing if the trial is valid.
 *
 * @throws InputError if it is not a record of timesteps, input and target, or the channels do not fit the circuit's input and output neurons.
 */
export function checkTrial({ inputs, outputs }: BuiltCircuit, trial: Trial): void {
  const given: unknown = trial;
  if (typeof given !== 'object' || given === null || given instanceof Promise) {
    throw new InputError('task.trial', `expected a trial { timesteps, input, target }, got ${show(given)}`);
  }
  for (const field in trial) {
    if (!FIELDS.includes(field)) {
      throw new InputError(`task.${field}`, `unknown field of a trial; expected ${oneOf(FIELDS)}`);
    }
  }
  const { timesteps, input, target, answer } = trial;
  if (!Number.isSafeInteger(timesteps) || timesteps < 1) {
    throw new InputError('task.timesteps', `${show(timesteps)} is not a whole number of timesteps, 1 or more`);
  }
  if (answer !== undefined && typeof answer !== 'function') {
    throw new InputError('task.answer', `expected a function, such as () => ({ reward: 1 }), got ${show(answer)}`);
  }
  checkChannels('input', input, inputs, timesteps);
  checkChannels('target', target, outputs, timesteps);
}

function checkChannels(
  what: string,
  signal: unknown,
  populations: readonly BuiltPopulation[],
  timesteps: number,
): void {
  let channels = 0;
  for (const { size } of populations) channels += size;
  if (!isArrayLike(signal)) {
    throw new InputError(`task.${what}`, `expected ${numbersOf(timesteps, channels)}, got ${show(signal)}`);
  }
  if (signal.length === channels * timesteps) {
    checkTypes(what, signal, channels);
    return;
  }
  const names = populations.map(({ name, size }) => `${name} (${size})`).join(', ') || 'none';
  const found =
    signal.length % timesteps === 0 ? counted(signal.length / timesteps, 'channel') : counted(signal.length, 'number');
  throw new InputError(
    `task.${what}`,
    `has ${found}; the circuit has ${channels}: ${names}; give ${numbersOf(timesteps, channels)}`,
  );
}

/** In a typed array, one entry tells the type of all; in a list, each is checked. `checkSignals` checks the values. */
function checkTypes(what: string, signal: ArrayLike<unknown>, channels: number): void {
  const length = ArrayBuffer.isView(signal) ? Math.min(signal.length, 1) : signal.length;
  for (let at = 0; at < length; at++) {
    if (typeof signal[at] === 'number') continue;
    const where = `timestep ${Math.floor(at / channels) + 1}, channel ${(at % channels) + 1}`;
    const mend = what === 'target' ? '; give one, or NaN where there is no target' : '';
    throw new InputError(`task.${what}[${at}]`, `${show(signal[at])} is not a number (${where})${mend}`);
  }
}

/** How many numbers a signal needs. */
function numbersOf(timesteps: number, channels: number): string {
  return `${timesteps} x ${channels} = ${timesteps * channels} numbers, a row for each timestep`;
}
