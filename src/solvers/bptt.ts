import {
  carryingGroups,
  isCredited,
  reachWithin,
  refuseOnline,
  type BuiltCircuit,
  type GroupWeights,
  type LearningOptions,
  type TrialOptions,
} from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';
import { algorithmMaker } from './algorithm.ts';
import type { Footprint } from './footprint.ts';
import { Backward, type Adjoint } from './backward.ts';
import type { Memory } from './memory.ts';
import { at, type Ring } from './ring.ts';
import { Solver } from './solver.ts';

/**
 * Backpropagation through time, exact for every circuit. Global, and acausal: it needs the trial's end before its beginning.
 *
 *     z_i(t)  = credit_i(t) + r_i(t+1) z_i(t+1) + sum_g sum_k W_ki v_k(t + delay_g)      groups g leaving i
 *     v_i(t)  = s_i(t) z_i(t)
 *     dW_ij   = eta/T sum_t v_i(t) h_j(t - delay)
 *
 * r = dh(t)/dh(t-1) and s = dh(t)/du(t) are the neuron model's retention and slope; for a leaky unit 1 - alpha and alpha phi'.
 * z(T+1) = 0. With credit e at the outputs, z = -T dL/dh. Williams & Zipser (1989); Murray (2019), eq. 7.
 */
export class Bptt extends Solver {
  /** z of a neuron comes, backward in time, from every neuron that it reaches. */
  static footprint(circuit: BuiltCircuit, { feedback }: Pick<LearningOptions, 'feedback'>): Footprint {
    const carrying = carryingGroups(circuit, feedback);
    return {
      neurons: reachWithin(circuit, carrying, Infinity),
      carrying,
      transposed: [],
      credited: (population) => isCredited(circuit, feedback, population),
      backward: true,
      numbers: () => 1,
      numbersPerTimestep: 5, // rate, potential, slope, retention and v
      operations: (group) => (carrying.includes(group) ? { '*': 2, '+': 2 } : { '*': 1, '+': 1 }),
    };
  }

  private readonly backward = new Backward(this.forward, this.links, this.isCredited);
  private readonly ends = this.plastic.map(({ group, gradient }) => {
    const connection = this.forward.timestep.connection(group);
    return { gradient, connection, port: this.backward.portOf(connection) };
  });

  constructor(circuit: BuiltCircuit, options: LearningOptions, memory?: Memory) {
    super(circuit, 'bptt', options, memory);
    refuseOnline(options.schedule, 'bptt');
    for (const adjoint of this.backward.adjoints) {
      if (!isWhole(adjoint)) adjoint.ring = this.room(adjoint, 1 + adjoint.longest);
    }
  }

  protected learn(_t: number, onPhase: TrialOptions['onPhase']): void {
    if (this.forward.sweeps.isOver(this.forward.trial.timesteps)) this.backpropagate(onPhase);
  }

  /** eta/T gradient of a trial, by plastic group: what would be added to the weights at the current learning rates. Changes no weights. */
  descent(trial: Trial): GroupWeights {
    this.trial(trial, { learn: false });
    this.backpropagate();
    return Object.fromEntries(
      this.plastic.map(({ group, rate, gradient }) => [group.name, gradient.map((g) => (rate / trial.timesteps) * g)]),
    );
  }

  /** The gradient of a trial that has run forward. */
  private backpropagate(onPhase?: TrialOptions['onPhase']): void {
    const { forward, backward } = this;
    const length = forward.most(forward.trial.timesteps) + 1;
    for (const adjoint of backward.adjoints) {
      if (isWhole(adjoint) && adjoint.ring.length !== length) adjoint.ring = this.room(adjoint, length);
    }
    const end = forward.now;
    for (let t = end; t >= 1; t--) for (const adjoint of backward.adjoints) this.stepBack(adjoint, t, end);
    for (let t = 1; t <= end; t++) {
      for (const { gradient, connection, port } of this.ends) {
        backward.addGradient(connection, gradient, at(port.ring, t), t);
      }
      onPhase?.('learn', t);
    }
  }

  /** z(t) of one row, from what depends on it at t and later. */
  private stepBack(adjoint: Adjoint, t: number, end: number): void {
    const z = at(adjoint.ring, t);
    z.fill(0);
    const signal = adjoint.credited && this.forward.timestep.signal(adjoint.row.population);
    if (signal) this.forward.addSum(signal, t, z);
    this.backward.gather(z, adjoint, t, t, end, !adjoint.credited);
  }

  private room({ row }: Adjoint, timesteps: number): Ring {
    return Array.from({ length: timesteps }, () => this.memory(row.population.size, 'learning'));
  }
}

/** Whether z is needed for all timesteps: that of a port, from which gradients are computed. */
function isWhole({ row }: Adjoint): boolean {
  return row.kind === 'port';
}

/** Backpropagation through time, as an algorithm to compare; see `Bptt`. */
export const bptt = algorithmMaker({
  name: 'bptt',
  title: 'BPTT',
  about: 'exact gradient, backward in time. Cannot learn online: it is acausal',
  causal: false,
  exact: true,
  feedback: 'symmetric',
  kernel: 'backward',
  open: (circuit, { memory, ...options }) => new Bptt(circuit, options, memory),
  footprint: (circuit, options) => Bptt.footprint(circuit, options),
});
