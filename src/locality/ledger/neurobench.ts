import {
  longestDelay,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type Engine,
} from '../../circuit/index.ts';
import { InputError } from '../../errors/index.ts';
import { operationsOf, type LocalFunction, type Value } from '../../local/index.ts';
import type { NeuronModel } from '../../neurons/index.ts';
import type { Trial } from '../../tasks/index.ts';

/**
 * Metrics of NeuroBench's algorithm track, by its definitions: Yik et al., Nature Communications 16:1545 (2025), and its harness. A model execution
 * is one timestep. They are about inference: none of them includes what learning computes or stores.
 */
export interface NeuroBenchMetrics {
  readonly timesteps: number;
  /** Bytes of weights, neuron states and what is on its way along axons, in float64. */
  readonly footprint: number;
  /** The number of weights of synapses, and no others. */
  readonly parameters: number;
  /** Pairs of neurons without a synapse, or with a weight of 0, over all pairs of all groups. 4 digits, as in the harness. */
  readonly connectionSparsity: number;
  /** Zero outputs over all outputs of neurons with axons; input channels do not count. 0: all are active. */
  readonly activationSparsity: number;
  /** In one model execution. */
  readonly synapticOperations: {
    /** Pairs of an input and a weight that are not 0, in those calls of a group in which not all inputs were -1, 0 or 1. */
    readonly effectiveMacs: number;
    /** The same in calls in which all inputs were -1, 0 or 1: accumulates. */
    readonly effectiveAcs: number;
    /** All pairs. */
    readonly dense: number;
  };
  /** Spiking neurons whose potential changed, in one model execution. */
  readonly membraneUpdates: number;
  /**
   * The operations of neurons in one model execution, from the text of their models: for their states and for what their axons send. The harness
   * instead has a fixed cost for each of a few models. Null if a model is opaque.
   */
  readonly neuronOperations: {
    /** Of neurons whose state has changed, or, if they keep no state, what they send. */
    readonly effective: number;
    /** Of all neurons. */
    readonly dense: number;
  } | null;
}

/**
 * Plays a trial without learning, and measures it.
 *
 * @returns The metrics, and the activity of the outputs, [T][outputs].
 * @throws InputError if the circuit repeats or a group is gated, which NeuroBench does not cover; RunError if a value stops being finite.
 */
export function neuroBench(
  engine: Engine,
  trial: Trial,
): { readonly metrics: NeuroBenchMetrics; readonly answer: Float64Array } {
  const { circuit } = engine;
  const { populations, groups, outputs } = circuit;
  if (circuit.repeat)
    throw new InputError('repeat', 'runs a timestep several times, which NeuroBench counts once; leave it out');
  const gated = groups.find(({ gate }) => gate);
  if (gated)
    throw new InputError(
      `synapses.${gated.name}.gate`,
      'scales what axons bring, which NeuroBench does not count; leave it out',
    );
  const weights = engine.weights();
  const counters = groups.map((group) => new Calls(group, weights[group.name]));
  const record = recordOf(engine, trial);
  const { timesteps: T } = trial;
  let [effectiveMacs, effectiveAcs, updates, silent, sent] = [0, 0, 0, 0, 0];
  for (let t = 1; t <= T; t++) {
    for (const calls of counters) {
      const { effective, isBinary } = calls.at(t, record);
      if (isBinary) effectiveAcs += effective;
      else effectiveMacs += effective;
    }
  }
  for (const population of populations) {
    if (!population.model || !groups.some(({ from }) => from === population)) continue;
    const out = record(population, Object.values(population.model.messages)[0]);
    sent += population.size * T;
    for (const row of out.slice(1)) silent += row.filter((value) => value === 0).length;
  }
  for (const population of populations) {
    const { model } = population;
    if (!model?.events) continue;
    const rows = record(population, Object.keys(model.initial)[0]);
    for (let t = 1; t <= T; t++) updates += rows[t].filter((value, k) => value !== rows[t - 1][k]).length;
  }
  const neuronOperations = neuronOperationsOf(populations, record, T);
  const pairs = groups.reduce((sum, { from, to }) => sum + from.size * to.size, 0);
  const joined = groups.reduce((sum, { name }) => sum + weights[name].filter((weight) => weight !== 0).length, 0);
  const parameters = groups.reduce((sum, { pre }) => sum + pre.length, 0);
  const answers = outputs.map((population) => record(population, Object.values(population.model?.messages ?? {})[0]));
  return {
    metrics: {
      ...{ timesteps: T, parameters, footprint: 8 * (parameters + buffers(circuit)) },
      connectionSparsity: pairs === 0 ? 0 : Number((1 - joined / pairs).toFixed(4)),
      activationSparsity: sent === 0 ? 0 : silent / sent,
      synapticOperations: { effectiveMacs: effectiveMacs / T, effectiveAcs: effectiveAcs / T, dense: pairs },
      membraneUpdates: updates / T,
      neuronOperations,
    },
    answer: Float64Array.from(
      Array.from({ length: T }, (_, row) => answers.flatMap((rows) => [...rows[row + 1]])).flat(),
    ),
  };
}

