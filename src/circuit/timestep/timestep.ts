import type { BuiltCircuit, BuiltFeedback, BuiltGroup, BuiltPopulation } from '../built.ts';
import type { TunedNumber } from '../dials/tunable.ts';
import { TimestepBuilder } from './builder.ts';
import type { Heard } from './draft.ts';
import { answerName, found, keyOf, sentName } from './rows.ts';
import type { Connection, PartialDerivative, Row, Stage, Step, SumStep } from './step.ts';
import { waysOf, waysOfReads } from './ways.ts';

/** A timestep as it was built, step by step, and what follows from the steps. */
type Written = Pick<TimestepBuilder, 'rows' | 'steps' | 'stages' | 'partials' | 'signals' | 'constants' | 'tuned'> &
  Pick<Timestep, 'connections' | 'history'>;

/**
 * A timestep of a circuit as data, or one sweep of it if the circuit repeats: what the neurons hold, and what is done in which order. Actors,
 * kernels and solvers all run it; the order of a timestep is defined nowhere else.
 */
export class Timestep {
  readonly rows: readonly Row[];
  readonly steps: readonly Step[];
  /** Its parts, in their order; some may contain no step. */
  readonly stages: readonly Stage[];
  /** How rows depend on one another, where a derivative is known. */
  readonly partials: readonly PartialDerivative[];
  /** The learning signal of each row that has one. */
  readonly signals: ReadonlyMap<Row, Row>;
  /** What each synapse group carries, and where to, in the circuit's order. */
  readonly connections: readonly Connection[];
  /** Rows whose numbers never change; no step computes them, and no engine has to hold them. */
  readonly constants: ReadonlyMap<Row, number>;
  /** The largest number of timesteps that a step looks back, at least 1. */
  readonly history: number;
  /** The numbers that may change from trial to trial, each with its current value, [1]. */
  readonly tuned: ReadonlyMap<TunedNumber, Float64Array>;
  /** How many times it is run, and the rows whose numbers end that early, see Repeat; absent: once. */
  readonly repeat?: {
    readonly times: number;
    readonly until?: {
      readonly population: BuiltPopulation;
      readonly rows: readonly Row[];
      readonly moves: number;
      readonly from: number;
    };
  };
  private readonly byName: ReadonlyMap<string, Row>;

  private constructor(
    private readonly circuit: BuiltCircuit,
    private readonly made: Written,
    /** The same object for all timesteps that differ only in the circuit: code generated for one of them holds for all. */
    readonly pattern: object,
  ) {
    this.rows = [...made.rows.values()];
    this.byName = made.rows;
    this.steps = made.steps;
    this.stages = made.stages;
    this.partials = made.partials;
    this.signals = made.signals;
    this.connections = made.connections;
    this.constants = made.constants;
    this.history = made.history;
    this.tuned = made.tuned;
    const { repeat } = circuit;
    if (repeat) {
      const { times, until } = repeat;
      const rows = until?.rows.map((row) => this.row(until.population, row));
      this.repeat = { times, ...(until && rows && { until: { ...until, rows } }) };
    }
  }

  static of(circuit: BuiltCircuit, heard: Heard): Timestep {
    const { rows, steps, stages, partials, signals, constants, tuned } = new TimestepBuilder(circuit, heard).build();
    const found = {
      connections: connectionsOf(circuit, steps),
      history: Math.max(1, ...steps.flatMap(looks).map(({ late }) => late)),
    };
    return new Timestep(circuit, { rows, steps, stages, partials, signals, constants, tuned, ...found }, {});
  }

  /**
   * The timestep of a circuit that has the same neurons, and differs from this one's only in weights.
   *
   * @param renewed The counterpart of a group or a feedback in that circuit.
   */
  twin(circuit: BuiltCircuit, renewed: Renewed): Timestep {
    const { made, pattern } = this;
    const stages = new Map(
      made.stages.map((stage) => [stage, stage.group ? { ...stage, group: renewed(stage.group) } : stage]),
    );
    const steps = made.steps.map((step) => {
      const [one, stage] = [renewedStep(step, renewed), stages.get(step.stage) ?? step.stage];
      return stage === one.stage ? one : { ...one, stage };
    });
    const connections = made.connections.map((one) => ({ ...one, group: renewed(one.group) }));
    return new Timestep(circuit, { ...made, stages: [...stages.values()], steps, connections }, pattern);
  }

  /** Sets a number that may change from now on, and the initial state of neurons that depends on it. */
  tune(number: TunedNumber, value: number): void {
    this.tuned.get(number)?.fill(value);
    const population = this.circuit.populations.find(({ tunable }) => tunable?.numbers.includes(number));
    if (!population?.tunable) return;
    const { numbers, rowsWith } = population.tunable;
    const now = Object.fromEntries(numbers.map((one) => [one.name, this.tuned.get(one)?.[0] ?? one.start]));
    for (const [name, initial] of Object.entries(rowsWith(now))) this.find(population, name)?.initial.set(initial);
    this.sent(population).initial.set(this.answer(population).initial);
  }

  /** The row of this name, if the population has it. */
  find(population: BuiltPopulation, name: string): Row | undefined {
    return this.byName.get(keyOf(population, name));
  }

  /** The row of this name. */
  row(population: BuiltPopulation, name: string): Row {
    return found(this.find(population, name), population, name);
  }

  /** The number of an output that is compared with its target, and that learning signals are about: a neuron's rate. */
  answer(population: BuiltPopulation): Row {
    return this.row(population, answerName(population));
  }

  /** How the neurons of a population compute their learning signals; undefined if they have none. */
  signal(population: BuiltPopulation): SumStep | undefined {
    return this.steps.find(
      (step): step is SumStep => step.do === 'sum' && step.into.kind === 'signal' && step.population === population,
    );
  }

  /** What a group carries, and where to. */
  connection(group: BuiltGroup): Connection {
    const connection = this.connections.find((one) => one.group === group);
    if (!connection) throw new Error(`'${group.name}' brings nothing to '${group.to.name}'`);
    return connection;
  }

  /** What the axons of a population send. */
  sent(population: BuiltPopulation): Row {
    return this.row(population, sentName(population));
  }
}

/** Finds the counterpart of a group or a feedback in another circuit. */
type Renewed = <W extends BuiltGroup | BuiltFeedback>(weights: W) => W;

function renewedStep(step: Step, renewed: Renewed): Step {
  switch (step.do) {
    case 'sum':
      return { ...step, terms: step.terms.map((term) => ({ ...term, weights: renewed(term.weights) })) };
    case 'learn':
    case 'apply':
      return { ...step, group: renewed(step.group) };
    case 'carry':
      return { ...step, feedback: renewed(step.feedback) };
    default:
      return step;
  }
}

function connectionsOf({ groups }: BuiltCircuit, steps: readonly Step[]): readonly Connection[] {
  return groups.flatMap((group) =>
    steps.flatMap((step) => {
      if (step.do !== 'sum') return [];
      const terms = step.terms.filter(({ weights, by }) => weights === group && by === undefined);
      return terms.map(({ row, late, ways }) => ({ group, row, late, ...(ways && { ways }), into: step.into }));
    }),
  );
}

/** The rows that a step reads, and how many timesteps back. */
export function looks(step: Step): readonly { readonly row: Row; readonly late: number }[] {
  const sources = 'reads' in step ? [...step.reads.values()] : [];
  const terms = step.do === 'sum' ? step.terms.flatMap(waysOf) : [];
  const late = step.do === 'learn' ? waysOfReads(step) : [];
  return [...sources, ...terms, ...late].flatMap((source) => ('row' in source ? [source] : []));
}
