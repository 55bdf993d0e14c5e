import type { LocalFunction } from '../../local/index.ts';
import type { BuiltCircuit, BuiltFeedback, BuiltPopulation } from '../built.ts';
import type { TunedNumber } from '../dials/tunable.ts';
import { partialsOf } from './partials.ts';
import { found, keyOf, newRow, whole } from './rows.ts';
import type { PartialDerivative, PhaseName, Result, Row, RowKind, Source, Stage, Step } from './step.ts';

/** How a learner uses a circuit's errors. */
export interface Heard {
  /** The feedback that brings errors to neurons. */
  readonly feedback: readonly BuiltFeedback[];
  /** Whether a population's neurons form a learning signal. */
  readonly signalled: (population: BuiltPopulation) => boolean;
  /**
   * Whether every derivative is needed, not only those that neurons publish; no rules run then, and held copies equal what they copy. Default
   * false.
   */
  readonly derivatives?: boolean;
}

/** A timestep that is being built. */
export class Draft {
  readonly rows = new Map<string, Row>();
  readonly steps: Step[] = [];
  readonly stages: Stage[] = [];
  readonly partials: PartialDerivative[] = [];
  readonly signals = new Map<Row, Row>();
  readonly constants = new Map<Row, number>();
  /** The numbers that may change from trial to trial, each with its current value, [1]. */
  readonly tuned: ReadonlyMap<TunedNumber, Float64Array>;
  /** Numbers of whole populations, by the population and the name that its neurons know them by. */
  protected readonly pools = new Map<string, Row>();
  /** How many numbers of whole populations there are. */
  private totals = 0;

  constructor(
    readonly circuit: BuiltCircuit,
    readonly heard: Heard,
  ) {
    const { populations, feedback } = circuit;
    const numbers = [
      ...populations.flatMap(({ tunable, sending }) => [...(tunable?.numbers ?? []), ...(sending?.tunable ?? [])]),
      ...feedback.flatMap(({ broadcast }) => broadcast?.tunable ?? []),
    ];
    this.tuned = new Map(numbers.map((one) => [one, Float64Array.of(one.start)]));
  }

  /** The source of each of these, by its name. */
  tunedSources(numbers: readonly TunedNumber[] = []): Readonly<Record<string, Source>> {
    return Object.fromEntries(
      numbers.map((number) => {
        const now = this.tuned.get(number);
        if (!now) throw new Error(`${number.owner}.${number.name} belongs to another circuit`);
        return [number.name, { kind: 'tuned', number, now }];
      }),
    );
  }

  /** Begins the next part of the timestep, unless it is in that part already. */
  begin(phase: PhaseName, population?: BuiltPopulation): Stage {
    const last = this.stages.at(-1);
    if (last?.phase === phase && last.population === population) return last;
    const stage = { phase, ...(population && { population }) };
    this.stages.push(stage);
    return stage;
  }

  total(population: BuiltPopulation, name: string): Row {
    return this.enter(newRow(whole(population, this.totals++, this.circuit), name, 'total'));
  }

  compute(
    stage: Stage,
    population: BuiltPopulation,
    results: readonly Result[],
    reads: Readonly<Record<string, Source>>,
  ): void {
    this.steps.push({ do: 'compute', stage, population, results, reads: new Map(Object.entries(reads)) });
  }

  /** The same of one row, with its derivatives where they are needed. */
  computeDerived(
    { stage, row, derivatives = false }: { stage: Stage; row: Row; derivatives: boolean | undefined },
    local: LocalFunction,
    reads: Readonly<Record<string, Source>>,
  ): void {
    const results: Result[] = [{ row, value: local.value }];
    for (const { partial, value } of derivatives ? partialsOf(row, local, reads) : []) {
      this.enter(partial.value);
      this.partials.push(partial);
      if (value.kind === 'constant') this.constants.set(partial.value, value.value);
      else results.push({ row: partial.value, value });
    }
    this.compute(stage, row.population, results, reads);
  }

  add(population: BuiltPopulation, name: string, kind: RowKind, initial?: Float64Array): Row {
    return this.enter(newRow(population, name, kind, initial));
  }

  enter(row: Row): Row {
    this.rows.set(keyOf(row.population, row.name), row);
    return row;
  }

  find(population: BuiltPopulation, name: string): Row | undefined {
    const key = keyOf(population, name);
    return this.rows.get(key) ?? this.pools.get(key);
  }

  row(population: BuiltPopulation, name: string): Row {
    return found(this.find(population, name), population, name);
  }
}
