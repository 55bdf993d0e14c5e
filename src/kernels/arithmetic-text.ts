import { writeChances } from './chance.ts';
import type { Place } from './matrix.ts';
import { range } from './packing.ts';
import { addProduct } from './sum-apart.ts';
import { f64, i32, op, type Expression, type Type } from './wat.ts';
import {
  alone,
  bytesOf,
  numbered,
  NUMBER,
  ONE,
  PAIR,
  pointersTo,
  store,
  stream,
  total,
  TWO,
  vectorsOf,
  widthOf,
  type Width,
} from './widths.ts';
import { Writer, type Variable } from './writer.ts';

type Body = (writer: Writer, ...parameters: readonly Expression[]) => Expression | undefined;

/** Loads sums from memory, lets `add` add to them, and stores them again. */
function addTo(writer: Writer, width: Width, places: readonly Place[], add: (sums: readonly Variable[]) => void): void {
  const sums = places.map(({ pointer, offset }) => writer.variable(width.type, width.load(pointer, offset)));
  add(sums);
  places.forEach(({ pointer, offset }, k) => {
    store(width, writer, pointer, offset, sums[k].value);
  });
}

/** Places of vectors, one after another. */
const vectorsAt = (pointer: Expression, vectors: number): readonly Place[] =>
  range(vectors).map((v) => ({ pointer, offset: v * PAIR }));

/** multiply(w, x, into, rows, columns). */
const multiply: Body = (writer, w, x, into, rows, columns) => {
  writer.inGroups(numbered(rows), [8, 2, 1], (count, row) => {
    const all = pointersTo(writer, w, row, columns, count).map((pointer) => ({ pointer, offset: 0 }));
    const to = writer.keep('i32', i32.add(into, row));
    addTo(writer, widthOf(count), vectorsAt(to, vectorsOf(count)), (sums) => {
      addProduct(writer, sums, all, x, columns);
    });
  });
  return undefined;
};

