import { loss } from './loss.ts';

/** Half the squared difference, the default loss of outputs. Its error is e = target - y. */
export const squared = loss({
  name: 'squared',
  loss: ({ y, target }) => ((target - y) * (target - y)) / 2,
  error: ({ y, target }) => target - y,
});
