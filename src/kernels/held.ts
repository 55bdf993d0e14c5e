import {
  cellsByKind,
  cellsIn,
  cellsOf,
  cellsPlaced,
  type BuiltFeedback,
  type BuiltGroup,
  type CellsOf,
} from '../circuit/index.ts';
import { placeOf, type PlasticGroup } from './layout.ts';
import type { Machine } from './machine.ts';
import type { Packing } from './packing.ts';

/** Where a kernel holds what its catalogue lists, without gaps. `local`: it learns by its circuit's rules. */
export function cellsInMemory(machine: Machine, local: boolean): CellsOf {
  const { layout, signals } = machine;
  const { last, timestep } = machine.exports;
  /** A number for each synapse. */
  const packed = ({ place }: Packing, address: number) =>
    cellsPlaced(() => machine.numbers, place, address / layout.bytes);
  const weights = (of: BuiltGroup | BuiltFeedback) => {
    const matrix = layout.matrixOf(of);
    return packed(matrix.packing, matrix.weights);
  };
  const learned = (group: BuiltGroup, addressOf: (plastic: PlasticGroup) => number | undefined) => {
    const plastic = layout.plasticOf(group);
    const address = plastic && addressOf(plastic);
    return address === undefined ? undefined : packed(layout.matrixOf(group).packing, address);
  };
  return cellsByKind({
    row: (row, ago, isConstant) => {
      if (isConstant || (row.kind === 'signal' && !local)) return undefined;
      const { size } = row.population;
      // Before the first timestep, there is nothing as far back as `history` timesteps.
      const length = () => (ago < layout.timestep.history || timestep.value > 0 ? size : 0);
      return cellsIn(() => {
        const first = machine.placeOf(row, ago);
        return machine.numbers.subarray(first, first + length());
      }, length);
    },
    weight: (group) => {
      const cells = weights(group);
      const { mirroring } = machine;
      return cellsOf(
        cells.length,
        (k) => {
          mirroring.shows(group);
          return cells.get(k);
        },
        (k, value) => {
          mirroring.changes(group);
          cells.set(k, value);
          machine.wrote();
        },
        (into, offset) => {
          mirroring.shows(group);
          cells.read(into, offset);
        },
      );
    },
    feedback: weights,
    asked: (group) => learned(group, ({ asked }) => asked),
    state: (group, name) => learned(group, (plastic) => placeOf(plastic, name)),
    signal: (kind) =>
      cellsIn(() => {
        const { address, length } = signals[kind];
        return machine.doubles.subarray(address / 8, address / 8 + length);
      }),
    last: cellsOf(
      1,
      () => last.value,
      (_, value) => {
        last.value = value > 0 ? 1 : 0;
      },
    ),
  });
}
