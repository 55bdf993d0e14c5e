import type { Pattern } from 'acorn';
import { oneOf } from '../../errors/index.ts';
import type { Graph, Node, Value } from '../graph/graph.ts';
import { fieldOf, type ViewShape } from '../graph/view.ts';
import { propertyName } from './property-name.ts';
import { refusalOf } from './refusals.ts';
import type { SourceText } from './source-text.ts';

const TWO: readonly string[] = ['min', 'max', 'pow', 'spike'];

/** A part of the view that holds more than one number: the view itself, or `pre`. */
export interface Part {
  readonly kind: 'part';
  /** Empty for the view itself. */
  readonly path: string;
  readonly shape: ViewShape;
}

/** What a name means. */
export type Meaning = Node | Part;

/** A function that is replaced by its definition wherever others call it. */
export interface Definition {
  /** The names of its parameters, in order. */
  readonly takes: readonly string[];
  /** The graph of its result, which reads the parameters by these names. */
  readonly value: Value;
}

/** The functions that a text may call besides those of the library, by name. */
export type Composed = ReadonlyMap<string, Definition>;

/** How many numbers a function takes that a text may call. */
export function arityOf(name: string, composed: Composed): number {
  return composed.get(name)?.takes.length ?? (TWO.includes(name) ? 2 : 1);
}

/** Everything that is known while a function is read. */
export interface Reading {
  readonly source: SourceText;
  readonly graph: Graph;
  /** Whether it is a function of numbers, and has no view. */
  readonly ofNumbers: boolean;
  /** What each name in the function means. */
  readonly names: Map<string, Meaning>;
  /** The function that an unknown called name is assumed to mean; `args` is the number of arguments of the call. */
  readonly renamed: (name: string, args: number) => string | undefined;
  readonly composed: Composed;
}

/** The meaning of a name in a part of the view. @throws InputError if there is no such name. */
export function fieldOfPart({ graph, source }: Reading, part: Part, name: string, position: number): Meaning {
  const path = part.path === '' ? name : `${part.path}.${name}`;
  const found = fieldOf(part.shape, name);
  if (found === undefined) {
    const where = part.path === '' ? 'the view' : `\`${part.path}\``;
    throw source.error(position, `${where} has no \`${name}\`; expected ${oneOf(Object.keys(part.shape))}`);
  }
  return typeof found === 'string' ? graph.read(path, found) : { kind: 'part', path, shape: found };
}

/** Binds the names of a pattern: `{ p, pre: { rate: x } }`, `view`. @throws InputError for other patterns. */
export function bind(reading: Reading, pattern: Pattern, meaning: Meaning): void {
  const { source, names } = reading;
  if (pattern.type === 'Identifier') {
    names.set(pattern.name, meaning);
    return;
  }
  if (pattern.type !== 'ObjectPattern') throw source.error(pattern.start, refusalOf(pattern));
  if (meaning.kind !== 'part') throw source.error(pattern.start, 'this is a number, so it has no fields to take');
  for (const property of pattern.properties) {
    if (property.type !== 'Property') throw source.error(property.start, refusalOf(property));
    const { key, value, computed, start } = property;
    const name = propertyName(key, computed);
    if (name === undefined) throw source.error(start, 'take each number by its name, written out');
    bind(reading, value, fieldOfPart(reading, meaning, name, start));
  }
}
