import { cellsIn, cellsOf, type Cells, type CellsOf, type Row } from '../circuit/index.ts';
import type { Machine } from './machine.ts';
import type { Packing } from './packing.ts';

/** Where a kernel has what its catalogue lists, gaps left out. `local`: it learns by its circuit's rules. */
export function cellsInMemory(machine: Machine, local: boolean): CellsOf {
  const { layout } = machine;
  return ({ row, place, isConstant = false }, ago) => {
    if (row) return isConstant || (row.kind === 'signal' && !local) ? undefined : cellsOfRow(machine, row, ago);
    switch (place?.kind) {
      case 'weight': {
        const { packing, weights } = layout.matrixOf(place.group);
        const cells = packed(machine, packing, weights);
        return {
          ...cells,
          set: (k, value) => {
            cells.set(k, value);
            machine.wrote();
          },
        };
      }
      case 'asked': {
        const plastic = layout.plasticOf(place.group);
        return plastic && packed(machine, plastic.matrix.packing, plastic.asked);
      }
      case 'state': {
        const { matrix, places = [] } = layout.plasticOf(place.group) ?? {};
        const found = places.find(({ variable }) => variable.name === place.variable);
        return matrix && found && packed(machine, matrix.packing, found.address);
      }
      case 'feedback': {
        const { packing, weights } = layout.matrixOf(place.feedback);
        return packed(machine, packing, weights);
      }
      case 'input':
      case 'target': {
        const { kind } = place;
        const { signals } = machine;
        return cellsIn(
          () => machine.doubles,
          () => signals[kind].length,
          (k) => signals[kind].address / 8 + k,
        );
      }
      case 'last': {
        const { last } = machine.exports;
        return cellsOf(
          1,
          () => last.value,
          (_, value) => {
            last.value = value > 0 ? 1 : 0;
          },
        );
      }
      default:
        return undefined;
    }
  };
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
