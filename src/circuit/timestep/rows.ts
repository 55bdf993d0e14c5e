import { answerOf } from '../ends.ts';
import type { BuiltCircuit, BuiltPopulation } from '../built.ts';
import type { Row, RowKind } from './step.ts';

export function newRow(population: BuiltPopulation, name: string, kind: RowKind, initial?: Float64Array): Row {
  const { rows, size } = population;
  const given = initial ?? (Object.hasOwn(rows, name) ? rows[name] : undefined);
  return { population, name, kind, initial: given?.slice() ?? new Float64Array(size) };
}

/** A population of size 1 that stands for a whole population: it holds a number that all its neurons see. */
export function whole({ name }: BuiltPopulation, number: number, { populations }: BuiltCircuit): BuiltPopulation {
  return onlyOne(`all of ${name}`, populations.length + 1 + number);
}

/** A population of size 1 without a model. */
export function onlyOne(name: string, index: number, rows: BuiltPopulation['rows'] = {}): BuiltPopulation {
  return { name, index, size: 1, initial: new Float64Array(1), params: {}, noise: {}, rows };
}

export function keyOf({ index }: BuiltPopulation, name: string): string {
  return `${index} ${name}`;
}

/** What is compared with a target, and what learning signals are about. */
export function answerName({ model }: BuiltPopulation): string {
  return model ? answerOf(model) : 'rate';
}

/** What an axon sends in place of a message. Dials act on the message that weights multiply by default. */
export function sentName(population: BuiltPopulation, message = answerName(population)): string {
  return population.sending && message === answerName(population) ? 'sent' : message;
}

export function found(row: Row | undefined, population: BuiltPopulation, name: string): Row {
  if (row) return row;
  throw new Error(`'${population.name}' has no row '${name}'`);
}
