import type { Value } from '../local/index.ts';
import { sweepPanels, type Kernel, type PanelEntries, type Place } from './kernel.ts';
import { VECTOR, type Lanes, type Operand } from './lanes.ts';
import type { GroupLayout, PlasticLayout, SharedRow } from './layout.ts';
import { lower, readsOf } from './lower.ts';
import { CREDIT, rootsOf } from './programs.ts';
import { range } from './range.ts';
import { i32, type Expression } from './wat.ts';
import { moved, type Variable, type Writer } from './writer.ts';

/** A synapse group that learns. */
export type PlasticGroup = GroupLayout & { readonly plastic: PlasticLayout };

/** Vectors of numbers that are held in registers together: states, and sums of changes. There are 16, and what is added to them needs some. */
const HELD = 10;
/** Vectors side by side, of which several entries are taken together: so what neurons publish is loaded less often. */
const ABREAST = 2;

/** Where in a frame the row of `pre.rate`, `post.slope` and so on begins. */
export function publishedField({ layout: { frames } }: Kernel, { group, sent }: PlasticGroup, path: string): number {
  switch (path) {
    case 'pre.rate':
      return sent;
    case 'post.rate':
      return frames.of(group.to, 'rate');
    case 'post.slope':
      return frames.of(group.to, 'slope');
    case 'post.retention':
      return frames.of(group.to, 'retention');
    case 'post.signal':
      return frames.of(group.to, 'signal');
    case CREDIT:
      return frames.of(group.to, 'v');
    default:
      throw new Error(`no neuron publishes '${path}'`);
  }
}

