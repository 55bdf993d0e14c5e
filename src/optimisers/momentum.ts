import { optimiser } from './optimiser.ts';

/**
 * Momentum: Polyak, "Some methods of speeding up the convergence of iteration methods" (1964). g is the requested change, as a mean over the trial.
 *
 *     v = mu v + g
 *     dW = eta v
 */
export const momentum = optimiser({
  name: 'momentum',
  params: { eta: 1, mu: 0.9 },
  tunable: ['eta'],
  state: { v: 0 },
  step: ({ change: g, v, eta, mu }) => {
    const velocity = mu * v + g;
    return { change: eta * velocity, v: velocity };
  },
});
