import type { BuiltGroup, LearnStep, Row, Source } from '../../circuit/index.ts';
import { InputError, show } from '../../errors/index.ts';
import {
  compileStatements,
  Graph,
  literal,
  LocalFunction,
  specialise,
  statements,
  type Value,
} from '../../local/index.ts';
import type { ForwardPass } from '../forward.ts';
import { each } from './each.ts';
import type { Tangents } from './tangents.ts';

/** Numbers of the synapses of a group, [synapses], and their derivatives with respect to each coefficient, [synapses][width]. */
export interface Dual {
  readonly values: Float64Array;
  readonly tangents: Float64Array;
}

export interface Learning {
  readonly weights: Dual;
  /** The change requested so far. */
  readonly asked: Dual;
  /** Their state, by name. */
  readonly state: Readonly<Record<string, Dual>>;
}

/** What the code of a rule is generated from. */
export interface Surroundings {
  readonly forward: ForwardPass;
  readonly tangents: Tangents;
  /** The coefficients, by their names: parameters of the rule. */
  readonly by: readonly string[];
}

/** Advances the state of a group's synapses, and adds up the changes that they request, at timestep t. */
export type RuleLoop = (t: number, coefficients: Float64Array) => void;

/** What a name in a rule's text refers to: the text of its value and of its derivative with respect to coefficient c; or which coefficient it is. */
interface Leaf {
  readonly text: string;
  readonly tangent?: (c: string) => string;
  readonly coefficient?: number;
  /** A number that never changes. */
  readonly constant?: number;
}

/** What the loop reads, and what is looked up before it. */
interface Scope {
  readonly arrays: Float64Array[];
  readonly rows: Row[];
  readonly begun: string[];
  readonly leaves: Map<string, Leaf>;
}

/**
 * Generates one loop over the synapses of a rule's group, which advances the state and adds up the change, with their derivatives: those of the
 * rule's text, times those of what it reads.
 *
 * @throws InputError if the rule is opaque, or reads something that has no derivative here.
 */
export function ruleLoop(step: LearnStep, learning: Learning, surroundings: Surroundings): RuleLoop {
  const { group } = step;
  const { rule } = group;
  const [trace, change] = ['trace', 'change'].map((name) => rule?.analysis?.function(name));
  if (!change) throw wrong(group, 'is opaque, and its text has no derivative; leave opaque out');
  const { forward, tangents, by } = surroundings;
  const width = by.length;
  const scope = scopeOf(step, learning, surroundings);
  const kept = (values: Float64Array) => `a${scope.arrays.push(values) - 1}`;
  const states = trace ? Object.entries(learning.state) : [];
  // A new state is computed from the old one, which is kept until all of the new one is known.
  const stepped = states.map(([name, { values, tangents: moved }], f) => {
    const [into, at] = [kept(moved), (c: string) => `s[${f * width} + ${c}]`];
    return {
      compute: written(scope, { text: trace ?? change, of: name, f, width, at, add: false }),
      store: `${kept(values)}[k] = x${f}; ${each(width, (c) => `${into}[kW + ${c}] = ${at(c)};`)}`,
    };
  });
  const [asked, moved] = [kept(learning.asked.values), kept(learning.asked.tangents)];
  const f = states.length;
  const asking = written(scope, { text: change, f, width, at: (c) => `${moved}[kW + ${c}]`, add: true });
  const { arrays, rows, begun } = scope;
  const source = `
return (a, rows, late, tangentAt, rowStart, pre, s) => {
  ${arrays.map((_, k) => `const a${k} = a[${k}];`).join(' ')}
  return (t, coefficients) => {
    ${begun.join('\n    ')}
    for (let i = 0; i + 1 < rowStart.length; i++) {
      const iW = i * ${width};
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        const j = pre[k], kW = k * ${width}, jW = j * ${width};
        ${stepped.map(({ compute }) => compute).join('\n        ')}
        ${stepped.map(({ store }) => store).join('\n        ')}
        ${asking}
        ${asked}[k] += x${f};
      }
    }
  };
};`;
  const make = compileStatements<(...given: readonly unknown[]) => RuleLoop>(`through-learning/${group.name}`, source, {}); // prettier-ignore
  return make(
    ...[arrays, rows],
    (row: Row, t: number, ago: number) => forward.late(row, t, ago),
    (row: Row, t: number) => tangents.at(row, t),
    ...[group.rowStart, group.pre, new Float64Array(states.length * width)],
  );
}

interface Written {
  readonly text: LocalFunction;
  /** Which of the function's results. */
  readonly of?: string;
  /** Distinguishes its variables from those of others. */
  readonly f: number;
  readonly width: number;
  /** Where the derivative with respect to coefficient c goes, and whether it is added to what is there. */
  readonly at: (c: string) => string;
  readonly add: boolean;
}

