import { longestDelay, type BuiltGroup, type Carried, type Held, type Neurons } from '../circuit/index.ts';
import { heldInfluence } from './held.ts';
import { CausalSolver } from './causal-solver.ts';
import { influenceOf, NOWHERE, rowsKept, workplaceFor, type Influence } from './influence.ts';
import type { Block } from './influence-port.ts';
import type { Memory } from './memory.ts';
import { at, type Ring } from './ring.ts';
import type { PlasticGroup } from './solver.ts';

/** A block of weights, and the neurons on which its influence is kept. */
export interface ReachingBlock extends Block {
  readonly plastic: PlasticGroup;
  /** In the order in which the bus runs the populations; ascending neurons. */
  readonly reached: readonly Neurons[];
  /** The memory of its influences, if something else runs them. */
  readonly room?: Memory;
}

interface KeptBlock extends ReachingBlock, Influence {}

/** The influence of a block on what neurons send. */
interface Answered extends KeptBlock, Neurons {
  readonly ring: Ring;
  /** Their credit; empty if they get no credit. */
  readonly credit: Float64Array;
}

/**
 * What RTRL and SnAp share: influences P = d/dw that run forward in time alongside the circuit, and credit at every timestep, so that weights
 * may change during a trial. They differ only in which influences they keep.
 *
 *     P[u_i]  = [w = W_ij] r_j(t - late) + sum over the groups onto i of sum_j W_ij P[r_j](t - late)      u: a port, r: what is brought
 *     P[s_i]  = sum over what s_i is computed from of ds_i(t)/dx_i(t - late) P[x_i](t - late)
 *     dw      = eta/T sum_i credit_i(t) P[h_i](t)                                                       h: what credit is given for
 */
export abstract class InfluenceSolver extends CausalSolver {
  /** Timesteps of influence that are kept. */
  protected readonly depth = ringLength(this.links.carrying);
  /** The timestep that influences have reached; a trial that continues the last one starts from it. */
  protected ended = 0;
  private kept: readonly KeptBlock[] = [];
  private answered: readonly Answered[] = [];
  /** Those of both that are run here. (Skipping the others one by one would take longer than running a few.) */
  private running: readonly KeptBlock[] = [];
  private credited: readonly Answered[] = [];

  protected override restart(): void {
    const goesOn = this.forward.continuation.carries;
    for (const { rings } of this.kept) {
      for (const ring of rings.values()) {
        if (!this.circuit.carries) for (const rows of ring) rows.fill(0);
        else if (goesOn) ring.push(...ring.splice(0, this.ended % ring.length));
      }
    }
    if (goesOn) this.ended = 0;
  }

  override carried(): Carried {
    const influences = this.goingOn().map(({ name, ring }) => {
      const [{ length }] = ring;
      const all = new Float64Array(ring.length * length);
      for (let ago = 0; ago < ring.length; ago++) all.set(at(ring, this.ended + ring.length - ago), ago * length);
      return [name, all] as const;
    });
    return { ...super.carried(), ...Object.fromEntries(influences) };
  }

  override setCarried(carried: Carried): void {
    super.setCarried(carried);
    this.ended = 0;
    for (const { name, ring } of this.goingOn()) {
      const [{ length }] = ring;
      for (let ago = 0; ago < ring.length; ago++) {
        at(ring, ring.length - ago).set(carried[name].subarray(ago * length, (ago + 1) * length));
      }
    }
  }

  /** The influences that carry over from trial to trial, with the names that they are stored under. */
  private goingOn(): readonly { readonly name: string; readonly ring: Ring }[] {
    if (!this.circuit.carries) return [];
    return this.kept.flatMap(({ group, first, rings }) =>
      [...rings].map(([{ name, population }, ring]) => ({
        name: `influences.${group.name}.${first}.${population.name}.${name}`,
        ring,
      })),
    );
  }

  /** Advances to timestep t: gradient_w += sum_i credit_i(t) P[h_i](t). */
  protected add(t: number): void {
    for (const { advance } of this.running) advance(t);
    for (const { plastic, credit, ring, neurons, first, width } of this.credited) {
      const { gradient } = plastic;
      const rows = at(ring, t);
      let cell = 0;
      for (const i of neurons) {
        const c = credit[i];
        for (let k = first; k < first + width; k++, cell++) gradient[k] += c * rows[cell];
      }
    }
    this.ended = t;
  }

  override held(): readonly Held[] {
    const influences = this.answered.flatMap(({ group, population, neurons, first, width, ring }) =>
      heldInfluence({ kind: 'influence', group, population, neurons, first, width }, ring, () => this.forward.now),
    );
    return [...super.held(), ...influences];
  }

  protected numbersOf({ width, reached }: ReachingBlock): number {
    const kept = [...rowsKept(this.links, reached).values()];
    return kept.reduce((sum, { length }) => sum + length, 0) * width * this.depth;
  }

  /** Keeps these influences; `scattered`: a block may have only some neurons of a population. */
  protected keep(blocks: readonly ReachingBlock[], scattered: boolean): void {
    const { forward, links, depth, memory } = this;
    const workplace = scattered ? workplaceFor(this.circuit, links.carrying, memory) : NOWHERE;
    this.kept = blocks.map((block) => {
      const setting = { forward, links, depth, memory: block.room ?? memory };
      return { ...block, ...influenceOf(setting, rowsKept(links, block.reached), block, workplace) };
    });
    this.answered = this.kept.flatMap((block) =>
      block.reached.flatMap(({ population, neurons }): Answered[] => {
        const ring = block.rings.get(forward.timestep.answer(population));
        const credit = this.credits.get(population) ?? NO_CREDIT;
        return ring ? [{ ...block, population, neurons, ring, credit }] : [];
      }),
    );
    this.running = this.kept.filter(({ room }) => !room);
    this.credited = this.answered.filter(({ room, credit }) => !room && credit !== NO_CREDIT);
  }
}

const NO_CREDIT = new Float64Array(0);

/** How many timesteps of influence are kept: this one, and those that the longest delay looks back at. */
export function ringLength(carrying: readonly BuiltGroup[]): number {
  return 1 + Math.max(1, ...carrying.map(longestDelay));
}
