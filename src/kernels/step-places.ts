import type { Given, HeldBySteps, Row } from '../circuit/index.ts';
import type { Place } from './steps-apart.ts';

/** The memory in which the arrays of the steps must lie. */
interface OneMemory {
  array(length: number): Float64Array;
  /** 0 if it lies elsewhere. */
  addressOf(array: Float64Array): number;
}

/** Maintains the table of the addresses that steps use. */
export class StepPlaces {
  /** Whether everything that does not move during a trial lies in the one memory. */
  private isHere = false;
  /** What does not move during a trial: its index in the table, and a function that finds it. */
  private readonly lasting: { readonly at: number; readonly find: () => Float64Array | undefined }[] = [];
  private readonly disturbances: { readonly at: number; readonly of: Row }[] = [];
  /** What is looked up in each timestep. */
  private readonly given: { readonly from: Given; readonly into: Float64Array }[] = [];

  /** @param addresses The table. */
  constructor(
    places: readonly Place[],
    private readonly held: HeldBySteps,
    private readonly addresses: Int32Array,
    private readonly memory: OneMemory,
  ) {
    places.forEach((place, at) => {
      if (place.kind === 'disturbance') this.disturbances.push({ at, of: place.of });
      else this.lasting.push({ at, find: this.finding(place) });
    });
  }

  begin(): void {
    this.isHere = this.lasting.every(({ at, find }) => this.put(at, find()));
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
      if (!this.put(at, by) && by) return false;
    }
    return true;
  }

  private finding(place: Exclude<Place, { readonly kind: 'disturbance' }>): () => Float64Array | undefined {
    const { held } = this;
    if (place.kind === 'weights') return () => held.matrixOf(place.of);
    if (place.kind === 'row') return () => held.trackOf(place.of).values;
    const own = this.memory.array(place.size);
    if (place.of.kind === 'numbers') own.set(place.of.values);
    else this.given.push({ from: held.given(place.of), into: own });
    return () => own;
  }

  /** Writes the address of an array into the table; returns whether it lies in the one memory. */
  private put(at: number, array: Float64Array | undefined): boolean {
    this.addresses[at] = array ? this.memory.addressOf(array) : 0;
    return this.addresses[at] > 0;
  }
}
