import { faultOf, isChecked, type ComputeStep } from '../circuit/index.ts';
import { blame, NotFinite, RunError } from '../errors/index.ts';
import type { Layout } from './layout.ts';
import { addressOf } from './matrix.ts';
import type { Now } from './reader.ts';

/** Finds which actor stopped being finite, looking in the order in which the actors would have noticed. */
export function diagnose(layout: Layout, now: Now, squares: number): RunError {
  const { circuit, bytes, plan, relearned } = layout;
  for (const step of plan.timestep.steps) {
    const found = step.do === 'compute' ? faultyNeuron(layout, now, step) : undefined;
    if (found) return found;
  }
  if (!Number.isFinite(squares)) return blame('error unit', new NotFinite('the squared error', squares));
  for (const group of [...circuit.groups, ...relearned]) {
    const matrix = layout.matrixOf(group);
    for (let i = 0; i < group.to.size; i++) {
      for (let k = group.rowStart[i]; k < group.rowStart[i + 1]; k++) {
        const w = now.numbers[addressOf(matrix, k) / bytes];
        if (!Number.isFinite(w)) {
          return blame(`synapse ${group.name} ${i} <- ${group.pre[k]}`, new NotFinite('its weight', w));
        }
      }
    }
  }
  return blame('kernel', new NotFinite('a value', NaN));
}

function faultyNeuron({ frames, bytes }: Layout, { numbers, window }: Now, step: ComputeStep): RunError | undefined {
  const { population, reads } = step;
  const isInput = [...reads.values()].some(({ kind }) => kind === 'input');
  if (!isInput && !isChecked(step)) return undefined;
  for (let i = 0; i < population.size; i++) {
    const found = faultOf(step, (row) => numbers[(window + frames.at(row)) / bytes + i]);
    if (found === undefined) continue;
    // The inputs of a trial are finite in float64.
    if (!isInput) return blame(`neuron ${population.name} ${i}`, found);
    return new RunError(`input ${population.name} ${i}`, 'its input is beyond float32', { kind: 'input' });
  }
  return undefined;
}
