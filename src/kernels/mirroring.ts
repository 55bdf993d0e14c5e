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

/** What is known of a mirror. */
interface Known {
  readonly mirror: Mirror;
  /** Whether it is one with what it mirrors. */
  isOne: boolean;
  /** Of one that is: whether its own weights are those of before. */
  isBehind: boolean;
  /** Of one that is not: whether it has been found to be another matrix. */
  isOther: boolean;
}

/** Which mirrors of a machine are one with what they mirror. Whoever looks at weights, or changes them, tells this first. */
export class Mirroring {
  private readonly all: readonly Known[];

  constructor(private readonly memory: Memory) {
    this.all = memory.layout.mirrors.map((mirror) => ({ mirror, isOne: false, isBehind: false, isOther: false }));
  }

  /** A trial begins that is run and learned from in one go, or, else, timestep by timestep. */
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

  /** A weight of a group is set, or one of its parameters. */
  changes(group: BuiltGroup): void {
    for (const known of this.all) {
      const { mirror } = known;
      if (mirror.group.group === group || mirror.of.group === group) this.part(known);
    }
  }

  /** The weights of a group are looked at. */
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

  /** A mirror is one with what it mirrors if it is its transpose to the bit, and learns with the same numbers. */
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

  /** Visits where each of a mirror's weights is among the numbers, and where the one is that it mirrors, as long as that says to go on; says whether it did so to the end. */
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
