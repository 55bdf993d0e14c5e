import { readoutsOf, type BuiltCircuit, type GroupWeights } from '../circuit/index.ts';

/**
 * Feedback alignment: the cosine between the feedback weights B, transposed, and the readout weights, over all entries.
 * Lillicrap et al. (2016). Absent synapses count as 0. Grows from chance as random feedback learns.
 *
 * @returns -1..1; null where no population that receives feedback is read out directly, or where either side is all 0 or beyond 1e154.
 */
export function alignment(circuit: BuiltCircuit, weights: GroupWeights): number | null {
  let [dot, feedbackSquares, readoutSquares] = [0, 0, 0];
  for (const feedback of circuit.feedback) {
    const readouts = readoutsOf(circuit, feedback);
    if (readouts.length === 0) continue;
    const { from, to, weights: b } = feedback;
    for (let k = 0; k < from.size; k++) {
      const row = new Float64Array(to.size);
      for (const { name, rowStart, pre } of readouts) {
        for (let s = rowStart[k]; s < rowStart[k + 1]; s++) row[pre[s]] += weights[name][s];
      }
      for (let i = 0; i < to.size; i++) {
        dot += b[i * from.size + k] * row[i];
        readoutSquares += row[i] * row[i];
      }
    }
    for (const value of b) feedbackSquares += value * value;
  }
  const norms = Math.sqrt(feedbackSquares) * Math.sqrt(readoutSquares);
  return norms > 0 && norms < Infinity ? dot / norms : null;
}
