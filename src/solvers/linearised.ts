import type { BuiltCircuit, BuiltGroup, BuiltPopulation, Row } from '../circuit/index.ts';
import { Backward, type Adjoint } from './backward.ts';
import type { ForwardPass } from './forward.ts';
import { Influence, NOWHERE, rowsKept } from './influence.ts';
import type { Links } from './links.ts';
import type { Memory } from './memory.ts';
import { at } from './ring.ts';

/** One number for each number of the state, [size]. */
export type Tangent = Float64Array;

/** Some numbers of the state: a row of `ago` timesteps before, from `first` on. */
export interface StatePart {
  readonly population: string;
  readonly row: string;
  readonly ago: number;
  readonly first: number;
  readonly size: number;
}

/** What a learner adds up over plastic synapses: those of a group are together, from `first` on, in the group's order. */
export interface SynapsePart {
  readonly group: BuiltGroup;
  readonly first: number;
}

interface Slot {
  readonly row: Row;
  readonly ago: number;
  readonly first: number;
  readonly adjoint: Adjoint;
}

/**
 * A timestep of a running circuit, linearised: all that an online algorithm may ask of it.
 *
 * The state s(t) is what the next timesteps follow from: what neurons keep, and what is still on its way. It follows from the state before and
 * from the weights, and the timestep's error follows from it:
 *
 *     s(t) = F(s(t-1), w)        J = dF/ds, [size][size]        Im = dF/dw, [size][synapses], the immediate influence
 *     -T dL(t)/dw = credit P(t) + direct,        P(t) = ds(t)/dw = J P(t-1) + Im
 *
 * All derivatives are those of the neurons' text, at the numbers of the timestep, noise held as it fell.
 */
export class Linearised {
  /** Whether each trial carries on from the one before, so that a learner has to keep what it remembers of it. */
  readonly carries: boolean;
  /** How many numbers the state has. */
  readonly size: number;
  /** How many of these, the first ones, are of the timestep itself; the others are older, and still on their way. */
  readonly present: number;
  /** What each number of the state is. */
  readonly state: readonly StatePart[];
  /** How many plastic synapses there are, and where those of each group are. */
  readonly synapses: number;
  readonly groups: readonly SynapsePart[];

  /** The credit that reaches each row of the state in the timestep itself. */
  private readonly heard: ReadonlyMap<Row, Float64Array>;
  private readonly slots: readonly Slot[];
  private readonly byRow: ReadonlyMap<Row, Slot>;
  private readonly backward: Backward;
  private readonly forwards: Influence;
  private readonly depth: number;

  constructor(
    circuit: BuiltCircuit,
    private readonly forward: ForwardPass,
    links: Links,
    plastic: readonly BuiltGroup[],
    private readonly source: {
      readonly isCredited: (population: BuiltPopulation) => boolean;
      /** Adds what a credited population is given at timestep t. */
      readonly addCredit: (population: BuiltPopulation, t: number, into: Float64Array) => void;
    },
    memory: Memory,
  ) {
    this.carries = circuit.carries;
    this.backward = new Backward(forward, links, source.isCredited);
    const { adjoints } = this.backward;
    for (const adjoint of adjoints) adjoint.ring = [memory(adjoint.row.population.size, 'learning')];
    this.slots = slotsOf(adjoints);
    this.byRow = new Map(this.slots.filter(({ ago }) => ago === 0).map((slot) => [slot.row, slot]));
    this.state = this.slots.map(({ row: { population, name }, ago, first }) => ({
      ...{ population: population.name, row: name, ago, first, size: population.size },
    }));
    this.size = this.state.reduce((sum, { size }) => sum + size, 0);
    this.present = this.state.reduce((sum, { ago, size }) => sum + (ago === 0 ? size : 0), 0);
    this.heard = new Map([...this.byRow.keys()].map((row) => [row, memory(row.population.size, 'learning')]));
    let synapses = 0;
    this.groups = plastic.map((group) => ({ group, first: (synapses += group.pre.length) - group.pre.length }));
    this.synapses = synapses;
    const all = circuit.order.map((population) => ({
      population,
      neurons: Int32Array.from({ length: population.size }, (_, i) => i),
    }));
    this.depth = 1 + Math.max(1, ...adjoints.flatMap(({ uses }) => uses.map(({ link }) => link.late)));
    this.forwards = new Influence(forward, links, rowsKept(links, all), undefined, this.depth, memory, NOWHERE);
  }

  /** into = J from. */
  push(from: Tangent, into: Tangent): void {
    const { forward, slots, forwards } = this;
    const t = forward.now;
    forwards.clear();
    for (const { row, ago, first } of slots) {
      ringOf(forwards, row, t - 1 - ago).set(from.subarray(first, first + row.population.size));
    }
    forwards.advance(t);
    for (const { row, ago, first } of slots) into.set(ringOf(forwards, row, t - ago), first);
  }

