import { writeChances } from './chance.ts';
import { range } from './packing.ts';
import { f64, high, i32, low, op, type Expression, type Type } from './wat.ts';
import {
  below,
  bytesOf,
  NUMBER,
  ONE,
  PAIR,
  pointersTo,
  ROUND,
  rowsTogether,
  store,
  stream,
  TWO,
  type Width,
} from './widths.ts';
import { Writer, type Variable } from './writer.ts';

const lane = (which: 0 | 1, pair: Expression): Expression => op('f64x2.extract_lane', which, pair);
type Body = (writer: Writer, ...parameters: readonly Expression[]) => Expression | undefined;

/** multiply(w, x, into, rows, columns): two rows are the lanes of a vector, as sums must not be taken apart. */
const multiply: Body = (writer, w, x, into, rows, columns) => {
  const odd = writer.keep('i32', op('i32.and', columns, i32.constant(1)));
  const bytes = writer.keep('i32', bytesOf(columns));
  const pairs = writer.keep('i32', below(bytes, PAIR));
  rowsTogether(writer, rows, [8, 2, 1], (count, row) => {
    const pointers = pointersTo(writer, w, row, columns, count);
    const sums = writer.keep('i32', i32.add(into, row));
    if (count === 1) {
      const sum = writer.variable('f64', ONE.load(sums, 0));
      writer.sweep({ from: i32.constant(0), until: bytes, step: NUMBER }, (at) => {
        sum.set(f64.add(sum.value, f64.multiply(f64.load(i32.add(pointers[0], at)), f64.load(i32.add(x, at)))));
      });
      store(ONE, writer, sums, 0, sum.value);
      return;
    }
    const totals = range(count / 2).map((p) => writer.variable('v128', TWO.load(sums, p * PAIR)));
    const add = (total: Variable, numbers: Expression, by: Expression) => {
      total.set(TWO.add(total.value, TWO.multiply(numbers, by)));
    };
    writer.sweep({ from: i32.constant(0), until: pairs, step: PAIR }, (at) => {
      const from = writer.keep('i32', i32.add(x, at));
      const [one, other] = [0, NUMBER].map((offset) =>
        writer.keep('v128', op('v128.load64_splat', `offset=${offset}`, from)),
      );
      totals.forEach((total, p) => {
        const [a, b] = [2 * p, 2 * p + 1].map((r) => writer.keep('v128', TWO.load(i32.add(pointers[r], at), 0)));
        add(total, low(a, b), one);
        add(total, high(a, b), other);
      });
    });
    writer.when(odd, () => {
      const last = writer.keep('v128', op('v128.load64_splat', i32.add(x, pairs)));
      totals.forEach((total, p) => {
        const [a, b] = [2 * p, 2 * p + 1].map((r) => i32.add(pointers[r], pairs));
        add(total, op('v128.load64_lane', 1, b, op('v128.load64_zero', a)), last);
      });
    });
    totals.forEach((total, p) => {
      store(TWO, writer, sums, p * PAIR, total.value);
    });
  });
  return undefined;
};

/** multiplyBack(w, v, into, rows, columns). */
const multiplyBack: Body = (writer, w, v, into, rows, columns) => {
  rowsTogether(writer, rows, [8, 4, 1], (count, row) => {
    const pointers = pointersTo(writer, w, row, columns, count);
    const from = writer.keep('i32', i32.add(v, row));
    const numbers = range(count).map((r) => writer.keep('f64', f64.load(from, r * NUMBER)));
    const pairs = numbers.map((number) => writer.keep('v128', TWO.all(number)));
    stream(writer, columns, (width, at, offset) => {
      const target = writer.keep('i32', i32.add(into, at));
      const factors = width === TWO ? pairs : numbers;
      const sum = factors.reduce(
        (so, factor, r) => width.add(so, width.multiply(width.load(i32.add(pointers[r], at), offset), factor)),
        width.load(target, offset),
      );
      store(width, writer, target, offset, sum);
    });
  });
  return undefined;
};

