import {
  carryingGroups,
  checkInfluences,
  isCredited,
  reachedFrom,
  reachWithin,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type Held,
  type LearningOptions,
} from '../circuit/index.ts';
import { algorithmMaker } from './algorithm.ts';
import type { Footprint } from './footprint.ts';
import { found } from './forward.ts';
import { heldInfluence } from './held.ts';
import { InfluenceSolver, ringLength } from './influence.ts';
import type { Memory } from './memory.ts';
import { addRows } from './rows.ts';
import type { PlasticGroup } from './solver.ts';

/** dh/dw of one population by the weights of one group: a ring over timesteps of [size][synapses], row-major. */
interface Influence {
  readonly population: BuiltPopulation;
  readonly plastic: PlasticGroup;
  readonly ring: readonly Float64Array[];
  /** The groups that bring influence from other neurons, with theirs. */
  sources: readonly { readonly group: BuiltGroup; readonly from: Influence }[];
}

/**
 * Real-time recurrent learning, exact for every circuit. Forward in time, but global: every neuron's rate by every weight.
 *
 *     P^i_w(t) = r_i(t) P^i_w(t-1) + s_i(t) ( sum_g sum_j W_ij P^j_w(t - delay_g) + [w = W_ij of g] h_j(t - delay_g) )
 *     dw       = rate/T sum_i credit_i(t) P^i_w(t)
 *
 * r and s are the neuron model's retention and slope; for a leaky unit 1 - alpha and alpha phi'. Williams & Zipser (1989).
 * Time N^4 and memory N^3 for N units. Only pairs of population and group are kept where the one can influence the other.
 */
export class Rtrl extends InfluenceSolver {
  /** The influence of a weight comes, forward in time, through every neuron that it reaches. */
  static footprint(circuit: BuiltCircuit, { feedback }: Pick<LearningOptions, 'feedback'>): Footprint {
    const carrying = carryingGroups(circuit, feedback);
    const populations = (group: BuiltGroup) => reachedFrom(circuit, group, carrying);
    return {
      neurons: reachWithin(circuit, carrying, Infinity),
      carrying,
      transposed: [],
      credited: (population) => isCredited(circuit, feedback, population),
      backward: false,
      numbers: (group) => 1 + ringLength(carrying) * sizeOf(populations(group)),
      numbersPerTimestep: 0,
      operations: (group) => {
        const reached = populations(group);
        const bringing = carrying.filter(({ from, to }) => reached.includes(from) && reached.includes(to));
        const credited = reached.filter((population) => isCredited(circuit, feedback, population));
        const synapses = bringing.reduce((sum, { pre }) => sum + pre.length, 0);
        const neurons = sizeOf(reached);
        // Of each neuron, what is brought, then r before + s now and, where there is credit, its product with that.
        return { '*': synapses + 2 * neurons + sizeOf(credited), '+': synapses + neurons + sizeOf(credited) + 1 };
      },
    };
  }

  private readonly influences: readonly Influence[];

  /** @throws InputError if the influences would take more memory than a machine can be trusted to have. */
  constructor(circuit: BuiltCircuit, options: LearningOptions, memory?: Memory) {
    super(circuit, 'rtrl', options, memory);
    checkInfluences(
      'rtrl',
      circuit,
      this.carrying,
      this.plastic.map(({ group }) => group),
    );
    this.influences = this.plastic.flatMap((plastic) => this.influencesOf(plastic));
  }

  protected clear(): void {
    for (const { ring } of this.influences) for (const rows of ring) rows.fill(0);
  }

  protected advance(t: number): void {
    for (const influence of this.influences) this.advanceOne(influence, t);
  }

  override held(): readonly Held[] {
    return [
      ...super.held(),
      ...this.influences.flatMap(({ population, plastic: { group }, ring }) => {
        const neurons = Int32Array.from({ length: population.size }, (_, i) => i);
        const place = { kind: 'influence' as const, group, population, neurons, first: 0, width: group.pre.length };
        return heldInfluence(place, ring, () => this.forward.timestep);
      }),
    ];
  }

  /** The influence of one group's weights on every population they can reach. */
  private influencesOf(plastic: PlasticGroup): readonly Influence[] {
    const { circuit, carrying, depth } = this;
    const influences = reachedFrom(circuit, plastic.group, carrying).map((population): Influence => {
      const cells = population.size * plastic.weights.length;
      const ring = Array.from({ length: depth }, () => this.memory(cells, 'learning'));
      return { population, plastic, ring, sources: [] };
    });
    for (const influence of influences) {
      influence.sources = this.carrying.flatMap((group) => {
        const from = influences.find(({ population }) => population === group.from);
        return group.to === influence.population && from ? [{ group, from }] : [];
      });
    }
    return influences;
  }

  private advanceOne({ population, plastic, ring, sources }: Influence, t: number): void {
    const { slope, retention } = this.forward.of(population);
    const { group } = plastic;
    const width = plastic.weights.length;
    const now = ring[t % ring.length];
    const before = ring[(t - 1) % ring.length];
    const { sent } = this.forward.of(group.from);
    const presynaptic = this.forward.presynapticRow(group, t);
    now.fill(0);
    for (let i = 0; i < population.size; i++) {
      const row = i * width;
      if (group.to === population) {
        for (let k = group.rowStart[i]; k < group.rowStart[i + 1]; k++)
          now[row + k] += sent[presynaptic + group.pre[k]];
      }
      for (const { group: bringing, from } of sources) {
        if (t <= bringing.delay) continue;
        const w = found(this.forward.weights, bringing);
        const [start, end] = [bringing.rowStart[i], bringing.rowStart[i + 1]];
        addRows(now, row, width, from.ring[(t - bringing.delay) % ring.length], w, bringing.pre, start, end);
      }
      const s = slope[t * population.size + i];
      const r = retention[t * population.size + i];
      for (let k = row; k < row + width; k++) now[k] = r * before[k] + s * now[k];
    }
  }

  protected addGradients(t: number): void {
    for (const { population, plastic, ring } of this.influences) {
      const credit = this.creditOf(population);
      if (!credit) continue;
      const { gradient } = plastic;
      const rows = ring[t % ring.length];
      for (let i = 0; i < population.size; i++) {
        const row = i * gradient.length;
        for (let k = 0; k < gradient.length; k++) gradient[k] += credit[i] * rows[row + k];
      }
    }
  }
}

/** Real-time recurrent learning, as an algorithm to compare; see `Rtrl`. */
export const rtrl = algorithmMaker({
  name: 'rtrl',
  title: 'RTRL',
  about: 'exact gradient, forward in time; N^4 a timestep',
  exact: true,
  feedback: 'symmetric',
  kernel: 'influence',
  open: (circuit, { memory, ...options }) => new Rtrl(circuit, options, memory),
  footprint: (circuit, options) => Rtrl.footprint(circuit, options),
});

function sizeOf(populations: readonly BuiltPopulation[]): number {
  return populations.reduce((sum, { size }) => sum + size, 0);
}
