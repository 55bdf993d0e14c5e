import type { ProblemFields, SessionEvent, Size } from 'rxflo';
import type { SpikingLearning, SpikingNetwork } from './spiking.ts';

/** Reads the neurons of a network, without weights. */
export function readNeurons(
  given: ProblemFields,
  units: Size,
): Omit<SpikingNetwork, 'w_in' | 'w_rec' | 'w_out' | 'feedback'> {
  given.choice('kind', ['lif', 'alif']);
  given.choice('reset', ['subtract']);
  const decay = { least: 0, most: 1 };
  return {
    lambda: given.number('lambda', decay),
    gain: given.number('gain'),
    threshold: given.number('threshold'),
    refractory: given.number('refractory', { least: 0, most: 1_000_000, whole: true }),
    rho: given.number('rho', decay),
    beta: given.numbers('beta', { size: units }),
    surrogate: given.choice('surrogate', ['triangle', 'exponential', 'fast-sigmoid', 'arctan']),
    height: given.number('height', { least: 0 }),
    width: given.number('width', { least: Number.MIN_VALUE }),
    kappa: given.number('kappa', decay),
    readout_gain: given.number('readout_gain'),
  };
}

/** @throws InputError if a neuron has a synapse on itself. */
export function refuseAutapses(given: ProblemFields, w_rec: SpikingNetwork['w_rec']): void {
  const own = w_rec.findIndex((row, i) => row[i] !== 0);
  if (own < 0) return;
  given.refuse(`w_rec[${own}][${own}]`, `is ${w_rec[own][own]}, but no neuron has a synapse onto itself; give 0`);
}

/** Reads the settings of learning that all algorithms share, and the first and last timestep with a target. */
export function readLearning(
  given: ProblemFields,
  timesteps: number,
): SpikingLearning &
  Required<Pick<SpikingLearning, 'regularisation'>> & { readonly window: readonly number[]; readonly trials: number } {
  const rates = given.part('rates');
  const rate = { least: 0 };
  const regularisation = given.part('regularisation');
  const window = given.numbers('window', {
    size: { length: 2, each: 'end, first and last' },
    range: { least: 1, most: timesteps, whole: true },
  });
  const [first, last] = window;
  if (last < first) given.refuse('window', `[${first}, ${last}] ends before it begins; give its first timestep first`);
  return {
    rates: { w_in: rates.number('w_in', rate), w_rec: rates.number('w_rec', rate), w_out: rates.number('w_out', rate) },
    loss: given.choice('loss', ['squared', 'cross-entropy']),
    optimizer: given.choice('optimizer', ['descent', 'adam']),
    regularisation: { c: regularisation.number('c'), target: regularisation.number('target') },
    window,
    trials: given.number('trials', { least: 1, most: 10_000_000, whole: true }),
  };
}

/** The values recorded for the margin and for spikes, in this order in every timestep. */
export const AT_THRESHOLD = {
  v: { neurons: 'h', value: 'v', everyTimesteps: 1 },
  threshold: { neurons: 'h', value: 'threshold', everyTimesteps: 1 },
  out: { neurons: 'h', value: 'out', everyTimesteps: 1 },
  wait: { neurons: 'h', value: 'wait', everyTimesteps: 1 },
} as const;

/** The smallest distance from threshold, on either side, of any neuron that could spike; and the number of spikes of each trial. */
export function atThreshold(): {
  readonly watch: (event: SessionEvent) => void;
  readonly margin: () => number;
  readonly spikes: () => readonly number[];
} {
  let now: Readonly<Record<string, Float64Array>> = {};
  let margin = Infinity;
  const spikes: number[] = [];
  return {
    watch: (event) => {
      if (event.type !== 'probe' || !Object.hasOwn(AT_THRESHOLD, event.probe)) return;
      now = { ...now, [event.probe]: event.values };
      if (event.probe !== 'wait') return;
      event.values.forEach((wait, i) => {
        if (wait === 0) margin = Math.min(margin, Math.abs(now['v'][i] - now['threshold'][i]));
      });
      spikes[event.trial - 1] = now['out'].reduce((sum, spike) => sum + spike, spikes[event.trial - 1] ?? 0);
    },
    margin: () => margin,
    spikes: () => spikes,
  };
}
