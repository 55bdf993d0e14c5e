import { waysOf, type BuiltCircuit, type Row } from '../circuit/index.ts';
import type { Adjoint } from './backward.ts';
import type { ForwardPass } from './forward.ts';
import type { SynapsePart } from './parts.ts';
import type { Slot } from './slots.ts';

/**
 * A port that plastic synapses end on. Their immediate effect on the state is a product, where u is the sum of the port and a_j is what
 * axon j brings to it:
 *
 *     Im_k,w = D_ki a_j        D = ds/du        for the synapse w from axon j onto neuron i
 */
export interface PortPart {
  readonly population: string;
  readonly port: string;
  /** How many neurons the population has. */
  readonly size: number;
  /** How many axons end here on plastic synapses; an axon with two delays counts twice. */
  readonly axons: number;
  /** Whether these neurons are outputs. */
  readonly isOutput: boolean;
  /** Whose numbers of the state depend, within the timestep, on the input of a neuron here. */
  readonly moves: 'nothing' | 'its own neuron' | 'others';
  /** The plastic synapses that end here, numbered as in `Linearised.groups`; for each, its neuron and its axon. */
  readonly synapses: Int32Array;
  readonly post: Int32Array;
  readonly axon: Int32Array;
}

/** Where to find what axons bring: the row of `late` timesteps ago, at these neurons. */
interface Bundle {
  readonly row: Row;
  readonly late: number;
  readonly neurons: Int32Array;
}

/** A port, with what its numbers are computed from. */
export interface LinkedPort extends PortPart {
  readonly adjoint: Adjoint;
  readonly bundles: readonly Bundle[];
  /** The present numbers of the state that depend on it; `own`: each neuron's only on its own. */
  readonly reached: readonly { readonly slot: Slot; readonly own: boolean }[];
}

/** The ports that plastic synapses end on, in the circuit's order of groups. */
export function portsOf(
  { outputs }: BuiltCircuit,
  forward: ForwardPass,
  groups: readonly SynapsePart[],
  slots: readonly Slot[],
  adjoints: readonly Adjoint[],
): readonly LinkedPort[] {
  const connections = groups.map((part) => ({ ...part, connection: forward.timestep.connection(part.group) }));
  const rows = [...new Set(connections.map(({ connection }) => connection.into))];
  return rows.flatMap((row): LinkedPort[] => {
    const adjoint = adjoints.find((one) => one.row === row);
    if (!adjoint) return [];
    const [bundles, synapses, post, axon]: [Bundle[], number[], number[], number[]] = [[], [], [], []];
    let axons = 0;
    for (const { group, first, connection } of connections) {
      if (connection.into !== row) continue;
      waysOf(connection).forEach(({ row: brought, late }, way) => {
        const comes = (k: number) => (connection.ways?.of[k] ?? 0) === way;
        const neurons = [...new Set([...group.pre].filter((_, k) => comes(k)))].sort((one, other) => one - other);
        const places = new Map(neurons.map((j, q) => [j, axons + q]));
        for (let i = 0; i < group.to.size; i++) {
          for (let k = group.rowStart[i]; k < group.rowStart[i + 1]; k++) {
            if (!comes(k)) continue;
            synapses.push(first + k);
            post.push(i);
            axon.push(places.get(group.pre[k]) ?? 0);
          }
        }
        bundles.push({ row: brought, late, neurons: Int32Array.from(neurons) });
        axons += neurons.length;
      });
    }
    const { population, name } = row;
    const mixed = reachedFrom(adjoint);
    const reached = slots.flatMap((slot) => {
      const isMixed = slot.ago === 0 ? mixed.get(slot.adjoint) : undefined;
      return isMixed === undefined ? [] : [{ slot, own: !isMixed }];
    });
    const moves = reached.length === 0 ? 'nothing' : reached.every(({ own }) => own) ? 'its own neuron' : 'others';
    return [
      {
        ...{ population: population.name, port: name, size: population.size, axons, moves },
        isOutput: outputs.includes(population),
        ...{ synapses: Int32Array.from(synapses), post: Int32Array.from(post), axon: Int32Array.from(axon) },
        ...{ adjoint, bundles, reached },
      },
    ];
  });
}

/** into = what axons bring to a port in the current timestep, [axons]. */
export function bring({ bundles }: LinkedPort, forward: ForwardPass, into: Float64Array): void {
  let q = 0;
  for (const { row, late, neurons } of bundles) {
    const [values, before] = forward.late(row, forward.now, late);
    for (let k = 0; k < neurons.length; k++) into[q + k] = values[before + neurons[k]];
    q += neurons.length;
  }
}

/** Everything that depends on a row within the timestep, and whether it depends on neurons other than its own. */
function reachedFrom(start: Adjoint): ReadonlyMap<Adjoint, boolean> {
  const found = new Map([[start, false]]);
  const open = [start];
  for (let from = open.pop(); from; from = open.pop()) {
    for (const { link, of } of from.uses) {
      if (link.late > 0 || (link.kind === 'partial' && link.constant === 0)) continue;
      const isMixed = found.get(from) === true || link.kind !== 'partial' || link.neuron !== undefined;
      if (found.get(of) === true || found.get(of) === isMixed) continue;
      found.set(of, isMixed);
      open.push(of);
    }
  }
  return found;
}
