import { blame, counted, oneOf, RunError, show } from '../errors/index.ts';
import { isArrayLike } from '../local/index.ts';
import type { Answer, Trial } from '../tasks/index.ts';
import type { BuiltCircuit, BuiltPopulation } from './built.ts';

/** Where an engine reads what a task sees, and writes what it answers. */
export interface AnswerPlaces {
  /** The output of neuron i of an output population in this timestep. */
  output(population: BuiltPopulation, i: number): number;
  /** Sets a global scalar from now on. */
  scalar(name: string, value: number): void;
  /** Sets input k of timestep t, counted from 1. */
  input(t: number, k: number, value: number): void;
}

/** The trial as it is played. Where the task answers, its input may change during the trial, so it is copied. */
export function playedTrial(trial: Trial): Trial {
  return trial.answer ? { ...trial, input: trial.input.slice() } : trial;
}

/**
 * Asks the task, when the errors of timestep t are known, and applies its answer.
 *
 * @throws RunError if the task throws, or answers something that is not a finite number, or the wrong number of inputs.
 */
export function askTask(circuit: BuiltCircuit, { answer, timesteps }: Trial, t: number, places: AnswerPlaces): void {
  if (!answer) return;
  const outputs = Float64Array.from(
    circuit.outputs.flatMap((population) =>
      Array.from({ length: population.size }, (_, i) => places.output(population, i)),
    ),
  );
  const given = answered(() => answer({ t, outputs }), t);
  const names = circuit.globals.flatMap(({ name, kind }) => (kind === 'task' ? [name] : []));
  // A circuit without scalars from its task may still learn from a task that answers.
  const other = Object.keys(given).find((name) => name !== 'input' && names.length > 0 && !names.includes(name));
  if (other !== undefined) {
    const right = `'input' or a scalar that the circuit takes from its task: ${oneOf(names)}`;
    throw wrong(other, `unknown field; expected ${right}`, t);
  }
  for (const name of names) {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value !== undefined) places.scalar(name, finite(name, value, t));
  }
  const { input } = given;
  if (input === undefined) return;
  const channels = circuit.inputs.reduce((sum, { size }) => sum + size, 0);
  if (!isArrayLike(input) || input.length !== channels) {
    const what = isArrayLike(input) ? `has ${counted(input.length, 'number')}` : `is ${show(input)}`;
    throw wrong('input', `${what}; expected ${channels}, one for each input neuron`, t);
  }
  for (let k = 0; k < channels; k++) {
    const value = finite(`input[${k}]`, input[k], t);
    if (t < timesteps) places.input(t + 1, k, value);
  }
}

function answered(answer: () => Answer | undefined, t: number): Answer {
  let given: unknown;
  try {
    given = answer();
  } catch (error) {
    throw blame('task.answer', error).at({ timestep: t });
  }
  if (given === undefined) return {};
  // Each of its fields is checked where it is read.
  if (typeof given === 'object' && given !== null && !(given instanceof Promise)) return given as Answer;
  throw new RunError('task.answer', `expected an answer at once, such as { reward: 1 }, got ${show(given)}`, {
    timestep: t,
    kind: 'input',
  });
}

function finite(field: string, value: unknown, t: number): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(field, `is ${show(value)}; expected a finite number`, t);
}

function wrong(field: string, problem: string, timestep: number): RunError {
  return new RunError(`task.answer.${field}`, problem, { timestep, kind: 'input' });
}
