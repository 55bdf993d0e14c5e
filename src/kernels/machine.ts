import { refuseDescent, type BuiltGroup, type Row, type TunedNumber } from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';
import { carryInMemory } from './carry.ts';
import { roomOfEvents } from './events.ts';
import { VECTOR } from './lanes.ts';
import type { Layout } from './layout.ts';
import { tooLarge, type Lowered, type Room } from './lowered.ts';
import { packInto } from './matrix.ts';
import { growTo, LARGEST, LINE, lines } from './memory.ts';
import { Mirroring } from './mirroring.ts';
import type { Global, GLOBALS } from './wat.ts';

/** The exports of a module: its variables (wat.ts), and the functions that run trials (run.ts). */
type Exports = { readonly [name in Global]: WebAssembly.Global<(typeof GLOBALS)[name]> } & Readonly<
  Record<`sense_${number}`, () => void>
> & {
    begin(): void;
    room(count: number): void;
    carry(): void;
    signal(): void;
    advance(count: number, learn: number, divisor: number): number;
    finish(divisor: number): number;
    /** Present if it is written (local.ts). */
    once?(this: void, learn: number, divisor: number): number;
    /** For a circuit that learns by its own rules. */
    learn(divisor: number): number;
  };

/** A kernel at work: a module and its memory. */
export class Machine {
  readonly layout: Layout;
  readonly exports: Exports;
  /** The signals of the current trial: their addresses and lengths. */
  readonly signals = { input: { address: 0, length: 0 }, target: { address: 0, length: 0 } };
  readonly mirroring: Mirroring;
  private readonly memory: WebAssembly.Memory;
  private before: Uint8Array | undefined;
  /** After the frames come the trial's input and target. */
  private readonly room: Room;
  private views: ReturnType<Machine['view']>;

  constructor({ layout, room, module }: Lowered) {
    this.layout = layout;
    this.room = room;
    this.memory = layout.memory.create();
    const carries = layout.feedback.map((feedback) => carryInMemory(this, feedback));
    const follow = (feedback: number) => {
      carries[feedback]();
    };
    const instance = new WebAssembly.Instance(module, { rxflo: { memory: this.memory, follow } });
    // The exports and their types follow from the text, which TypeScript does not read.
    this.exports = instance.exports as unknown as Exports;
    this.views = this.view();
    this.mirroring = new Mirroring(this);
    for (const one of [...layout.circuit.groups, ...layout.relearned, ...layout.feedback]) {
      const { packing, weights } = layout.matrixOf(one);
      packInto(this.numbers.subarray(weights / layout.bytes), packing, one.weights);
    }
    this.wrote();
    this.give({ timesteps: 1, input: new Float64Array(0), target: new Float64Array(0) });
    this.exports.begin();
  }

  /** The memory as numbers of the kernel's precision. */
  get numbers(): Float32Array | Float64Array {
    return this.views.numbers;
  }

  get words(): Int32Array {
    return this.views.words;
  }

  /** The memory as numbers of the trial's signals. */
  get doubles(): Float64Array {
    return this.views.doubles;
  }

  get window(): number {
    return this.exports.window.value;
  }

  /** Whether something has stopped being finite. */
  get isFaulty(): boolean {
    const { fault, bytes } = this.layout;
    return this.numbers.subarray(fault / bytes, (fault + VECTOR) / bytes).some((lane) => lane !== 0);
  }

  /** Whether the latest sweep is the last of its timestep. */
  get isLast(): boolean {
    return !this.layout.timestep.repeat || this.exports.last.value > 0;
  }

  /** The current timestep of the task, from 1. */
  get timestep(): number {
    const { sample, timestep } = this.exports;
    return (this.layout.timestep.repeat ? sample : timestep).value;
  }

