/**
 * Whether a learner's error comes back through the circuit's own feedback weights. Symmetric feedback, and with it the exact gradient,
 * reads the readout in their place: their alignment says nothing about how it learns.
 */
export function usesFeedbackWeights({ feedback }: { readonly feedback: string }): boolean {
  return feedback === 'random';
}