  /**
   * into = J' from.
   *
   * @param ago Of which timestep: so many before this one, with the weights as they are now. Default 0.
   */
  pull(from: Tangent, into: Tangent, ago = 0): void {
    const t = this.forward.now - ago;
    this.within(from, t);
    into.fill(0);
    for (const { row, ago: before, first, adjoint } of this.slots) {
      const { size } = row.population;
      const z = into.subarray(first, first + size);
      const older = this.slots.find((slot) => slot.row === row && slot.ago === before + 1);
      if (older) z.set(from.subarray(older.first, older.first + size));
      this.backward.gather(z, adjoint, t - 1 - before, [t, t], !older);
    }
  }

  /** into[k] += factor (v' Im)_k for every plastic synapse k. Only the neuron that a synapse ends on, and what follows from it at once, counts. */
  immediate(v: Tangent, factor: number, into: Float64Array, ago = 0): void {
    const t = this.forward.now - ago;
    this.within(v, t);
    this.addToSynapses(factor, into, t);
  }

  /** into = -T dL(t)/ds(t): credit through the readout, or as feedback brings it. */
  credit(into: Tangent): void {
    const { backward, slots } = this;
    const t = this.forward.now;
    this.hear();
    for (const { row, ago, first, adjoint } of slots) {
      const credit = into.subarray(first, first + row.population.size);
      credit.fill(0);
      if (ago === 0) credit.set(this.heard.get(row) ?? []);
      else backward.gather(credit, adjoint, t - ago, [t, t], true);
    }
  }

  /** into[k] += factor times what synapse k does to the timestep's error at once, other than through the state: -T dL(t)/dw_k. */
  direct(factor: number, into: Float64Array): void {
    this.hear();
    this.addToSynapses(factor, into, this.forward.now);
  }

  /** Runs the credit of the timestep back to the state and no further, and to the ports that are on no way to it. */
  private hear(): void {
    const { backward, byRow, source } = this;
    const t = this.forward.now;
    for (const adjoint of backward.adjoints) {
      const z = at(adjoint.ring, t).fill(0);
      if (adjoint.credited) source.addCredit(adjoint.row.population, t, z);
      backward.gather(z, adjoint, t, [t, t], !adjoint.credited);
      if (!byRow.has(adjoint.row)) continue;
      this.heard.get(adjoint.row)?.set(z);
      z.fill(0);
    }
  }

  /** Runs v back through timestep t, from the state that it leaves to all that this follows from in the same timestep. */
  private within(v: Tangent, t: number): void {
    for (const adjoint of this.backward.adjoints) {
      const z = at(adjoint.ring, t).fill(0);
      const slot = this.byRow.get(adjoint.row);
      if (slot) z.set(v.subarray(slot.first, slot.first + z.length));
      this.backward.gather(z, adjoint, t, [t, t], !slot);
    }
  }

  private addToSynapses(factor: number, into: Float64Array, t: number): void {
    for (const { group, first } of this.groups) {
      const connection = this.forward.timestep.connection(group);
      const z = at(this.backward.portOf(connection).ring, t);
      if (factor !== 1) for (let i = 0; i < z.length; i++) z[i] *= factor;
      this.backward.addGradient(connection, into.subarray(first, first + group.pre.length), z, t);
    }
  }
}

function ringOf({ rings }: Influence, row: Row, t: number): Float64Array {
  const ring = rings.get(row);
  if (!ring) throw new Error(`no influence is kept on '${row.name}' of '${row.population.name}'`);
  return at(ring, t);
}

/** What the state is: the rows that later timesteps look at, as far back as they do. */
function slotsOf(adjoints: readonly Adjoint[]): readonly Slot[] {
  const usesOf = ({ uses }: Adjoint) => uses.filter(({ link }) => link.kind !== 'partial' || link.constant !== 0);
  const isState = (adjoint: Adjoint) => usesOf(adjoint).some(({ link }) => link.late > 0);
  // Of what makes an error without being state: what it has just looked at must be there still, for the error to follow from it.
  const makesError = new Set<Adjoint>();
  for (const adjoint of adjoints) {
    const goesOn = adjoint.uses.some(({ link, of }) => link.late === 0 && makesError.has(of));
    if (!isState(adjoint) && (adjoint.credited || goesOn)) makesError.add(adjoint);
  }
  const rows = adjoints.toReversed().filter(isState);
  const lengths = rows.map((adjoint) =>
    Math.max(...usesOf(adjoint).map(({ link, of }) => link.late + (link.late > 0 && makesError.has(of) ? 1 : 0))),
  );
  let first = 0;
  return Array.from({ length: Math.max(0, ...lengths) }, (_, ago) =>
    rows.flatMap((adjoint, k): Slot[] => {
      const { row } = adjoint;
      if (ago >= lengths[k]) return [];
      return [{ row, ago, first: (first += row.population.size) - row.population.size, adjoint }];
    }),
  ).flat();
}
