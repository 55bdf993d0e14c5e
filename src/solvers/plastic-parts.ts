import type { Connection } from '../circuit/index.ts';
import type { Adjoint, Backward } from './backward.ts';
import type { ForwardPass } from './forward.ts';
import type { SynapsePart } from './parts.ts';
import type { LinkedPort } from './port-part.ts';
import { at } from './ring.ts';

interface PlasticPart {
  readonly g: number;
  readonly connection: Connection;
  readonly port: Adjoint;
}

/** Adds up what runs back to ports over the plastic synapses that end on them. */
export class PlasticParts {
  /** The groups whose weights move the state at once, and those that move the error in other ways than through the state. */
  private readonly moving: readonly PlasticPart[];
  private readonly telling: readonly PlasticPart[];
  /** The numbers of each group in arrays of learners. */
  private readonly views = new WeakMap<Float64Array, readonly Float64Array[]>();
  /** For each group, whether something was added to it since the last call of `hasAdded`. */
  private readonly added: boolean[];

  constructor(
    private readonly groups: readonly SynapsePart[],
    ports: readonly LinkedPort[],
    forward: ForwardPass,
    private readonly backward: Backward,
    tells: (port: Adjoint) => boolean,
  ) {
    const parts = groups.map(({ group }, g): PlasticPart => {
      const connection = forward.timestep.connection(group);
      return { g, connection, port: backward.portOf(connection) };
    });
    this.added = groups.map(() => false);
    const moves = new Set(ports.flatMap(({ moves, adjoint }) => (moves === 'nothing' ? [] : [adjoint])));
    this.moving = parts.filter(({ port }) => moves.has(port));
    this.telling = parts.filter(({ port }) => tells(port));
  }

  /** For each synapse of these groups: into += factor times its input, times the adjoint of its port at timestep t. */
  add(which: 'moving' | 'telling', factor: number, into: Float64Array, t: number): void {
    let views = this.views.get(into);
    if (!views) {
      views = this.groups.map(({ group, first }) => into.subarray(first, first + group.pre.length));
      this.views.set(into, views);
    }
    for (const { g, connection, port } of this[which]) {
      const z = at(port.ring, t);
      if (factor !== 1) for (let i = 0; i < z.length; i++) z[i] *= factor;
      this.backward.addGradient(connection, views[g], z, t);
      this.added[g] = true;
    }
  }

  /** Whether something was added to synapses of a group, in any array, since the last call. */
  hasAdded(g: number): boolean {
    const has = this.added[g];
    this.added[g] = false;
    return has;
  }
}
