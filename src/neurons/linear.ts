import { neuronModel } from './rate.ts';

/** Linear unit without memory, for readouts: y(t) = u(t). */
export const linear = neuronModel({
  name: 'linear',
  params: {},
  rate: ({ u }) => u,
});
