import { InputError, show } from '../errors/index.ts';
import type { Numbers } from '../local/index.ts';
import type { NeuronModel } from '../neurons/index.ts';
import { sampler, stream } from '../random/index.ts';
import type { PlasticityRule } from '../rules/index.ts';
import { carrier, readoutsOf, transposed, upright, type Carriage } from './carriage.ts';
import { isMatrix, type Circuit, type Feedback, type Weights } from './circuit.ts';
import { presynapticOf } from './connectivity.ts';
import { builtBroadcast, type BuiltBroadcast } from './dials/broadcast.ts';
import { former, formOf, keptOf, rotation } from './dials/feedback-weights.ts';
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
}

/** A synapse group with its numbers: compressed rows, ordered by postsynaptic, then presynaptic neuron. */
export interface BuiltGroup {
  readonly name: string;
  readonly index: number;
  readonly from: BuiltPopulation;
  readonly to: BuiltPopulation;
  readonly delay: number;
  readonly rule?: PlasticityRule;
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
  readonly index: number;
  readonly from: BuiltPopulation;
  readonly to: BuiltPopulation;
  /** B as learning begins, [to.size][from.size], row-major. Feedbacks that share their weights have the same array. */
  readonly weights: Float64Array;
  /** How B follows weights that learn; shared as B is. Absent: B never changes. */
  readonly carriage?: Carriage;
  /** The synapses of a relearned B: from the error's axons, to the neurons. They learn, and transmit nothing. */
  readonly synapses?: BuiltGroup;
  /** How the error is sent; absent: as it is. */
  readonly broadcast?: BuiltBroadcast;
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
  const populations = Object.entries(circuit.neurons).map(([name, { size, model, params, initial }], index) => ({
    name,
    index,
    size,
    ...(model && { model }),
    params,
    initial: typeof initial === 'number' ? new Float64Array(size).fill(initial) : Float64Array.from(initial),
  }));
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
    const { delay, rule, bounds, bits, plastic } = group;
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
    return {
      ...{ name, index, from, to, delay, rowStart, pre, weights },
      ...(rule && { rule }),
      ...(settles && { settling: settles }),
    };
  });

  const ends = ({ from, to }: Feedback) => ({ from: population(from), to: population(to) });
  const entries = Object.entries(circuit.feedback);
  const matrices = new Map(
    entries.flatMap(([name, entry], index) => {
      if (entry.weights === undefined) return [];
      const drawn = { ...ends(entry), name, index: groups.length + index, weights: entry.weights };
      return [[name, feedbackMatrix(seed, groups, entry, drawn)] as const];
    }),
  );
  const feedback = entries.map(([name, entry], index): BuiltFeedback => {
    const { weights, carriage, synapses } = matrices.get(entry.shares ?? name) ?? missing(name);
    const broadcast = entry.broadcast && builtBroadcast(name, seed, entry.broadcast);
    return {
      ...{ name, index, ...ends(entry), weights },
      ...(carriage && { carriage }),
      ...(synapses && entry.shares === undefined && { synapses }),
      ...(broadcast && { broadcast }),
    };
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

/** Feedback whose weights are its own. */
interface Drawn extends Pick<BuiltFeedback, 'name' | 'from' | 'to'> {
  /** Its place among all groups, if synapses are to relearn it. */
  readonly index: number;
  readonly weights: Weights;
}

/** B as learning begins, and how it goes on. */
function feedbackMatrix(
  seed: number,
  groups: readonly BuiltGroup[],
  entry: Feedback,
  { name, index, from, to, weights }: Drawn,
): Pick<BuiltFeedback, 'weights' | 'carriage' | 'synapses'> {
  const [rows, columns] = [to.size, from.size];
  const weight = drawer(weights, seed, 'feedback', name, 'weights');
  const drawn = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let k = 0; k < columns; k++) drawn[i * columns + k] = weight(i, k);
  const kept = keptOf(name, seed, drawn.length, entry);
  const { angle, rule, broadcast } = entry;
  if (rule) {
    const synapses = {
      index,
      name: `feedback.${name}`,
      from,
      to,
      delay: broadcast?.delay ?? 0,
      rule,
      ...heard(drawn, rows, kept),
    };
    const form = formOf(name, entry, drawn);
    return { synapses, ...followed(columns, { sources: [upright(synapses)], ...(form && { form }) }, drawn.length) };
  }
  const form = formOf(name, entry, drawn, kept);
  if (angle !== undefined) {
    const sources = transposed(readoutsOf({ groups }, { from, to }));
    return followed(columns, { sources, rotation: rotation(angle, drawn), ...(form && { form }) }, drawn.length);
  }
  return { weights: form ? drawn.map(former(form)) : drawn };
}

/** B as it follows from the weights that groups begin with. */
function followed(columns: number, carriage: Carriage, size: number): { weights: Float64Array; carriage: Carriage } {
  const weights = new Float64Array(size);
  carrier(carriage, columns, (group) => (k) => group.weights[k])(weights);
  return { weights, carriage };
}

/** The entries of B that are not silent, as synapses. */
function heard(b: Float64Array, rows: number, kept?: Float64Array): Pick<BuiltGroup, 'rowStart' | 'pre' | 'weights'> {
  const columns = b.length / rows;
  const rowStart = new Int32Array(rows + 1);
  const [pre, weights]: [number[], number[]] = [[], []];
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) {
      if (kept?.[i * columns + k] === 0) continue;
      pre.push(k);
      weights.push(b[i * columns + k]);
    }
    rowStart[i + 1] = pre.length;
  }
  return { rowStart, pre: Int32Array.from(pre), weights: Float64Array.from(weights) };
}

function missing(name: string): never {
  throw new Error(`feedback '${name}' has no weights in a checked circuit`);
}

function drawer(weights: Weights, seed: number, ...path: string[]): (post: number, pre: number) => number {
  if (isMatrix(weights)) return (post, pre) => weights[post][pre];
  return sampler(weights, stream(seed, ...path));
}
