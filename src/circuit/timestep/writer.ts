import type { BuiltPopulation } from '../built.ts';
import { found, keyOf, newRow } from './rows.ts';
import type { PhaseName, Result, Row, RowKind, Source, Stage, Step } from './step.ts';

/** Writes down rows, stages and steps, one after another. */
export class TimestepWriter {
  readonly rows = new Map<string, Row>();
  readonly steps: Step[] = [];
  readonly stages: Stage[] = [];

  /** Goes on to the next part of the timestep, unless it is in that part already. */
  protected begin(phase: PhaseName, population?: BuiltPopulation): Stage {
    const last = this.stages.at(-1);
    if (last?.phase === phase && last.population === population) return last;
    const stage = { phase, ...(population && { population }) };
    this.stages.push(stage);
    return stage;
  }

  protected compute(
    stage: Stage,
    population: BuiltPopulation,
    results: readonly Result[],
    reads: Readonly<Record<string, Source>>,
  ): void {
    this.steps.push({ do: 'compute', stage, population, results, reads: new Map(Object.entries(reads)) });
  }

  protected add(population: BuiltPopulation, name: string, kind: RowKind, initial?: Float64Array): Row {
    return this.enter(newRow(population, name, kind, initial));
  }

  protected enter(row: Row): Row {
    this.rows.set(keyOf(row.population, row.name), row);
    return row;
  }

  protected find(population: BuiltPopulation, name: string): Row | undefined {
    return this.rows.get(keyOf(population, name));
  }

  protected row(population: BuiltPopulation, name: string): Row {
    return found(this.find(population, name), population, name);
  }
}
