import { blame, NotFinite, RunError } from '../errors/index.ts';
import { derivativeProblem } from '../neurons/index.ts';
import type { Layout } from './layout.ts';

/** Finds which actor stopped being finite, looking in the order in which the actors would have noticed. */
export function diagnose(
  layout: Layout,
  numbers: Float32Array | Float64Array,
  frame: number,
  squares: number,
): RunError {
  const { circuit, frames, bytes } = layout;
  const value = (address: number) => numbers[address / bytes];
  for (const population of circuit.inputs) {
    for (let i = 0; i < population.size; i++) {
      const x = value(frame + frames.of(population, 'rate') + i * bytes);
      if (!Number.isFinite(x))
        return new RunError(`input ${population.name} ${i}`, 'its input is beyond float32', { kind: 'input' });
    }
  }
  for (const { population, program } of layout.populations) {
    const derivative = (field: 'slope' | 'retention', i: number) => {
      const constant = program[field];
      return constant.kind === 'constant' ? constant.value : value(frame + frames.of(population, field) + i * bytes);
    };
    for (let i = 0; i < population.size; i++) {
      const u = value(frame + frames.of(population, 'potential') + i * bytes);
      const h = value(frame + frames.of(population, 'rate') + i * bytes);
      const name = `neuron ${population.name} ${i}`;
      if (!Number.isFinite(u)) return blame(name, new NotFinite('its summed input', u));
      if (!Number.isFinite(h)) return blame(name, new NotFinite('its rate', h));
      const wrong = derivativeProblem(u, derivative('slope', i), derivative('retention', i));
      if (wrong !== undefined) return blame(name, wrong);
    }
  }
  if (!Number.isFinite(squares)) return blame('error unit', new NotFinite('the squared error', squares));
  for (const { group, matrix } of [...layout.groups, ...layout.feedback.flatMap(({ synapses }) => synapses ?? [])]) {
    for (let i = 0; i < group.to.size; i++) {
      for (let k = group.rowStart[i]; k < group.rowStart[i + 1]; k++) {
        const w = value(matrix.weights + matrix.packing.place[k] * bytes);
        if (!Number.isFinite(w)) {
          return blame(`synapse ${group.name} ${i} <- ${group.pre[k]}`, new NotFinite('its weight', w));
        }
      }
    }
  }
  return blame('kernel', new NotFinite('a value', NaN));
}
