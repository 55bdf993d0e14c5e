import type { Row, ScoreStep, TotalStep } from '../circuit/index.ts';
import { blame, NotFinite } from '../errors/index.ts';

/** Runs a step that computes the sum (from 0, neuron after neuron) or the maximum of a row's numbers at timestep t. */
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

/** The score after a step has added the row's numbers at sweep t. @throws RunError, which names the timestep, if it stops being finite. */
export function scored(
  { row, adds }: ScoreStep,
  { t, timestep }: { readonly t: number; readonly timestep: number },
  values: Float64Array,
  score: number,
): number {
  const { size } = row.population;
  for (let k = t * size; k < (t + 1) * size; k++) score += adds === 'squares' ? values[k] * values[k] : values[k];
  if (Number.isFinite(score)) return score;
  const what = adds === 'squares' ? 'the squared error' : 'the loss';
  throw blame('error unit', new NotFinite(what, score), { timestep });
}