/** multiplyMatrix(w, x, into, rows, columns, width): two rows of eight columns stay in registers. */
const multiplyMatrix: Body = (writer, w, x, into, rows, columns, width) => {
  const line = writer.keep('i32', bytesOf(width));
  const panel = (kind: Width, vectors: number, at: Expression) => {
    rowsTogether(writer, rows, [2, 1], (count, row) => {
      const pointers = pointersTo(writer, w, row, columns, count);
      const targets = pointersTo(writer, into, row, width, count).map((target) =>
        writer.keep('i32', i32.add(target, at)),
      );
      const totals = targets.map((target) =>
        range(vectors).map((v) => writer.variable(kind.type, kind.load(target, v * PAIR))),
      );
      const from = writer.variable('i32', i32.add(x, at));
      writer.sweep({ from: i32.constant(0), until: bytesOf(columns), step: NUMBER }, (column) => {
        const numbers = range(vectors).map((v) => writer.keep(kind.type, kind.load(from.value, v * PAIR)));
        totals.forEach((total, r) => {
          const factor = writer.keep(kind.type, kind.all(f64.load(i32.add(pointers[r], column))));
          total.forEach((sum, v) => {
            sum.set(kind.add(sum.value, kind.multiply(factor, numbers[v])));
          });
        });
        from.set(i32.add(from.value, line));
      });
      totals.forEach((total, r) => {
        total.forEach((sum, v) => {
          store(kind, writer, targets[r], v * PAIR, sum.value);
        });
      });
    });
  };
  const rounds = writer.keep('i32', below(line, ROUND));
  const pairs = writer.keep('i32', below(line, PAIR));
  writer.sweep({ from: i32.constant(0), until: rounds, step: ROUND }, (at) => {
    panel(TWO, ROUND / PAIR, at);
  });
  writer.sweep({ from: rounds, until: pairs, step: PAIR }, (at) => {
    panel(TWO, 1, at);
  });
  writer.sweep({ from: pairs, until: line, step: NUMBER }, (at) => {
    panel(ONE, 1, at);
  });
  return undefined;
};

/** project(w, x, into, rows, columns): the sums of even and of odd columns are the lanes of a vector. */
const project: Body = (writer, w, x, into, rows, columns) => {
  const pairs = writer.keep('i32', below(bytesOf(columns), PAIR));
  const odd = writer.keep('i32', op('i32.and', columns, i32.constant(1)));
  rowsTogether(writer, rows, [4, 1], (count, row) => {
    const pointers = pointersTo(writer, w, row, columns, count);
    const totals = pointers.map(() => writer.variable('v128', TWO.all(f64.constant(0))));
    writer.sweep({ from: i32.constant(0), until: pairs, step: PAIR }, (at) => {
      const by = writer.keep('v128', TWO.load(i32.add(x, at), 0));
      totals.forEach((total, r) => {
        total.set(TWO.add(total.value, TWO.multiply(TWO.load(i32.add(pointers[r], at), 0), by)));
      });
    });
    const target = writer.keep('i32', i32.add(into, row));
    totals.forEach((total, r) => {
      const even = writer.variable('f64', lane(0, total.value));
      writer.when(odd, () => {
        const last = f64.multiply(f64.load(i32.add(pointers[r], pairs)), f64.load(i32.add(x, pairs)));
        even.set(f64.add(even.value, last));
      });
      store(ONE, writer, target, r * NUMBER, f64.add(even.value, lane(1, total.value)));
    });
  });
  return undefined;
};

/** Row after row: into_ij += the number of the row times another number: of its column, or of a matrix. */
const addByRows =
  (isMatrix: boolean): Body =>
  (writer, into, v, x, rows, columns) => {
    rowsTogether(writer, rows, [1], (_, row) => {
      const number = writer.keep('f64', f64.load(i32.add(v, row)));
      const pair = writer.keep('v128', TWO.all(number));
      const [target] = pointersTo(writer, into, row, columns, 1);
      const from = isMatrix ? pointersTo(writer, x, row, columns, 1)[0] : x;
      stream(writer, columns, (width, at, offset) => {
        const to = writer.keep('i32', i32.add(target, at));
        const other = width.load(i32.add(from, at), offset);
        const product = width.multiply(width === TWO ? pair : number, other);
        store(width, writer, to, offset, width.add(width.load(to, offset), product));
      });
    });
    return undefined;
  };

/** combine(into, a, x, b, y, count). */
const combine: Body = (writer, into, a, x, b, y, count) => {
  const [p, q] = [a, b].map((factor) => writer.keep('v128', TWO.all(factor)));
  stream(writer, count, (width, at, offset) => {
    const [f, g] = width === TWO ? [p, q] : [a, b];
    const [one, other] = [x, y].map((from) => width.load(i32.add(from, at), offset));
    store(width, writer, i32.add(into, at), offset, width.add(width.multiply(f, one), width.multiply(g, other)));
  });
  return undefined;
};

