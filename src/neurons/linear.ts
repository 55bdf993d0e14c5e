import { neuronModel } from './rate.ts';

/** Linear unit without memory, as readouts are: y(t) = u(t). */
export const linear = neuronModel({
  name: 'linear',
  params: {},
  rate: ({ u }) => u,
});
