import {
  carrier,
  readoutsOf,
  type BuiltCircuit,
  type BuiltGroup,
  type GroupWeights,
  type Reader,
} from '../circuit/index.ts';

/**
 * Feedback alignment: the cosine between the feedback weights B, transposed, and the readout weights, over all entries.
 * Lillicrap et al. (2016). Absent synapses count as 0. It grows from chance level as random feedback learns. B is the circuit's current one,
 * held at its angle or relearned, even if a learner uses symmetric feedback instead.
 *
 * @param weights An engine's `weights()`, and where feedback is relearned its `carried()` as well: `{ ...weights, ...carried }`.
 * @returns -1..1; null if no population that receives feedback is read out directly, or if either side is all 0 or beyond 1e154.
 */
export function alignment(circuit: BuiltCircuit, weights: GroupWeights): number | null {
  return alignmentMeter(circuit, ({ name, pre, weights: initial }) => ({
    length: pre.length,
    read: (into, offset) => {
      into.set(Object.hasOwn(weights, name) ? weights[name] : initial, offset);
    },
  }))();
}

/** A group with the weights that were last read. */
interface ReadGroup {
  readonly group: BuiltGroup;
  readonly reader: Reader;
  readonly weights: Float64Array;
}

/**
 * Measures the alignment repeatedly: reads only the readouts and the synapses that relearn feedback, into memory allocated once.
 *
 * @param readerOf Reads the current weights of a group.
 */
export function alignmentMeter(circuit: BuiltCircuit, readerOf: (group: BuiltGroup) => Reader): () => number | null {
  const groups = new Map<BuiltGroup, ReadGroup>();
  const readGroup = (group: BuiltGroup): ReadGroup => {
    const known = groups.get(group);
    if (known) return known;
    const made = { group, reader: readerOf(group), weights: new Float64Array(group.pre.length) };
    groups.set(group, made);
    return made;
  };
  const weightsOf = (group: BuiltGroup) => {
    const { weights } = readGroup(group);
    return (k: number) => weights[k];
  };
  const pairs = circuit.feedback.flatMap(({ from, to, weights, carriage }) => {
    const readouts = readoutsOf(circuit, { from, to }).map(readGroup);
    const pair = { from, to, readouts, row: new Float64Array(to.size), b: weights.slice() };
    const follow = carriage && readouts.length > 0 && carrier(carriage, from.size, weightsOf);
    return readouts.length > 0 ? [{ ...pair, ...(follow && { follow }) }] : [];
  });
  const read = [...groups.values()];
  const follows = pairs.some(({ follow }) => follow);
  const squares = () => pairs.reduce((sum, { b }) => b.reduce((all, value) => all + value * value, sum), 0);
  let feedbackSquares = squares();

  return () => {
    for (const { reader, weights } of read) reader.read(weights, 0);
    for (const { follow, b } of pairs) follow?.(b);
    if (follows) feedbackSquares = squares();
    let [dot, readoutSquares] = [0, 0];
    for (const { from, to, b, readouts, row } of pairs) {
      for (let k = 0; k < from.size; k++) {
        row.fill(0);
        for (const { group, weights } of readouts) {
          const { rowStart, pre } = group;
          for (let s = rowStart[k]; s < rowStart[k + 1]; s++) row[pre[s]] += weights[s];
        }
        for (let i = 0; i < to.size; i++) {
          dot += b[i * from.size + k] * row[i];
          readoutSquares += row[i] * row[i];
        }
      }
    }
    const norms = Math.sqrt(feedbackSquares) * Math.sqrt(readoutSquares);
    return norms > 0 && norms < Infinity ? dot / norms : null;
  };
}
