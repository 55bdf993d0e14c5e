import type { BuiltCircuit } from '../../circuit/index.ts';
import type { Footprint, Linearised, SynapsePart } from '../../solvers/index.ts';
import type { SynapseCost } from './footprints.ts';
import { checkOption } from './maker.ts';

export interface PerturbationOptions {
  /** Standard deviation of the noise. Default 0.1. */
  readonly sigma?: number;
  /** How fast the baseline follows the loss: 0 keeps it fixed, 1 sets it to the last loss. Default 0.01. */
  readonly baselineRate?: number;
  /** The initial baseline of the session. Default 0. */
  readonly baseline?: number;
}

/** The options filled in. @throws InputError naming the one that is wrong. */
export function perturbationOptions(
  name: string,
  { sigma = 0.1, baselineRate = 0.01, baseline = 0 }: PerturbationOptions,
): Required<PerturbationOptions> {
  checkOption(`${name}: sigma`, sigma, { above: 0 });
  checkOption(`${name}: baselineRate`, baselineRate, { least: 0, most: 1 });
  checkOption(`${name}: baseline`, baseline, {});
  return { sigma, baselineRate, baseline };
}

/** Outputs know their own errors and need no perturbation: adds the gradient of the synapses on them. */
export function outputLearner(step: Linearised): (gradient: Float64Array) => void {
  const outputs = step.ports.filter(({ isOutput }) => isOutput);
  const isOutput = ({ group }: SynapsePart) => outputs.some(({ population }) => population === group.to.name);
  const isState = outputs.some(({ moves }) => moves !== 'nothing');
  if (!isState && step.groups.every((part) => isOutput(part) || !step.tells(part.group))) {
    return (gradient) => {
      step.direct(1, gradient);
    };
  }
  const [made, l] = [step.synapses, step.size].map((length) => step.array(length));
  const own = Int32Array.from(outputs.flatMap(({ synapses }) => [...synapses]));
  return (gradient) => {
    made.fill(0);
    if (isState) {
      step.credit(l);
      step.immediate(l, 1, made);
    }
    step.direct(1, made);
    for (const s of own) gradient[s] += made[s];
  };
}

/** One number for all synapses, except those on outputs, which know their own errors. */
export function perturbedFootprint(circuit: BuiltCircuit, cost: SynapseCost): Footprint {
  return {
    neurons: (population, neuron) => [{ population, neurons: Int32Array.of(neuron) }],
    ...{ carrying: [], transposed: [], backward: false, numbersPerTimestep: 0, ...cost },
    credited: (population) => circuit.outputs.includes(population),
    scalars: (group) => (circuit.outputs.includes(group.to) ? [] : ['the loss, less its baseline']),
  };
}
