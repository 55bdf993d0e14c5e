import { loss } from './loss.ts';

/** Half the squared difference: what outputs are held to if nothing else is said. Its error is e = target - y. */
export const squared = loss({
  name: 'squared',
  loss: ({ y, target }) => ((target - y) * (target - y)) / 2,
  error: ({ y, target }) => target - y,
});