/** Visits all synapses of a group, a few vectors at a time. */
export function visitSynapses(
  kernel: Kernel,
  writer: Writer,
  group: PlasticGroup,
  visit: (synapses: HeldSynapses) => void,
): void {
  const { matrix, plastic } = group;
  const numbers = 1 + plastic.program.state.length;
  matrix.packing.parts.forEach((part, which) => {
    sweepPanels(writer, kernel.layout, matrix, which, 1, (panel) => {
      for (let first = 0; first < part.vectors; first += ABREAST) {
        const vectors = Math.min(ABREAST, part.vectors - first);
        const together = Math.max(1, Math.floor(HELD / numbers / vectors));
        const several = (entries: number, from: Expression, until: Expression) => {
          writer.sweep({ from, until, step: 4 * entries }, (entry) => {
            visit(new HeldSynapses(kernel, writer, group, { which, panel, entry, entries, first, vectors }));
          });
        };
        if (together === 1) several(1, panel.from, panel.until);
        else {
          const count = i32.subtract(panel.until, panel.from);
          const over = i32.remainder(count, i32.constant(4 * together));
          const rest = writer.keep('i32', i32.subtract(panel.until, over));
          several(together, panel.from, rest);
          several(1, rest, panel.until);
        }
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

/** The state of some synapses, in registers. */
interface HeldState {
  readonly variables: Readonly<Record<string, readonly Variable[]>>;
  store(): void;
}

/** A few vectors of synapses, their numbers held in registers. */
class HeldSynapses {
  readonly lanes: Lanes;
  /** Where the numbers of each vector stand, bytes from those of the first entry. */
  private readonly places: readonly number[];
  private readonly numbers: Expression;
  private readonly columns: readonly Place[];
  /** The weight of each vector, where the program reads it. */
  private readonly weights: readonly Expression[];

  constructor(
    private readonly kernel: Kernel,
    private readonly writer: Writer,
    private readonly group: PlasticGroup,
    private readonly block: Block,
  ) {
    const { which, panel, entry, entries, first, vectors } = block;
    this.lanes = kernel.lanes(writer);
    const [{ pointer, offset }] = panel.numbers(entry);
    this.numbers = writer.keep('i32', moved(pointer, offset));
    this.columns = range(entries).map((k) => panel.column(entry, 4 * k));
    const width = group.matrix.packing.parts[which].vectors;
    this.places = range(entries).flatMap((e) => range(vectors).map((v) => (e * width + first + v) * VECTOR));
    const reads = readsOf(rootsOf(group.plastic.program));
    this.weights = reads.some(({ scope }) => scope === 'own weight') ? this.places.map((_, k) => this.weight(k)) : [];
  }

  /** The numbers kept at an address of the packing, one variable for each vector. */
  variables(address: number): Variable[] {
    return this.places.map((offset) => this.writer.variable('v128', this.lanes.load(this.numbers, address + offset)));
  }

  store(address: number, variables: readonly Variable[]): void {
    this.places.forEach((offset, k) => {
      this.lanes.store(this.numbers, address + offset, variables[k].value);
    });
  }

  hold(): HeldState {
    const { state } = this.group.plastic;
    const variables = Object.fromEntries(
      Object.entries(state).map(([name, address]) => [name, this.variables(address)]),
    );
    return {
      variables,
      store: () => {
        for (const [name, address] of Object.entries(state)) this.store(address, variables[name]);
      },
    };
  }

  /** The weights of vector k, from memory. */
  weight(k: number): Expression {
    return this.own(k, this.group.matrix.weights);
  }

  /** What stands for vector k at an address of the packing. */
  own(k: number, address: number): Expression {
    return this.lanes.load(this.numbers, address + this.places[k]);
  }

  storeWeight(k: number, w: Expression): void {
    this.lanes.store(this.numbers, this.group.matrix.weights + this.places[k], w);
  }

  /** 0 in the places where there is no synapse. */
  masked(k: number, w: Expression): Expression {
    const { masks } = this.group.matrix.tables[this.block.which];
    if (masks === 0) return w;
    const within = masks - this.group.matrix.packing.parts[this.block.which].offset * this.kernel.layout.bytes;
    return this.lanes.and(w, this.lanes.load(moved(this.numbers, within), this.places[k]));
  }

  /** One timestep: the new state into `held`, and the changes asked for. */
  step(frame: Expression, held: HeldState): readonly Operand[] {
    const { kernel, writer, lanes, group } = this;
    const { plastic } = group;
    const { state } = plastic.program;
    const { stride } = kernel.layout.frames;
    const { panel, entries, first, vectors } = this.block;
    const post = writer.keep('i32', i32.add(frame, panel.rows[0].pointer));
    const posts = range(vectors).map((v) => memo((offset: number) => lanes.load(post, offset + (first + v) * VECTOR)));
    return range(entries).flatMap((e) => {
      const { pointer, offset: column } = this.columns[e];
      const pre = writer.keep('i32', i32.add(frame, pointer));
      const late = writer.keep('i32', moved(pre, -group.late * stride));
      const rate = memo((offset: number) => lanes.loadSplat(late, offset + column));
      const sharedPre = plastic.shared.pre.map(
        (row) => [row.value, lanes.loadSplat(pre, row.offset + column)] as const,
      );
      return range(vectors).map((v) => {
        const k = e * vectors + v;
        // Copies: a program that exchanges two variables must see both as they were.
        const old = new Map(state.map(({ name }) => [name, lanes.keep(held.variables[name][k].value)]));
        const known = new Map<Value, Operand>([...sharedPre, ...this.sharedPost(plastic.shared.post, posts[v])]);
        const results = lower(
          lanes,
          rootsOf(plastic.program),
          ({ path, scope }) => {
            if (scope === 'own weight') return this.weights[k];
            if (scope === 'own state') return found(old, path);
            const field = publishedField(kernel, group, path);
            return scope === 'presynaptic' ? rate(field) : posts[v](field);
          },
          known,
        );
        state.forEach(({ name }, s) => {
          held.variables[name][k].set(lanes.read(results[s]));
        });
        return results[state.length];
      });
    });
  }

  private sharedPost(
    rows: readonly SharedRow[],
    load: (offset: number) => Expression,
  ): (readonly [Value, Expression])[] {
    return rows.map(({ value, offset }) => [value, load(offset)] as const);
  }
}

function found<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`nothing is known of '${String(key)}'`);
  return value;
}

/** Computes each once. */
function memo(load: (offset: number) => Expression): (offset: number) => Expression {
  const known = new Map<number, Expression>();
  return (offset) => {
    const found = known.get(offset) ?? load(offset);
    known.set(offset, found);
    return found;
  };
}