/** A number of a rule as x and its derivative. Constants are filled in, so that a term whose coefficient is 0 costs nothing. */
function written({ leaves }: Scope, { text, of, f, width, at, add }: Written): string {
  const leafOf = (path: string): Leaf => {
    const leaf = leaves.get(path);
    if (!leaf) throw new Error(`a rule reads '${path}', which is unknown here`);
    return leaf;
  };
  const graph = new Graph();
  const filled = specialise(graph, of === undefined ? text.value : text.named(of), ({ path, scope }) => {
    const { constant } = leafOf(path);
    return constant === undefined ? graph.read(path, scope) : graph.constant(constant);
  });
  const local = new LocalFunction(text.name, graph, filled);
  const moving = local.reads
    .map(({ path }) => ({ leaf: leafOf(path), slope: local.derivative('slope', path).value }))
    .filter(({ leaf, slope }) => (leaf.tangent ?? leaf.coefficient) !== undefined && !isZero(slope));
  const all = [filled, ...moving.map(({ slope }) => slope)];
  const { lines, results } = statements(all, ({ path }) => leafOf(path).text, { prefix: `v${f}_` });
  const sum = (c: string) =>
    moving.flatMap(({ leaf }, p) => (leaf.tangent ? [`p${f}_${p} * ${leaf.tangent(c)}`] : [])).join(' + ') || '0';
  return [
    ...lines,
    `const x${f} = ${results[0]};`,
    ...moving.map((_, p) => `const p${f}_${p} = ${results[p + 1]};`),
    each(width, (c) => `${at(c)} ${add ? '+=' : '='} ${sum(c)};`),
    ...moving.flatMap(({ leaf }, p) =>
      leaf.coefficient === undefined ? [] : [`${at(String(leaf.coefficient))} += p${f}_${p};`],
    ),
  ].join(' ');
}

function isZero(value: Value): boolean {
  return value.kind === 'constant' && value.value === 0;
}

function scopeOf({ group, reads }: LearnStep, { weights, state }: Learning, { tangents, by }: Surroundings): Scope {
  const scope: Scope = { arrays: [], rows: [], begun: [], leaves: new Map() };
  const { arrays, leaves } = scope;
  const own = ({ values, tangents: moved }: Dual): Leaf => {
    const first = arrays.push(values, moved) - 2;
    return { text: `a${first}[k]`, tangent: (c) => `a${first + 1}[kW + ${c}]` };
  };
  leaves.set('w', own(weights));
  for (const [name, dual] of Object.entries(state)) leaves.set(name, own(dual));
  for (const [name, value] of Object.entries(group.rule?.params ?? {})) {
    const c = by.indexOf(name);
    leaves.set(name, c < 0 ? fixed(value) : { text: `coefficients[${c}]`, coefficient: c });
  }
  for (const [path, source] of reads) leaves.set(path, seen(scope, { path, source, group, tangents }));
  return scope;
}

function fixed(constant: number): Leaf {
  return { text: `(${literal(constant)})`, constant };
}

interface Seen {
  readonly path: string;
  readonly source: Source;
  readonly group: BuiltGroup;
  readonly tangents: Tangents;
}

/** A number of its neurons, or a global scalar, that a synapse sees. */
function seen({ rows, begun }: Scope, { path, source, group, tangents }: Seen): Leaf {
  if (source.kind === 'number') return fixed(source.value);
  if ((source.kind !== 'row' && source.kind !== 'element') || UNFOLLOWED.includes(source.row.kind)) {
    throw wrong(
      group,
      `reads ${show(path)}, whose derivative is not followed here; let neurons compute what it needs, as error neurons do`,
    );
  }
  const { row, late } = source;
  const one = source.kind === 'element' ? source.neuron : undefined;
  const at = one === undefined ? (path.startsWith('pre.') ? 'j' : 'i') : String(one);
  const m = rows.push(row) - 1;
  begun.push(`const [v${m}, o${m}] = late(rows[${m}], t, ${late});`);
  const text = `v${m}[o${m} + ${at}]`;
  if (!tangents.has(row)) return { text };
  begun.push(`const d${m} = tangentAt(rows[${m}], t - ${late});`);
  const first = one === undefined ? `${at}W` : String(one * tangents.width);
  return { text, tangent: (c) => `d${m}[${first} + ${c}]` };
}

const UNFOLLOWED: readonly Row['kind'][] = ['derivative', 'error', 'signal'];

function wrong({ name }: BuiltGroup, problem: string): InputError {
  return new InputError(`synapses.${name}.rule`, problem);
}

export function learningOf(group: BuiltGroup, weights: Float64Array, moved: Float64Array): Learning {
  const zeros = (): Dual => ({ values: new Float64Array(weights.length), tangents: new Float64Array(moved.length) });
  const state = Object.keys(group.rule?.state ?? {}).map((name) => [name, zeros()] as const);
  return { weights: { values: weights, tangents: moved }, asked: zeros(), state: Object.fromEntries(state) };
}
