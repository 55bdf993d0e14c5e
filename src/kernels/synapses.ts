import type { Source } from '../circuit/index.ts';
import type { Read, Value } from '../local/index.ts';
import type { Slot } from './frames.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes, type Operand } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { lower, readsOf } from './lower.ts';
import { sweepPanels, type PanelEntries, type Place } from './matrix.ts';
import { range } from './packing.ts';
import { rootsOf } from './programs.ts';
import { i32, type Expression } from './wat.ts';
import { memo, moved, type Variable, type Writer } from './writer.ts';

/** How many vectors of numbers are held in registers together: states and sums of changes. There are 16 registers, and the computation needs some. */
const HELD = 10;
/** How many vectors run in parallel if several entries are taken together, so that what neurons publish is loaded less often. */
const ABREAST = 2;

/** The row of a name in a group's program. */
export function rowRead(reads: ReadonlyMap<string, Source>, path: string): Extract<Source, { kind: 'row' }> {
  const source = reads.get(path);
  if (source?.kind === 'row') return source;
  throw new Error(`unknown row '${path}'`);
}

/** Visits all synapses of a group, a few vectors at a time: at most `abreast` in parallel, of at most `together` entries. */
export function visitSynapses(
  kernel: Kernel,
  writer: Writer,
  group: PlasticGroup,
  visit: (synapses: Synapses) => void,
  { abreast = ABREAST, together: most = HELD }: { readonly abreast?: number; readonly together?: number } = {},
): void {
  const { matrix, program } = group;
  const numbers = 1 + program.state.length;
  matrix.packing.parts.forEach((part, which) => {
    sweepPanels(writer, matrix, which, 1, (panel) => {
      for (let first = 0; first < part.vectors; first += abreast) {
        const vectors = Math.min(abreast, part.vectors - first);
        const together = Math.max(1, Math.min(most, Math.floor(HELD / numbers / vectors)));
        const all = { from: panel.from, until: panel.until, step: 4 };
        writer.inGroups(all, together === 1 ? [1] : [together, 1], (entries, entry) => {
          visit(new Synapses(kernel, writer, group, { which, panel, entry, entries, first, vectors }));
        });
      }
    });
  });
}

/** A few vectors of a panel: `vectors` of them from `first` on, in `entries` entries one after another. */
interface Block {
  readonly which: number;
  readonly panel: PanelEntries;
  readonly entry: Expression;
  readonly entries: number;
  readonly first: number;
  readonly vectors: number;
}

/** The numbers of a vector of synapses, by their addresses in the packing. */
export interface SynapseVector {
  readonly load: (address: number) => Expression;
  readonly store: (address: number, value: Operand) => void;
  /** Sets w to 0 in places without a synapse. */
  readonly masked: (w: Expression) => Expression;
}

/** The state of some synapses, in registers. */
interface HeldState {
  /** For each variable, in their order. */
  readonly variables: readonly (readonly Variable[])[];
  store(): void;
}

/** A few vectors of synapses, their numbers held in registers. */
export class Synapses {
  readonly lanes: Lanes;
  /** The place of the numbers of each vector, bytes from those of the first entry. */
  private readonly places: readonly number[];
  private readonly numbers: Expression;
  private readonly columns: readonly Place[];
  /** The weight of each vector, if the program reads it. */
  private readonly weights: readonly Expression[];

  constructor(
    private readonly kernel: Kernel,
    private readonly writer: Writer,
    private readonly group: PlasticGroup,
    readonly block: Block,
  ) {
    const { which, panel, entry, entries, first, vectors } = block;
    this.lanes = kernel.lanes(writer);
    const [{ pointer, offset }] = panel.numbers(entry);
    this.numbers = writer.keep('i32', moved(pointer, offset));
    this.columns = range(entries).map((k) => panel.column(entry, 4 * k));
    const width = group.matrix.packing.parts[which].vectors;
    this.places = range(entries).flatMap((e) => range(vectors).map((v) => (e * width + first + v) * VECTOR));
    const reads = readsOf(rootsOf(group.program));
    this.weights = reads.some(({ scope }) => scope === 'own weight')
      ? this.places.map((_, k) => this.own(k, group.matrix.weights))
      : [];
  }

  /** The numbers kept at an address of the packing, one variable for each vector. */
  variables(address: number): Variable[] {
    return this.places.map((_, k) => this.writer.variable('v128', this.own(k, address)));
  }

  store(address: number, variables: readonly Variable[]): void {
    this.places.forEach((offset, k) => {
      this.lanes.store(this.numbers, address + offset, variables[k].value);
    });
  }

  hold(): HeldState {
    const { places, program } = this.group;
    const state = places.slice(0, program.state.length);
    const variables = state.map(({ address }) => this.variables(address));
    return {
      variables,
      store: () => {
        for (const [s, { address }] of state.entries()) this.store(address, variables[s]);
      },
    };
  }

