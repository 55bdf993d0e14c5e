import {
  heldArray,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type Held,
  type Place,
} from '../circuit/index.ts';
import { found, type ForwardPass } from './forward.ts';

/** All that a forward pass has in view: rates as far back as they can still arrive, the rest of the current timestep. */
export function heldByPass(forward: ForwardPass): readonly Held[] {
  const { circuit } = forward;
  const longest = Math.max(1, ...circuit.groups.map(({ delay }) => delay));
  const row = (
    kind: 'rate' | 'sent' | 'slope' | 'retention' | 'potential',
    population: BuiltPopulation,
    ago: number,
  ): Held => {
    const at = () => forward.timestep - ago;
    return {
      place: { kind, population, ago },
      // Before the trial there is nothing.
      get length() {
        return at() < 0 ? 0 : population.size;
      },
      get: (i) => forward.of(population)[kind][at() * population.size + i],
      set: (i, value) => {
        forward.of(population)[kind][at() * population.size + i] = value;
      },
    };
  };
  const rates = circuit.populations.flatMap((population) =>
    (population.sending ? (['rate', 'sent'] as const) : (['rate'] as const)).flatMap((kind) =>
      Array.from({ length: longest + 1 }, (_, ago) => row(kind, population, ago)),
    ),
  );
  const others = circuit.order.flatMap((population) =>
    (['slope', 'retention', 'potential'] as const).map((kind) => row(kind, population, 0)),
  );
  const { outputSize } = forward;
  const errors = circuit.outputs.map((output, o) => {
    const offset = circuit.outputs.slice(0, o).reduce((sum, { size }) => sum + size, 0);
    return heldArray(
      { kind: 'error', output, ago: 0 },
      () => forward.error,
      () => output.size,
      (k) => forward.timestep * outputSize + offset + k,
    );
  });
  const inputs = circuit.inputs.reduce((sum, { size }) => sum + size, 0);
  return [
    ...rates,
    ...others,
    ...errors,
    heldArray({ kind: 'input', channels: inputs }, () => forward.trial.input),
    heldArray({ kind: 'target', channels: outputSize }, () => forward.trial.target),
    ...circuit.groups.map((group) => heldArray({ kind: 'weight', group }, () => found(forward.weights, group))),
  ];
}

/** The gradient summed so far, which is what is asked for, and the feedback weights. */
export function heldBySolver(
  plastic: readonly { readonly group: BuiltGroup; readonly gradient: Float64Array }[],
  feedback: readonly BuiltFeedback[],
): readonly Held[] {
  return [
    ...plastic.map(({ group, gradient }) => heldArray({ kind: 'asked', group }, () => gradient)),
    ...feedback.map((entry) => heldArray({ kind: 'feedback', feedback: entry }, () => entry.weights)),
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
