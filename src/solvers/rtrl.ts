import {
  checkInfluences,
  reachedFrom,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type LearningOptions,
  type Schedule,
  type TrialOptions,
} from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';
import { found } from './forward.ts';
import type { Memory } from './memory.ts';
import { Solver, type PlasticGroup } from './solver.ts';

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
export class Rtrl extends Solver {
  private readonly influences: readonly Influence[];
  private readonly credits: ReadonlyMap<BuiltPopulation, Float64Array>;
  private readonly schedule: Schedule;

  /** @throws InputError if the influences would take more memory than a machine can be trusted to have. */
  constructor(circuit: BuiltCircuit, options: LearningOptions, memory?: Memory) {
    super(circuit, 'rtrl', options, memory);
    this.schedule = options.schedule;
    this.credits = new Map(
      circuit.order
        .filter((population) => this.isCredited(population))
        .map((population) => [population, this.memory(population.size, 'learning')]),
    );
    const depth = 1 + Math.max(1, ...this.carrying.map(({ delay }) => delay));
    checkInfluences(
      circuit,
      this.carrying,
      this.plastic.map(({ group }) => group),
    );
    this.influences = this.plastic.flatMap((plastic) => this.influencesOf(plastic, depth));
  }

  trial(trial: Trial, { learn = true, onTimestep, number }: TrialOptions = {}): number {
    const { forward } = this;
    this.begin(trial, number);
    for (const { ring } of this.influences) for (const rows of ring) rows.fill(0);
    for (let t = 1; t <= trial.timesteps; t++) {
      forward.step();
      if (learn) {
        for (const influence of this.influences) this.advance(influence, t);
        this.addGradients(t);
        if (this.schedule === 'online' || t === trial.timesteps) this.apply(trial.timesteps);
      }
      onTimestep?.(t);
    }
    return forward.loss;
  }

  /** The influence of one group's weights on every population they can reach. */
  private influencesOf(plastic: PlasticGroup, depth: number): readonly Influence[] {
    const { circuit, carrying } = this;
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

  private advance({ population, plastic, ring, sources }: Influence, t: number): void {
    const { slope, retention } = this.forward.of(population);
    const { group } = plastic;
    const width = plastic.weights.length;
    const now = ring[t % ring.length];
    const before = ring[(t - 1) % ring.length];
    const { rate } = this.forward.of(group.from);
    const presynaptic = this.forward.presynapticRow(group, t);
    now.fill(0);
    for (let i = 0; i < population.size; i++) {
      const row = i * width;
      if (group.to === population) {
        for (let k = group.rowStart[i]; k < group.rowStart[i + 1]; k++)
          now[row + k] += rate[presynaptic + group.pre[k]];
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

  private addGradients(t: number): void {
    for (const [population, credit] of this.credits) {
      credit.fill(0);
      this.addCredit(population, t, credit);
    }
    for (const { population, plastic, ring } of this.influences) {
      const credit = this.credits.get(population);
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

/** into[row ..] += sum over k = start..end-1 of w[k] rows[pre[k]]: four rows at a time, where RTRL spends its N^4. */
function addRows(
  into: Float64Array,
  row: number,
  width: number,
  rows: Float64Array,
  w: Float64Array,
  pre: Int32Array,
  start: number,
  end: number,
): void {
  let k = start;
  for (; k + 3 < end; k += 4) {
    const [w0, w1, w2, w3] = [w[k], w[k + 1], w[k + 2], w[k + 3]];
    const r0 = pre[k] * width;
    const r1 = pre[k + 1] * width;
    const r2 = pre[k + 2] * width;
    const r3 = pre[k + 3] * width;
    for (let c = 0; c < width; c++) {
      into[row + c] = into[row + c] + w0 * rows[r0 + c] + w1 * rows[r1 + c] + w2 * rows[r2 + c] + w3 * rows[r3 + c];
    }
  }
  for (; k < end; k++) {
    const r0 = pre[k] * width;
    for (let c = 0; c < width; c++) into[row + c] += w[k] * rows[r0 + c];
  }
}