/** multiplyBack(w, v, into, rows, columns). */
const multiplyBack: Body = (writer, w, v, into, rows, columns) => {
  writer.inGroups(numbered(rows), [8, 4, 1], (count, row) => {
    const pointers = pointersTo(writer, w, row, columns, count);
    const from = writer.keep('i32', i32.add(v, row));
    const factors = range(count).map((r) => inWidths(writer, f64.load(from, r * NUMBER)));
    stream(writer, columns, (width, at, offset) => {
      const target = writer.keep('i32', i32.add(into, at));
      const sum = factors.reduce(
        (so, factor, r) => width.add(so, width.multiply(width.load(i32.add(pointers[r], at), offset), factor(width))),
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
  writer.inGroups(numbered(width), [8, 2, 1], (side, at) => {
    const kind = widthOf(side);
    writer.inGroups(numbered(rows), [2, 1], (count, row) => {
      const pointers = pointersTo(writer, w, row, columns, count);
      const places = pointersTo(writer, into, row, width, count).flatMap((target) =>
        vectorsAt(writer.keep('i32', i32.add(target, at)), vectorsOf(side)),
      );
      addTo(writer, kind, places, (sums) => {
        const from = writer.variable('i32', i32.add(x, at));
        writer.sweep({ from: i32.constant(0), until: bytesOf(columns), step: NUMBER }, (column) => {
          const numbers = vectorsAt(from.value, vectorsOf(side)).map(({ pointer, offset }) =>
            writer.keep(kind.type, kind.load(pointer, offset)),
          );
          const factors = pointers.map((pointer) => writer.keep(kind.type, kind.loadAll(i32.add(pointer, column))));
          sums.forEach((sum, k) => {
            const factor = factors[Math.floor(k / numbers.length)];
            sum.set(kind.add(sum.value, kind.multiply(factor, numbers[k % numbers.length])));
          });
          from.set(i32.add(from.value, line));
        });
      });
    });
  });
  return undefined;
};

/** project(w, x, into, rows, columns): the sums of even and of odd columns are the lanes of a vector. */
const project: Body = (writer, w, x, into, rows, columns) => {
  writer.inGroups(numbered(rows), [4, 1], (count, row) => {
    const pointers = pointersTo(writer, w, row, columns, count);
    const totals = pointers.map(() => writer.variable('v128', TWO.all(f64.constant(0))));
    writer.inGroups(numbered(columns), [2, 1], (side, at) => {
      const load = side === 1 ? alone : TWO.load;
      const by = writer.keep('v128', load(i32.add(x, at), 0));
      totals.forEach((sum, r) => {
        sum.set(TWO.add(sum.value, TWO.multiply(load(i32.add(pointers[r], at), 0), by)));
      });
    });
    const target = writer.keep('i32', i32.add(into, row));
    totals.forEach(({ value }, r) => {
      store(ONE, writer, target, r * NUMBER, total(value));
    });
  });
  return undefined;
};

/** A number in every lane of a vector. */
function inWidths(writer: Writer, value: Expression): (width: Width) => Expression {
  const number = writer.keep('f64', value);
  const pair = writer.keep('v128', TWO.all(number));
  return (width) => (width === TWO ? pair : number);
}

/** addScaled(into, a, x, count): into_k += a x_k. */
const addScaled: Body = (writer, into, a, x, count) => {
  const factor = inWidths(writer, a);
  stream(writer, count, (width, at, offset) => {
    const to = writer.keep('i32', i32.add(into, at));
    const product = width.multiply(factor(width), width.load(i32.add(x, at), offset));
    store(width, writer, to, offset, width.add(width.load(to, offset), product));
  });
  return undefined;
};

/** Row after row: into_ij += the number of the row times another number, of the column or of a matrix. */
const addByRows =
  (isMatrix: boolean): Body =>
  (writer, into, v, x, rows, columns) => {
    writer.inGroups(numbered(rows), [1], (_, row) => {
      const [target] = pointersTo(writer, into, row, columns, 1);
      const from = isMatrix ? pointersTo(writer, x, row, columns, 1)[0] : x;
      addScaled(writer, target, f64.load(i32.add(v, row)), from, columns);
    });
    return undefined;
  };

/** combine(into, a, x, b, y, count). */
const combine: Body = (writer, into, a, x, b, y, count) => {
  const [f, g] = [a, b].map((factor) => inWidths(writer, factor));
  stream(writer, count, (width, at, offset) => {
    const [one, other] = [x, y].map((from) => width.load(i32.add(from, at), offset));
    const sum = width.add(width.multiply(f(width), one), width.multiply(g(width), other));
    store(width, writer, i32.add(into, at), offset, sum);
  });
  return undefined;
};

/** norm(x, count): the sums of every eighth number are the lanes of four vectors. */
const norm: Body = (writer, x, count) => {
  const totals = range(4).map(() => writer.variable('v128', TWO.all(f64.constant(0))));
  writer.inGroups(numbered(count), [8, 1], (side, at) => {
    const load = side === 1 ? alone : TWO.load;
    const from = writer.keep('i32', i32.add(x, at));
    totals.slice(0, vectorsOf(side)).forEach((sum, v) => {
      const number = writer.keep('v128', load(from, v * PAIR));
      sum.set(TWO.add(sum.value, TWO.multiply(number, number)));
    });
  });
  const [a, b, c, d] = totals.map(({ value }) => value);
  return op('f64.sqrt', total(TWO.add(TWO.add(a, b), TWO.add(c, d))));
};

/** descend(w, step, g, count): returns 0, or NaN if a weight is no longer finite. */
const descend: Body = (writer, w, step, g, count) => {
  const [by, zero] = [step, f64.constant(0)].map((number) => inWidths(writer, number));
  const [fault, faults] = [ONE, TWO].map((width) => writer.variable(width.type, zero(width)));
  stream(writer, count, (width, at, offset) => {
    const [to, from] = [w, g].map((array) => writer.keep('i32', i32.add(array, at)));
    const change = width.multiply(by(width), width.load(from, offset));
    const next = writer.keep(width.type, width.add(width.load(to, offset), change));
    store(width, writer, to, offset, next);
    store(width, writer, from, offset, zero(width));
    const found = width === TWO ? faults : fault;
    found.set(width.add(found.value, width.subtract(next, next)));
  });
  return f64.add(fault.value, total(faults.value));
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

export function arithmeticText(): string {
  const functions = Object.entries(FUNCTIONS).map(([name, { parameters, body }]) => {
    const writer = new Writer(parameters);
    const value = body(writer, ...parameters.map((_, k) => writer.parameter(k)));
    return writer.end(name, value === undefined ? undefined : { type: 'f64', value });
  });
  const exports = Object.keys(FUNCTIONS).map((name) => op('export', `"${name}"`, op('func', `$${name}`)));
  return op('module', op('import', '"rxflo"', '"memory"', op('memory', 1)), ...functions, ...exports);
}
