import type { Held, Place } from '../../circuit/index.ts';
import { differ, MANNERS, type Bench, type Change, type Manner, type Tamper, type Update } from './bench.ts';
import { told, type Counterexample } from './counterexample.ts';
import type { Moment, SynapseAt } from './entitlement.ts';

/** The order in which single numbers are tried: those with the clearest meaning first. */
const TELLING: readonly string[] = ['target', 'input', 'weight', 'state', 'rate', 'axon', 'slope', 'signal'];
const MOST_TELLING: ReadonlySet<Place['kind']> = new Set(['target', 'input', 'weight']);

export function rank({ held: { place } }: Pick<Change, 'held'>): number {
  const found = TELLING.indexOf(place.kind === 'row' ? place.row.name : place.kind);
  return found < 0 ? TELLING.length : found;
}

/** How everything is changed, what was changed, and how only some of it is changed. */
interface Changing {
  readonly all: Tamper;
  readonly changes: readonly Change[];
  readonly some: (changes: readonly Change[]) => Tamper;
}

/** Searches for a forbidden dependency of one synapse's update in one timestep. */
export class Trespass {
  /** Whether a run in which everything was changed has reached the update; if not, nothing is known. */
  tried = false;

  constructor(
    private readonly bench: Bench,
    private readonly synapse: SynapseAt,
    private readonly timestep: number,
    /** Its update if nothing is changed. */
    private readonly usual: Update,
  ) {}

  /** Finds what changes the update: in this timestep, or otherwise in the one before. */
  find(): Counterexample | undefined {
    return this.findNow(() => true) ?? (this.timestep > 1 ? this.findBefore() : undefined);
  }

  /** Changes all numbers of certain places in this timestep, except what the synapse is entitled to. */
  private findNow(among: (place: Place) => boolean): Counterexample | undefined {
    const { bench, synapse, timestep } = this;
    return this.inSomeManner((manner) => {
      const changes: Change[] = [];
      const all: Tamper = (moment, now) => {
        if (now !== timestep) return;
        for (const { held, k, role } of bench.numbers(synapse, moment, now)) {
          if (role !== undefined || !among(held.place)) continue;
          changes.push({ held, k, timestep, moment });
          bench.change({ held, k }, manner);
        }
      };
      return { all, changes, some: (few) => this.only(few, manner) };
    });
  }

  /** Changes everything a timestep before, and restores what the synapse is entitled to in this one. */
  private findBefore(): Counterexample | undefined {
    const { bench, synapse, timestep } = this;
    const entitled: { readonly change: Pick<Change, 'held' | 'k'>; readonly value: number }[] = [];
    const frozen = (tamper: () => void): Tamper => {
      return (moment, now) => {
        if (now === timestep && moment === 'broadcast') tamper();
      };
    };
    bench.attempt(
      timestep,
      synapse,
      frozen(() => {
        for (const { held, k, role } of bench.numbers(synapse, 'broadcast', timestep)) {
          if (role !== undefined) entitled.push({ change: { held, k }, value: held.get(k) });
        }
      }),
    );
    const putBack = frozen(() => {
      for (const { change, value } of entitled) change.held.set(change.k, value);
    });
    return this.inSomeManner((manner) => {
      const changes: Change[] = [];
      const all: Tamper = (moment, now) => {
        if (moment === 'broadcast' && now === timestep - 1) {
          for (const { held, k } of bench.numbers(synapse, moment, now)) {
            changes.push({ held, k, timestep: now, moment });
            bench.change({ held, k }, manner);
          }
        }
        putBack(moment, now);
      };
      const some = (few: readonly Change[]): Tamper => {
        const only = this.only(few, manner);
        return (moment, now) => {
          only(moment, now);
          putBack(moment, now);
        };
      };
      return { all, changes, some };
    });
  }

  /** Changes everything, in one manner after another, until a run reaches the whole update. */
  private inSomeManner(changing: (manner: Manner) => Changing): Counterexample | undefined {
    for (const manner of MANNERS) {
      const what = changing(manner);
      const update = this.bench.attempt(this.timestep, this.synapse, what.all);
      if (!update) continue;
      this.tried = true;
      if (differ(update, this.usual)) return this.smallest(what);
      if (update.length === this.usual.length) break;
    }
    return undefined;
  }

  /** Finds a single weight, input or target that changes this update or a later one: in RTRL, for example, weights matter only after a timestep. */
  static telling(bench: Bench, synapse: SynapseAt, timesteps: readonly number[]): Counterexample | undefined {
    for (const timestep of timesteps) {
      const [usual] = bench.usual(timestep, [synapse]);
      const found = new Trespass(bench, synapse, timestep, usual).findNow(({ kind }) => MOST_TELLING.has(kind));
      if (found?.changed.length === 1) return found;
    }
    return undefined;
  }

  /** The first single change that is enough; all changes if no single one is, and none if the difference comes from an earlier trial. */
  private smallest({ all, changes, some }: Changing): Counterexample {
    const { bench, synapse, timestep } = this;
    const sorted = [...changes].sort((a, b) => rank(a) - rank(b));
    // A rule that keeps something to itself uses it in the next run, so a run without changes comes in between.
    const changesAfresh = (tamper?: Tamper) => {
      bench.run(timestep, [synapse]);
      return this.changes(tamper);
    };
    if (changesAfresh() || !changesAfresh(all)) return told(synapse, timestep, 'before');
    const isEnough = (few: readonly Change[]) => changesAfresh(some(few));
    const firstOf = (few: readonly Change[]) => few.find((change) => isEnough([change]));
    // The number is usually in a place that is enough if all its numbers are changed.
    let single: Change | undefined;
    for (const few of byPlace(sorted)) {
      if (few.length === 1 || isEnough(few)) single = firstOf(few);
      if (single) break;
    }
    single ??= firstOf(sorted);
    return told(synapse, timestep, single ? [single] : sorted);
  }

  private only(few: readonly Change[], manner: Manner): Tamper {
    return (at, now) => {
      for (const change of few) if (at === change.moment && now === change.timestep) this.bench.change(change, manner);
    };
  }

  /** Whether the update differs when the run is tampered with. A run that fails before the update shows nothing. */
  private changes(tamper?: Tamper): boolean {
    const update = this.bench.attempt(this.timestep, this.synapse, tamper);
    return update !== undefined && differ(update, this.usual);
  }
}

/** Whether the meaning of what was changed is clear without explanation. */
export function isTelling({ changed }: Counterexample): boolean {
  return changed.length === 1 && MOST_TELLING.has(changed[0].place.kind);
}

/** Groups changes by place and moment, in the order of their first change. */
function byPlace(changes: readonly Change[]): readonly (readonly Change[])[] {
  const places = new Map<Held, Map<Moment, Change[]>>();
  const ordered: Change[][] = [];
  for (const change of changes) {
    const moments = places.get(change.held) ?? new Map<Moment, Change[]>();
    places.set(change.held, moments);
    const known = moments.get(change.moment);
    if (known) known.push(change);
    else {
      const few = [change];
      moments.set(change.moment, few);
      ordered.push(few);
    }
  }
  return ordered;
}
