import type { Held } from '../../circuit/index.ts';
import { RunError } from '../../errors/index.ts';
import { differ, MANNERS, type Bench, type Change, type Manner, type Update } from './bench.ts';
import { told, type Counterexample } from './counterexample.ts';
import { readsOf } from './entitled.ts';
import { roleOf, type Moment, type SynapseAt } from './entitlement.ts';
import { rank } from './trespass.ts';

/** What is held at each moment of each timestep, [numbers]. */
type Usual = Readonly<Record<Moment, readonly Float64Array[]>>;

/** Which numbers a run changes, at a moment of a timestep. `at`: the index among all numbers. `role`: the role for the synapse. */
type Chosen = (change: Change & { readonly at: number; readonly role: string | undefined }) => boolean;

/** What was found out about one synapse. */
interface Found {
  /** Whether a run in which everything was changed has come to its end; if not, nothing is known. */
  readonly tried: boolean;
  /** Absent: no change affected what it learns. */
  readonly counterexample?: Counterexample;
}

/**
 * Noninterference of synapses that learn by history, when a trial has ended: what they then hold must keep every bit, whatever all others hold and
 * do in every timestep. In each timestep, everything that the synapse is not entitled to is changed, and what it is entitled to is as usual.
 */
export class ByHistory {
  private readonly usual: Usual;

  /** @throws RunError if the trial cannot be run as it is. */
  constructor(private readonly bench: Bench) {
    const usual: Record<Moment, Float64Array[]> = { compare: [], broadcast: [] };
    bench.play({
      onPhase: (ended) => {
        if (ended !== 'learn') usual[ended].push(bench.snapshot());
      },
    });
    this.usual = usual;
  }

  /** Finds something that changes what a synapse learns although the synapse is not entitled to it. */
  find(synapse: SynapseAt): Found {
    const before = this.after(synapse, () => false);
    if (!before || differ(this.after(synapse, () => false) ?? [], before)) {
      return { tried: true, counterexample: told(synapse, 1, 'nothing') };
    }
    const isForeign: Chosen = ({ role }) => role === undefined;
    for (const manner of MANNERS) {
      const update = this.after(synapse, isForeign, manner);
      if (!update) continue;
      return { tried: true, ...(differ(update, before) && { counterexample: this.smallest(synapse, before, manner) }) };
    }
    return { tried: false };
  }

  /** For each thing that the synapse's rule reads and that is held: whether what it learns changes with it, in some timestep. */
  moves(synapse: SynapseAt, known: ReadonlyMap<string, boolean>): ReadonlyMap<string, boolean> {
    const { rule } = synapse.group;
    const moved = new Map<string, boolean>();
    const usual = this.after(synapse, () => false);
    if (!rule || !usual) return moved;
    for (const path of readsOf(rule)) {
      if (known.get(path)) continue;
      for (let t = this.usual.broadcast.length; t >= 1 && !moved.get(path); t--) {
        const update = this.after(synapse, ({ role, timestep, moment }) => {
          const isIt = role === path && timestep === t && moment === 'broadcast';
          if (isIt) moved.set(path, false);
          return isIt;
        });
        if (update && differ(update, usual)) moved.set(path, true);
      }
    }
    return moved;
  }

  /** The single change that is enough, in the first timestep whose changes together are; otherwise all changes of that timestep, or of all. */
  private smallest(synapse: SynapseAt, usual: Update, manner: Manner): Counterexample {
    const enough = (chosen: Chosen) => differ(this.after(synapse, chosen, manner) ?? usual, usual);
    for (const t of this.usual.broadcast.keys()) {
      const changes: (Change & { at: number })[] = [];
      const all: Chosen = ({ role, ...change }) => {
        const isIt = role === undefined && change.timestep === t + 1;
        if (isIt) changes.push(change);
        return isIt;
      };
      if (!enough(all)) continue;
      const sorted = [...changes].sort((one, other) => rank(one) - rank(other));
      const single = sorted.find((one) =>
        enough(({ at, moment, timestep }) => at === one.at && moment === one.moment && timestep === one.timestep),
      );
      return told(synapse, t + 1, single ? [single] : sorted);
    }
    return told(synapse, 1, 'before');
  }

  /**
   * What the synapse holds after a run in which, at both moments of each timestep, the chosen numbers are changed and the others restored.
   * What it is entitled to when the error has been broadcast is not restored, because its neuron's learning signal is formed in between. Undefined if
   * the run fails.
   */
  private after(synapse: SynapseAt, chosen: Chosen, manner: Manner = 'shift'): Update | undefined {
    const { bench, usual } = this;
    const meet = (moment: Moment, timestep: number) => {
      const values = usual[moment][timestep - 1];
      let at = 0;
      for (const held of bench.running) {
        const { place } = held;
        for (let k = 0; k < held.length; k++, at++) {
          if (place.kind === 'asked') continue;
          const role = roleOf(place, k, synapse, moment, timestep);
          const isWanted = chosen({ held, k, timestep, moment, at, role });
          // Numbers of earlier timesteps are restored: they are the history that synapses learn from.
          if (isPast(held) && role === undefined) held.set(k, values[at]);
          else if (role === undefined || moment === 'compare' || isWanted) held.set(k, values[at]);
          if (isWanted && !(isPast(held) && role === undefined)) bench.change({ held, k }, manner);
        }
      }
    };
    try {
      bench.play({
        onPhase: (ended, timestep) => {
          if (ended !== 'learn') meet(ended, timestep);
        },
      });
    } catch (error) {
      if (error instanceof RunError) return undefined;
      throw error;
    }
    return bench.updateOf(synapse);
  }
}

function isPast({ place }: Held): boolean {
  return 'ago' in place && place.ago > 0;
}
