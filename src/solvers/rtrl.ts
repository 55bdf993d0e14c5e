import {
  carryingGroups,
  checkInfluences,
  isCredited,
  reachedFrom,
  reachWithin,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type LearningOptions,
} from '../circuit/index.ts';
import { algorithmMaker } from './algorithm.ts';
import type { Footprint } from './footprint.ts';
import { InfluenceSolver, ringLength } from './influence-solver.ts';
import type { Memory } from './memory.ts';

/**
 * Real-time recurrent learning, exact for every circuit. Forward in time, but global: every neuron's rate by every weight.
 *
 *     P^i_w(t) = r_i(t) P^i_w(t-1) + s_i(t) ( sum_g sum_j W_ij P^j_w(t - delay_g) + [w = W_ij of g] h_j(t - delay_g) )
 *     dw       = eta/T sum_i credit_i(t) P^i_w(t)
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

  /** @throws InputError if the influences would take more memory than a machine can be trusted to have. */
  constructor(circuit: BuiltCircuit, options: LearningOptions, memory?: Memory) {
    super(circuit, 'rtrl', options, memory);
    checkInfluences(
      'rtrl',
      circuit,
      this.links.carrying,
      this.plastic.map(({ group }) => group),
    );
    const all = ({ size }: BuiltPopulation) => Int32Array.from({ length: size }, (_, i) => i);
    this.keep(
      this.plastic.map((plastic) => ({
        ...{ plastic, group: plastic.group, first: 0, width: plastic.weights.length },
        reached: reachedFrom(circuit, plastic.group, this.links.carrying).map((population) => ({
          population,
          neurons: all(population),
        })),
      })),
      false,
    );
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
