import { readoutsOf, type BuiltCircuit, type BuiltGroup, type GroupWeights, type Reader } from '../circuit/index.ts';

/**
 * Feedback alignment: the cosine between the feedback weights B, transposed, and the readout weights, over all entries.
 * Lillicrap et al. (2016). Absent synapses count as 0. Grows from chance as random feedback learns.
 *
 * @returns -1..1; null where no population that receives feedback is read out directly, or where either side is all 0 or beyond 1e154.
 */
export function alignment(circuit: BuiltCircuit, weights: GroupWeights): number | null {
  return alignmentMeter(circuit, ({ name, pre }) => ({
    length: pre.length,
    read: (into, offset) => {
      into.set(weights[name], offset);
    },
  }))();
}

/** A readout with its weights as they were last read. */
interface ReadoutGroup {
  readonly group: BuiltGroup;
  readonly reader: Reader;
  readonly weights: Float64Array;
}

/**
 * Measures the alignment again and again: reads the readouts alone, into memory taken once.
 *
 * @param readerOf Reads the current weights of a group.
 */
export function alignmentMeter(circuit: BuiltCircuit, readerOf: (group: BuiltGroup) => Reader): () => number | null {
  const groups = new Map<BuiltGroup, ReadoutGroup>();
  const readout = (group: BuiltGroup): ReadoutGroup => {
    const known = groups.get(group);
    if (known) return known;
    const made = { group, reader: readerOf(group), weights: new Float64Array(group.pre.length) };
    groups.set(group, made);
    return made;
  };
  const pairs = circuit.feedback.flatMap((feedback) => {
    const readouts = readoutsOf(circuit, feedback).map(readout);
    return readouts.length > 0 ? [{ ...feedback, readouts, row: new Float64Array(feedback.to.size) }] : [];
  });
  const read = [...groups.values()];
  let feedbackSquares = 0;
  for (const { weights: b } of pairs) for (const value of b) feedbackSquares += value * value;

  return () => {
    for (const { reader, weights } of read) reader.read(weights, 0);
    let [dot, readoutSquares] = [0, 0];
    for (const { from, to, weights: b, readouts, row } of pairs) {
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