/** addScaled(into, a, x, count). */
const addScaled: Body = (writer, into, a, x, count) => {
  const pair = writer.keep('v128', TWO.all(a));
  stream(writer, count, (width, at, offset) => {
    const to = writer.keep('i32', i32.add(into, at));
    const product = width.multiply(width === TWO ? pair : a, width.load(i32.add(x, at), offset));
    store(width, writer, to, offset, width.add(width.load(to, offset), product));
  });
  return undefined;
};

/** norm(x, count). */
const norm: Body = (writer, x, count) => {
  const totals = range(ROUND / PAIR).map(() => writer.variable('v128', TWO.all(f64.constant(0))));
  const bytes = writer.keep('i32', bytesOf(count));
  const rounds = writer.keep('i32', below(bytes, ROUND));
  writer.sweep({ from: i32.constant(0), until: rounds, step: ROUND }, (at) => {
    const from = writer.keep('i32', i32.add(x, at));
    totals.forEach((total, v) => {
      const number = writer.keep('v128', TWO.load(from, v * PAIR));
      total.set(TWO.add(total.value, TWO.multiply(number, number)));
    });
  });
  const [a, b, c, d] = totals.map(({ value }) => value);
  const first = writer.variable('f64', lane(0, a));
  writer.sweep({ from: rounds, until: bytes, step: NUMBER }, (at) => {
    const number = writer.keep('f64', f64.load(i32.add(x, at)));
    first.set(f64.add(first.value, f64.multiply(number, number)));
  });
  const even = f64.add(f64.add(first.value, lane(0, b)), f64.add(lane(0, c), lane(0, d)));
  const odd = f64.add(f64.add(lane(1, a), lane(1, b)), f64.add(lane(1, c), lane(1, d)));
  return op('f64.sqrt', f64.add(even, odd));
};

/** descend(w, step, g, count): returns 0, or NaN if a weight is not finite any more. */
const descend: Body = (writer, w, step, g, count) => {
  const pair = writer.keep('v128', TWO.all(step));
  const [zero, zeros] = [f64.constant(0), TWO.all(f64.constant(0))];
  const faults = writer.variable('v128', zeros);
  const fault = writer.variable('f64', zero);
  stream(writer, count, (width, at, offset) => {
    const [to, from] = [w, g].map((array) => writer.keep('i32', i32.add(array, at)));
    const change = width.multiply(width === TWO ? pair : step, width.load(from, offset));
    const next = writer.keep(width.type, width.add(width.load(to, offset), change));
    store(width, writer, to, offset, next);
    store(width, writer, from, offset, width === TWO ? zeros : zero);
    const found = width === TWO ? faults : fault;
    found.set(width.add(found.value, width.subtract(next, next)));
  });
  return f64.add(fault.value, f64.add(lane(0, faults.value), lane(1, faults.value)));
};

/** chances(key, into, count). */
const chances: Body = (writer, key, into, count) => {
  writeChances(writer, key, into, count);
  return undefined;
};

const address = (count: number): readonly Type[] => range(count).map(() => 'i32');

/** The functions, with their parameters: addresses and counts, and f64 numbers. */
const FUNCTIONS: Readonly<Record<string, { readonly parameters: readonly Type[]; readonly body: Body }>> = {
  multiply: { parameters: address(5), body: multiply },
  multiplyBack: { parameters: address(5), body: multiplyBack },
  multiplyMatrix: { parameters: address(6), body: multiplyMatrix },
  project: { parameters: address(5), body: project },
  addOuter: { parameters: address(5), body: addByRows(false) },
  addRows: { parameters: address(5), body: addByRows(true) },
  combine: { parameters: ['i32', 'f64', 'i32', 'f64', 'i32', 'i32'], body: combine },
  addScaled: { parameters: ['i32', 'f64', 'i32', 'i32'], body: addScaled },
  norm: { parameters: address(2), body: norm },
  chances: { parameters: address(3), body: chances },
  descend: { parameters: ['i32', 'f64', 'i32', 'i32'], body: descend },
};

/** The module's text. */
export function arithmeticText(): string {
  const functions = Object.entries(FUNCTIONS).map(([name, { parameters, body }]) => {
    const writer = new Writer(parameters);
    const value = body(writer, ...parameters.map((_, k) => writer.parameter(k)));
    return writer.end(name, value === undefined ? undefined : { type: 'f64', value });
  });
  const exports = Object.keys(FUNCTIONS).map((name) => op('export', `"${name}"`, op('func', `$${name}`)));
  return op('module', op('import', '"rxflo"', '"memory"', op('memory', 1)), ...functions, ...exports);
}
