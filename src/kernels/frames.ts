import type { BuiltPopulation } from '../circuit/index.ts';
import { LINE, lines } from './memory.ts';

/** What a neuron has in every frame. */
export type Field = 'rate' | 'sent' | 'potential' | 'slope' | 'retention' | 'signal' | 'error' | 'z' | 'v';

/**
 * One timestep of everything that neurons publish: for each population a row of numbers for each field. Frames of successive timesteps
 * lie one after another, an odd number of cache lines apart, so that no two of them fall on each other in the cache.
 */
export class Frames {
  private bytes = 0;
  private readonly offsets = new Map<string, number>();

  constructor(private readonly numberBytes: 4 | 8) {}

  /** Bytes from one frame to the next. */
  get stride(): number {
    const count = lines(this.bytes);
    return (count % 2 === 0 ? count + 1 : count) * LINE;
  }

  add(population: BuiltPopulation, field: string): number {
    const offset = this.bytes;
    this.offsets.set(`${population.index} ${field}`, offset);
    this.bytes += this.rowBytes(population);
    return offset;
  }

  /** Bytes of a population's row: whole cache lines. */
  rowBytes({ size }: BuiltPopulation): number {
    return lines(size * this.numberBytes) * LINE;
  }

  has(population: BuiltPopulation, field: Field): boolean {
    return this.offsets.has(`${population.index} ${field}`);
  }

  /** Where in a frame the row begins that a population's synapses see: what its axons sent. */
  sentBy(population: BuiltPopulation): number {
    return this.of(population, population.sending ? 'sent' : 'rate');
  }

  /** Where in a frame a population's row begins. */
  of(population: BuiltPopulation, field: Field): number {
    const offset = this.offsets.get(`${population.index} ${field}`);
    if (offset === undefined) throw new Error(`'${population.name}' has no ${field}`);
    return offset;
  }
}
