import type { BuiltCircuit, Engine, Published, Reader } from '../circuit/index.ts';
import { InputError, onlyFields, show } from '../errors/index.ts';
import { checkLabel } from './label.ts';

/**
 * What to record of a run: something published, and how often.
 *
 * Neurons publish `rate`, `slope`, `retention`, `potential` and `signal`, and `sent` where a dial makes their axons send something else than
 * the rate; synapses `weight` and their rule's state by name, an output population its error. (Solvers publish no `signal` and no state: they have none.)
 */
export type Probe = (
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

/** A probe ready to read. */
export interface ReadyProbe {
  readonly name: string;
  /** Whether it reads within this trial, before its end. */
  duringTrial(trial: number, timesteps: number): boolean;
  /** Whether it reads at this moment; timestep null: the end of the trial. */
  due(trial: number, timestep: number | null): boolean;
  /** A fresh reading. */
  read(): Float64Array;
}

/** @throws InputError if the probe asks for what is not there. */
export function readyProbe(name: string, probe: Probe, engine: Engine): ReadyProbe {
  checkLabel('probes', name);
  const place = `probes.${name}`;
  onlyFields(place, probe, ['neurons', 'synapses', 'error', 'value', 'only', 'everyTimesteps', 'everyTrials']);
  const { everyTimesteps, everyTrials = 1 } = probe;
  for (const [field, value] of Object.entries({ everyTimesteps, everyTrials })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new InputError(`${place}.${field}`, `${show(value)} is not a whole number, 1 or more`);
    }
  }
  const reader = readerOf(place, probe, engine);
  const places = selected(place, probe, engine.circuit, reader.length);
  const all = new Float64Array(reader.length);
  return {
    name,
    duringTrial: (trial, timesteps) => trial % everyTrials === 0 && (everyTimesteps ?? Infinity) <= timesteps,
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

function readerOf(place: string, probe: Published, engine: Engine): Reader {
  try {
    return engine.reader(probe);
  } catch (error) {
    throw error instanceof InputError ? error.within(place) : error;
  }
}

/** Where in a whole reading the chosen actors stand; undefined: all of them. */
function selected(place: string, probe: Probe, circuit: BuiltCircuit, length: number): readonly number[] | undefined {
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
