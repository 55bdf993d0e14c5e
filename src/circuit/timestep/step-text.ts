import { identifiers, literal, statements, type Numbers } from '../../local/index.ts';
import { checkedRows } from './fault.ts';
import type { ComputeStep, Row, Source } from './step.ts';

/** A compute step as JavaScript. */
export interface StepText {
  /** The statements that compute its results, as n0, n1, ... */
  readonly lines: string;
  /** The opaque functions, by the names under which the statements call them. */
  readonly opaque: Readonly<Record<string, (view: Numbers) => number>>;
  /** The expression of each checked row, see `checkedRows`. */
  readonly checked: readonly string[];
  /** An expression that is not 0 if one of these is not finite: x - x is 0 for a finite x and NaN for any other. */
  readonly excess: string;
}

/**
 * Writes out what each neuron of a compute step does.
 *
 * @param name The prefix of the names of opaque functions, so that several texts fit in one scope.
 * @param textOf The text of a source that is not a constant number.
 */
export function stepText(
  step: ComputeStep,
  name: string,
  textOf: (source: Exclude<Source, { readonly kind: 'number' }>) => string,
): StepText {
  const { reads, results } = step;
  const numberOf = (row: Row) => {
    const r = results.findIndex((result) => result.row === row);
    return r < 0 ? undefined : `n${r}`;
  };
  const foundAs = (source: Source): string => {
    if (source.kind === 'number') return literal(source.value);
    const own = source.kind === 'row' && source.late === 0 ? numberOf(source.row) : undefined;
    return own ?? textOf(source);
  };
  const texts = new Map([...reads].map(([path, source]) => [path, foundAs(source)]));
  const written = statements(
    results.flatMap(({ value }) => value ?? []),
    ({ path }) => texts.get(path) ?? missing(path),
  );
  const opaque = results.flatMap((one, r) => (one.opaque ? [[`${name}n${r}`, one.opaque] as const] : []));
  const viewed = opaque.length > 0 ? identifiers(Object.fromEntries(texts)) : [];
  const view = `{ ${viewed.map((path) => `${path}: ${texts.get(path)}`).join(', ')} }`;
  const values = written.results.values();
  const numbers = results.map(({ value }, r) => ({ r, text: value ? values.next().value : `${name}n${r}(${view})` }));
  // Functions first: the other statements may read their results.
  const [calls, graphs] = [false, true].map((isGraph) => numbers.filter(({ r }) => !!results[r].value === isGraph));
  const declared = (some: typeof numbers) => some.map(({ r, text }) => `const n${r} = ${text};`);
  const checked = checkedRows(step).map((row) => numberOf(row) ?? textOf({ kind: 'row', row, late: 0 }));
  return {
    lines: [...declared(calls), ...written.lines, ...declared(graphs)].join('\n    '),
    opaque: Object.fromEntries(opaque),
    checked,
    excess: checked.map((x) => `(${x} - ${x})`).join(' + '),
  };
}

function missing(path: string): never {
  throw new Error(`a step reads '${path}', which has no source`);
}
