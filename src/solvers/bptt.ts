import {
  carryingGroups,
  isCredited,
  reachWithin,
  refuseOnline,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type GroupWeights,
  type LearningOptions,
  type TrialOptions,
} from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';
import { algorithmMaker } from './algorithm.ts';
import type { Footprint } from './footprint.ts';
import { found } from './forward.ts';
import type { Memory } from './memory.ts';
import { outer, scatter } from './rows.ts';
import { Solver } from './solver.ts';

/** What runs backward for one population: z(t) and z(t+1), [size], and v(t) for t = 0..T, [T+1][size]. */
interface Backward {
  z: Float64Array;
  later: Float64Array;
  v: Float64Array;
}

/**
 * Backpropagation through time, exact for every circuit. Global, and acausal: it needs the trial's end before its beginning.
 *
 *     z_i(t)  = credit_i(t) + r_i(t+1) z_i(t+1) + sum_g sum_k W_ki v_k(t + delay_g)      groups g leaving i
 *     v_i(t)  = s_i(t) z_i(t)
 *     dW_ij   = rate/T sum_t v_i(t) h_j(t - delay)
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

  private readonly backward: ReadonlyMap<BuiltPopulation, Backward>;

  constructor(circuit: BuiltCircuit, options: LearningOptions, memory?: Memory) {
    super(circuit, 'bptt', options, memory);
    refuseOnline(options.schedule, 'bptt');
    this.backward = new Map(
      circuit.order.map((population) => {
        const numbers = (length: number) => this.memory(length, 'learning');
        return [population, { z: numbers(population.size), later: numbers(population.size), v: numbers(0) }];
      }),
    );
  }

  trial(trial: Trial, { learn = true, onTimestep, onPhase, number, pace = 1 }: TrialOptions = {}): number {
    const { forward } = this;
    this.begin(trial, number);
    for (let t = 1; t <= trial.timesteps; t++) {
      forward.step();
      onPhase?.('compare', t);
      onPhase?.('broadcast', t);
      if (t < trial.timesteps) onTimestep?.(t);
    }
    if (learn) {
      this.backpropagate(trial.timesteps, onPhase);
      this.apply(trial.timesteps / pace);
    }
    onTimestep?.(trial.timesteps);
    return forward.loss;
  }

  /** rate/T gradient of a trial, by plastic group: what it would add to the weights. Changes none. */
  descent(trial: Trial): GroupWeights {
    this.begin(trial);
    for (let t = 1; t <= trial.timesteps; t++) this.forward.step();
    this.backpropagate(trial.timesteps);
    return Object.fromEntries(
      this.plastic.map(({ group, rate, gradient }) => [group.name, gradient.map((g) => (rate / trial.timesteps) * g)]),
    );
  }

  /** The gradient of a trial that has run forward. */
  private backpropagate(timesteps: number, onPhase?: TrialOptions['onPhase']): void {
    const { circuit } = this;

    for (const [{ size }, backward] of this.backward) {
      const length = (timesteps + 1) * size;
      if (backward.v.length !== length) backward.v = this.memory(length, 'learning');
    }
    for (let t = timesteps; t >= 1; t--) {
      for (let p = circuit.order.length - 1; p >= 0; p--) this.stepBack(circuit.order[p], t, timesteps);
    }
    for (let t = 1; t <= timesteps; t++) {
      for (const { group, gradient } of this.plastic) this.addGradient(group, gradient, t);
      onPhase?.('learn', t);
    }
  }

  private stepBack(population: BuiltPopulation, t: number, timesteps: number): void {
    const { size } = population;
    const backward = found(this.backward, population);
    const { z: later, later: z, v } = backward;
    backward.z = z;
    backward.later = later;
    const { slope, retention } = this.forward.of(population);
    z.fill(0);
    this.addCredit(population, t, z);
    if (t < timesteps) for (let i = 0; i < size; i++) z[i] += retention[(t + 1) * size + i] * later[i];
    for (const group of this.carrying) {
      if (group.from === population && t + group.delay <= timesteps) this.carryBack(group, t + group.delay, z);
    }
    for (let i = 0; i < size; i++) v[t * size + i] = slope[t * size + i] * z[i];
  }

  /** z += W^T v(arrival). */
  private carryBack(group: BuiltGroup, arrival: number, z: Float64Array): void {
    const { rowStart, pre, to } = group;
    const { v } = found(this.backward, to);
    const w = found(this.forward.weights, group);
    for (let i = 0; i < to.size; i++) {
      scatter(z, w, pre, v[arrival * to.size + i], rowStart[i], rowStart[i + 1]);
    }
  }

  private addGradient(group: BuiltGroup, gradient: Float64Array, t: number): void {
    const { rowStart, pre, to, from } = group;
    const { v } = found(this.backward, to);
    const { sent } = this.forward.of(from);
    const row = this.forward.presynapticRow(group, t);
    for (let i = 0; i < to.size; i++) {
      outer(gradient, pre, sent, row, v[t * to.size + i], rowStart[i], rowStart[i + 1]);
    }
  }
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
