import { checkedRows, isChecked, type ComputeStep, type Row, type Source } from '../circuit/index.ts';
import type { Value } from '../local/index.ts';
import { Lanes, VECTOR, type Operand } from './lanes.ts';
import { lower, readsOf } from './lower.ts';
import type { MemoryPlan } from './memory.ts';
import { range } from './packing.ts';
import { i32, op, type Expression } from './wat.ts';
import { memo, Writer } from './writer.ts';

/** A compute step as one function over rows that lie anywhere. */
export interface ComputeApart {
  /** Its parameter is a table of where the rows begin that it reads, then those that it writes; it returns 0, or NaN where something is not finite. */
  readonly text: (name: string) => string;
  readonly reads: readonly { readonly row: Row; readonly late: number }[];
  readonly writes: readonly Row[];
}

type RowSource = Extract<Source, { kind: 'row' }>;

/** Writes a compute step that reads rows and constants alone; undefined: it reads other things, or has no text. */
export function computeApart(step: ComputeStep, memory: MemoryPlan): ComputeApart | undefined {
  const { population, results, reads } = step;
  const values = results.flatMap(({ value }) => value ?? []);
  if (values.length < results.length) return undefined;
  const used = new Set(readsOf(values).map(({ path }) => path));
  const sources = [...reads].filter(([path]) => used.has(path));
  if (sources.some(([, { kind }]) => kind !== 'row' && kind !== 'number')) return undefined;
  const resultOf = (row: Row) => results.findIndex((result) => result.row === row);
  const isRow = (source: Source): source is RowSource => source.kind === 'row';
  const isBefore = ({ row, late }: RowSource) => late > 0 || resultOf(row) < 0;
  const rows = sources.flatMap(([path, source]) => (isRow(source) && isBefore(source) ? [{ path, source }] : []));
  const checked = isChecked(step) ? checkedRows(step) : [];
  // A port may be checked that nothing reads.
  if (checked.some((row) => resultOf(row) < 0 && !rows.some(({ source }) => source.row === row))) return undefined;
  const text = (name: string) => {
    const writer = new Writer(['i32']);
    const begins = range(rows.length + results.length).map((k) =>
      writer.keep('i32', i32.load(writer.parameter(0), 4 * k)),
    );
    const lanes = new Lanes(writer, 'f64', memory);
    const excess = writer.variable('v128', lanes.constant(0));
    const visit = (at: Expression, isHalf: boolean) => {
      const load = memo((k: number) => lanes.load(i32.add(begins[k], at), 0));
      const known = new Map<Value, Operand>();
      const compute = (some: readonly Value[]) => lower(lanes, some, ({ path }) => read(path), known);
      const read = (path: string): Operand => {
        const source = reads.get(path);
        if (source?.kind === 'number') return source.value;
        const k = rows.findIndex((one) => one.path === path);
        if (k >= 0) return load(k);
        return source?.kind === 'row' ? compute([values[resultOf(source.row)]])[0] : 0;
      };
      const computed = compute(values);
      computed.forEach((value, k) => {
        const into = i32.add(begins[rows.length + k], at);
        if (!isHalf) lanes.store(into, 0, value);
        else writer.do(op('v128.store64_lane', 'align=8', 0, into, lanes.read(value)));
      });
      if (checked.length === 0) return;
      const wrong = checked.map((row) => {
        const k = resultOf(row);
        return lanes.excess(k >= 0 ? computed[k] : load(rows.findIndex(({ source }) => source.row === row)));
      });
      const sum = lanes.read(lanes.sum(wrong));
      excess.set(lanes.add(excess.value, isHalf ? lanes.and(sum, lanes.first(1)) : sum));
    };
    const whole = i32.constant(8 * (population.size - (population.size % 2)));
    writer.sweep({ from: i32.constant(0), until: whole, step: VECTOR }, (at) => {
      visit(at, false);
    });
    if (population.size % 2 === 1) visit(whole, true);
    const value = op('f64.add', ...[0, 1].map((lane) => op('f64x2.extract_lane', lane, excess.value)));
    return writer.end(name, { type: 'f64', value });
  };
  return {
    text,
    reads: rows.map(({ source: { row, late } }) => ({ row, late })),
    writes: results.map(({ row }) => row),
  };
}
