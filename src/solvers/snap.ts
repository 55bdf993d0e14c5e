import {
  carryingGroups,
  feedbackOf,
  isCredited,
  LARGEST_INFLUENCES,
  reachWithin,
  transposedReadouts,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type Held,
  type LearningOptions,
  type Neurons,
} from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import { numberedMaker } from './algorithm.ts';
import { found, type Activity } from './forward.ts';
import { heldInfluence } from './held.ts';
import type { Footprint } from './footprint.ts';
import { InfluenceSolver, ringLength } from './influence.ts';
import type { Memory } from './memory.ts';
import { addRows } from './rows.ts';
import type { PlasticGroup } from './solver.ts';

/** How SnAp-n is to learn. */
export interface SnapOptions extends LearningOptions {
  /** Influence is kept on neurons that are reached in fewer than this many steps: a whole number from 1. */
  readonly n: number;
}

/** A population, as influence comes through it. */
interface Station {
  readonly population: BuiltPopulation;
  readonly activity: Activity;
  readonly credit: Float64Array | undefined;
  /** The groups that bring influence, in circuit order. */
  bringing: readonly { readonly group: BuiltGroup; readonly weights: Float64Array; readonly from: Station }[];
  /** Which row of the influence at hand each neuron has; -1 where it has none. */
  readonly rowOf: Int32Array;
}

/** dh/dw of the neurons that one neuron reaches, by the weights of one group's synapses onto that neuron. */
interface Influence {
  readonly plastic: PlasticGroup;
  readonly neuron: number;
  /** In the order of the rows. */
  readonly reached: readonly { readonly station: Station; readonly neurons: Int32Array }[];
  /** A ring over timesteps of [reached neurons][synapses onto the neuron], row-major. */
  readonly ring: readonly Float64Array[];
}

/**
 * SnAp-n, the sparse n-step approximation of real-time recurrent learning: RTRL that keeps the influence of a weight, which sits on
 * neuron m, only on the neurons i that m reaches in fewer than n steps. Every synapse crossed is a step, whatever its delay.
 *
 *     P^i_w(t) = r_i(t) P^i_w(t-1) + s_i(t) ( sum_g sum_j W_ij P^j_w(t - delay_g) + [w = W_ij of g] h_j(t - delay_g) )   i, j within reach of m
 *     dw       = rate/T sum_i l_i(t) P^i_w(t)
 *
 * r and s are the neuron model's retention and slope; for a leaky unit 1 - alpha and alpha phi'. The readout is no step: influence does
 * not cross the synapses onto the outputs, and l is what the circuit's feedback brings, through B or, with feedback 'symmetric', through
 * the readout's current weights, transposed; at an output it is the error. SnAp-1 keeps i = m, with the autapse. With n large it is RTRL.
 * Menick, Elsen, Evci, Osindero, Simonyan & Graves (2020).
 */
export class Snap extends InfluenceSolver {
  /** The influence of a weight comes, forward in time, through the neurons that it reaches in fewer than n steps. */
  static footprint(circuit: BuiltCircuit, { n, feedback }: Pick<SnapOptions, 'n' | 'feedback'>): Footprint {
    const carrying = carryingGroups(circuit, 'random');
    const neurons = reachWithin(circuit, carrying, n);
    const credited = (population: BuiltPopulation) => isCredited(circuit, 'random', population);
    const atMost = (group: BuiltGroup, count: (reached: readonly Neurons[]) => number): number =>
      Math.max(0, ...Array.from({ length: group.to.size }, (_, neuron) => count(neurons(group.to, neuron))));
    const bringing = (reached: readonly Neurons[]) =>
      carrying.reduce((sum, group) => sum + synapsesBetween(group, reached), 0);
    return {
      neurons,
      carrying,
      transposed: feedback === 'symmetric' ? circuit.feedback.flatMap((each) => transposedReadouts(circuit, each)) : [],
      credited,
      backward: false,
      numbers: (group) => 1 + ringLength(carrying) * atMost(group, sizeOf),
      numbersPerTimestep: 0,
      operations: (group) => ({
        // Of each neuron, what is brought, then r before + s now and, where there is credit, its product with that.
        '*': atMost(
          group,
          (all) => bringing(all) + 2 * sizeOf(all) + sizeOf(all.filter((each) => credited(each.population))),
        ),
        '+': atMost(
          group,
          (all) => bringing(all) + sizeOf(all) + sizeOf(all.filter((each) => credited(each.population))) + 1,
        ),
      }),
    };
  }

