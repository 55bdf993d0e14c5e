import { InputError } from '../../errors/index.ts';
import type { Results } from '../graph/code.ts';
import { Graph } from '../graph/graph.ts';
import { CALLABLE_NAMES, isCallableName } from '../graph/library.ts';
import type { View, ViewShape } from '../graph/view.ts';
import { LocalFunction } from '../local-function.ts';
import { arityOf, type Composed, type Definition } from './names.ts';
import { agrees, trialViews, type Local, type Numerical } from './agreement.ts';
import { read, type Expected } from './function.ts';
import { parse, type Parsed } from './parse.ts';
import { Refusal } from '../refusal.ts';

/** The most renamed functions in one text whose meaning is looked for. */
const MOST_RENAMED = 4;

/**
 * Reads a local function from its text, and checks on some views that the function does what the text says:
 * a function from outside may be called `tanh`, too.
 *
 * @param owner whose it is, for errors: `rule 'mine'`
 * @param name which of its functions: `change`
 * @param composed the meaning of the composed functions that it may call
 * @throws Refusal with line and column for what is not in the language, and for a function that does not do what its text says.
 */
export function readText(owner: string, name: string, f: Local, expected: Expected, composed: Composed): LocalFunction {
  const text = { owner, place: `${owner}.${name}`, f, composed };
  const parsed = parsedBy(text, 1);
  const { graph, results } = understood({ ...text, parsed, expected }, (view) => Reflect.apply(f, undefined, [view]));
  return new LocalFunction(name, graph, results);
}

/** Reads a function of numbers, `(u, kind) => ...`, that texts may call. @throws Refusal as `readText` does. */
export function readDefinition(owner: string, name: string, f: Numerical, composed: Composed): Definition {
  const text = { owner, place: `${owner}.${name}`, f, composed };
  const parsed = parsedBy(text, Infinity);
  const takes = parsed.params.map((param, k) => (param.type === 'Identifier' ? param.name : `#${k + 1}`));
  const shape: ViewShape = Object.fromEntries(takes.map((each) => [each, 'own state']));
  const { graph, results } = understood({ ...text, parsed, expected: { shape, takes } }, (view) =>
    Reflect.apply(
      f,
      undefined,
      takes.map((each) => view[each]),
    ),
  );
  return { takes, value: new LocalFunction(name, graph, results).value };
}

interface Given {
  readonly owner: string;
  readonly place: string;
  readonly f: unknown;
  readonly composed: Composed;
}

interface Text extends Given {
  readonly parsed: Parsed;
  readonly expected: Expected;
}

function parsedBy({ owner, place, f }: Given, most: number): Parsed {
  if (typeof f !== 'function')
    throw new Refusal(place, `is not a function; write one, such as ${most === 1 ? '({ u })' : '(u)'} => u`, owner);
  try {
    return parse(place, f, most);
  } catch (error) {
    if (error instanceof InputError) throw refused(error, owner);
    throw error;
  }
}

/** The meaning of a text, checked against the function, which `apply` calls. */
function understood(text: Text, apply: (view: View) => unknown): Success {
  const { owner, place, expected } = text;
  const views = trialViews(expected.shape);
  const fits = (results: Results) => agrees(apply, results, views);
  const first = attempt(text, new Map());
  const found = 'error' in first ? onlyMeaning(first, text, fits) : first;
  if ('error' in found) {
    // Created again here, close to where the function is defined, so that its stack shows that place.
    throw refused(found.error, owner);
  }
  if (fits(found.results)) return found;
  const own = [...text.composed.keys()].filter((name) => !isCallableName(name));
  throw new Refusal(
    place,
    `does not compute what its text says: does it call a ${CALLABLE_NAMES.join(', ')} that is not rxflo's? ` +
      `Import them from rxflo, or set opaque: true${own.length > 0 ? `. Or a ${own.join(', ')} that is not the one in its \`functions\`?` : ''}`,
    owner,
  );
}

interface Success {
  readonly graph: Graph;
  readonly results: Results;
}

interface Failure {
  readonly error: InputError;
  /** The unknown function because of which reading failed, if that is why. */
  readonly unknown: Unknown | undefined;
}

/** A call of a function of unknown name. */
interface Unknown {
  readonly name: string;
  readonly args: number;
}

type Renamed = ReadonlyMap<string, string>;

function attempt({ parsed, expected, composed }: Text, renamed: Renamed): Success | Failure {
  const graph = new Graph();
  let unknown: Unknown | undefined;
  const meaning = (name: string, args: number): string | undefined => {
    const known = renamed.get(name);
    if (!known) unknown = { name, args };
    return known;
  };
  try {
    return { graph, results: read(parsed, graph, expected, { renamed: meaning, composed }) };
  } catch (error) {
    if (error instanceof InputError) return { error, unknown };
    throw error;
  }
}

/**
 * Finds what unknown names mean if a minifier (`H(u)`) or an import (`tanh as phi`) renamed rxflo's functions, by trying all.
 * If exactly one meaning gives the same bits as the function itself, it is that one.
 */
function onlyMeaning(failure: Failure, text: Text, fits: (results: Results) => boolean): Success | Failure {
  const found = failure.unknown === undefined ? [] : meanings(text, new Map(), fits);
  return found.length === 1 ? found[0] : failure;
}

function meanings(text: Text, renamed: Renamed, fits: (results: Results) => boolean): Success[] {
  const outcome = attempt(text, renamed);
  if ('results' in outcome) return fits(outcome.results) ? [outcome] : [];
  const { unknown } = outcome;
  if (unknown === undefined || renamed.size === MOST_RENAMED) return [];
  const taken = [...renamed.values()];
  const known = new Set([...CALLABLE_NAMES, ...text.composed.keys()]);
  const free = [...known].filter((name) => !taken.includes(name) && arityOf(name, text.composed) === unknown.args);
  return free.flatMap((name) => meanings(text, new Map([...renamed, [unknown.name, name]]), fits));
}

function refused({ place, problem, excerpt }: InputError, owner: string): Refusal {
  return new Refusal(place, problem, owner, excerpt);
}
