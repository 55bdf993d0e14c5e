import { gradientAlignmentMeter, type TrialUpdate } from '../analysis/index.ts';
import type { BuiltCircuit, Engine } from '../circuit/index.ts';
import { InputError, onlyFields, show } from '../errors/index.ts';
import type { Trial } from '../tasks/index.ts';
import { checkLabel } from './label.ts';

/** What to record of a run, and how often. */
export type Probe = PublishedProbe | GradientProbe;

/**
 * Something published.
 *
 * Neurons publish `rate`, `slope`, `retention`, `potential` and `signal`, and `sent` where a dial makes their axons send something else than
 * the rate; synapses `weight` and their rule's state by name, an output population its error. (Solvers publish no `signal` and no state: they have none.)
 */
export type PublishedProbe = (
  | { readonly neurons: string; readonly value: string; readonly only?: readonly number[] }
  | {
      readonly synapses: string;
      readonly value: string;
      /** [post, pre] of each synapse to read. */
      readonly only?: readonly (readonly [number, number])[];
    }
  | { readonly error: string }
) & {
  /** Read at timesteps n, 2n, ...; absent: once, at the end of the trial, when its changes are applied. */
  readonly everyTimesteps?: number;
  /** Read in trials n, 2n, ...; by default in every one. */
  readonly everyTrials?: number;
};

/**
 * Gradient alignment: the cosine between what the learner did to the weights in this trial and what exact gradient descent would have
 * done, over all plastic synapse groups, then for each of them. See `gradientAlignment`. Costs a trial of BPTT; changes no bit.
 */
export interface GradientProbe {
  readonly gradient: 'alignment';
  /** Measured in trials n, 2n, ...; by default in every one. */
  readonly everyTrials?: number;
}

/** Whether a probe measures gradient alignment. */
export function isGradientProbe(probe: Probe): probe is GradientProbe {
  return 'gradient' in probe;
}

const PUBLISHED = ['neurons', 'synapses', 'error', 'value', 'only', 'everyTimesteps', 'everyTrials'];
const GRADIENT = ['gradient', 'everyTrials'];

/** A probe ready to read. */
export interface ReadyProbe {
  readonly name: string;
  /** Whether it reads within this trial, before its end. */
  duringTrial(trial: number, timesteps: number): boolean;
  /** Called before each trial. */
  begin(trial: number, played: Trial): void;
  /** Whether it reads at this moment; timestep null: the end of the trial. */
  due(trial: number, timestep: number | null): boolean;
  /** A fresh reading. */
  read(): Float64Array;
}

/** @throws InputError if the probe asks for what is not there. */
export function readyProbe(name: string, probe: Probe, engine: Engine): ReadyProbe {
  checkLabel('probes', name);
  const place = `probes.${name}`;
  onlyFields(place, probe, [...new Set([...PUBLISHED, ...GRADIENT])]);
  return isGradientProbe(probe)
    ? gradientProbe(name, place, probe, engine)
    : publishedProbe(name, place, probe, engine);
}

function publishedProbe(name: string, place: string, probe: PublishedProbe, engine: Engine): ReadyProbe {
  onlyFields(place, probe, PUBLISHED);
  const { everyTimesteps, everyTrials = 1 } = probe;
  checkEvery(place, { everyTimesteps, everyTrials });
  const reader = within(place, () => engine.reader(probe));
  const places = selected(place, probe, engine.circuit, reader.length);
  const all = new Float64Array(reader.length);
  return {
    name,
    duringTrial: (trial, timesteps) => trial % everyTrials === 0 && (everyTimesteps ?? Infinity) <= timesteps,
    begin: () => undefined,
    due: (trial, timestep) =>
      trial % everyTrials === 0 &&
      (timestep === null
        ? everyTimesteps === undefined
        : everyTimesteps !== undefined && timestep % everyTimesteps === 0),
    read: () => {
      reader.read(all, 0);
      return places ? Float64Array.from(places, (k) => all[k]) : all.slice();
    },
  };
}

/** Knows what a learner did to the weights by those before the trial and those after it: of any learner, on any engine. */
function gradientProbe(name: string, place: string, probe: GradientProbe, engine: Engine): ReadyProbe {
  onlyFields(place, probe, GRADIENT);
  const { gradient, everyTrials = 1 } = probe;
  if ((gradient as unknown) !== 'alignment') {
    throw new InputError(`${place}.gradient`, `${show(gradient)} is nothing to measure; give 'alignment'`);
  }
  checkEvery(place, { everyTrials });
  const { measure } = within(place, () => gradientAlignmentMeter(engine.circuit));
  let begun: Omit<TrialUpdate, 'after'> | undefined;
  return {
    name,
    duringTrial: () => false,
    begin: (trial, played) => {
      begun = trial % everyTrials === 0 ? { trial: played, before: engine.weights() } : undefined;
    },
    due: (_, timestep) => timestep === null && begun !== undefined,
    read: () => {
      if (!begun) throw new Error('a gradient probe is read after its trial has begun');
      return measure({ ...begun, after: engine.weights() });
    },
  };
}

function checkEvery(place: string, every: Readonly<Record<string, number | undefined>>): void {
  for (const [field, value] of Object.entries(every)) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new InputError(`${place}.${field}`, `${show(value)} is not a whole number, 1 or more`);
    }
  }
}

/** What `make` makes; what is wrong with it is wrong at this place. */
function within<T>(place: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof InputError ? error.within(place) : error;
  }
}

/** Where in a whole reading the chosen actors stand; undefined: all of them. */
function selected(
  place: string,
  probe: PublishedProbe,
  circuit: BuiltCircuit,
  length: number,
): readonly number[] | undefined {
  if ('error' in probe || probe.only === undefined) return undefined;
  if ('neurons' in probe) {
    return probe.only.map((i, at) => {
      if (Number.isInteger(i) && i >= 0 && i < length) return i;
      throw new InputError(`${place}.only[${at}]`, `${show(i)} is no neuron; they are numbered 0 to ${length - 1}`);
    });
  }
  const group = circuit.groups.find(({ name }) => name === probe.synapses);
  return probe.only.map(([post, pre], at) => {
    const [start = 0, end = 0] = [group?.rowStart[post], group?.rowStart[post + 1]];
    const k = group?.pre.subarray(start, end).indexOf(pre) ?? -1;
    if (k < 0)
      throw new InputError(`${place}.only[${at}]`, `there is no synapse onto neuron ${post} from neuron ${pre}`);
    return start + k;
  });
}
