import {
  heldArray,
  placeOfNeurons,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type Held,
  type Place,
  type Row,
} from '../circuit/index.ts';
import { found, type ForwardPass } from './forward.ts';

/** All that a forward pass has in view: what is sent as far back as it can still arrive, the rest of the current timestep. */
export function heldByPass(forward: ForwardPass): readonly Held[] {
  const { circuit, timestep } = forward;
  const rows = timestep.rows.flatMap((row): Held[] => {
    const { population, kind } = row;
    if (kind === 'error') return [heldRow(forward, row, 0, { kind, output: population, ago: 0 })];
    // What never changes is held nowhere.
    if (kind === 'signal' || kind === 'brought' || timestep.constants.has(row)) return [];
    const longest = kind === 'message' ? timestep.history : 0;
    return Array.from({ length: longest + 1 }, (_, ago) => heldRow(forward, row, ago, placeOfNeurons(row, ago)));
  });
  const channels = (populations: readonly BuiltPopulation[]) => populations.reduce((sum, { size }) => sum + size, 0);
  return [
    ...rows,
    heldArray({ kind: 'input', channels: channels(circuit.inputs) }, () => forward.trial.input),
    heldArray({ kind: 'target', channels: channels(circuit.outputs) }, () => forward.trial.target),
    ...circuit.groups.map((group) => heldArray({ kind: 'weight', group }, () => found(forward.weights, group))),
  ];
}

function heldRow(forward: ForwardPass, row: Row, ago: number, place: Place): Held {
  const at = () => forward.now - ago;
  const { size } = row.population;
  return {
    place,
    // Before the trial there is nothing.
    get length() {
      return at() < 0 ? 0 : size;
    },
    get: (i) => forward.of(row)[at() * size + i],
    set: (i, value) => {
      forward.of(row)[at() * size + i] = value;
    },
  };
}

/** The gradient summed so far, which is what is asked for, what is kept to take it up, and the feedback weights. */
export function heldBySolver(
  plastic: readonly {
    readonly group: BuiltGroup;
    readonly gradient: Float64Array;
    readonly takeUp?: { readonly kept: Readonly<Record<string, Float64Array>> };
  }[],
  feedback: ReadonlyMap<BuiltFeedback, Float64Array>,
): readonly Held[] {
  return [
    ...plastic.flatMap(({ group, gradient, takeUp }) => [
      heldArray({ kind: 'asked', group }, () => gradient),
      ...Object.entries(takeUp?.kept ?? {}).map(([variable, values]) =>
        heldArray({ kind: 'state', group, variable }, () => values),
      ),
    ]),
    ...[...feedback].map(([entry, weights]) => heldArray({ kind: 'feedback', feedback: entry }, () => weights)),
  ];
}

/** The credit that a population's neurons are given: their learning signals. */
export function heldCredit(population: BuiltPopulation, credit: Float64Array): Held {
  return heldArray({ kind: 'signal', population, ago: 0 }, () => credit);
}

/** Influences from a ring over timesteps of rows, which begin `offset` numbers into each. */
export function heldInfluence(
  place: Omit<Extract<Place, { kind: 'influence' }>, 'ago'>,
  ring: readonly Float64Array[],
  timestep: () => number,
  offset = 0,
): readonly Held[] {
  return ring.map((_, ago) =>
    heldArray(
      { ...place, ago },
      () => ring[(timestep() - ago + ring.length) % ring.length],
      () => place.neurons.length * place.width,
      (k) => offset + k,
    ),
  );
}
