import {
  longestDelay,
  waysOf,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type Held,
  type LearningOptions,
  type Row,
  type Schedule,
  type TrialOptions,
} from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';
import { found } from './forward.ts';
import { heldCredit, heldInfluence } from './held.ts';
import { advancePart, type Carrier, type Gathered, type Part, type Port } from './influence-part.ts';
import type { Memory } from './memory.ts';
import { at, type Ring } from './ring.ts';
import { Solver, type PlasticGroup } from './solver.ts';

/** The weights of synapses first .. first + width - 1 of one group, and the neurons on which their influence is kept. */
export interface Block {
  readonly plastic: PlasticGroup;
  readonly first: number;
  readonly width: number;
  /** In the order in which the bus runs the populations; ascending neurons. */
  readonly reached: readonly { readonly population: BuiltPopulation; readonly neurons: Int32Array }[];
}

type Rings = ReadonlyMap<Row, Ring>;

/**
 * What RTRL and SnAp share: influences P = d/dw that run forward in time beside the circuit, and credit at every timestep, so that weights
 * may change during a trial. Each adds only which influences it keeps.
 *
 *     P[u_i]  = [w = W_ij] r_j(t - late) + sum over the groups onto i of sum_j W_ij P[r_j](t - late)      u: a port, r: what is brought
 *     P[s_i]  = sum over what s_i is computed from of ds_i(t)/dx_i(t - late) P[x_i](t - late)
 *     dw      = rate/T sum_i credit_i(t) P[h_i](t)                                                       h: what credit is given for
 */
export abstract class InfluenceSolver extends Solver {
  /** Timesteps of influence that are kept. */
  protected readonly depth: number;
  private kept: readonly (Block & { readonly parts: readonly Part[] })[] = [];
  private readonly credits: ReadonlyMap<BuiltPopulation, Float64Array>;
  private readonly schedule: Schedule;
  /** Where a block has some neurons of a population only: the row of each neuron in the block at hand, -1 where it has none. */
  private places: ReadonlyMap<BuiltPopulation, Int32Array> | undefined;
  private gathered: Gathered = { weights: new Float64Array(1), rows: new Int32Array(1) };

  constructor(
    circuit: BuiltCircuit,
    solver: string,
    options: LearningOptions,
    memory?: Memory,
    heard?: readonly BuiltFeedback[],
  ) {
    super(circuit, solver, options, memory, heard);
    this.schedule = options.schedule;
    this.depth = ringLength(this.carrying);
    this.credits = new Map(
      circuit.order
        .filter((population) => this.isCredited(population))
        .map((population) => [population, this.memory(population.size, 'learning')]),
    );
  }

  trial(trial: Trial, { learn = true, onTimestep, onPhase, number, pace = 1 }: TrialOptions = {}): number {
    const { forward } = this;
    this.begin(trial, number);
    for (const { parts } of this.kept) {
      for (const { rings } of parts) for (const ring of rings.values()) for (const rows of ring) rows.fill(0);
    }
    for (let t = 1; t <= trial.timesteps; t++) {
      forward.step();
      onPhase?.('compare', t);
      forward.broadcast();
      for (const [population, credit] of this.credits) {
        credit.fill(0);
        this.addCredit(population, t, credit);
      }
      onPhase?.('broadcast', t);
      if (learn) {
        this.advance(t);
        this.addGradients(t);
        onPhase?.('learn', t);
        if (this.schedule === 'online' || t === trial.timesteps) this.apply(trial.timesteps / pace);
      }
      onTimestep?.(t);
    }
    return forward.loss;
  }

  override held(): readonly Held[] {
    const { timestep } = this.forward;
    const influences = this.kept.flatMap(({ plastic: { group }, first, width, parts }) =>
      parts.flatMap(({ population, neurons, rings }) => {
        const place = { kind: 'influence' as const, group, population, neurons, first, width };
        return heldInfluence(place, found(rings, timestep.answer(population)), () => this.forward.now);
      }),
    );
    const credits = [...this.credits].map(([population, credit]) => heldCredit(population, credit));
    return [...super.held(), ...credits, ...influences];
  }

  /** How many numbers of influence a neuron of this population has for one weight. */
  protected numbersOn(population: BuiltPopulation): number {
    return this.depth * this.carriersOf(population).length;
  }

