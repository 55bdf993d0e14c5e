import type { BuiltGroup, LearnStep, Row, Source } from '../../circuit/index.ts';
import { InputError, show } from '../../errors/index.ts';
import { compileStatements, literal, statements, type LocalFunction, type Value } from '../../local/index.ts';
import type { ForwardPass } from '../forward.ts';
import type { Tangents } from './tangents.ts';

/** Numbers of the synapses of a group, and their derivatives by each coefficient: [synapses] and [synapses][width]. */
export interface Dual {
  readonly values: Float64Array;
  readonly tangents: Float64Array;
}

/** What the synapses of a group have while they learn. */
export interface Learning {
  readonly weights: Dual;
  /** The change that was asked for so far. */
  readonly asked: Dual;
  /** Their state, by name. */
  readonly state: Readonly<Record<string, Dual>>;
}

/** What a name in a rule's text stands for: its value, and where its derivatives are: an array and where in it those of the synapse begin; or a coefficient. */
interface Leaf {
  readonly text: string;
  readonly tangent?: { readonly array: string; readonly first: string };
  readonly coefficient?: number;
}

export type RuleLoop = (t: number, coefficients: Float64Array) => void;

/**
 * Writes out a rule as one loop over the synapses of its group, which steps the state and adds up the change with their derivatives: those of the
 * rule's text, times those of what it reads.
 *
 * @param by The coefficients, by their names: parameters of the rule.
 * @throws InputError if the rule is opaque, or reads what has no derivative here.
 */
