import { InputError, show } from '../errors/index.ts';
import type { Numbers } from '../local/index.ts';
import type { NeuronModel } from '../neurons/index.ts';
import { sampler, stream } from '../random/index.ts';
import type { PlasticityRule } from '../rules/index.ts';
import { arrivalOf, isMatrix, type Circuit, type Weights } from './circuit.ts';
import { presynapticOf } from './connectivity.ts';
import { sending, type Sending } from './dials/axon.ts';
import { keepsTraces, ruleOf } from './dials/traces.ts';
import { firstWeight, settling, signsOf, type Settling } from './dials/weights.ts';

/** A population with its numbers. */
export interface BuiltPopulation {
  readonly name: string;
  readonly index: number;
  readonly size: number;
  /** Absent: input neurons. */
  readonly model?: NeuronModel;
  readonly params: Numbers;
  /** h(0), [size]. */
  readonly initial: Float64Array;
  /** What its axons make of its rates; absent: they send them as they are. */
  readonly sending?: Sending;
}

/** A synapse group with its numbers: compressed rows, ordered by postsynaptic, then presynaptic neuron. */
export interface BuiltGroup {
  readonly name: string;
  readonly index: number;
  readonly from: BuiltPopulation;
  readonly to: BuiltPopulation;
  /** Timesteps from a neuron's rate to the synapse, the axon's own counted. */
  readonly delay: number;
  /** The rule that the synapses run, its traces as the dials make them. */
  readonly rule?: PlasticityRule;
  /** Whether the rule's state goes on from trial to trial; else each starts it anew. */
  readonly keepsTraces: boolean;
  /** Synapses of postsynaptic neuron i are rowStart[i] .. rowStart[i+1]-1; [to.size + 1]. */
  readonly rowStart: Int32Array;
  /** Presynaptic neuron of each synapse. */
  readonly pre: Int32Array;
  /** Initial weight of each synapse. */
  readonly weights: Float64Array;
  /** How weights take up changes; absent: by their sum. */
  readonly settling?: Settling;
}

/** Feedback with its numbers. */
export interface BuiltFeedback {
  readonly name: string;
  readonly from: BuiltPopulation;
  readonly to: BuiltPopulation;
  /** B, [to.size][from.size], row-major. */
  readonly weights: Float64Array;
}

/** A circuit with every number drawn: what engines and solvers run. */
export interface BuiltCircuit {
  readonly populations: readonly BuiltPopulation[];
  /** Populations with a model, in the order the bus runs them. */
  readonly order: readonly BuiltPopulation[];
  /** Input populations; the task's input channels are laid over them in this order. */
  readonly inputs: readonly BuiltPopulation[];
  /** Output populations; the task's target channels are laid over them in this order. */
  readonly outputs: readonly BuiltPopulation[];
  readonly groups: readonly BuiltGroup[];
  readonly feedback: readonly BuiltFeedback[];
}

/**
 * Draws every number of a circuit. Each synapse group and each feedback has a random stream of its own,
 * named after it, so the same seed gives a group the same weights whatever else the circuit holds.
 *
 * @throws InputError if the seed is no whole number.
 */
export function build(circuit: Circuit, seed: number): BuiltCircuit {
  if (!Number.isSafeInteger(seed)) throw new InputError('seed', `${show(seed)} is not a whole number`);
  const populations = Object.entries(circuit.neurons).map(([name, { size, model, params, initial }], index) => {
    const axons = sending(name, seed, circuit.axons[name]);
    return {
      name,
      index,
      size,
      ...(model && { model }),
      params,
      initial: typeof initial === 'number' ? new Float64Array(size).fill(initial) : Float64Array.from(initial),
      ...(axons && { sending: axons }),
    };
  });
  const byName = new Map(populations.map((population) => [population.name, population]));
  const population = (name: string): BuiltPopulation => {
    const found = byName.get(name);
    if (!found) throw new Error(`no population '${name}' in a checked circuit`);
    return found;
  };

  const groups = Object.entries(circuit.synapses).map(([name, group], index): BuiltGroup => {
    const [from, to] = [population(group.from), population(group.to)];
    const joins = stream(seed, 'synapses', name, 'connect');
    const rows = Array.from({ length: to.size }, (_, i) =>
      presynapticOf(group.connect, i, from.size, from === to, joins),
    );
    const rowStart = new Int32Array(to.size + 1);
    rows.forEach((row, i) => (rowStart[i + 1] = rowStart[i] + row.length));
    const pre = new Int32Array(rowStart[to.size]);
    rows.forEach((row, i) => {
      pre.set(row, rowStart[i]);
    });
    const excitatory = circuit.axons[group.from]?.excitatory;
    const { bounds, bits, plastic } = group;
    const signs = excitatory === undefined ? undefined : signsOf(from.size, excitatory);
    const dials = {
      ...(bounds && { bounds }),
      ...(bits && { bits }),
      ...(plastic !== undefined && { plastic }),
      signs,
    };
    const weight = drawer(group.weights, seed, 'synapses', name, 'weights');
    const first = firstWeight(dials);
    const weights = new Float64Array(pre.length);
    rows.forEach((row, i) => {
      row.forEach((j, k) => (weights[rowStart[i] + k] = first(weight(i, j), j)));
    });
    const settles = settling(name, seed, { ...dials, pre });
    const rule = ruleOf(group);
    return {
      ...{ name, index, from, to, rowStart, pre, weights },
      delay: arrivalOf(group, circuit.axons),
      keepsTraces: keepsTraces(group.traces),
      ...(rule && { rule }),
      ...(settles && { settling: settles }),
    };
  });

  const feedback = Object.entries(circuit.feedback).map(([name, entry]): BuiltFeedback => {
    const [from, to] = [population(entry.from), population(entry.to)];
    const weight = drawer(entry.weights, seed, 'feedback', name, 'weights');
    const weights = new Float64Array(to.size * from.size);
    for (let i = 0; i < to.size; i++) for (let k = 0; k < from.size; k++) weights[i * from.size + k] = weight(i, k);
    return { name, from, to, weights };
  });

  return {
    populations,
    order: circuit.order.map(population),
    inputs: populations.filter(({ model }) => !model),
    outputs: circuit.outputs.map(population),
    groups,
    feedback,
  };
}

/** The groups through which the population that receives this feedback is read out: those from it to the error's own. */
export function readoutsOf(circuit: BuiltCircuit, { from, to }: BuiltFeedback): readonly BuiltGroup[] {
  return circuit.groups.filter((group) => group.from === to && group.to === from);
}

/** The readouts to transpose for symmetric feedback. @throws InputError if there is none. */
export function transposedReadouts(circuit: BuiltCircuit, feedback: BuiltFeedback): readonly BuiltGroup[] {
  const readouts = readoutsOf(circuit, feedback);
  if (readouts.length === 0) {
    const { name, from, to } = feedback;
    throw new InputError(
      `feedback.${name}`,
      `symmetric feedback transposes the weights from '${to.name}' to '${from.name}', and there are none; use random feedback`,
    );
  }
  return readouts;
}

function drawer(weights: Weights, seed: number, ...path: string[]): (post: number, pre: number) => number {
  if (isMatrix(weights)) return (post, pre) => weights[post][pre];
  return sampler(weights, stream(seed, ...path));
}
