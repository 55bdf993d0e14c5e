import { publishes, type Circuit, type Engine } from '../../circuit/index.ts';
import { InputError, onlyFields, show } from '../../errors/index.ts';
import type { Trial } from '../../tasks/index.ts';
import { createEngine, type Learner } from '../learner.ts';
import { PUBLISHED, selectedReader, type PublishedProbe } from './published.ts';

/** What a shown probe read in a trial: [T][width], row-major. */
export interface ShownReading {
  readonly shape: readonly [number, number];
  readonly values: Float64Array;
}

/** The learner whose network is shown. */
export interface Looked {
  readonly circuit: Circuit;
  readonly engine: Engine;
  readonly learner: Learner;
  readonly seed: number;
  readonly carry: boolean;
}

/** A probe that reads only the trial that reports show, and no trial of the session. */
export type ShownProbe = PublishedProbe & { readonly shown: true };

export function isShownProbe(probe: object): probe is ShownProbe {
  return 'shown' in probe && probe.shown !== undefined;
}

/**
 * Reads probes in one trial that a copy of the network plays and learns from. In the copy every synapse steps its traces, however the session
 * evaluates its rules, and tunable parameters have their current values. No bit of the session changes. A solver forms no signals and no traces:
 * probes of what it does not publish are skipped.
 *
 * @throws InputError if a probe reads something that does not exist; for a solver, only if the circuit has no such neurons or synapses.
 */
export class ShownProbes {
  private readonly copy: Engine;
  private readonly readers: readonly {
    readonly name: string;
    readonly width: number;
    readonly read: () => Float64Array;
  }[];

  constructor(
    probes: Readonly<Record<string, ShownProbe>>,
    private readonly looked: Looked,
  ) {
    const { circuit, learner, seed, carry } = looked;
    this.copy = createEngine(circuit, seed, { ...learner, evaluation: 'trace' }, carry);
    this.readers = Object.entries(probes).flatMap(([name, probe]) => {
      const place = `probes.${name}`;
      checkShown(place, probe);
      try {
        return { name, ...selectedReader(place, probe, this.copy) };
      } catch (error) {
        if (!(error instanceof InputError) || learner.algorithm.rules) throw error;
        // The state of synapses may belong to another learner's rules.
        const known = 'synapses' in probe ? { ...probe, value: 'weight' } : probe;
        selectedReader(place, known, publishes(this.copy.circuit));
        return [];
      }
    });
  }

  /** What each probe reads in this trial, by name. */
  read(trial: Trial): ReadonlyMap<string, ShownReading> {
    const { copy, looked } = this;
    const { timesteps } = trial;
    const readings = this.readers.map(({ name, width, read }) => {
      const values = new Float64Array(timesteps * width);
      return { name, width, read, shape: [timesteps, width] as const, values };
    });
    copy.setWeights(looked.engine.weights());
    copy.setCarried(looked.engine.carried());
    // Parameters that were set do not change from trial to trial, so this trial needs no number of its own.
    for (const [owner, numbers] of Object.entries(looked.engine.tuned?.() ?? {})) copy.tune?.(owner, numbers);
    copy.trial(trial, {
      number: 0,
      onTimestep: (t) => {
        for (const { read, width, values } of readings) values.set(read(), (t - 1) * width);
      },
    });
    return new Map(readings.map(({ name, shape, values }) => [name, { shape, values }]));
  }
}

/** Prepares the shown probes; null if there are none. @throws InputError as ShownProbes does. */
export function shownProbes(probes: Readonly<Record<string, object>>, looked: Looked): ShownProbes | null {
  const shown = Object.entries(probes).flatMap(([name, probe]) =>
    isShownProbe(probe) ? [[name, probe] as const] : [],
  );
  return shown.length > 0 ? new ShownProbes(Object.fromEntries(shown), looked) : null;
}

/** @throws InputError if `shown` is not true, or the probe also reads in trials of the session. */
function checkShown(place: string, probe: ShownProbe): void {
  onlyFields(place, probe, PUBLISHED);
  const { shown }: { readonly shown: unknown } = probe;
  if (shown !== true) {
    throw new InputError(`${place}.shown`, `expected true, got ${show(shown)}; leave it out to read during learning`);
  }
  for (const field of ['everyTimesteps', 'everyTrials'] as const) {
    if (probe[field] === undefined) continue;
    throw new InputError(
      `${place}.${field}`,
      'applies to trials of the session, but a shown probe reads every timestep of one trial before and after learning; leave it out',
    );
  }
}
