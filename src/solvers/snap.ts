import {
  carryingGroups,
  feedbackOf,
  isCredited,
  LARGEST_INFLUENCES,
  reachWithin,
  transposedReadouts,
  type BuiltCircuit,
  type LearningOptions,
} from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import { numberedMaker } from './algorithm.ts';
import type { Footprint } from './footprint.ts';
import { influenceFootprint } from './influence-footprint.ts';
import { InfluenceSolver, type ReachingBlock } from './influence-solver.ts';
import type { SolverArithmetic } from './running.ts';
import type { Memory } from './memory.ts';
import { ownInfluence, type OwnInfluence } from './own-influence.ts';

/** The options of SnAp-n. */
export interface SnapOptions extends LearningOptions {
  /** Influence is kept on neurons that are reached in fewer than this many steps: a whole number from 1. */
  readonly n: number;
}

/**
 * SnAp-n, the sparse n-step approximation of real-time recurrent learning: RTRL that keeps the influence of a weight, which sits on
 * neuron m, only on the neurons i that m reaches in fewer than n steps. Every synapse crossed is a step, whatever its delay.
 *
 *     P^i_w(t) = r_i(t) P^i_w(t-1) + s_i(t) ( sum_g sum_j W_ij P^j_w(t - delay_g) + [w = W_ij of g] h_j(t - delay_g) )   i, j within reach of m
 *     dw       = eta/T sum_i l_i(t) P^i_w(t)
 *
 * r and s are the neuron model's retention and slope; for a leaky unit 1 - alpha and alpha phi'. The readout is not a step: influence
 * does not cross the synapses onto the outputs, and l is what the circuit's feedback brings, through B or, with feedback 'symmetric', through
 * the readout's current weights, transposed; at an output it is the error. SnAp-1 keeps i = m, with the autapse. With n large it is RTRL.
 * Menick, Elsen, Evci, Osindero, Simonyan & Graves (2020).
 */
export class Snap extends InfluenceSolver {
  /** For groups whose influences are kept on the neurons that they end on, and advance as a whole; by their weights. */
  private readonly own = new Map<Float64Array, OwnInfluence>();
  /** Whether weights may change in the pass over their influences. */
  private readonly takes: boolean;

  /** The influence of a weight comes, forward in time, through the neurons that it reaches in fewer than n steps. */
  static footprint(circuit: BuiltCircuit, { n, feedback }: Pick<SnapOptions, 'n' | 'feedback'>): Footprint {
    const carrying = carryingGroups(circuit, 'random');
    const neurons = reachWithin(circuit, carrying, n);
    return influenceFootprint(
      {
        ...{ carrying, neurons },
        transposed:
          feedback === 'symmetric' ? circuit.feedback.flatMap((each) => transposedReadouts(circuit, each)) : [],
        credited: (population) => isCredited(circuit, 'random', population),
      },
      ({ to }) => Array.from({ length: to.size }, (_, neuron) => neurons(to, neuron)),
    );
  }

  /**
   * @throws InputError if n is not a whole number, 1 or more, feedback must be symmetric but there is no readout, or the influences would
   * take more memory than a machine is expected to have.
   */
  constructor(
    circuit: BuiltCircuit,
    { n, schedule, feedback }: SnapOptions,
    memory?: Memory,
    arithmetic?: SolverArithmetic,
  ) {
    if (!Number.isSafeInteger(n) || n < 1) throw new InputError('n', `${show(n)} is not a whole number, 1 or more`);
    const heard = feedbackOf(circuit, feedback);
    super(circuit, `snap-${n}`, { schedule, feedback: 'random' }, memory, heard, arithmetic);
    const { forward, links, depth } = this;
    for (const plastic of n === 1 ? this.plastic : []) {
      const setting = { forward, links, depth, memory: this.memory };
      const own = ownInfluence(plastic, setting, this.credits.get(plastic.group.to));
      if (own) this.own.set(plastic.weights, own);
    }
    this.takes = arithmetic !== undefined && this.isTakenUpAtOnce;
    this.keep(this.blocksWithin(n), true);
  }

  protected override restart(): void {
    if (this.forward.continuation.carries) for (const own of this.own.values()) own.goOn(this.ended);
    super.restart();
  }

  protected override add(t: number): void {
    for (const { weights, takeUp } of this.plastic) {
      const own = this.own.get(weights);
      own?.see(t);
      if (takeUp || !this.takes || this.isWatched) own?.add(t);
    }
    super.add(t);
  }

  protected override descend(weights: Float64Array, step: number, gradient: Float64Array): number {
    const own = this.takes && !this.isWatched ? this.own.get(weights) : undefined;
    if (own) return own.takeUp(this.forward.now, step);
    return this.forward.arithmetic.descend(weights, step, gradient);
  }

  /** The influence of every plastic synapse, neuron by neuron. All is planned before any memory is taken. */
  private blocksWithin(n: number): readonly ReachingBlock[] {
    const { circuit, plastic } = this;
    const reach = reachWithin(circuit, this.links.carrying, n);
    let numbers = 0;
    return circuit.order.flatMap((population) => {
      const onto = plastic.filter(({ group }) => group.to === population);
      return Array.from({ length: onto.length > 0 ? population.size : 0 }, (_, neuron) => {
        const reached = reach(population, neuron);
        return onto.map((each): ReachingBlock => {
          const { group } = each;
          const [first, end] = group.rowStart.subarray(neuron, neuron + 2);
          const room = this.own.get(each.weights)?.blockAt(first);
          const block = { plastic: each, group, first, width: end - first, reached, ...(room && { room }) };
          numbers += this.numbersOf(block);
          checkMemory(n, numbers);
          return block;
        });
      }).flat();
    });
  }
}

/** SnAp-n, as an algorithm to compare; see `Snap`. */
export const snap = numberedMaker({
  prefix: 'snap',
  title: 'SnAp',
  about: 'SnAp-n: RTRL that keeps influence on neurons within fewer than n steps, error through the transposed readout',
  make: (n) => ({
    feedback: 'symmetric',
    arithmetic: n === 1,
    open: (circuit, { memory, schedule, feedback, arithmetic }) =>
      new Snap(circuit, { n, schedule, feedback }, memory, arithmetic),
    footprint: (circuit, { feedback }) => Snap.footprint(circuit, { n, feedback }),
  }),
});

function checkMemory(n: number, numbers: number): void {
  if (numbers * Float64Array.BYTES_PER_ELEMENT <= LARGEST_INFLUENCES * 2 ** 30) return;
  throw new InputError(
    `snap-${n}`,
    `would need more than ${LARGEST_INFLUENCES} GiB: it holds the influence of every weight on every neuron within ${n} steps; ` +
      `use ${n > 1 ? 'a smaller n' : 'bptt'}, or fewer synapses`,
  );
}
