import { isArrayLike, type BuiltCircuit, type Engine } from '../../circuit/index.ts';
import { InputError, onlyFields, show, within } from '../../errors/index.ts';
import { checkEvery, type ReadyProbe } from './ready.ts';

/**
 * A published value.
 *
 * Neurons publish `rate`, `slope`, `retention`, `potential` and `signal`, and `sent` if a dial makes their axons send something different from the
 * rate; synapses publish `weight`, their rule's state by name, and what they keep to apply changes (`optimiser.m`, `batch.sum`); an output population
 * publishes its error, and global scalars are public. (Solvers publish no `signal` and no state: they have none.)
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
  | { readonly global: string }
) & {
  /** Read at timesteps n, 2n, ...; absent: once, at the end of the trial, when its changes are applied. */
  readonly everyTimesteps?: number;
  /** Read in trials n, 2n, ...; by default in every one. */
  readonly everyTrials?: number;
  /**
   * True: read at every timestep of the trial that reports show, before and after learning, and not during learning. In that trial,
   * synapses have traces even if the session evaluates by history.
   */
  readonly shown?: true;
};

/** The fields of such a probe. */
export const PUBLISHED = [
  'neurons',
  'synapses',
  'error',
  'global',
  'value',
  'only',
  'everyTimesteps',
  'everyTrials',
  'shown',
];

/** Reads what actors publish. @throws InputError if it does not exist. */
export function publishedProbe(name: string, place: string, probe: PublishedProbe, engine: Engine): ReadyProbe {
  onlyFields(place, probe, PUBLISHED);
  const { everyTimesteps, everyTrials = 1 } = probe;
  checkEvery(place, { everyTimesteps, everyTrials });
  const { width, read } = selectedReader(place, probe, engine);
  return {
    ...{ name, width, read },
    plays: false,
    duringTrial: (trial, timesteps) => trial % everyTrials === 0 && (everyTimesteps ?? Infinity) <= timesteps,
    begin: () => undefined,
    due: (trial, timestep) =>
      trial % everyTrials === 0 &&
      (timestep === null
        ? everyTimesteps === undefined
        : everyTimesteps !== undefined && timestep % everyTimesteps === 0),
  };
}

/** Reads what a probe selects. @throws InputError if it does not exist. */
export function selectedReader(
  place: string,
  probe: PublishedProbe,
  engine: Pick<Engine, 'circuit' | 'reader'>,
): { readonly width: number; readonly read: () => Float64Array } {
  const reader = within(place, () => engine.reader(probe));
  const places = selected(place, probe, engine.circuit, reader.length);
  const all = new Float64Array(reader.length);
  return {
    width: places?.length ?? reader.length,
    read: () => {
      reader.read(all, 0);
      return places ? Float64Array.from(places, (k) => all[k]) : all.slice();
    },
  };
}

/** The positions of the chosen actors in a whole reading; undefined: all of them. */
function selected(
  place: string,
  probe: PublishedProbe,
  circuit: BuiltCircuit,
  length: number,
): readonly number[] | undefined {
  if ('error' in probe || 'global' in probe || probe.only === undefined) return undefined;
  const right = 'neurons' in probe ? 'numbers of neurons, such as [0, 3]' : 'pairs [post, pre], such as [[0, 1]]';
  if (!isArrayLike(probe.only)) throw new InputError(`${place}.only`, `expected ${right}, got ${show(probe.only)}`);
  if ('neurons' in probe) {
    return Array.from(probe.only, (i, at) => {
      if (Number.isInteger(i) && i >= 0 && i < length) return i;
      throw new InputError(`${place}.only[${at}]`, `expected a neuron, numbered 0 to ${length - 1}, got ${show(i)}`);
    });
  }
  const relearning = circuit.feedback.flatMap(({ synapses }) => synapses ?? []);
  const group = [...circuit.groups, ...relearning].find(({ name }) => name === probe.synapses);
  return Array.from(probe.only, (pair: unknown, at) => {
    if (!isArrayLike(pair) || pair.length !== 2 || !Array.from(pair).every(Number.isInteger)) {
      throw new InputError(`${place}.only[${at}]`, `expected a pair [post, pre], got ${show(pair)}`);
    }
    const [post, pre] = Array.from(pair, Number);
    const [start = 0, end = 0] = [group?.rowStart[post], group?.rowStart[post + 1]];
    const k = group?.pre.subarray(start, end).indexOf(pre) ?? -1;
    if (k < 0)
      throw new InputError(
        `${place}.only[${at}]`,
        `there is no synapse onto neuron ${post} from neuron ${pre}; give a pair [post, pre] that is connected`,
      );
    return start + k;
  });
}
