import type { Arithmetic } from '../arithmetic/index.ts';
import type { BuiltCircuit, BuiltGroup, BuiltPopulation } from '../circuit/index.ts';
import { Backward } from './backward.ts';
import type { ForwardPass } from './forward.ts';
import { HeardCredit } from './heard-credit.ts';
import type { Links } from './links.ts';
import type { Memory } from './memory.ts';
import { MovedWeights } from './moved-weights.ts';
import { PlasticParts } from './plastic-parts.ts';
import { bring, portsOf, type LinkedPort, type PortPart } from './port-part.ts';
import type { StatePart, SynapsePart } from './parts.ts';
import { pusher, type Push } from './pusher.ts';
import { at, partsOfArrays } from './ring.ts';
import { Routes } from './routes.ts';
import { slotsOf, statePart, type Slot } from './slots.ts';
import { passRunner, type SynapsePass } from './synapse-pass.ts';
import { readState, Twin } from './twin.ts';

/** One number for each number of the state, [size]. */
export type Tangent = Float64Array;

/**
 * A timestep of a running circuit, linearised: everything that an online algorithm can use.
 *
 * The state s(t) is what the next timesteps depend on: what neurons keep, and what is still on its way, as far as plastic synapses can change it.
 * It depends on the state before and on the weights, and the timestep's error depends on it:
 *
 *     s(t) = F(s(t-1), w)        J = dF/ds, [size][size]        Im = dF/dw, [size][synapses], the immediate influence
 *     -T dL(t)/dw = credit P(t) + direct,        P(t) = ds(t)/dw = J P(t-1) + Im
 *
 * All derivatives are those of the neurons' text, at the numbers of the timestep, with the noise held fixed.
 */
export class Linearised {
  /** Whether each trial continues the one before, so that a learner must keep its memory of that trial. */
  readonly carries: boolean;
  /** How many numbers the state has. */
  readonly size: number;
  /** How many of these belong to the timestep itself; they come first. The others are older, and still on their way. */
  readonly present: number;
  /** The meaning of each number of the state. */
  readonly state: readonly StatePart[];
  /** The number of plastic synapses, and where those of each group are. */
  readonly synapses: number;
  readonly groups: readonly SynapsePart[];
  /** The ports that plastic synapses end on. */
  readonly ports: readonly PortPart[];
  /** How many targets a timestep has. */
  readonly targets: number;
  /** Arithmetic on whole arrays: it is fast on those that come from `array`. */
  readonly arithmetic: Arithmetic;

  private readonly slots: readonly Slot[];
  private readonly routes: Routes;
  private readonly heard: HeardCredit;
  private readonly partOf = partsOfArrays();
  private readonly backward: Backward;
  private readonly linkedPorts: readonly LinkedPort[];
  private readonly pushOne: Push;
  private readonly unit: Tangent;
  private readonly moved: MovedWeights;
  private readonly plastic: PlasticParts;

  constructor(
    circuit: BuiltCircuit,
    private readonly forward: ForwardPass,
    private readonly links: Links,
    plastic: readonly BuiltGroup[],
    private readonly source: {
      /** The learner's name in errors. */
      readonly name: string;
      /** A second copy of the circuit, to be run alongside it. */
      readonly another: () => ForwardPass;
      readonly isCredited: (population: BuiltPopulation) => boolean;
      /** The credit of a population in the timestep: sums from 0, so that none is -0. */
      readonly credit: (population: BuiltPopulation) => Float64Array;
    },
    private readonly memory: Memory,
  ) {
    this.carries = circuit.carries;
    this.arithmetic = forward.arithmetic;
    this.backward = new Backward(forward, links, source.isCredited);
    const { adjoints } = this.backward;
    for (const adjoint of adjoints) adjoint.ring = [memory(adjoint.row.population.size, 'learning')];
    const ports = plastic.map((group) => this.backward.portOf(forward.timestep.connection(group)));
    this.slots = slotsOf(adjoints, ports);
    this.state = this.slots.map(statePart);
    this.size = this.state.reduce((sum, { size }) => sum + size, 0);
    this.present = this.state.reduce((sum, { ago, size }) => sum + (ago === 0 ? size : 0), 0);
    let synapses = 0;
    this.groups = plastic.map((group) => ({ group, first: (synapses += group.pre.length) - group.pre.length }));
    this.synapses = synapses;
    this.linkedPorts = portsOf(circuit, forward, this.groups, this.slots, adjoints);
    this.ports = this.linkedPorts;
    this.targets = circuit.outputs.reduce((sum, { size }) => sum + size, 0);
    this.routes = new Routes(adjoints, this.slots);
    this.heard = new HeardCredit(this.routes, this.backward, source.credit, this.partOf, memory);
    this.plastic = new PlasticParts(this.groups, this.linkedPorts, forward, this.backward, this.routes.tells);
    this.pushOne = this.pusher(1);
    this.unit = memory(this.size, 'learning');
    this.moved = new MovedWeights(this.groups, forward.weights, forward.arithmetic);
  }

  /** The number of timesteps of the trial. In a circuit that repeats: the most sweeps that it may have; in the last timestep, the actual number. */
  get timesteps(): number {
    const { sweeps, trial } = this.forward;
    return sweeps.isOver(trial.timesteps) ? sweeps.frame : this.forward.most(trial.timesteps);
  }

  /** What the timestep adds to T times the loss: 1/2 sum_k e_k^2, or the value of the circuit's own losses. */
  get loss(): number {
    return this.forward.added / 2;
  }

  /** Advances to the timestep that has just run, and its learning signals. */
  next(): void {
    this.heard.next();
  }

  /** A new array of zeros for the learner's memory. */
  readonly array = (length: number): Float64Array => this.memory(length, 'learning');