  private readonly influences: readonly Influence[];
  /** The synapses that bring influence to one neuron, gathered: their weights, and the rows that they bring. */
  private readonly gathered: { readonly weights: Float64Array; readonly rows: Int32Array };

  /**
   * @throws InputError if n is no whole number from 1, feedback is to be symmetric where nothing is read out, or the influences would
   * take more memory than a machine can be trusted to have.
   */
  constructor(circuit: BuiltCircuit, { n, schedule, feedback }: SnapOptions, memory?: Memory) {
    if (!Number.isSafeInteger(n) || n < 1) throw new InputError('n', `${show(n)} is not a whole number, 1 or more`);
    super(circuit, `snap-${n}`, { schedule, feedback: 'random' }, memory, feedbackOf(circuit, feedback));
    const most = Math.max(0, ...this.carrying.map(({ from }) => from.size));
    this.gathered = { weights: this.memory(most, 'learning'), rows: new Int32Array(most) };
    this.influences = this.influencesWithin(n);
  }

  override held(): readonly Held[] {
    const influences = this.influences.flatMap(({ plastic: { group }, neuron, reached, ring }) => {
      const first = group.rowStart[neuron];
      const width = group.rowStart[neuron + 1] - first;
      let row = 0;
      return reached.flatMap(({ station: { population }, neurons }) => {
        const place = { kind: 'influence' as const, group, population, neurons, first, width };
        const held = heldInfluence(place, ring, () => this.forward.timestep, row * width);
        row += neurons.length;
        return held;
      });
    });
    return [...super.held(), ...influences];
  }

  protected clear(): void {
    for (const { ring } of this.influences) for (const rows of ring) rows.fill(0);
  }

  protected advance(t: number): void {
    for (const influence of this.influences) {
      number(influence, 0);
      this.carry(influence, t);
      number(influence, -1);
    }
  }

  protected addGradients(t: number): void {
    for (const { plastic, neuron, reached, ring } of this.influences) {
      const { gradient, group } = plastic;
      const [start, end] = [group.rowStart[neuron], group.rowStart[neuron + 1]];
      const rows = ring[t % ring.length];
      let cell = 0;
      for (const { station, neurons } of reached) {
        const { credit } = station;
        if (!credit) {
          cell += neurons.length * (end - start);
          continue;
        }
        for (const i of neurons) {
          const l = credit[i];
          for (let k = start; k < end; k++, cell++) gradient[k] += l * rows[cell];
        }
      }
    }
  }

  private carry({ plastic: { group }, neuron, reached, ring }: Influence, t: number): void {
    const { weights, rows } = this.gathered;
    const now = ring[t % ring.length];
    const before = ring[(t - 1) % ring.length];
    const [start, end] = [group.rowStart[neuron], group.rowStart[neuron + 1]];
    const width = end - start;
    const { sent } = this.forward.of(group.from);
    const presynaptic = this.forward.presynapticRow(group, t);
    now.fill(0);
    let row = 0;
    for (const { station, neurons } of reached) {
      const { population, bringing } = station;
      const { slope, retention } = station.activity;
      for (const i of neurons) {
        if (population === group.to && i === neuron) {
          for (let k = start; k < end; k++) now[row + k - start] += sent[presynaptic + group.pre[k]];
        }
        for (const { group: each, weights: w, from } of bringing) {
          if (t <= each.delay) continue;
          let count = 0;
          for (let k = each.rowStart[i]; k < each.rowStart[i + 1]; k++) {
            const source = from.rowOf[each.pre[k]];
            if (source < 0) continue;
            weights[count] = w[k];
            rows[count++] = source;
          }
          addRows(now, row, width, ring[(t - each.delay) % ring.length], weights, rows, 0, count);
        }
        const s = slope[t * population.size + i];
        const r = retention[t * population.size + i];
        for (let c = row; c < row + width; c++) now[c] = r * before[c] + s * now[c];
        row += width;
      }
    }
  }

