import { sqrt } from '../local/index.ts';
import { optimiser } from './optimiser.ts';

/**
 * Adam: Kingma & Ba, "Adam: a method for stochastic optimization" (ICLR 2015), in the form at the end of its section 2: epsilon is added to the root
 * of the uncorrected second moment, as in TensorFlow and NEST. g is the requested change, as a mean over the trial. It includes the rule's
 * learning rate, so give the rule a rate of 1.
 *
 *     m = beta1 m + (1 - beta1) g
 *     q = beta2 q + (1 - beta2) g^2
 *     dW = eta sqrt(1 - beta2^n) / (1 - beta1^n)  m / (sqrt(q) + epsilon) - decay W        in the n-th change
 *
 * A weight decays by the fraction `decay` in each change, whatever its gradient: Loshchilov & Hutter, "Decoupled weight decay regularization" (ICLR
 * 2019). It is local: each synapse keeps four numbers, of which the last two are beta1^n and beta2^n.
 */
export const adam = optimiser({
  name: 'adam',
  params: { eta: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0 },
  tunable: ['eta'],
  state: { m: 0, q: 0, b1: 1, b2: 1 },
  step: ({ change: g, w, m, q, b1, b2, eta, beta1, beta2, epsilon, decay }) => {
    const mean = beta1 * m + (1 - beta1) * g;
    const square = beta2 * q + (1 - beta2) * g * g;
    const left1 = beta1 * b1;
    const left2 = beta2 * b2;
    const step = (eta * sqrt(1 - left2)) / (1 - left1);
    return { change: (step * mean) / (sqrt(square) + epsilon) - decay * w, m: mean, q: square, b1: left1, b2: left2 };
  },
});
