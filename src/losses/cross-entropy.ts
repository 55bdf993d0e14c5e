import { exp, log } from '../local/index.ts';
import { loss } from './loss.ts';

/**
 * Softmax cross-entropy, in natural units: p = exp(y) / sum exp(y), loss = -sum target log p. With targets that add up to 1 its error is
 * target - p. The largest output is subtracted before the exponential, which avoids overflow and does not change the result mathematically.
 */
export const crossEntropy = loss({
  name: 'cross-entropy',
  sums: { z: ({ y, top }) => exp(y - top) },
  loss: ({ y, top, target, z }) => target * (log(z) - (y - top)),
});
