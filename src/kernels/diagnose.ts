import { faultOf, isChecked, synapseName, WHAT_COUNTS, type BuiltGroup, type ComputeStep } from '../circuit/index.ts';
import { blame, NotFinite, RunError } from '../errors/index.ts';
import type { PlasticGroup } from './layout.ts';
import { addressOf } from './matrix.ts';
import type { Machine } from './machine.ts';
import { LINE } from './memory.ts';

/** Finds the actor whose number is no longer finite, in the order in which the actors would have noticed. */
export function diagnose(machine: Machine): RunError {
  const { circuit, timestep, plastic, relearned } = machine.layout;
  const looks = [
    ...timestep.steps.map((step) => () => {
      if (step.do === 'compute') return faultyNeuron(machine, step);
      return step.do === 'apply' && step.group.atOnce ? faultyWeight(machine, step.group) : undefined;
    }),
    () => faultyScore(machine),
    ...plastic.map((group) => () => faultyHistory(machine, group)),
    ...[...circuit.groups, ...relearned].map((group) => () => faultyWeight(machine, group)),
  ];
  for (const look of looks) {
    const found = look();
    if (found) return found;
  }
  return blame('kernel', new NotFinite('a value', NaN));
}

function faultyWeight({ layout, numbers }: Machine, group: BuiltGroup): RunError | undefined {
  const matrix = layout.matrixOf(group);
  const weight = (k: number) => numbers[addressOf(matrix, k) / layout.bytes];
  const faulty = group.pre.findIndex((_, k) => !Number.isFinite(weight(k)));
  return faulty < 0 ? undefined : blame(synapseName(group, faulty), new NotFinite('its weight', weight(faulty)));
}

function faultyNeuron({ layout, numbers, window }: Machine, step: ComputeStep): RunError | undefined {
  const { frames, bytes } = layout;
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

function faultyHistory({ layout, numbers, exports }: Machine, { group, history }: PlasticGroup) {
  if (!history) return undefined;
  const { kept, bytes } = layout;
  for (let i = 0; i < group.to.size; i++) {
    for (let t = exports.timestep.value - 1; t >= 0; t--) {
      const line =
        exports.kept.value + (kept.first(history.counts) + Math.floor((i * bytes) / LINE)) * exports.span.value;
      const g = numbers[(line + ((i * bytes) % LINE) + kept.late(-t)) / bytes];
      if (!Number.isFinite(g)) return blame(`neuron ${group.to.name} ${i}`, new NotFinite(WHAT_COUNTS, g));
    }
  }
  return undefined;
}

/** Repeats the outputs' additions to the score in this timestep. */
function faultyScore({ layout, numbers, window, exports }: Machine): RunError | undefined {
  const { timestep, frames, bytes } = layout;
  let score = exports.scored.value;
  for (const step of timestep.steps) {
    if (step.do !== 'score') continue;
    const first = (window + frames.at(step.row)) / bytes;
    const squared = step.adds === 'squares';
    for (const x of numbers.subarray(first, first + step.population.size)) score += squared ? x * x : x;
    if (!Number.isFinite(score)) {
      return blame('error unit', new NotFinite(squared ? 'the squared error' : 'the loss', score));
    }
  }
  return undefined;
}
