import {
  carryingGroups,
  isCredited,
  reachWithin,
  refuseOnline,
  type BuiltCircuit,
  type BuiltGroup,
  type GroupWeights,
  type LearningOptions,
  type Term,
  type TrialOptions,
} from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';
import { algorithmMaker } from './algorithm.ts';
import type { Footprint } from './footprint.ts';
import { adjointsOf, type Adjoint } from './adjoint.ts';
import type { Memory } from './memory.ts';
import { at, type Ring } from './ring.ts';
import { outer, scatter } from './rows.ts';
import { Solver } from './solver.ts';
import { outerByWay, scatterByWay } from './ways.ts';

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

  /** In the order in which they are computed: each after those that it is made of. */
  private readonly adjoints: readonly Adjoint[];

  constructor(circuit: BuiltCircuit, options: LearningOptions, memory?: Memory) {
    super(circuit, 'bptt', options, memory);
    refuseOnline(options.schedule, 'bptt');
    this.adjoints = adjointsOf(this.forward, this.carrying, (population) => this.isCredited(population));
    for (const adjoint of this.adjoints) if (!adjoint.whole) adjoint.ring = this.room(adjoint, 1 + adjoint.longest);
  }

  trial(trial: Trial, { learn = true, onTimestep, onPhase, number, pace = 1 }: TrialOptions = {}): number {
    const { forward } = this;
    this.begin(trial, number);
    for (let t = 1; t <= trial.timesteps; t++) {
      forward.step();
      onPhase?.('compare', t);
      forward.broadcast();
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
    for (let t = 1; t <= trial.timesteps; t++) {
      this.forward.step();
      this.forward.broadcast();
    }
    this.backpropagate(trial.timesteps);
    return Object.fromEntries(
      this.plastic.map(({ group, rate, gradient }) => [group.name, gradient.map((g) => (rate / trial.timesteps) * g)]),
    );
  }

  /** The gradient of a trial that has run forward. */
  private backpropagate(timesteps: number, onPhase?: TrialOptions['onPhase']): void {
    for (const adjoint of this.adjoints) {
      if (adjoint.whole && adjoint.ring.length !== timesteps + 1) adjoint.ring = this.room(adjoint, timesteps + 1);
    }
    for (let t = timesteps; t >= 1; t--) for (const adjoint of this.adjoints) this.stepBack(adjoint, t, timesteps);
    const ports = this.plastic.map(({ group, gradient }) => {
      const [adjoint] = this.adjoints.filter(({ incoming }) => incoming.some(({ weights }) => weights === group));
      const [term] = adjoint.incoming.filter(({ weights }) => weights === group);
      return { group, gradient, adjoint, term };
    });
    for (let t = 1; t <= timesteps; t++) {
      for (const { group, gradient, adjoint, term } of ports)
        this.addGradient(group, gradient, at(adjoint.ring, t), term, t);
      onPhase?.('learn', t);
    }
  }

  /** z(t) of one row, from what it takes part in at t and later. */
  private stepBack({ ring, row, credited, partials, terms }: Adjoint, t: number, timesteps: number): void {
    const { size } = row.population;
    const z = at(ring, t);
    z.fill(0);
    if (credited) this.addCredit(row.population, t, z);
    let isFirst = !credited;
    for (const { of, late, value } of partials) {
      if (t + late > timesteps) continue;
      const [later, values, from] = [at(of.ring, t + late), this.forward.of(value), (t + late) * size];
      if (isFirst) for (let i = 0; i < size; i++) z[i] = values[from + i] * later[i];
      else for (let i = 0; i < size; i++) z[i] += values[from + i] * later[i];
      isFirst = false;
    }
    for (const { group, w, late, ways, into } of terms) {
      if (ways) {
        const back = ways.all.map((way) => (t + way.late > timesteps ? undefined : at(into.ring, t + way.late)));
        scatterByWay(z, group, w, ways.of, back);
        continue;
      }
      if (t + late > timesteps) continue;
      const [v, { rowStart, pre, to }] = [at(into.ring, t + late), group];
      for (let i = 0; i < to.size; i++) scatter(z, w, pre, v[i], rowStart[i], rowStart[i + 1]);
    }
  }

  private addGradient(group: BuiltGroup, gradient: Float64Array, v: Float64Array, term: Term, t: number): void {
    const { row, late, ways } = term;
    if (ways) {
      outerByWay(gradient, group, v, ways.of, this.forward.arrived(ways, t));
      return;
    }
    const { rowStart, pre, to } = group;
    const [brought, before] = [this.forward.of(row), this.forward.begins(row, t, late)];
    for (let i = 0; i < to.size; i++) outer(gradient, pre, brought, before, v[i], rowStart[i], rowStart[i + 1]);
  }

  private room({ row }: Adjoint, timesteps: number): Ring {
    return Array.from({ length: timesteps }, () => this.memory(row.population.size, 'learning'));
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
