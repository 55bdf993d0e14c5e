/**
 * Whether a learner's error comes back through the circuit's own feedback weights. Symmetric feedback, as for the exact gradient, uses the
 * readout weights instead, so the alignment of the feedback weights says nothing about how it learns.
 */
export function usesFeedbackWeights({ feedback }: { readonly feedback: string }): boolean {
  return feedback === 'random';
}
