import { constant, leakyReadout, oneToOne, type Population, type SessionEvent, type SynapseGroup } from 'rxflo';

type Rows = readonly (readonly number[])[];

/**
 * Firing-rate regularisation as a loss, c/2 sum_i (f_i - f*)^2 with f_i = 1/T sum_t s_i(t), which references follow: an output population sums
 * what each neuron sends, and its target in the last timestep is f*. Both are scaled, because the loss of a trial is a mean over its timesteps.
 */
export interface RateLoss {
  /** The name of the output population. */
  readonly name: 'rates';
  readonly sums: Population;
  /** The synapse group that brings it what neurons send. */
  readonly counting: SynapseGroup<string, never>;
  /** The targets of a trial, a row for each timestep, with those of this population appended. */
  readonly asked: (targets: Rows) => Rows;
}

export interface RateLossOptions {
  /** Whose rates. */
  readonly of: string;
  readonly units: number;
  readonly timesteps: number;
  /** 0 or more. */
  readonly c: number;
  /** f*. */
  readonly target: number;
}

export function rateLoss({ of, units, timesteps, c, target }: RateLossOptions): RateLoss {
  const name = 'rates';
  const scale = Math.sqrt(c * timesteps);
  const [nothing, all] = [NaN, scale * target].map((value) => new Array<number>(units).fill(value));
  return {
    name,
    sums: leakyReadout(units, { kappa: 1, gain: scale / timesteps }),
    counting: { from: of, to: name, weights: constant(1), connect: oneToOne() },
    asked: (targets) => targets.map((row, t) => [...row, ...(t + 1 === timesteps ? all : nothing)]),
  };
}

/** The loss of trials without the part from rates, which is computed from a probe `rates` of their errors. */
export function withoutRates(timesteps: number): {
  readonly watch: (event: SessionEvent) => void;
  readonly of: (loss: readonly number[]) => readonly number[];
} {
  const added: number[] = [];
  return {
    watch: (event) => {
      if (event.type !== 'probe' || event.probe !== 'rates') return;
      added[event.trial - 1] = event.values.reduce((sum, e) => sum + (e * e) / 2, 0) / timesteps;
    },
    of: (loss) => loss.map((whole, k) => whole - (added[k] ?? 0)),
  };
}