function neuronOperationsOf(
  populations: readonly BuiltPopulation[],
  record: Played,
  T: number,
): NeuroBenchMetrics['neuronOperations'] {
  let [effective, dense] = [0, 0];
  for (const population of populations) {
    const { model, size } = population;
    if (!model) continue;
    const each = operationsIn(model);
    if (each === null) return null;
    const kept = Object.keys(model.initial);
    const rows = (kept.length > 0 ? kept : Object.values(model.messages).slice(0, 1)).map((row) =>
      record(population, row),
    );
    let changed = 0;
    for (let t = 1; t <= T; t++) {
      for (let k = 0; k < size; k++) if (rows.some((row) => row[t][k] !== row[t - 1][k])) changed++;
    }
    effective += (each * changed) / T;
    dense += each * size;
  }
  return { effective, dense };
}

/** The operations by which a neuron computes its states and its first message; null if its model is opaque. */
function operationsIn({ equations, messages }: NeuronModel): number | null {
  const [first] = Object.values(messages);
  const texts = new Map<LocalFunction, Value[]>();
  for (const { kind, name, computed } of equations) {
    if (kind === 'shown' || (kind === 'message' && name !== first)) continue;
    if (!computed.local) return null;
    const { local, result } = computed;
    const values = texts.get(local) ?? [];
    texts.set(local, [...values, result === undefined ? local.value : local.named(result)]);
  }
  const counts = [...texts.values()].flatMap((values) => Object.values(operationsOf(values)));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A number of each neuron of a population, in timesteps 0 to T. */
type Played = (population: BuiltPopulation, row: string) => readonly Float64Array[];

/** Plays the trial and records what is needed: what groups carry, what neurons send, and potentials. */
function recordOf(engine: Engine, trial: Trial): Played {
  const { populations, groups } = engine.circuit;
  const wanted = populations.flatMap((population) => {
    const { model, sending } = population;
    const carried = groups.filter(({ from }) => from === population).map(({ carries }) => carries);
    const own = model ? [Object.values(model.messages)[0], ...Object.keys(model.initial)] : ['rate'];
    return [...new Set([...carried, ...own, ...(sending ? ['sent'] : [])])].map((row) => {
      const reader = engine.reader({ neurons: population.name, value: row });
      const first = population.rows[row] ?? new Float64Array(population.size);
      return { population, row, reader, rows: [first] };
    });
  });
  engine.trial(trial, {
    learn: false,
    onTimestep: () => {
      for (const { reader, rows } of wanted) {
        const values = new Float64Array(reader.length);
        reader.read(values, 0);
        rows.push(values);
      }
    },
  });
  return (population, row) => wanted.find((one) => one.population === population && one.row === row)?.rows ?? [];
}

/** The calls of a group, one a timestep. */
class Calls {
  /** The number of nonzero weights of each presynaptic neuron, by how much their delay exceeds the group's. */
  private readonly fans = new Map<number, Float64Array>();

  constructor(
    private readonly group: BuiltGroup,
    weights: Float64Array,
  ) {
    group.pre.forEach((neuron, k) => {
      const later = group.longer?.[k] ?? 0;
      let fan = this.fans.get(later);
      if (!fan) this.fans.set(later, (fan = new Float64Array(group.from.size)));
      if (weights[k] !== 0) fan[neuron]++;
    });
  }

  at(t: number, record: Played): { readonly effective: number; readonly isBinary: boolean } {
    const { from, carries, delay } = this.group;
    const rows = record(from, from.sending ? 'sent' : carries);
    let [effective, isBinary] = [0, true];
    for (const [later, fan] of this.fans) {
      const row = rows[Math.max(0, t - delay - later)];
      for (let neuron = 0; neuron < fan.length; neuron++) {
        const value = row[neuron];
        if (value === 0) continue;
        effective += fan[neuron];
        if (Math.abs(value) !== 1) isBinary = false;
      }
    }
    return { effective, isBinary };
  }
}

/** How many numbers neurons keep, and how many are on their way along axons. */
function buffers({ populations, groups }: BuiltCircuit): number {
  const kept = populations.reduce(
    (sum, { size, model }) => sum + size * (Object.keys(model?.initial ?? {}).length || 1),
    0,
  );
  return groups.reduce((sum, group) => sum + group.from.size * longestDelay(group), kept);
}
