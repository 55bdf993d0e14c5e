import {
  carryingGroups,
  checkInfluences,
  isCredited,
  reachedFrom,
  reachWithin,
  type BuiltCircuit,
  type BuiltPopulation,
  type LearningOptions,
  type Neurons,
} from '../circuit/index.ts';
import { algorithmMaker } from './algorithm.ts';
import type { Footprint } from './footprint.ts';
import { influenceFootprint } from './influence-footprint.ts';
import { InfluenceSolver } from './influence-solver.ts';
import type { Memory } from './memory.ts';

/**
 * Real-time recurrent learning, exact for every circuit. Forward in time, but global: the derivative of every neuron's rate with
 * respect to every weight.
 *
 *     P^i_w(t) = r_i(t) P^i_w(t-1) + s_i(t) ( sum_g sum_j W_ij P^j_w(t - delay_g) + [w = W_ij of g] h_j(t - delay_g) )
 *     dw       = eta/T sum_i credit_i(t) P^i_w(t)
 *
 * r and s are the neuron model's retention and slope; for a leaky unit 1 - alpha and alpha phi'. Williams & Zipser (1989).
 * Time N^4 and memory N^3 for N units. Only those pairs of population and group are kept where the group can influence the population.
 */
export class Rtrl extends InfluenceSolver {
  /** The influence of a weight comes, forward in time, through every neuron that it reaches. */
  static footprint(circuit: BuiltCircuit, { feedback }: Pick<LearningOptions, 'feedback'>): Footprint {
    const carrying = carryingGroups(circuit, feedback);
    return influenceFootprint(
      {
        ...{ carrying, transposed: [], neurons: reachWithin(circuit, carrying, Infinity) },
        credited: (population) => isCredited(circuit, feedback, population),
      },
      (group) => [wholeOnes(reachedFrom(circuit, group, carrying))],
    );
  }

  /** @throws InputError if the influences would take more memory than a machine is expected to have. */
  constructor(circuit: BuiltCircuit, options: LearningOptions, memory?: Memory) {
    super(circuit, 'rtrl', options, memory);
    checkInfluences(
      'rtrl',
      circuit,
      this.links.carrying,
      this.plastic.map(({ group }) => group),
    );
    this.keep(
      this.plastic.map((plastic) => ({
        ...{ plastic, group: plastic.group, first: 0, width: plastic.weights.length },
        reached: wholeOnes(reachedFrom(circuit, plastic.group, this.links.carrying)),
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

/** All neurons of some populations. */
function wholeOnes(populations: readonly BuiltPopulation[]): readonly Neurons[] {
  return populations.map((population) => ({
    population,
    neurons: Int32Array.from({ length: population.size }, (_, i) => i),
  }));
}
