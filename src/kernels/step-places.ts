import type { Given, HeldBySteps, Row } from '../circuit/index.ts';
import type { Place } from './steps-apart.ts';

/** Where the arrays of the steps are to lie. */
interface OneMemory {
  array(length: number): Float64Array;
  /** 0: it lies elsewhere. */
  addressOf(array: Float64Array): number;
}

/** What stays where it is in a trial: its place in the table, and what finds it. */
interface Lasting {
  readonly at: number;
  readonly find: () => Float64Array | undefined;
}

/** Keeps the table of where steps find their places. */
export class StepPlaces {
  /** Whether everything that stays where it is in a trial lies in the one memory. */
  private isHere = false;
  private readonly lasting: readonly Lasting[];
  private readonly disturbances: readonly { readonly at: number; readonly of: Row }[];
  /** What is looked up in each timestep. */
  private readonly given: readonly { readonly from: Given; readonly into: Float64Array }[];

  /** @param addresses The table. */
  constructor(
    places: readonly Place[],
    private readonly held: HeldBySteps,
    private readonly addresses: Int32Array,
    private readonly memory: OneMemory,
  ) {
    const own = places.map((place) => (place.kind === 'given' ? memory.array(place.size) : undefined));
    this.given = places.flatMap((place, at) => {
      const into = own[at];
      if (place.kind !== 'given' || !into) return [];
      if (place.of.kind !== 'numbers') return [{ from: held.given(place.of), into }];
      into.set(place.of.values);
      return [];
    });
    this.disturbances = places.flatMap(({ kind, of }, at) => (kind === 'disturbance' ? [{ at, of }] : []));
    this.lasting = places.flatMap((place, at): Lasting[] => {
      switch (place.kind) {
        case 'row':
          return [{ at, find: () => held.trackOf(place.of).values }];
        case 'weights':
          return [{ at, find: () => held.matrixOf(place.of) }];
        case 'given':
          return [{ at, find: () => own[at] }];
        default:
          return [];
      }
    });
  }

  /** A trial begins. */
  begin(): void {
    this.isHere = true;
    for (const { at, find } of this.lasting) {
      const array = find();
      this.addresses[at] = array ? this.memory.addressOf(array) : 0;
      if (this.addresses[at] === 0) this.isHere = false;
    }
  }

  /** A timestep begins. Returns whether everything lies in the one memory. */
  prepare(): boolean {
    if (!this.isHere) return false;
    for (const { from, into } of this.given) {
      from.begin();
      for (let i = 0; i < into.length; i++) into[i] = from.number(i);
    }
    for (const { at, of } of this.disturbances) {
      const by = this.held.disturbanceOf(of);
      this.addresses[at] = by ? this.memory.addressOf(by) : 0;
      if (by && this.addresses[at] === 0) return false;
    }
    return true;
  }
}
