import { RunError } from '../../errors/index.ts';
import { differ, MANNERS, momentsOf, type Bench, type Manner } from './bench.ts';
import { ByHistory } from './by-history.ts';
import { told, type Counterexample } from './counterexample.ts';
import type { SynapseAt } from './entitlement.ts';
import { Trespass } from './trespass.ts';

/** Everything that is held after the synapses have learned, [timesteps][numbers]. */
type Course = readonly Float64Array[];

/** How many synapses are tried, and how many numbers are changed for them at most; in a large circuit fewer synapses are tried. */
const MOST_SYNAPSES = 6;
const MOST_CHANGES = 2e6;

/**
 * Noninterference at every timestep of a trial, which may be long: some runs of it, and one run for each of a few of the synapses. In that run,
 * everything that the synapse is not entitled to is changed in every timestep and restored after all have learned, so that each timestep begins as
 * usual. A rule that keeps something secret, and uses it only now and then, is caught at the timestep in which it does; if synapses learn by history,
 * at the end of the trial. (The trial's input and target are not changed.)
 *
 * @throws RunError if the trial cannot be run as it is.
 */
export function throughout(bench: Bench, synapses: readonly SynapseAt[]): Counterexample | undefined {
  course(bench);
  const usual = course(bench);
  const [timely, historical] = [false, true].map((by) => synapses.filter(({ group }) => !!group.history === by));
  const places = new Map(timely.map((synapse) => [synapse, bench.placesOf(synapse)]));
  const another = (why: 'nothing' | 'before'): Counterexample | undefined => {
    const again = course(bench);
    for (const t of again.keys()) {
      for (const [synapse, own] of places) {
        if (differ(at(again[t], own), at(usual[t], own))) return told(synapse, t + 1, why);
      }
    }
    return undefined;
  };
  const restless = another('nothing');
  if (restless) return restless;
  const most = Math.min(MOST_SYNAPSES, MOST_CHANGES / (usual.length * usual[0].length));
  const step = Math.ceil(synapses.length / Math.max(1, most));
  const few = <T>(all: readonly T[]) => all.filter((_, s) => s % step === 0);
  for (const synapse of few(historical)) {
    const { counterexample } = new ByHistory(bench).find(synapse);
    if (counterexample) return counterexample;
  }
  for (const [synapse, own] of few([...places])) {
    for (const manner of MANNERS) {
      const found = changed(bench, synapse, usual, manner);
      const t = found.findIndex((held, timestep) => differ(at(held, own), at(usual[timestep], own)));
      if (t >= 0)
        return new Trespass(bench, synapse, t + 1, at(usual[t], own)).find() ?? told(synapse, t + 1, 'before');
      if (found.length === usual.length) break;
    }
  }
  return another('before');
}

function at(held: Float64Array, places: readonly number[]): readonly number[] {
  return places.map((place) => held[place]);
}

function course(bench: Bench): Course {
  const held: Float64Array[] = [];
  bench.play({
    onPhase: (ended) => {
      if (ended === 'learn') held.push(bench.snapshot());
    },
  });
  return held;
}

/** A run in which everything that a synapse is not entitled to is changed, timestep after timestep. */
function changed(bench: Bench, synapse: SynapseAt, usual: Course, manner: Manner): Course {
  const found: Float64Array[] = [];
  try {
    const stops = momentsOf(synapse, (moment, timestep) => {
      for (const { role, ...number } of bench.numbers(synapse, moment, timestep, bench.running)) {
        if (role === undefined) bench.change(number, manner);
      }
    });
    bench.play({
      ...stops,
      onPhase: (ended, timestep) => {
        stops.onPhase(ended, timestep);
        if (ended !== 'learn') return;
        found.push(bench.snapshot());
        bench.restore(usual[timestep - 1]);
      },
    });
  } catch (error) {
    // A run with changed numbers may fail; what it did until then counts.
    if (!(error instanceof RunError)) throw error;
  }
  return found;
}
