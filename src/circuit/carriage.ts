import { InputError } from '../errors/index.ts';
import { once } from '../local/index.ts';
import type { BuiltCircuit, BuiltFeedback, BuiltGroup, Carriage, CarriedGroup } from './built.ts';
import { former, rotate } from './dials/feedback-weights.ts';
import type { FeedbackKind, GroupWeights } from './engine.ts';

/** The groups through which the population that receives this feedback is read out: those from it to the error's own. */
export function readoutsOf(
  { groups }: Pick<BuiltCircuit, 'groups'>,
  { from, to }: Pick<BuiltFeedback, 'from' | 'to'>,
): readonly BuiltGroup[] {
  return groups.filter((group) => group.from === to && group.to === from);
}

/** The readouts to transpose for symmetric feedback. @throws InputError if the circuit has none. */
export function transposedReadouts(circuit: BuiltCircuit, feedback: BuiltFeedback): readonly BuiltGroup[] {
  const readouts = readoutsOf(circuit, feedback);
  if (readouts.length === 0) {
    const { name, from, to } = feedback;
    throw new InputError(
      `feedback.${name}`,
      `symmetric feedback transposes the weights from '${to.name}' to '${from.name}', but the circuit has none; use random feedback`,
    );
  }
  return readouts;
}

/** The readouts that a feedback of the circuit follows because it is held at an angle to them. If there are any, that is weight transport. */
export function followedReadouts({ carriage }: BuiltFeedback): readonly BuiltGroup[] {
  return carriage?.rotation ? carriage.sources.map(({ group }) => group) : [];
}

/** The readouts' weights, transposed. */
export function transposed(readouts: readonly BuiltGroup[]): readonly CarriedGroup[] {
  return readouts.map((group) => ({ group, place: placesOf(group, (post, pre) => pre * group.to.size + post) }));
}

/** The feedback's own synapses, not transposed. */
export function upright(group: BuiltGroup): CarriedGroup {
  return { group, place: placesOf(group, (post, pre) => post * group.from.size + pre) };
}

function placesOf({ to, rowStart, pre }: BuiltGroup, place: (post: number, pre: number) => number): Int32Array {
  const places = new Int32Array(pre.length);
  for (let i = 0; i < to.size; i++) for (let k = rowStart[i]; k < rowStart[i + 1]; k++) places[k] = place(i, pre[k]);
  return places;
}

/**
 * The feedback as a local learner uses it: with 'symmetric', the transposed readouts replace the circuit's own weights.
 *
 * @throws InputError if there is no readout to transpose.
 */
export function feedbackOf(circuit: BuiltCircuit, kind: FeedbackKind): readonly BuiltFeedback[] {
  return kind === 'random' ? circuit.feedback : symmetric(circuit);
}

const symmetric = once((circuit: BuiltCircuit) =>
  circuit.feedback.map((entry) => {
    const { from, to } = entry;
    const carriage = { sources: transposed(transposedReadouts(circuit, entry)) };
    return { ...entry, weights: new Float64Array(to.size * from.size), carriage };
  }),
);

/**
 * The current B, [to.size][from.size], row-major.
 *
 * @param weights An engine's `weights()`, and where feedback is relearned its `carried()` as well: `{ ...weights, ...carried }`.
 */
export function feedbackWeights(
  { from, weights: drawn, carriage }: BuiltFeedback,
  weights: GroupWeights,
): Float64Array {
  const b = drawn.slice();
  if (carriage) {
    const weightsOf = ({ name, weights: initial }: BuiltGroup) =>
      Object.hasOwn(weights, name) ? weights[name] : initial;
    carrier(carriage, from.size, (group) => {
      const current = weightsOf(group);
      return (k) => current[k];
    })(b);
  }
  return b;
}

/** A group's current weights, synapse by synapse. */
export type WeightsOf = (group: BuiltGroup) => (synapse: number) => number;

/** Writes B as computed from the current weights, [to.size][from.size], row-major, in the precision of the array. */
export function carrier(
  { sources, rotation, form }: Carriage,
  outputs: number,
  weightsOf: WeightsOf,
): (b: Float32Array | Float64Array) => void {
  const carried = sources.map(({ group, place }) => ({ place, weight: weightsOf(group) }));
  const formed = form && former(form);
  return (b) => {
    b.fill(0);
    for (const { place, weight } of carried) for (let k = 0; k < place.length; k++) b[place[k]] += weight(k);
    if (rotation && rotation.sine > 0) rotate(rotation, b, outputs);
    if (formed) for (let at = 0; at < b.length; at++) b[at] = formed(b[at], at);
  };
}
