import { Lanes, VECTOR } from './lanes.ts';
import type { Layout, MatrixLayout } from './layout.ts';
import { i32, op, type Expression, type Type } from './wat.ts';
import { moved, Writer } from './writer.ts';

/** A kernel in the making: the functions written so far, and where everything is in its memory. */
export class Kernel {
  private readonly parts: string[] = [];

  constructor(readonly layout: Layout) {}

  /** Writes a function. Its parameters are addresses, unless their types are given. */
  write(
    name: string,
    parameters: number | readonly Type[],
    body: (writer: Writer, ...parameters: readonly Expression[]) => unknown,
  ): void {
    const types = typeof parameters === 'number' ? new Array<Type>(parameters).fill('i32') : parameters;
    const writer = new Writer(types);
    const value = body(writer, ...types.map((_, k) => writer.parameter(k)));
    this.parts.push(writer.end(name, typeof value === 'string' ? { type: 'i32', value } : undefined));
  }

  /** A variable of the module that is seen from outside. */
  global(name: string, type: Type, initial: Expression): void {
    this.parts.push(op('global', `$${name}`, op('export', `"${name}"`), op('mut', type), initial));
  }

  /** A number of the module that never changes. */
  constant(name: string, value: number): void {
    this.parts.push(op('global', `$${name}`, 'i32', op('i32.const', value)));
  }

  /** The module's text; the functions named are seen from outside. */
  text(exported: readonly string[]): string {
    const exports = exported.map((name) => op('export', `"${name}"`, op('func', `$${name}`)));
    return op('module', op('import', '"rxflo"', '"memory"', op('memory', 1)), ...this.parts, ...exports);
  }

  lanes(writer: Writer): Lanes {
    return new Lanes(writer, this.layout.precision, this.layout.memory);
  }
}

/** The entries of one panel: pointers that take 4 bytes an entry. */
export interface PanelEntries {
  /** Where the panel's first row stands among the rows, bytes. */
  readonly row: Expression;
  readonly from: Expression;
  readonly until: Expression;
  /** Where an entry's numbers stand among those of the packing, bytes. */
  readonly numbers: (entry: Expression) => Expression;
  /** Where the column of the entry at `entry + ahead` stands in a row. */
  readonly column: (entry: Expression, ahead: number) => Place;
}

/** A place in memory: an address, and bytes to add to it. */
export interface Place {
  readonly pointer: Expression;
  readonly offset: number;
}

/** Visits the panels of one part of a matrix. */
export function sweepPanels(
  writer: Writer,
  layout: Layout,
  matrix: MatrixLayout,
  which: number,
  visit: (panel: PanelEntries) => void,
): void {
  const { row: firstRow, vectors, panels, dense, starts, offset } = matrix.packing.parts[which];
  const tables = matrix.tables[which];
  const [begin, width] = [firstRow * layout.bytes, vectors * VECTOR];
  const next = writer.variable('i32', i32.constant(0));
  const end = i32.constant(begin + panels * width);
  writer.sweep({ from: i32.constant(begin), until: end, step: width }, (row) => {
    const table = writer.keep('i32', i32.divide(moved(row, -begin), i32.constant(vectors * 4)));
    const start = (panel: number) =>
      writer.keep('i32', dense ? moved(next.value, 4 * panel * starts[1]) : i32.load(table, tables.starts + 4 * panel));
    const [from, until] = [start(0), start(1)];
    visit({
      row,
      from,
      until,
      numbers: (entry) =>
        writer.keep('i32', moved(i32.multiply(entry, i32.constant(vectors * 4)), offset * layout.bytes)),
      column: (entry, ahead) => {
        if (!dense) return { pointer: writer.keep('i32', i32.load(entry, tables.columns + ahead)), offset: 0 };
        const within = i32.subtract(entry, from);
        const pointer = writer.keep('i32', layout.bytes === 8 ? i32.shiftLeft(within, 1) : within);
        return { pointer, offset: (ahead * layout.bytes) / 4 };
      },
    });
    if (dense) next.set(until);
  });
}
