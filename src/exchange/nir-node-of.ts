import type { Numbers } from '../local/index.ts';
import { InputError } from '../errors/index.ts';
import { tauOf, type Time } from './time.ts';

/** A neuron in NIR: its type, and its parameters by NIR's names. */
interface NirNeuron {
  readonly type: string;
  readonly fields: Numbers;
}

/** How a model is written in NIR. */
interface Translation {
  readonly nirNodeOf: (params: Numbers, time: Time) => NirNeuron;
  /** The part of the model that is lost for a reader that only knows NIR; absent if nothing is lost. */
  readonly lost?: (params: Numbers) => string | undefined;
}

/** A neuron that spikes or integrates, with its decay; a decay of 1 means no leak. */
function membrane(
  types: readonly [leaky: string, perfect: string],
  decay: number,
  gain: number,
  rest: number,
  time: Time,
): NirNeuron {
  if (decay === 1) return { type: types[1], fields: { r: gain / time.dt } };
  return { type: types[0], fields: { tau: tauOf(decay, time), r: gain / (1 - decay), v_leak: rest } };
}

/** A neuron with a synaptic current, by NIR's names for the two time constants and the current of Cuba neurons. */
function behindCurrent(type: string, { alpha, enters, decay, gain, rest }: Numbers, time: Time): NirNeuron {
  if (alpha === 1 || decay === 1) {
    throw new InputError(type, 'a decay of 1 has no time constant, so NIR has no such neuron; give a decay below 1');
  }
  return {
    type,
    fields: {
      tau_syn: tauOf(alpha, time),
      tau_mem: tauOf(decay, time),
      w_in: enters / (1 - alpha),
      r: gain / (1 - decay),
      v_leak: rest,
    },
  };
}

function spiking({ type, fields }: NirNeuron, theta: number, reset: number): NirNeuron {
  return { type, fields: { ...fields, v_threshold: theta, v_reset: reset } };
}

const BY_SUBTRACTION = 'the reset, by subtraction in the timestep after the spike';

/** How each model that NIR can express is written, by the model's name. */
export const TRANSLATIONS: ReadonlyMap<string, Translation> = new Map<string, Translation>([
  [
    'lif',
    {
      nirNodeOf: ({ lambda, gain, theta }, time) => spiking(membrane(['LIF', 'IF'], lambda, gain, 0, time), theta, 0),
      lost: ({ refractory }) => (refractory > 0 ? `${BY_SUBTRACTION}, and the refractory wait` : BY_SUBTRACTION),
    },
  ],
  [
    'alif',
    {
      nirNodeOf: ({ lambda, gain, theta }, time) => spiking(membrane(['LIF', 'IF'], lambda, gain, 0, time), theta, 0),
      lost: ({ refractory, beta }) =>
        [
          BY_SUBTRACTION,
          ...(beta === 0 ? [] : ['the threshold that adapts']),
          ...(refractory > 0 ? ['the refractory wait'] : []),
        ].join(', and '),
    },
  ],
  ['leaky-readout', { nirNodeOf: ({ kappa, gain }, time) => membrane(['LI', 'I'], kappa, gain, 0, time) }],
  [
    'resetting-lif',
    {
      nirNodeOf: ({ lambda, gain, rest, theta, reset }, time) =>
        spiking(membrane(['LIF', 'IF'], lambda, gain, rest, time), theta, reset),
    },
  ],
  [
    'cuba-lif',
    {
      nirNodeOf: ({ alpha, enters, lambda: decay, gain, rest, theta, reset }, time) =>
        spiking(behindCurrent('CubaLIF', { alpha, enters, decay, gain, rest }, time), theta, reset),
    },
  ],
  [
    'cuba-li',
    {
      nirNodeOf: ({ alpha, enters, kappa: decay, gain, rest }, time) =>
        alpha === 0 && enters === 1 && decay < 1
          ? membrane(['LI', 'I'], decay, gain, rest, time)
          : behindCurrent('CubaLI', { alpha, enters, decay, gain, rest }, time),
    },
  ],
]);
