import type { Row, TotalStep } from '../circuit/index.ts';

/** Runs a step that adds up a row's numbers at timestep t, neuron after neuron from 0, or finds the largest. */
export function total({ row, of, into }: TotalStep, t: number, valuesOf: (row: Row) => Float64Array): void {
  const values = valuesOf(row);
  const { size } = row.population;
  let made = of === 'sum' ? 0 : -Infinity;
  for (let k = t * size; k < (t + 1) * size; k++) {
    if (of === 'sum') made += values[k];
    else if (values[k] > made) made = values[k];
  }
  valuesOf(into)[t] = made;
}
