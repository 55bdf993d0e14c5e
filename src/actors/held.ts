import { heldArray, type Held, type Place } from '../circuit/index.ts';
import type { ActorNetwork, FeedbackActors } from './network.ts';
import type { Score } from './wire.ts';

/** All that the actors hold, and what the task is about to play to them. */
export function heldBy(network: ActorNetwork, score: Score): readonly Held[] {
  const { circuit, errorUnit } = network;
  const populations = circuit.populations.flatMap((population): Held[] => {
    const place = (kind: 'rate' | 'sent' | 'slope' | 'retention' | 'signal' | 'potential') => ({
      kind,
      population,
      ago: 0,
    });
    const sent = population.sending ? (['sent'] as const) : [];
    if (!population.model) {
      const sources = network.sourcesOf(population.name);
      return (['rate', ...sent] as const).map((kind) =>
        heldFields(place(kind), sources, ({ published }) => published, kind),
      );
    }
    const neurons = network.neuronsOf(population.name);
    return [
      ...(['rate', ...sent, 'slope', 'retention', 'signal'] as const).map((kind) =>
        heldFields(place(kind), neurons, ({ published }) => published, kind),
      ),
      heldFields(place('potential'), neurons, (neuron) => neuron, 'potential'),
    ];
  });
  const groups = [...network.groups.values()].flatMap((actors): Held[] => [
    ...heldSynapses(actors),
    heldFields({ kind: 'axon', group: actors.group }, actors.axons, ({ pre }) => pre, 'rate'),
    heldRows(
      { kind: 'line', group: actors.group },
      actors.axons.map(({ line }) => line),
    ),
  ]);
  const feedback = circuit.feedback.map((entry, f) =>
    heldRows({ kind: 'feedback', feedback: entry }, network.feedbackRows[f]),
  );
  const errors = circuit.outputs.map((output) => {
    const { offset, size } = network.outputSlice(output);
    return heldArray(
      { kind: 'error', output, ago: 0 },
      () => errorUnit.error,
      () => size,
      (k) => offset + k,
    );
  });
  const onTheirWay = network.errorAxons.flatMap(({ feedback: entry, branches, line }) => [
    heldFields({ kind: 'arriving', feedback: entry }, branches, (branch) => branch, 'rate'),
    heldArray({ kind: 'error line', feedback: entry }, () => line),
  ]);
  const signals = (['input', 'target'] as const).map((kind) => {
    const of = kind === 'input' ? circuit.inputs : circuit.outputs;
    return heldArray({ kind, channels: of.reduce((sum, { size }) => sum + size, 0) }, () => score.trial[kind]);
  });
  const relearned = network.relearned.flatMap(heldSynapses);
  return [...populations, ...groups, ...relearned, ...feedback, ...errors, ...onTheirWay, ...signals];
}

/** What the dendrites of all neurons have summed up so far. */
export function summedBy(network: ActorNetwork): readonly Held[] {
  return network.circuit.order.map((population) => {
    const neurons = network.neuronsOf(population.name);
    return heldFields({ kind: 'potential', population, ago: 0 }, neurons, ({ dendrite }) => dendrite, 'potential');
  });
}

function heldSynapses({ group, synapses }: FeedbackActors): readonly Held[] {
  return [
    heldFields({ kind: 'weight', group }, synapses, (synapse) => synapse, 'w'),
    heldFields({ kind: 'asked', group }, synapses, (synapse) => synapse, 'asked'),
    ...Object.keys(group.rule?.state ?? {}).map((variable) => ({
      place: { kind: 'state' as const, group, variable },
      length: synapses.length,
      get: (k: number) => synapses[k].get(variable),
      set: (k: number, value: number) => {
        synapses[k].set(variable, value);
      },
    })),
  ];
}

/** One number of each actor. */
function heldFields<A, F extends string>(
  place: Place,
  actors: readonly A[],
  holder: (actor: A) => Record<F, number>,
  field: F,
): Held {
  return {
    place,
    length: actors.length,
    get: (k) => holder(actors[k])[field],
    set: (k, value) => {
      const held: Record<F, number> = holder(actors[k]);
      held[field] = value;
    },
  };
}

/** Rows of equal length, one after another. */
function heldRows(place: Place, rows: readonly Float64Array[]): Held {
  const width = rows.at(0)?.length ?? 0;
  return {
    place,
    length: rows.length * width,
    get: (k) => rows[Math.floor(k / width)][k % width],
    set: (k, value) => {
      rows[Math.floor(k / width)][k % width] = value;
    },
  };
}
