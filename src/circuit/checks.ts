import { InputError, oneOf, show } from '../errors/index.ts';
import type { Population } from '../neurons/index.ts';

// A script that defines a circuit may run without type checking, so the shape of its values is checked here.

/** How many rates a group's delay lines may hold together: 256 MB. */
export const LONGEST_LINE = 2 ** 25;

const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/;

export function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Whether a value is a number from `low` to `high`, and not text or an object that only converts to one. */
export function isBetween(value: unknown, low: number, high: number): boolean {
  return typeof value === 'number' && value >= low && value <= high;
}

export function checkRecord(place: string, value: unknown, what: string): void {
  if (typeof value !== 'object' || value === null || isList(value)) {
    throw new InputError(place, `expected ${what} by name, { name: ... }, got ${show(value)}`);
  }
}

/** The record with each value changed, under the same names. */
export function mapRecord<K extends string, From, To>(
  record: Readonly<Record<K, From>>,
  change: (value: From, name: string) => To,
): Record<K, To> {
  const entries = Object.entries<From>(record).map(([name, value]) => [name, change(value, name)]);
  return Object.fromEntries(entries) as Record<K, To>; // the names are the record's
}

export function checkName(place: string, name: string): void {
  if (!NAME.test(name)) {
    throw new InputError(
      `${place}.${name}`,
      'is not a valid name; use letters, digits, _ and -, beginning with a letter',
    );
  }
}

/** @throws InputError if no population has this name. */
export function checkKnown(place: string, name: string, neurons: Readonly<Record<string, Population>>): void {
  if (!Object.hasOwn(neurons, name)) {
    throw new InputError(place, `unknown population ${show(name)}; expected ${oneOf(Object.keys(neurons))}`);
  }
}

/** @throws InputError if no population with a neuron model has this name. */
export function checkModelled(place: string, name: string, neurons: Readonly<Record<string, Population>>): void {
  checkKnown(place, name, neurons);
  if (!neurons[name].model) {
    const others = Object.keys(neurons).filter((other) => neurons[other].model);
    throw new InputError(place, `${show(name)} is an input population, which only sends; expected ${oneOf(others)}`);
  }
}