  /** The influence of every plastic synapse, neuron by neuron. */
  private influencesWithin(n: number): readonly Influence[] {
    const { circuit, carrying, depth } = this;
    const stations = this.stations();
    const reach = reachWithin(circuit, carrying, n);
    let cells = 0;
    // Planned whole before any of it takes memory.
    const planned = circuit.order.flatMap((population) => {
      const onto = this.plastic.filter(({ group }) => group.to === population);
      return Array.from({ length: onto.length > 0 ? population.size : 0 }, (_, neuron) => {
        const reached = reach(population, neuron);
        const rows = reached.reduce((sum, { neurons }) => sum + neurons.length, 0);
        return onto.map((plastic) => {
          const { rowStart } = plastic.group;
          const size = rows * (rowStart[neuron + 1] - rowStart[neuron]);
          cells += size * depth;
          checkMemory(n, cells);
          return { plastic, neuron, size, reached };
        });
      }).flat();
    });
    return planned.map(({ plastic, neuron, size, reached }) => ({
      plastic,
      neuron,
      reached: reached.map(({ population, neurons }) => ({ station: found(stations, population), neurons })),
      ring: Array.from({ length: depth }, () => this.memory(size, 'learning')),
    }));
  }

  private stations(): ReadonlyMap<BuiltPopulation, Station> {
    const { circuit, carrying, forward } = this;
    const stations = new Map(
      circuit.order.map((population): [BuiltPopulation, Station] => {
        const rowOf = new Int32Array(population.size).fill(-1);
        const credit = this.creditOf(population);
        return [population, { population, activity: forward.of(population), credit, bringing: [], rowOf }];
      }),
    );
    for (const [population, station] of stations) {
      station.bringing = carrying
        .filter(({ to }) => to === population)
        .map((group) => ({ group, weights: found(forward.weights, group), from: found(stations, group.from) }));
    }
    return stations;
  }
}

/** SnAp-n, as an algorithm to compare; see `Snap`. */
export const snap = numberedMaker({
  prefix: 'snap',
  title: 'SnAp',
  about:
    'SnAp-n: RTRL that keeps influence on neurons within fewer than n steps, error through the readout, transposed',
  make: (n) => ({
    feedback: 'symmetric',
    open: (circuit, { memory, schedule, feedback }) => new Snap(circuit, { n, schedule, feedback }, memory),
    footprint: (circuit, { feedback }) => Snap.footprint(circuit, { n, feedback }),
  }),
});

/** Numbers the rows of an influence from 0 at their neurons; or takes the numbers away, with -1. */
function number({ reached }: Influence, first: 0 | -1): void {
  let row = 0;
  for (const { station, neurons } of reached) {
    for (const i of neurons) station.rowOf[i] = first < 0 ? first : row++;
  }
}

function checkMemory(n: number, numbers: number): void {
  if (numbers * Float64Array.BYTES_PER_ELEMENT <= LARGEST_INFLUENCES * 2 ** 30) return;
  throw new InputError(
    `snap-${n}`,
    `would need more than ${LARGEST_INFLUENCES} GiB: it holds the influence of every weight on every neuron within ${n} steps; ` +
      `use ${n > 1 ? 'a smaller n' : 'bptt'}, or fewer synapses`,
  );
}

function sizeOf(reached: readonly Neurons[]): number {
  return reached.reduce((sum, { neurons }) => sum + neurons.length, 0);
}

/** How many synapses of a group join two of these neurons. */
function synapsesBetween({ from, to, pre, rowStart }: BuiltGroup, reached: readonly Neurons[]): number {
  const senders = new Set(reached.find(({ population }) => population === from)?.neurons);
  const receivers = reached.find(({ population }) => population === to)?.neurons ?? [];
  let count = 0;
  for (const i of receivers) for (let k = rowStart[i]; k < rowStart[i + 1]; k++) if (senders.has(pre[k])) count++;
  return count;
}