  /** The place of the column of an entry in a row, bytes. */
  columnOf(entry: number): Expression {
    const { pointer, offset } = this.columns[entry];
    return this.writer.keep('i32', moved(pointer, offset));
  }

  /** The place of the neurons of the first vector in a row, bytes. */
  get row(): Expression {
    const { panel, first } = this.block;
    const [{ pointer, offset }] = panel.rows;
    return this.writer.keep('i32', moved(pointer, offset + first * VECTOR));
  }

  get count(): number {
    return this.places.length;
  }

  /** The numbers of vector k, in memory. */
  vector(k: number): SynapseVector {
    return {
      load: (address) => this.own(k, address),
      store: (address, value) => {
        this.lanes.store(this.numbers, address + this.places[k], value);
      },
      masked: (w) => this.masked(k, w),
    };
  }

  /** The numbers of vector k at an address of the packing. */
  private own(k: number, address: number): Expression {
    return this.lanes.load(this.numbers, address + this.places[k]);
  }

  private masked(k: number, w: Expression): Expression {
    const { tables, packing, bytes } = this.group.matrix;
    const { masks } = tables[this.block.which];
    if (masks === 0) return w;
    const within = masks - packing.parts[this.block.which].offset * bytes;
    return this.lanes.and(w, this.lanes.load(moved(this.numbers, within), this.places[k]));
  }

  /** One timestep: writes the new state into `held`, and returns the requested changes. */
  step(window: Expression, held: HeldState): readonly Operand[] {
    const { kernel, lanes, group, weights } = this;
    const { program, shared, parameters } = group;
    const { frames } = kernel.layout;
    const sight = this.sight(window);
    const roots = rootsOf(program);
    const variables = program.state.map(({ variable: { name } }) => name);
    return this.places.map((_, k) => {
      const { brought, post, seen } = sight(k);
      // Copies: a program that exchanges two variables must see both as they were.
      const old = held.variables.map((variable) => lanes.keep(variable[k].value));
      const known = new Map<Value, Operand>();
      for (const { value, address } of shared.own) known.set(value, lanes.loadOwn(address));
      for (const row of shared.pre) known.set(row.value, brought(0)(row));
      for (const row of shared.post) known.set(row.value, post(frames.at(row)));
      const read = (one: Read): Operand => {
        const { path, scope } = one;
        if (scope === 'own weight') return weights[k];
        if (scope === 'parameter') return lanes.loadOwn(parameters[path]);
        const s = variables.indexOf(path);
        return s < 0 ? seen(one) : old[s];
      };
      const results = lower(lanes, roots, read, known);
      held.variables.forEach((variable, s) => {
        variable[k].set(lanes.read(results[s]));
      });
      return results[program.state.length];
    });
  }

  /** How each vector reads the numbers of its two neurons, and global scalars, for a program. */
  seen(window: Expression): (k: number) => (read: Read) => Operand {
    const sight = this.sight(window);
    return (k) => sight(k).seen;
  }

  /**
   * What each vector sees in a timestep: rows that are brought to it with a delay, and rows of its neurons; and of these, and of global scalars, what
   * a program reads.
   */
  private sight(window: Expression) {
    const { kernel, writer, lanes } = this;
    const { reads } = this.group;
    const { frames } = kernel.layout;
    const { panel, first, vectors } = this.block;
    const frame = writer.keep('i32', moved(window, frames.past));
    const post = writer.keep('i32', i32.add(window, panel.rows[0].pointer));
    const posts = range(vectors).map((v) => memo((offset: number) => lanes.load(post, offset + (first + v) * VECTOR)));
    const scalar = memo(({ row, late, neuron }: Extract<Source, { kind: 'element' }>) =>
      lanes.loadSplat(window, frames.at(row, late) + neuron * kernel.layout.bytes),
    );
    const entries = memo((e: number) => {
      const { pointer, offset: column } = this.columns[e];
      const pre = writer.keep('i32', i32.add(frame, pointer));
      // A separate pointer for delayed rows costs nothing, and makes the loop too long for V8 to unroll; unrolled, it would have too few registers.
      return memo((late: number) => {
        const then = writer.keep('i32', moved(pre, -late * frames.stride));
        return memo((row: Slot) => lanes.loadSplat(then, frames.within(row) + column));
      });
    });
    return (k: number) => {
      const [brought, post] = [entries(Math.floor(k / vectors)), posts[k % vectors]];
      const seen = ({ path, scope }: Read): Operand => {
        const source = reads.get(path);
        if (source?.kind === 'number') return source.value;
        if (source?.kind === 'element') return scalar(source);
        const { row, late } = rowRead(reads, path);
        return scope === 'presynaptic' ? brought(late)(row) : post(frames.at(row, late));
      };
      return { brought, post, seen };
    };
  }
}