  /** Copies a trial's input and target into the memory. @throws InputError if that would be too large. */
  give({ timesteps, input, target }: Trial): void {
    const { first, count } = this.room;
    const { frames, timestep } = this.layout;
    const { history, repeat } = timestep;
    // Frames of a whole trial lie between those that it looks back at and empty ones after its end.
    const at = first + (count ?? timesteps * (repeat?.times ?? 1) + 2 * history) * frames.stride;
    // The last vector of the signals may extend beyond them.
    const kept = at + lines(8 * (input.length + target.length) + LINE) * LINE;
    const span = this.layout.kept.span(timesteps);
    const events = kept + this.layout.kept.width * span;
    const lists = this.layout.plastic.map(({ listed, group: { from } }) =>
      listed ? roomOfEvents((timesteps + listed.longer) * from.size, from.size) : 0,
    );
    const size = events + Math.max(0, ...lists);
    if (size > LARGEST) throw tooLarge(size);
    if (size > this.memory.buffer.byteLength) {
      growTo(this.memory, size);
      this.views = this.view();
    }
    this.doubles.set(input, at / 8);
    this.doubles.set(target, at / 8 + input.length);
    const { signals, exports } = this;
    signals.input = { address: at, length: input.length };
    signals.target = { address: at + 8 * input.length, length: target.length };
    exports.kept.value = kept;
    exports.span.value = span;
    exports.events.value = events;
    exports.input.value = signals.input.address;
    exports.target.value = signals.target.address;
  }

  /** Remembers everything that is kept from trial to trial. */
  remember(): void {
    this.before ??= new Uint8Array(this.room.first);
    this.before.set(new Uint8Array(this.memory.buffer, 0, this.room.first));
  }

  /** Puts back what was remembered. */
  putBack(): void {
    if (this.before) new Uint8Array(this.memory.buffer).set(this.before);
  }

  /** How many timesteps can be run at once. */
  get chunk(): number {
    const { count } = this.room;
    return count === null ? Infinity : count - this.layout.timestep.history;
  }

  /** Neurons continue from the last timesteps of a row, the latest first, [depth][size]. */
  goOn(row: Row, values: Float64Array): void {
    const { size } = row.population;
    for (let ago = 0; ago * size < values.length; ago++) {
      this.numbers.set(values.subarray(ago * size, (ago + 1) * size), this.placeOf(row, ago));
    }
  }

  /** The last timesteps of a row, the latest first, [depth][size]. */
  history(row: Row, depth: number): Float64Array {
    const { size } = row.population;
    return Float64Array.from(
      { length: depth * size },
      (_, k) => this.numbers[this.placeOf(row, Math.floor(k / size)) + (k % size)],
    );
  }

  /** The index at which a row of `ago` timesteps before begins among the numbers. */
  placeOf(row: Row, ago = 0): number {
    const { frames, bytes } = this.layout;
    return (this.window + frames.at(row, ago)) / bytes;
  }

  /** Notes that weights were set from outside. */
  wrote(): void {
    this.doubles[this.layout.written / 8]++;
  }

  /** Sets a tunable parameter of the rule of a group; has no effect if its program does not read it. */
  setParameter(group: BuiltGroup, name: string, value: number): void {
    const address = this.layout.plasticOf(group)?.parameters[name];
    if (address === undefined) return;
    this.mirroring.changes(group);
    const { bytes } = this.layout;
    this.numbers.fill(value, address / bytes, (address + VECTOR) / bytes);
  }

  /** Sets a number that neurons compute with, and the initial values that depend on it. */
  setNumber(number: TunedNumber, value: number): void {
    const { layout } = this;
    this.doubles[layout.tunedAt(number) / 8] = value;
    this.numbers.set(layout.firstFrame(), layout.initial / layout.bytes);
  }

  /** Sets the learning rate of a group that descends. @throws InputError if it does not. */
  setRate(group: BuiltGroup, value: number): void {
    const plastic = this.layout.plasticOf(group);
    if (plastic) this.doubles[plastic.rateAt / 8] = value;
    else refuseDescent(group);
  }

  private view() {
    const { buffer } = this.memory;
    const numbers = this.layout.precision === 'f64' ? new Float64Array(buffer) : new Float32Array(buffer);
    return { numbers, doubles: new Float64Array(buffer), words: new Int32Array(buffer) };
  }
}
