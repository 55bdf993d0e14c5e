import type { BuiltGroup } from '../circuit/index.ts';
import type { Layout } from './layout.ts';
import type { Mirror } from './mirrors.ts';

/** A kernel's memory: its words of 32 bits, and its numbers. */
interface Memory {
  readonly layout: Layout;
  readonly words: Int32Array;
  readonly numbers: Float32Array | Float64Array;
  wrote(): void;
}

/** What is known about a mirror. */
interface Known {
  readonly mirror: Mirror;
  /** Whether it shares the weights of the group that it mirrors. */
  isOne: boolean;
  /** If so: whether its own weights are out of date. */
  isBehind: boolean;
  /** If not: whether it has been found to be a different matrix. */
  isOther: boolean;
}

/** Knows which mirrors of a machine share the weights that they mirror. It must be told before weights are read or changed. */
export class Mirroring {
  private readonly all: readonly Known[];

  constructor(private readonly memory: Memory) {
    this.all = memory.layout.mirrors.map((mirror) => ({ mirror, isOne: false, isBehind: false, isOther: false }));
  }

  /** A trial begins, which is run and learned from at once (`isOnce`) or timestep by timestep. */
  begin(isOnce: boolean, learn: boolean): void {
    for (const known of this.all) {
      if (!isOnce) {
        if (learn) this.part(known);
        continue;
      }
      if (!known.isOne && !known.isOther) this.compare(known);
      if (learn && known.isOne) known.isBehind = true;
    }
  }

  /** A weight or a parameter of a group is about to be set. */
  changes(group: BuiltGroup): void {
    for (const known of this.all) {
      const { mirror } = known;
      if (mirror.group.group === group || mirror.of.group === group) this.part(known);
    }
  }

  /** The weights of a group are about to be read. */
  shows(group: BuiltGroup): void {
    for (const known of this.all) if (known.mirror.group.group === group) this.show(known);
  }

  private part(known: Known): void {
    known.isOther = false;
    if (!known.isOne) return;
    this.show(known);
    this.set(known, false);
    this.memory.wrote();
  }

  /** Gives a mirror its own weights. */
  private show(known: Known): void {
    if (!known.isBehind) return;
    known.isBehind = false;
    const { numbers } = this.memory;
    this.visit(known.mirror, (own, other) => {
      numbers[own] = numbers[other];
      return true;
    });
  }

  /** A mirror shares the weights of its group if it is the exact transpose, and learns with the same numbers. */
  private compare(known: Known): void {
    const { mirror } = known;
    const { numbers, layout } = this.memory;
    const number = ({ parameters }: Mirror['group'], name: string) => numbers[parameters[name] / layout.bytes];
    const names = Object.keys(mirror.group.parameters);
    const isOne =
      names.every((name) => number(mirror.group, name) === number(mirror.of, name)) &&
      this.visit(mirror, (own, other) => Object.is(numbers[own], numbers[other]));
    this.set(known, isOne);
    known.isOther = !isOne;
  }

  private set(known: Known, isOne: boolean): void {
    known.isOne = isOne;
    this.memory.words[known.mirror.isOne / 4] = Number(isOne);
  }

  /** Visits the indices of each of a mirror's weights and of the weight it mirrors, as long as `goOn` returns true; returns whether it visited all. */
  private visit({ group, of }: Mirror, goOn: (own: number, other: number) => boolean): boolean {
    const { bytes } = this.memory.layout;
    const [own, other] = [group.matrix, of.matrix].map(({ packing: { place }, weights }) => ({
      place,
      first: weights / bytes,
    }));
    const { size: rows } = group.group.to;
    const { size: columns } = group.group.from;
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < columns; i++) {
        if (!goOn(own.first + own.place[j * columns + i], other.first + other.place[i * rows + j])) return false;
      }
    }
    return true;
  }
}
