import {
  cellsByKind,
  cellsIn,
  cellsOf,
  type BuiltFeedback,
  type BuiltGroup,
  type Cells,
  type CellsOf,
  type Row,
} from '../circuit/index.ts';
import type { PlasticGroup } from './layout.ts';
import type { Machine } from './machine.ts';
import type { Packing } from './packing.ts';

/** Where a kernel has what its catalogue lists, gaps left out. `local`: it learns by its circuit's rules. */
export function cellsInMemory(machine: Machine, local: boolean): CellsOf {
  const { layout, signals } = machine;
  const { last } = machine.exports;
  const weights = (of: BuiltGroup | BuiltFeedback) => {
    const matrix = layout.matrixOf(of);
    return packed(machine, matrix.packing, matrix.weights);
  };
  const learned = (group: BuiltGroup, addressOf: (plastic: PlasticGroup) => number | undefined) => {
    const plastic = layout.plasticOf(group);
    const address = plastic && addressOf(plastic);
    return address === undefined ? undefined : packed(machine, layout.matrixOf(group).packing, address);
  };
  return cellsByKind({
    row: (row, ago, isConstant) =>
      isConstant || (row.kind === 'signal' && !local) ? undefined : cellsOfRow(machine, row, ago),
    weight: (group) => {
      const cells = weights(group);
      const set = (k: number, value: number) => {
        cells.set(k, value);
        machine.wrote();
      };
      return { ...cells, set };
    },
    feedback: weights,
    asked: (group) => learned(group, ({ asked }) => asked),
    state: (group, name) =>
      learned(group, ({ places }) => places.find(({ variable }) => variable.name === name)?.address),
    signal: (kind) => {
      const [length, at] = [() => signals[kind].length, (k: number) => signals[kind].address / 8 + k];
      return cellsIn(() => machine.doubles, length, at);
    },
    last: cellsOf(
      1,
      () => last.value,
      (_, value) => {
        last.value = value > 0 ? 1 : 0;
      },
    ),
  });
}

function cellsOfRow(machine: Machine, row: Row, ago: number): Cells {
  const { size } = row.population;
  return {
    ...cellsIn(
      () => machine.numbers,
      size,
      (i) => machine.placeOf(row, ago) + i,
    ),
    length: size,
    read: (into, offset) => {
      const first = machine.placeOf(row, ago);
      into.set(machine.numbers.subarray(first, first + size), offset);
    },
  };
}

/** A number for each synapse. */
function packed(machine: Machine, { place }: Packing, address: number): Cells {
  const { length } = place;
  const first = address / machine.layout.bytes;
  return {
    ...cellsIn(
      () => machine.numbers,
      length,
      (k) => first + place[k],
    ),
    length,
    read: (into, offset) => {
      const { numbers } = machine;
      for (let k = 0; k < length; k++) into[offset + k] = numbers[first + place[k]];
    },
  };
}