  /** into = s(t), [size]. Before the first timestep, the state from which the trial begins. */
  read(into: Tangent): void {
    readState(this.forward, this.slots, into);
  }

  /** into = the target of the timestep, [targets]; in a sweep that is not its last, NaN. */
  target(into: Float64Array): void {
    const { trial, sweeps } = this.forward;
    const first = (sweeps.timestep - 1) * into.length;
    if (sweeps.isLast) into.set(trial.target.subarray(first, first + into.length));
    else into.fill(NaN);
  }

  /** into = J from. */
  push(from: Tangent, into: Tangent): void {
    this.pushOne(from, into);
  }

  /** A function that pushes several at once: into = J from, both [size][width]. */
  pusher(width: number): Push {
    const { forward, links, slots, memory } = this;
    return pusher(forward, links, slots, { memory, width });
  }

  /** vD = v' D for some ports, [port.size] each: how v' s depends on the input of their neurons. */
  back(v: Tangent, parts: readonly { readonly port: PortPart; readonly vD: Float64Array }[]): void {
    const t = this.forward.now;
    this.within(v, t);
    for (const { port, vD } of parts) vD.set(at(this.linked(port).adjoint.ring, t));
  }

  /** Whether synapses of a group affect a timestep's error in other ways than through the state: see `direct`. */
  tells(group: BuiltGroup): boolean {
    return this.routes.tells(this.backward.portOf(this.forward.timestep.connection(group)));
  }

  /** Whether `immediate` or `direct` has added something to synapses of a group since the last call. */
  hasAdded(g: number): boolean {
    return this.plastic.hasAdded(g);
  }

  /** Makes a pass over the synapses of a port; call it to run the pass. */
  pass(pass: SynapsePass): () => void {
    return passRunner(pass, this.arithmetic);
  }

  /** into = a(t), what axons bring to a port, [axons]. */
  brought(port: PortPart, into: Float64Array): void {
    bring(this.linked(port), this.forward, into);
  }

  /** into = D, how the state depends on the input of the neurons of a port, [size][port.size]. */
  slopes(port: PortPart, into: Float64Array): void {
    const { unit, forward } = this;
    const { adjoint, reached, size } = this.linked(port);
    const z = at(adjoint.ring, forward.now);
    into.fill(0);
    for (const { slot, own } of reached) {
      const { first, row } = slot;
      const end = first + row.population.size;
      unit.fill(0);
      if (own) {
        unit.fill(1, first, end);
        this.within(unit, forward.now);
        for (let i = 0; i < size; i++) into[(first + i) * size + i] = z[i];
        continue;
      }
      for (let k = first; k < end; k++) {
        unit[k] = 1;
        this.within(unit, forward.now);
        unit[k] = 0;
        for (let i = 0; i < size; i++) into[k * size + i] = z[i];
      }
    }
  }

  /** From now on, `by`, [port.size], is added to the input of the neurons of a port while the circuit runs; null: nothing is added. */
  disturb(port: PortPart, by: Float64Array | null): void {
    const { row } = this.linked(port).adjoint;
    if (by) this.forward.disturbances.set(row, by);
    else this.forward.disturbances.delete(row);
  }

  /** From now on, `by`, [synapses], is added to the plastic weights. */
  moveWeights(by: Float64Array): void {
    this.moved.move(by);
  }

  /** Restores the weights as they were before they were moved. */
  moveBack(): void {
    this.moved.back();
  }

  /** A second copy of the circuit, to be run alongside this one. */
  twin(): Twin {
    return new Twin(this.source.name, this.forward, this.source.another(), this.slots);
  }

  /**
   * into = J' from.
   *
   * @param ago How many timesteps before this one, with the current weights. Default 0.
   */
  pull(from: Tangent, into: Tangent, ago = 0): void {
    const t = this.forward.now - ago;
    this.within(from, t);
    into.fill(0);
    for (const { slot, before } of this.routes.back) {
      const { row, ago: then, first, older } = slot;
      const z = this.partOf(into, first, row.population.size);
      if (older) for (let i = 0; i < z.length; i++) z[i] = from[older.first + i];
      this.backward.gather(z, before, t - 1 - then, t, t, !older);
    }
  }

  /** into[k] += factor (v' Im)_k for every plastic synapse k: its effect on its postsynaptic neuron, and on what depends on that in the timestep. */
  immediate(v: Tangent, factor: number, into: Float64Array, ago = 0): void {
    const t = this.forward.now - ago;
    this.within(v, t);
    this.plastic.add('moving', factor, into, t);
  }

  /** into = -T dL(t)/ds(t): credit through the readout, or as feedback brings it. */
  credit(into: Tangent): void {
    this.heard.byState(this.forward.now, into);
  }

  /** into[k] += factor times the effect of synapse k on the timestep's error apart from that through the state: -T dL(t)/dw_k. */
  direct(factor: number, into: Float64Array): void {
    const t = this.forward.now;
    this.heard.byPorts(t);
    this.plastic.add('telling', factor, into, t);
  }

  /** Runs v back through timestep t, from the state at its end to everything in the same timestep that this state depends on. */
  private within(v: Tangent, t: number): void {
    if (this.routes.isShared) this.heard.overwritten();
    for (const { adjoint, first } of this.routes.within) {
      const z = at(adjoint.ring, t);
      if (first === undefined) z.fill(0);
      else for (let i = 0; i < z.length; i++) z[i] = v[first + i];
      this.backward.gather(z, adjoint, t, t, t, first === undefined);
    }
  }

  private linked(port: PortPart): LinkedPort {
    const linked = this.linkedPorts.find((one) => one === port);
    if (!linked) throw new Error(`port '${port.port}' of '${port.population}' belongs to another circuit`);
    return linked;
  }
}