export function ruleLoop(
  step: LearnStep,
  { weights, asked, state }: Learning,
  {
    forward,
    tangents,
    by,
  }: { readonly forward: ForwardPass; readonly tangents: Tangents; readonly by: readonly string[] },
): RuleLoop {
  const { group } = step;
  const { rule } = group;
  if (!rule?.analysis)
    throw new InputError(`synapses.${group.name}.rule`, 'is opaque: its text has no derivative; leave opaque out');
  const arrays: Float64Array[] = [];
  const kept = (values: Float64Array) => `a[${arrays.push(values) - 1}]`;
  const begun: string[] = [];
  const rows: Row[] = [];
  const own = (dual: Dual): Leaf => ({ text: `${kept(dual.values)}[k]`, tangent: { array: kept(dual.tangents), first: 'k * W' } }); // prettier-ignore
  const leaves = new Map<string, Leaf>([['w', own(weights)]]);
  for (const [name, dual] of Object.entries(state)) leaves.set(name, own(dual));
  for (const [name, value] of Object.entries(rule.params)) {
    const c = by.indexOf(name);
    leaves.set(name, c < 0 ? { text: `(${literal(value)})` } : { text: `coefficients[${c}]`, coefficient: c });
  }
  for (const [path, source] of step.reads) leaves.set(path, leafOf(path, source));

  function leafOf(path: string, source: Source): Leaf {
    const m = begun.length;
    if (source.kind === 'number') return { text: `(${literal(source.value)})` };
    if (source.kind !== 'row' && source.kind !== 'element') {
      throw new InputError(`synapses.${group.name}.rule`, `reads ${show(path)}, whose derivative is not followed`);
    }
    const { row, late } = source;
    if (row.kind === 'derivative' || row.kind === 'error' || row.kind === 'signal') {
      const right = 'let neurons compute what it needs, as error neurons do';
      throw new InputError(
        `synapses.${group.name}.rule`,
        `reads ${show(path)}, whose derivative is not followed; ${right}`,
      );
    }
    const at = source.kind === 'element' ? String(source.neuron) : path.startsWith('pre.') ? 'pre[k]' : 'i';
    const r = rows.push(row) - 1;
    begun.push(`const [v${m}, o${m}] = late(rows[${r}], t, ${late});`);
    const text = `v${m}[o${m} + ${at}]`;
    if (!tangents.has(row)) return { text };
    begun[m] += ` const d${m} = tangentAt(rows[${r}], t - ${late});`;
    return { text, tangent: { array: `d${m}`, first: `${at} * W` } };
  }

  const functions: { readonly dual: Dual; readonly text: LocalFunction; readonly of?: string; readonly isChange: boolean }[] = []; // prettier-ignore
  const trace = rule.analysis.function('trace');
  const change = rule.analysis.function('change');
  if (!change) throw new Error(`rule '${rule.name}' has no change`);
  const fresh = trace ? Object.entries(state).map(([name, dual]) => ({ name, dual })) : [];
  for (const { name, dual } of fresh) if (trace) functions.push({ dual, text: trace, of: name, isChange: false });
  functions.push({ dual: asked, text: change, isChange: true });
  const written = functions.map(({ dual, text, of, isChange }, f) => {
    const value: Value = of === undefined ? text.value : text.named(of);
    const reads = text.reads.filter(({ path }) => {
      const leaf = leaves.get(path);
      return leaf?.tangent ?? leaf?.coefficient !== undefined;
    });
    const slopes = reads.map(({ path }) => text.derivative('slope', path, of).value);
    const { lines, results } = statements([value, ...slopes], ({ path }) => leafText(path), { prefix: `f${f}_` });
    const terms = reads.map(({ path }, p) => ({ p, leaf: leaves.get(path) }));
    const sum = terms.flatMap(({ p, leaf }) => (leaf?.tangent ? [`p${f}_${p} * ${leaf.tangent.array}[${leaf.tangent.first} + c]`] : [])); // prettier-ignore
    const into = kept(dual.tangents);
    const add = isChange ? '+=' : '=';
    return {
      compute: [
        ...lines,
        `const x${f} = ${results[0]};`,
        ...results.slice(1).map((result, p) => `const p${f}_${p} = ${result};`),
      ].join(' '),
      store: `${kept(dual.values)}[k] ${add} x${f};`,
      // A new state may be made of itself: it is stored when all were computed.
      tangent: `for (let c = 0; c < W; c++) ${isChange ? `${into}[k * W + c] +=` : `s[${f} * W + c] =`} ${sum.join(' + ') || '0'};`,
      own: terms
        .flatMap(({ p, leaf }) =>
          leaf?.coefficient === undefined
            ? []
            : [
                `${isChange ? `${into}[k * W + ${leaf.coefficient}]` : `s[${f} * W + ${leaf.coefficient}]`} += p${f}_${p};`,
              ],
        )
        .join(' '),
      settle: isChange ? '' : `for (let c = 0; c < W; c++) ${into}[k * W + c] = s[${f} * W + c];`,
    };
  });
  function leafText(path: string): string {
    const leaf = leaves.get(path);
    if (!leaf) throw new Error(`rule '${rule?.name ?? ''}' reads '${path}', and nothing stands for it`);
    return leaf.text;
  }
  const [traces, [asking]] = [written.slice(0, -1), written.slice(-1)];
  const source = `
return (a, rows, late, tangentAt, rowStart, pre, s, W) => (t, coefficients) => {
  ${begun.join('\n  ')}
  for (let i = 0; i + 1 < rowStart.length; i++) {
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
      ${traces.map(({ compute, tangent, own: mine }) => `${compute} ${tangent} ${mine}`).join('\n      ')}
      ${traces.map(({ store, settle }) => `${store} ${settle}`).join('\n      ')}
      ${asking.compute}
      ${asking.store} ${asking.tangent} ${asking.own}
    }
  }
};`;
  return compileStatements<
    (
      a: readonly Float64Array[],
      rows: readonly Row[],
      late: (row: Row, t: number, late: number) => readonly [Float64Array, number],
      tangentAt: (row: Row, t: number) => Float64Array,
      rowStart: Int32Array,
      pre: Int32Array,
      s: Float64Array,
      W: number,
    ) => RuleLoop
  >(`through-learning/${group.name}`, source, {})(
    arrays,
    rows,
    (row, t, ago) => forward.late(row, t, ago),
    (row, t) => tangents.at(row, t),
    group.rowStart,
    group.pre,
    new Float64Array(functions.length * by.length),
    by.length,
  );
}

/** What a group's synapses begin with. */
export function learningOf(group: BuiltGroup, weights: Float64Array, moved: Float64Array): Learning {
  const zeros = (): Dual => ({ values: new Float64Array(weights.length), tangents: new Float64Array(moved.length) });
  const state = Object.keys(group.rule?.state ?? {}).map((name) => [name, zeros()] as const);
  return { weights: { values: weights, tangents: moved }, asked: zeros(), state: Object.fromEntries(state) };
}
