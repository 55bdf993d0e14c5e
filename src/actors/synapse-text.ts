import type { LearnStep, Row, Source, SynapseProgram, TakeUp } from '../circuit/index.ts';
import { identifiers, largestParts, literal, statements, type Read, type Value } from '../local/index.ts';
import type { PlasticityRule } from '../rules/index.ts';

/** A row that an axon brings to synapses, and its delay. */
export interface Brought {
  readonly row: Row;
  readonly late: number;
}

/** A number that a synapse is told: that of its own neuron, or, with `neuron`, one that all synapses are told. */
export interface Told {
  readonly row: Row;
  readonly neuron?: number;
}

/** The sources of the numbers that a rule reads of its two neurons, by name. */
export type Reads = LearnStep['reads'];

/** Where a synapse finds the numbers of its two neurons: the text of each, by its name in the rule. */
export class Seen {
  readonly brought: Brought[] = [];
  readonly told: Told[] = [];
  readonly texts: ReadonlyMap<string, string>;

  constructor(
    /** The sources of `pre.`, `post.` and `global.` names, see LearnStep; empty for synapses that do not learn. */
    readonly reads: Reads,
    rule: PlasticityRule | undefined,
  ) {
    const read = new Set(rule?.analysis?.reads.map(({ path }) => path));
    const seen = [...reads].filter(([path]) => !rule?.analysis || read.has(path));
    this.texts = new Map(seen.map(([path, source]) => [path, this.textOf(path, source)]));
  }

  private textOf(path: string, source: Source): string {
    if (source.kind === 'number') return literal(source.value);
    if (source.kind === 'row' && path.startsWith('pre.')) {
      const { row, late } = source;
      const known = this.brought.findIndex((other) => other.row === row && other.late === late);
      return `this.pre${known < 0 ? this.brought.push({ row, late }) - 1 : known}.rate`;
    }
    if (source.kind === 'row' && source.late === 0) return `p${this.told.push({ row: source.row }) - 1}`;
    if (source.kind === 'element') {
      // A number that is computed later still has the value of the timestep before.
      return `p${this.told.push({ row: source.row, neuron: source.neuron }) - 1}`;
    }
    throw new Error(`a synapse cannot see '${path}'`);
  }
}

/** What the synapses of a group do as they learn. */
export interface Learning {
  /** What each is given: numbers that all synapses of a branch share. */
  readonly given: readonly string[];
  /** The statements that compute some of these, once for a branch, from what its neuron has told it. */
  readonly shared: string;
  readonly lines: string;
}

/**
 * The statements of a rule whose text was read: its new state, and the change it requests.
 *
 * @param asks Whether it requests a change; false: only its new state.
 */
export function written(
  { state, change }: SynapseProgram,
  tunable: readonly string[],
  { texts }: Seen,
  asks = true,
): Learning {
  const traced = state.filter(({ variable: { name }, next }) => !isRead(next, name));
  const values = [...traced.map(({ next }) => next), ...(asks ? [change] : [])];
  const isShared = ({ path, scope }: Read) => scope === 'parameter' || /^(?:post|global)\./.test(path);
  const told = ({ path, scope }: Read) =>
    scope === 'parameter' ? `tuned${tunable.indexOf(path)}` : (texts.get(path) ?? missing(path));
  const parts = largestParts(values, isShared);
  const shared = statements(parts, told, { prefix: 'c' });
  const given = new Set(parts.map((_, place) => `shared${place}`));
  const known = new Map(parts.map((part, place) => [part, `shared${place}`]));
  const own = (read: Read) => {
    if (read.scope === 'own state') return stateOf(read.path);
    if (read.path === 'w') return 'this.w';
    const text = told(read);
    if (isShared(read)) given.add(text);
    return text;
  };
  const text = statements(values, own, { known });
  return {
    given: [...given],
    shared: [...shared.lines, ...parts.map((_, k) => `const shared${k} = ${shared.results[k]};`)].join(' '),
    lines: [
      ...text.lines,
      ...traced.map((_, k) => `const s${k} = ${text.results[k]};`),
      ...(asks ? [`this.asked += ${text.results[traced.length]};`] : []),
      ...traced.map(({ variable }, k) => `${stateOf(variable.name)} = s${k};`),
    ].join('\n    '),
  };
}