  /** Keeps these influences; `scattered`: a block may have some neurons of a population and not all. */
  protected keep(blocks: readonly Block[], scattered: boolean): void {
    if (scattered) {
      const most = Math.max(1, ...this.carrying.map(({ from }) => from.size));
      this.gathered = { weights: this.memory(most, 'learning'), rows: new Int32Array(most) };
      this.places = new Map(this.circuit.order.map((each) => [each, new Int32Array(each.size).fill(-1)]));
    }
    this.kept = blocks.map((block) => {
      const rings = new Map(
        block.reached.map(({ population, neurons }): [BuiltPopulation, Rings] => {
          const ring = () =>
            Array.from({ length: this.depth }, () => this.memory(neurons.length * block.width, 'learning'));
          return [population, new Map(this.carriersOf(population).map((row) => [row, ring()]))];
        }),
      );
      return { ...block, parts: block.reached.map((reached) => this.partOf(block, reached, rings)) };
    });
  }

  /** The rows of a population that influence is kept on, in the order in which they are computed. */
  private carriersOf(population: BuiltPopulation): readonly Row[] {
    const { partials } = this.forward.timestep;
    return [...new Set(partials.map(({ of }) => of))].filter((row) => row.population === population);
  }

  private partOf(
    block: Block,
    { population, neurons }: Block['reached'][number],
    all: ReadonlyMap<BuiltPopulation, Rings>,
  ): Part {
    const { forward } = this;
    const { timestep } = forward;
    const rings = found(all, population);
    const partials = timestep.partials.filter(({ of }) => of.population === population);
    const hosts = new Set<Ring>();
    const ports = new Map(
      timestep.steps.flatMap((step): [Row, Port][] => {
        if (step.do !== 'sum' || step.population !== population || step.into.kind !== 'port') return [];
        const last = partials.findLast(({ by }) => by === step.into)?.of;
        if (!last) return [];
        const own = found(rings, last);
        const host = hosts.has(own) ? [this.memory(neurons.length * block.width, 'learning')] : own;
        hosts.add(host);
        const port: { -readonly [K in keyof Port]: Port[K] } = { host, terms: [] };
        port.terms = step.terms.flatMap((term) => {
          const { weights: group, row, late, ways } = term;
          if (!('rowStart' in group)) return [];
          if (group === block.plastic.group) {
            const tracks = waysOf(term).map((way) => ({ ...way, track: forward.track(way.row) }));
            port.own = { group, first: block.first, ways: tracks, ...(ways && { of: ways.of }) };
          }
          const ring = all.get(group.from)?.get(row);
          if (!ring || !this.carrying.includes(group)) return [];
          const places = this.places?.get(group.from);
          const own = { ...(ways && { ways }), ...(places && { places }) };
          return [{ group, w: found(forward.weights, group), ring, late, ...own }];
        });
        return [[step.into, port]];
      }),
    );
    const rows = [...rings].map(([row, ring]): Carrier => ({
      ring,
      partials: partials
        .filter(({ of }) => of === row)
        .map(({ by, late, value }) => ({
          ring: ports.get(by)?.host ?? found(rings, by),
          late,
          value: forward.track(value),
        })),
    }));
    return { population, neurons, rings, ports: [...ports.values()], rows };
  }

  private advance(t: number): void {
    for (const { parts, width } of this.kept) {
      this.mark(parts, true);
      for (const part of parts) advancePart(part, t, width, this.gathered);
      this.mark(parts, false);
    }
  }

  /** gradient_w += sum_i credit_i(t) P[h_i](t). */
  private addGradients(t: number): void {
    for (const { plastic, first, width, parts } of this.kept) {
      const { gradient } = plastic;
      for (const { population, neurons, rings } of parts) {
        const credit = this.credits.get(population);
        if (!credit) continue;
        const rows = at(found(rings, this.forward.timestep.answer(population)), t);
        let cell = 0;
        for (const i of neurons) {
          const c = credit[i];
          for (let k = first; k < first + width; k++, cell++) gradient[k] += c * rows[cell];
        }
      }
    }
  }

  /** Writes at the neurons which rows of the block they have; or takes that away. */
  private mark(parts: readonly Part[], there: boolean): void {
    if (!this.places) return;
    for (const { population, neurons } of parts) {
      const places = found(this.places, population);
      for (let r = 0; r < neurons.length; r++) places[neurons[r]] = there ? r : -1;
    }
  }
}

/** How many timesteps of influence are kept: this one, and those that the longest delay looks back at. */
export function ringLength(carrying: readonly BuiltGroup[]): number {
  return 1 + Math.max(1, ...carrying.map(longestDelay));
}
