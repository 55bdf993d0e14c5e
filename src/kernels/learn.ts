import type { Value } from '../local/index.ts';
import { addFault, excess } from './fault.ts';
import { sweepPanels, type Kernel, type PanelEntries, type Place } from './kernel.ts';
import { VECTOR, type Lanes, type Operand } from './lanes.ts';
import type { GroupLayout, Layout, PlasticLayout, SharedRow } from './layout.ts';
import { lower, readsOf } from './lower.ts';
import { CREDIT, rootsOf } from './programs.ts';
import { range } from './range.ts';
import { clearMemory, f64, i32, op, type Expression } from './wat.ts';
import { moved, type Variable, type Writer } from './writer.ts';

/** A synapse group that learns. */
export type PlasticGroup = GroupLayout & { readonly plastic: PlasticLayout };

export function plasticGroups({ groups }: Layout): readonly PlasticGroup[] {
  return groups.filter((group): group is PlasticGroup => group.plastic !== undefined);
}

/** What a group's sum of changes is multiplied by: its rate, divided by the timesteps of the trial (f64). */
export function stepOf({ plastic: { rate } }: PlasticGroup, timesteps: Expression): Expression {
  return op('f64.div', f64.constant(rate), timesteps);
}

/** Vectors of numbers that are held in registers together: states, and sums of changes. */
const HELD = 8;
/** Vectors side by side, of which several entries are taken together: so what neurons publish is loaded less often. */
const ABREAST = 2;

/**
 * Writes `learn_g(first, end)`: for the frames first .. end (exclusive) every synapse updates its trace and asks for its change.
 *
 * Traces do not feed back into the activity within a trial, so the timesteps of a few synapses are gone through in one go, their
 * traces held in registers: memory is touched once for many timesteps.
 */
export function writeLearn(kernel: Kernel, group: PlasticGroup): void {
  const { stride } = kernel.layout.frames;
  kernel.write(`learn_${group.group.index}`, 2, (writer, first, end) => {
    writer.sweep({ from: first, until: end, step: stride }, (frame) => {
      writeShared(kernel, writer, group, frame);
    });
    visitSynapses(kernel, writer, group, (synapses) => {
      const held = synapses.hold();
      const asked = synapses.variables(group.plastic.asked);
      writer.sweep({ from: first, until: end, step: stride }, (frame) => {
        const changes = synapses.step(frame, held);
        asked.forEach((sum, k) => {
          sum.set(synapses.lanes.add(sum.value, changes[k]));
        });
      });
      held.store();
      synapses.store(group.plastic.asked, asked);
    });
  });
}

/** Writes `learn_apply_g(frame, step)`: one timestep's traces and changes, applied at once. */
export function writeLearnAndApply(kernel: Kernel, group: PlasticGroup): void {
  kernel.write(`learn_apply_${group.group.index}`, ['i32', 'f64'], (writer, frame, each) => {
    const lanes = kernel.lanes(writer);
    const step = lanes.splat(each);
    const fault = writer.variable('v128', lanes.constant(0));
    writeShared(kernel, writer, group, frame);
    visitSynapses(kernel, writer, group, (synapses) => {
      const held = synapses.hold();
      const changes = synapses.step(frame, held);
      held.store();
      changes.forEach((change, k) => {
        // From 0, as every sum of changes starts: it has no -0.
        const w = lanes.add(synapses.weight(k), lanes.multiply(step, lanes.add(0, change)));
        const real = synapses.masked(k, w);
        fault.set(lanes.add(fault.value, excess(lanes, real)));
        synapses.storeWeight(k, real);
      });
    });
    addFault(kernel, lanes, fault.value);
  });
}

/** Writes `apply_g(step)`: w += step times the sum of changes. */
export function writeApply(kernel: Kernel, { group, matrix, plastic }: PlasticGroup): void {
  const { bytes } = kernel.layout;
  kernel.write(`apply_${group.index}`, ['f64'], (writer, each) => {
    const lanes = kernel.lanes(writer);
    const step = lanes.splat(each);
    const fault = writer.variable('v128', lanes.constant(0));
    matrix.packing.parts.forEach(({ offset, columns, vectors }, which) => {
      const { masks } = matrix.tables[which];
      const [from, size] = [offset * bytes, columns.length * vectors * VECTOR];
      writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
        const asked = lanes.load(at, plastic.asked + from);
        const w = lanes.add(lanes.load(at, matrix.weights + from), lanes.multiply(step, asked));
        const real = masks === 0 ? w : lanes.and(w, lanes.load(at, masks));
        fault.set(lanes.add(fault.value, excess(lanes, real)));
        lanes.store(at, matrix.weights + from, real);
      });
    });
    addFault(kernel, lanes, fault.value);
  });
}

/** Writes `begin_g()`: every synapse as it is at the start of a trial. */
export function writeBegin(kernel: Kernel, { group, matrix, plastic }: PlasticGroup): void {
  const size = matrix.packing.size * kernel.layout.bytes;
  kernel.write(`begin_${group.index}`, 0, (writer) => {
    const lanes = kernel.lanes(writer);
    writer.do(clearMemory(plastic.asked, size));
    for (const { name, initial } of plastic.program.state) {
      const address = plastic.state[name];
      if (Object.is(initial, 0)) writer.do(clearMemory(address, size));
      else {
        writer.sweep({ from: i32.constant(0), until: i32.constant(size), step: VECTOR }, (at) => {
          lanes.store(at, address, initial);
        });
      }
    }
  });
}

/** Writes the rows that all synapses of a neuron share. */
function writeShared(kernel: Kernel, writer: Writer, { group, plastic }: PlasticGroup, frame: Expression): void {
  const { frames } = kernel.layout;
  const lanes = kernel.lanes(writer);
  const sides = [
    { rows: plastic.shared.pre, population: group.from, late: group.delay },
    { rows: plastic.shared.post, population: group.to, late: 0 },
  ];
  for (const { rows, population, late } of sides) {
    if (rows.length === 0) continue;
    const end = moved(frame, frames.rowBytes(population));
    writer.sweep({ from: frame, until: end, step: VECTOR }, (pointer) => {
      const then = writer.keep('i32', moved(pointer, -late * frames.stride));
      const values = lower(
        lanes,
        rows.map(({ value }) => value),
        ({ path }) => lanes.load(then, publishedField(kernel, group, path)),
      );
      rows.forEach(({ offset }, k) => {
        lanes.store(pointer, offset, values[k]);
      });
    });
  }
}

/** Where in a frame the row of `pre.rate`, `post.slope` and so on begins. */
function publishedField({ layout: { frames } }: Kernel, group: PlasticGroup['group'], path: string): number {
  switch (path) {
    case 'pre.rate':
      return frames.of(group.from, 'rate');
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
function visitSynapses(
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
    const [{ pointer, offset }] = panel.numbers(entry, 0);
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
    return this.lanes.load(this.numbers, this.group.matrix.weights + this.places[k]);
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
      const late = writer.keep('i32', moved(pre, -group.group.delay * stride));
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
            const field = publishedField(kernel, group.group, path);
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