/** Whether a variable is unchanged. */
function isRead(value: Value, name: string): boolean {
  return value.kind === 'read' && value.scope === 'own state' && value.path === name;
}

/** The statements of an opaque rule. `asks` false: only for its new state. */
export function called(rule: PlasticityRule, seen: Seen, asks = true): string {
  const { state, lasting = [], trace } = rule;
  if (!trace) return asks ? `this.asked += change(${viewOf(rule, seen)});` : '';
  // A trace never returns variables that began as the weight.
  const traced = identifiers(state).filter((name) => !lasting.includes(name));
  const updated = traced.map((name) => `${stateOf(name)} = s.${name};`);
  const change = `change(${viewOf(rule, seen, (name) => (traced.includes(name) ? `s.${name}` : stateOf(name)))})`;
  return `const s = trace(${viewOf(rule, seen)}); ${updated.join(' ')} ${asks ? `this.asked += ${change};` : ''}`;
}

/** The statements of what an opaque rule computes after a change was applied. */
export function calledAfter(rule: PlasticityRule, seen: Seen, takeUp: TakeUp | undefined): string {
  const updated = identifiers(rule.state).map((name) => `${stateOf(name)} = n.${name} ?? ${stateOf(name)};`);
  const taken = takeUp ? 'if (due > 0) ' : '';
  return `${taken}{ const n = after(${viewOf(rule, seen)}); ${updated.join(' ')} }`;
}

/**
 * A rule's own parameters. The dials of its traces have names of two parts in its text; callers of its functions need not pass them.
 *
 * @throws InputError if a name is not an identifier.
 */
export function namesOf(params: PlasticityRule['params']): readonly string[] {
  return identifiers(Object.fromEntries(Object.entries(params).filter(([name]) => !/^traces\.\w+$/.test(name))));
}

/** The view that an opaque rule's functions are given. */
function viewOf({ state, params, tunable = [] }: PlasticityRule, { texts }: Seen, variable = stateOf): string {
  const neuron = (side: string) => {
    const own = [...texts].filter(([path]) => path.startsWith(`${side}.`));
    return `${side}: { ${own.map(([path, text]) => `${path.slice(side.length + 1)}: ${text}`).join(', ')} }`;
  };
  const all = namesOf(params).map((name) => {
    const place = tunable.indexOf(name);
    return `${name}: ${place < 0 ? literal(params[name]) : `tuned${place}`}`;
  });
  const own = identifiers(state).map((name) => `${name}: ${variable(name)},`);
  return `{ ${own.join(' ')} w: this.w, ${neuron('pre')}, ${neuron('post')}, ${neuron('global')}, ${all.join(', ')} }`;
}

/** The statements that apply a change: the new weight `w`, and the new state n1, n2, .. */
export function taken({ text, constants, chance }: TakeUp, { texts }: Seen, tunable: readonly string[]): string {
  const results = text.namedResults;
  const written = statements(
    results.map(({ value }) => value),
    ({ path, scope }) => {
      const [part, name] = path.split('.');
      if (part === 'take') return Object.hasOwn(constants, name) ? `this.own_${name}` : name;
      if (path === 'w') return 'this.w';
      if (scope === 'own state') return stateOf(path);
      return scope === 'parameter' ? `tuned${tunable.indexOf(path)}` : (texts.get(path) ?? missing(path));
    },
  );
  return [
    ...(chance === undefined ? [] : ['const draw = chance(key, this.own_place);']),
    ...written.lines,
    ...results.map((_, k) => `const ${k === 0 ? 'w' : `n${k}`} = ${written.results[k]};`),
  ].join('\n    ');
}

/** The statements that store the new state. */
export function renewed({ text }: TakeUp): string {
  const [, ...state] = text.namedResults;
  return state.map(({ name }, k) => `${stateOf(name)} = n${k + 1};`).join(' ');
}

/** Where a synapse keeps a variable. */
export function stateOf(name: string): string {
  return `this[${JSON.stringify(`state_${name}`)}]`;
}

function missing(path: string): never {
  throw new Error(`a rule reads '${path}', which is unknown here`);
}
