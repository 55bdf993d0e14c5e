import { gradientAlignmentMeter, type TrialUpdate } from '../../analysis/index.ts';
import type { Engine } from '../../circuit/index.ts';
import { InputError, onlyFields, show, within } from '../../errors/index.ts';
import { checkEvery, type ReadyProbe } from './ready.ts';

/**
 * Gradient alignment: the cosine between the learner's change of the weights in this trial and that of exact gradient descent,
 * over all plastic synapse groups, then for each of them. See `gradientAlignment`. Costs a trial of BPTT; changes no bit.
 */
export interface GradientProbe {
  readonly gradient: 'alignment';
  /** Measured in trials n, 2n, ...; by default in every one. */
  readonly everyTrials?: number;
}

/** Whether a probe measures gradient alignment. */
export function isGradientProbe(probe: object): probe is GradientProbe {
  return 'gradient' in probe;
}

/** The fields of such a probe. */
export const GRADIENT = ['gradient', 'everyTrials'];

/** Measures a learner's change by the weights before and after the trial, so it works for any learner on any engine. */
export function gradientProbe(name: string, place: string, probe: GradientProbe, engine: Engine): ReadyProbe {
  onlyFields(place, probe, GRADIENT);
  const { gradient, everyTrials = 1 } = probe;
  if ((gradient as unknown) !== 'alignment') {
    throw new InputError(`${place}.gradient`, `expected 'alignment', got ${show(gradient)}`);
  }
  checkEvery(place, { everyTrials });
  const { groups, measure } = within(place, () => gradientAlignmentMeter(engine.circuit));
  let begun: Omit<TrialUpdate, 'after'> | undefined;
  return {
    name,
    width: 1 + groups.length,
    plays: false,
    duringTrial: () => false,
    begin: (trial, played) => {
      begun =
        trial % everyTrials === 0 ? { trial: played, before: engine.weights(), carried: engine.carried() } : undefined;
    },
    due: (_, timestep) => timestep === null && begun !== undefined,
    read: () => {
      if (!begun) throw new Error('a gradient probe is read after its trial has begun');
      const parameters = engine.tuned?.();
      return measure({ ...begun, after: engine.weights(), ...(parameters && { parameters }) });
    },
  };
}
