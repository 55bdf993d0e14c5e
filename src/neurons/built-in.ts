import { alif } from './alif.ts';
import { cubaLi } from './cuba-li.ts';
import { cubaLif } from './cuba-lif.ts';
import { leakyReadout } from './leaky-readout.ts';
import { leakyRelu } from './leaky-relu.ts';
import { leakyTanh } from './leaky-tanh.ts';
import { lif } from './lif.ts';
import { linear } from './linear.ts';
import { resettingLif } from './resetting-lif.ts';

/** Every neuron model that comes with rxflo. */
export const builtInNeurons = [
  ...[leakyTanh, leakyRelu, linear],
  ...[lif, alif, leakyReadout, resettingLif, cubaLif, cubaLi],
] as const;
