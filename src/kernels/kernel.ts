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

/** The entries of a panel, or of several at once: pointers that take 4 bytes an entry. */
export interface PanelEntries {
  /** Where each panel's first row stands among the rows, bytes. */
  readonly rows: readonly Place[];
  readonly from: Expression;
  readonly until: Expression;
  /**
   * Visits entry after entry: where its numbers stand in each panel, and where its column stands in the row at `row`. Both are pointers
   * that run, not computed anew for every entry.
   */
  readonly each: (row: Expression, visit: (numbers: readonly Place[], column: Place) => void) => void;
  /** Where the numbers of an entry stand in each panel, bytes from those of the packing. */
  readonly numbers: (entry: Expression) => readonly Place[];
  /** Where the column of the entry at `entry + ahead` stands in a row. */
  readonly column: (entry: Expression, ahead: number) => Place;
}

/** A place in memory: an address, and bytes to add to it. */
export interface Place {
  readonly pointer: Expression;
  readonly offset: number;
}

/** Visits the panels of one part of a matrix; those of a dense part, whose entries have the same columns, `together` at a time. */
export function sweepPanels(
  writer: Writer,
  layout: Layout,
  matrix: MatrixLayout,
  which: number,
  together: number,
  visit: (panel: PanelEntries) => void,
): void {
  const { panels, dense } = matrix.packing.parts[which];
  const grouped = dense && together > 1 ? panels - (panels % together) : 0;
  if (grouped > 0) sweepRange(writer, layout, matrix, which, { from: 0, until: grouped, together }, visit);
  if (grouped < panels) sweepRange(writer, layout, matrix, which, { from: grouped, until: panels, together: 1 }, visit);
}

function sweepRange(
  writer: Writer,
  layout: Layout,
  matrix: MatrixLayout,
  which: number,
  range: { readonly from: number; readonly until: number; readonly together: number },
  visit: (panel: PanelEntries) => void,
): void {
  const { row: firstRow, vectors, dense, starts, offset } = matrix.packing.parts[which];
  const tables = matrix.tables[which];
  const width = vectors * VECTOR;
  const [begin, end] = [range.from, range.until].map((panel) => firstRow * layout.bytes + panel * width);
  const panels = Array.from({ length: range.together }, (_, k) => k);
  // Where every panel has the same number of entries, they are counted; else the table tells.
  const each = 4 * starts[1];
  const counted = writer.variable('i32', i32.constant(range.from * each));
  writer.sweep({ from: i32.constant(begin), until: i32.constant(end), step: range.together * width }, (row) => {
    const table = writer.keep('i32', i32.divide(moved(row, -firstRow * layout.bytes), i32.constant(vectors * 4)));
    const start = (panel: number) =>
      writer.keep('i32', dense ? moved(counted.value, panel * each) : i32.load(table, tables.starts + 4 * panel));
    const [from, until] = [start(0), start(1)];
    const numbers = (entry: Expression) => {
      const pointer = writer.keep('i32', i32.multiply(entry, i32.constant(width / 4)));
      return panels.map((k) => ({ pointer, offset: offset * layout.bytes + (k * each * width) / 4 }));
    };
    visit({
      rows: panels.map((k) => ({ pointer: row, offset: k * width })),
      from,
      until,
      each: (read, visitEntry) => {
        const first = numbers(from);
        const [end] = numbers(until);
        const column = writer.variable('i32', dense ? read : from);
        writer.sweep({ from: first[0].pointer, until: end.pointer, step: width }, (pointer) => {
          visitEntry(
            first.map(({ offset }) => ({ pointer, offset })),
            {
              pointer: dense ? column.value : i32.add(read, i32.load(column.value, tables.columns)),
              offset: 0,
            },
          );
          column.set(moved(column.value, dense ? layout.bytes : 4));
        });
      },
      numbers,
      column: (entry, ahead) => {
        if (!dense) return { pointer: writer.keep('i32', i32.load(entry, tables.columns + ahead)), offset: 0 };
        const within = i32.subtract(entry, from);
        const pointer = writer.keep('i32', layout.bytes === 8 ? i32.shiftLeft(within, 1) : within);
        return { pointer, offset: (ahead * layout.bytes) / 4 };
      },
    });
    if (dense) counted.set(moved(counted.value, range.together * each));
  });
}
