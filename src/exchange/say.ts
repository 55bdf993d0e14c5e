import type { Numbers } from '../local/index.ts';
import { InputError } from '../errors/index.ts';
import { tauOf, type Time } from './time.ts';

/** A neuron as NIR has it: its type, and its parameters by NIR's names. */
export interface Said {
  readonly type: string;
  readonly fields: Numbers;
}

/** What a model is in NIR. */
interface Saying {
  readonly say: (params: Numbers, time: Time) => Said;
  /** What another reader makes of it that it is not; absent: it is the same. */
  readonly otherwise?: (params: Numbers) => string | undefined;
}

/** A neuron that spikes, integrates or decays, by its decay: with 1 there is no leak. */
function membrane(
  types: readonly [leaky: string, perfect: string],
  decay: number,
  gain: number,
  rest: number,
  time: Time,
): Said {
  if (decay === 1) return { type: types[1], fields: { r: gain / time.dt } };
  return { type: types[0], fields: { tau: tauOf(decay, time), r: gain / (1 - decay), v_leak: rest } };
}

/** What NIR calls the two time constants and the current of its Cuba neurons. */
function behindCurrent(type: string, { alpha, enters, decay, gain, rest }: Numbers, time: Time): Said {
  if (alpha === 1 || decay === 1) {
    throw new InputError(type, 'a decay of 1 has no time constant, and NIR has no such neuron; give less than 1');
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

function spiking({ type, fields }: Said, theta: number, reset: number): Said {
  return { type, fields: { ...fields, v_threshold: theta, v_reset: reset } };
}

const BY_SUBTRACTION = 'the reset, by subtraction in the timestep after the spike';

/** How each model that can be said in NIR is said, by its name. */
export const SAYINGS: ReadonlyMap<string, Saying> = new Map<string, Saying>([
  [
    'lif',
    {
      say: ({ lambda, gain, theta }, time) => spiking(membrane(['LIF', 'IF'], lambda, gain, 0, time), theta, 0),
      otherwise: ({ refractory }) => (refractory > 0 ? `${BY_SUBTRACTION}, and the refractory wait` : BY_SUBTRACTION),
    },
  ],
  [
    'alif',
    {
      say: ({ lambda, gain, theta }, time) => spiking(membrane(['LIF', 'IF'], lambda, gain, 0, time), theta, 0),
      otherwise: ({ refractory, beta }) =>
        [
          BY_SUBTRACTION,
          ...(beta === 0 ? [] : ['the threshold that adapts']),
          ...(refractory > 0 ? ['the refractory wait'] : []),
        ].join(', and '),
    },
  ],
  ['leaky-readout', { say: ({ kappa, gain }, time) => membrane(['LI', 'I'], kappa, gain, 0, time) }],
  [
    'resetting-lif',
    {
      say: ({ lambda, gain, rest, theta, reset }, time) =>
        spiking(membrane(['LIF', 'IF'], lambda, gain, rest, time), theta, reset),
    },
  ],
  [
    'cuba-lif',
    {
      say: ({ alpha, enters, lambda: decay, gain, rest, theta, reset }, time) =>
        spiking(behindCurrent('CubaLIF', { alpha, enters, decay, gain, rest }, time), theta, reset),
    },
  ],
  [
    'cuba-li',
    {
      say: ({ alpha, enters, kappa: decay, gain, rest }, time) =>
        alpha === 0 && enters === 1 && decay < 1
          ? membrane(['LI', 'I'], decay, gain, rest, time)
          : behindCurrent('CubaLI', { alpha, enters, decay, gain, rest }, time),
    },
  ],
]);
