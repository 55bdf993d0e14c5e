import type { BuiltCircuit } from './built.ts';
import { catalogueOf, type CellsOf, type Filling, type Thing } from './catalogue.ts';
import { Continuation } from './continuation.ts';
import type { Carried, GroupWeights, Published } from './engine.ts';
import { heldAt, type Cells, type Held } from './held.ts';
import { publishedReader } from './published.ts';
import type { Reader } from './reader.ts';
import type { Timestep } from './timestep/timestep.ts';

/** All that an engine holds, by its catalogue: how it is read, kept from trial to trial, and inspected. */
export class Holdings {
  private things: readonly Thing[] | undefined;

  constructor(
    private readonly circuit: BuiltCircuit,
    private readonly timestep: Timestep,
    /** `rules`: whether the circuit learns by its own rules. */
    private readonly filling: Filling & { readonly rules: boolean },
    private readonly cellsOf: CellsOf,
    private goingOn?: Continuation,
  ) {}

  /** Made on first use: many engines are built and never inspected. */
  get catalogue(): readonly Thing[] {
    return (this.things ??= catalogueOf(this.circuit, this.timestep, this.filling));
  }

  /** The count of timesteps and the numbers of neurons that are kept from trial to trial. */
  get continuation(): Continuation {
    return (this.goingOn ??= new Continuation(this.catalogue));
  }

  /** A copy of the weights. */
  weights(): GroupWeights {
    return copied(this.kept('weights'));
  }

  /** Sets the weights; changes requested so far are discarded. */
  setWeights(weights: GroupWeights): void {
    for (const [name, cells] of this.kept('weights')) fill(cells, weights[name]);
    for (const thing of this.catalogue) {
      const cells = thing.place?.kind === 'asked' ? this.cellsOf(thing, 0) : undefined;
      if (cells) fill(cells, new Float64Array(cells.length));
    }
  }

  /** A copy of all else that is kept from trial to trial. */
  carried(): Carried {
    return { ...copied(this.kept('carried')), ...this.continuation.carried() };
  }

  setCarried(carried: Carried): void {
    this.continuation.setCarried(carried);
    for (const [name, cells] of this.kept('carried')) fill(cells, carried[name]);
  }

  /** @throws InputError if nothing of that name is published. */
  reader(what: Published): Reader {
    const { circuit, timestep, catalogue, filling, cellsOf } = this;
    return publishedReader(circuit, what, { timestep, catalogue, cellsOf, rules: filling.rules });
  }

  /** Everything that affects what is learned. */
  held(): readonly Held[] {
    return this.catalogue.flatMap((thing) => {
      const { place, back } = thing;
      if (!place) return [];
      return Array.from({ length: back + 1 }, (_, ago) => ago).flatMap((ago) => {
        const cells = this.cellsOf(thing, ago);
        return cells ? [heldAt('ago' in place ? { ...place, ago } : place, cells)] : [];
      });
    });
  }

  /** What synapses keep from trial to trial, their states before their weights. */
  private kept(among: 'weights' | 'carried'): readonly (readonly [name: string, cells: Cells])[] {
    const of = (kind: 'state' | 'weight') =>
      this.catalogue.flatMap((thing) => {
        if (thing.kept?.among !== among || thing.place?.kind !== kind) return [];
        const cells = this.cellsOf(thing, 0);
        return cells ? [[thing.kept.as, cells] as const] : [];
      });
    return [...of('state'), ...of('weight')];
  }
}

function copied(all: readonly (readonly [name: string, cells: Cells])[]): Readonly<Record<string, Float64Array>> {
  return Object.fromEntries(
    all.map(([name, cells]) => {
      const values = new Float64Array(cells.length);
      cells.read(values, 0);
      return [name, values];
    }),
  );
}

function fill(cells: Cells, values: Float64Array): void {
  for (let k = 0; k < values.length; k++) cells.set(k, values[k]);
}
