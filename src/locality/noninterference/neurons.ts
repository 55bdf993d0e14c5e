import type { BuiltCircuit, BuiltPopulation, Held } from '../../circuit/index.ts';
import { RunError } from '../../errors/index.ts';
import { differ, type Bench, type Change, type Update } from './bench.ts';
import { toldOfNeuron, type Counterexample } from './counterexample.ts';
import { rank } from './trespass.ts';

/** A neuron of an opaque model. */
interface OpaqueNeuron {
  readonly population: BuiltPopulation;
  readonly neuron: number;
}

/** Every timestep of a run, when all neurons have published: what each opaque neuron published, and everything that is held then. */
interface Course {
  /** [neurons][timesteps]. */
  readonly published: readonly (readonly Update[])[];
  readonly held: readonly Float64Array[];
  /** Whether the engine stops before neurons integrate. */
  readonly stops: boolean;
}

/** One number of an engine. */
type OneOf = Pick<Change, 'held' | 'k'>;

/** What was found out about the neurons whose models are opaque. */
export interface TriedNeurons {
  readonly counterexample?: Counterexample;
  /** How many neurons were tried, at every timestep of the trial. */
  readonly neurons: number;
}

/**
 * Noninterference of opaque neurons, because synapses trust what a neuron publishes: a timestep is frozen before a population integrates.
 * Everything that one of its neurons is not entitled to is changed there: everything except its own last rate and its summed input. What it
 * then publishes (rate, slope, retention) must keep every bit. Engines without actors cannot be frozen there, so nothing is tried on them.
 *
 * @throws RunError if the trial cannot be run as it is.
 */
export function tryNeurons(bench: Bench, { order }: BuiltCircuit): TriedNeurons {
  const opaque = order
    .filter(({ model }) => model && !model.analysis)
    .flatMap((population) => Array.from({ length: population.size }, (_, neuron) => ({ population, neuron })));
  if (opaque.length === 0) return { neurons: 0 };
  // One run before, as for all other runs, so that what a model keeps from the run before is the same.
  if (!course(bench, opaque).stops) return { neurons: 0 };
  const usual = course(bench, opaque);
  const again = course(bench, opaque);
  for (const [n, { population, neuron }] of opaque.entries()) {
    const restless = differing(again.published[n], usual.published[n]);
    if (restless > 0) return { counterexample: toldOfNeuron(population, neuron, restless, 'nothing'), neurons: n };
  }
  for (const [n, one] of opaque.entries()) {
    const { published, numbers } = changed(bench, one, usual, () => true);
    const timestep = differing(published, usual.published[n]);
    if (timestep === 0) continue;
    const sorted = [...numbers.entries()].sort(([, a], [, b]) => rank(a) - rank(b));
    const single = sorted.find(([number]) => {
      const alone = changed(bench, one, usual, (t, k) => t === timestep && k === number);
      return differing(alone.published, usual.published[n]) > 0;
    });
    const changes = single ? [single[1]] : numbers;
    return { counterexample: toldOfNeuron(one.population, one.neuron, timestep, changes), neurons: n };
  }
  return { neurons: opaque.length };
}

function course(bench: Bench, opaque: readonly OpaqueNeuron[]): Course {
  const published = opaque.map((): Update[] => []);
  const held: Float64Array[] = [];
  let stops = false;
  bench.play({
    onIntegrate: () => (stops = true),
    onPhase: (ended) => {
      if (ended !== 'compare') return;
      opaque.forEach((one, n) => published[n].push(publishedBy(bench, one)));
      held.push(bench.snapshot());
    },
  });
  return { published, held, stops };
}

/** The first timestep in which a neuron published something different; 0 if there is none. Of a run that failed, what came before counts. */
function differing(one: readonly Update[], other: readonly Update[]): number {
  return one.findIndex((update, t) => differ(update, other[t])) + 1;
}

/**
 * What a neuron publishes in a run in which numbers that are not its own, if they are `meant`, are changed before it integrates and restored
 * afterwards; and which numbers were changed.
 */
function changed(
  bench: Bench,
  one: OpaqueNeuron,
  usual: Course,
  meant: (timestep: number, number: number) => boolean,
): { readonly published: readonly Update[]; readonly numbers: readonly OneOf[] } {
  const published: Update[] = [];
  let numbers: readonly OneOf[] = [];
  try {
    bench.play({
      onIntegrate: (population, timestep, sums) => {
        if (population !== one.population.name) return;
        const others = bench.held.filter(({ place }) => !(place.kind === 'row' && place.row.kind === 'port'));
        numbers = [...foreign(others, 'rate', one), ...foreign(sums, 'potential', one)];
        numbers.forEach((number, k) => {
          if (meant(timestep, k)) bench.change(number);
        });
      },
      onPhase: (ended, timestep) => {
        if (ended !== 'compare') return;
        published.push(publishedBy(bench, one));
        bench.restore(usual.held[timestep - 1]);
      },
    });
  } catch (error) {
    // Other neurons ran with changed numbers, which may fail.
    if (!(error instanceof RunError)) throw error;
  }
  return { published, numbers };
}

/** All of these numbers except the neuron's own number of this kind. */
function foreign(all: readonly Held[], own: 'rate' | 'potential', { population, neuron }: OpaqueNeuron): OneOf[] {
  return all.flatMap((held) => {
    const { place } = held;
    const isOwn = place.kind === 'row' && place.row.name === own && place.row.population === population;
    const numbers = Array.from({ length: held.length }, (_, k) => ({ held, k }));
    return isOwn ? numbers.filter(({ k }) => k !== neuron) : numbers;
  });
}

/** What a neuron publishes now. */
function publishedBy(bench: Bench, { population, neuron }: OpaqueNeuron): Update {
  return bench.running.flatMap((held) => {
    const { place } = held;
    if (place.kind !== 'row' || place.ago > 0 || place.row.population !== population) return [];
    return ['rate', 'slope', 'retention'].includes(place.row.name) ? [held.get(neuron)] : [];
  });
}
