import { Graph, specialise, type LocalFunction, type Numbers, type Value } from '../../local/index.ts';
import type { BuiltCircuit, BuiltFeedback, BuiltGroup, BuiltPopulation } from '../built.ts';
import { errorGraph } from '../signals.ts';
import type { PartialDerivative, PhaseName, Result, Row, RowKind, Source, Stage, Step, Term } from './step.ts';

/** What a learner makes of a circuit's errors. */
export interface Heard {
  /** The feedback that brings errors to neurons. */
  readonly feedback: readonly BuiltFeedback[];
  /** Whether a population's neurons form a learning signal. */
  readonly signalled: (population: BuiltPopulation) => boolean;
}

/**
 * A timestep of a circuit as data: what the neurons hold, and what is done in which order. Actors, kernels and solvers all run it; the order
 * of a timestep is written down nowhere else.
 */
export class Timestep {
  readonly rows: readonly Row[];
  readonly steps: readonly Step[];
  /** Its parts, in their order; in some of them there may be no step. */
  readonly stages: readonly Stage[];
  /** How rows depend on one another, where a derivative is known. */
  readonly partials: readonly PartialDerivative[];
  /** Rows whose numbers never change; no step computes them, and no engine has to hold them. */
  readonly constants: ReadonlyMap<Row, number>;
  /** How many timesteps the longest look back goes, at least 1. */
  readonly history: number;
  private readonly byName: ReadonlyMap<string, Row>;

  constructor(circuit: BuiltCircuit, heard: Heard) {
    const made = new Builder(circuit, heard);
    made.build();
    this.rows = [...made.rows.values()];
    this.byName = made.rows;
    this.steps = made.steps;
    this.stages = made.stages;
    this.partials = made.partials;
    this.constants = made.constants;
    this.history = Math.max(1, ...made.steps.flatMap(latenesses));
  }

  /** The row of this name, if the population has it. */
  find(population: BuiltPopulation, name: string): Row | undefined {
    return this.byName.get(keyOf(population, name));
  }

  /** The row of this name. */
  row(population: BuiltPopulation, name: string): Row {
    return found(this.find(population, name), population, name);
  }

  /** What the axons of a population send. */
  sent(population: BuiltPopulation): Row {
    return this.row(population, sentName(population));
  }
}

class Builder {
  readonly rows = new Map<string, Row>();
  readonly steps: Step[] = [];
  readonly stages: Stage[] = [];
  readonly partials: PartialDerivative[] = [];
  readonly constants = new Map<Row, number>();

  constructor(
    private readonly circuit: BuiltCircuit,
    private readonly heard: Heard,
  ) {}

  build(): void {
    const { circuit } = this;
    const tick = this.begin('tick');
    let channel = 0;
    for (const population of circuit.inputs) {
      this.play(tick, population, channel);
      channel += population.size;
    }
    // Every population's rows are there before any group looks for what it brings, which may be late.
    for (const population of circuit.order) this.neuronRows(population);
    for (const population of circuit.order) this.integrate(population);
    const compare = this.begin('compare');
    channel = 0;
    for (const population of circuit.outputs) {
      this.compare(compare, population, channel);
      channel += population.size;
    }
    this.broadcast(this.begin('broadcast'));
    this.learn();
  }

  private begin(phase: PhaseName, population?: BuiltPopulation): Stage {
    const stage = { phase, ...(population && { population }) };
    this.stages.push(stage);
    return stage;
  }

  private play(stage: Stage, population: BuiltPopulation, channel: number): void {
    const row = this.add(population, 'rate', 'message', population.initial);
    const graph = new Graph();
    this.compute(stage, population, [{ row, value: graph.read('input', 'summed input') }], {
      input: { kind: 'input', channel },
    });
    this.send(population, stage);
  }

  private neuronRows(population: BuiltPopulation): void {
    const { initial } = population;
    this.add(population, 'rate', 'message', initial);
    this.add(population, 'potential', 'port');
    this.add(population, 'slope', 'shown');
    this.add(population, 'retention', 'shown');
    if (population.sending) this.add(population, 'sent', 'message', initial);
  }

  private integrate(population: BuiltPopulation): void {
    const { model, params } = population;
    if (!model) return;
    const transmit = this.begin('transmit', population);
    const terms = this.circuit.groups.filter(({ to }) => to === population).map((group) => this.term(transmit, group));
    const [rate, potential] = [this.row(population, 'rate'), this.row(population, 'potential')];
    this.steps.push({ do: 'sum', stage: transmit, population, into: potential, terms });
    const stage = this.begin('integrate', population);
    const graph = new Graph();
    const results = (['rate', 'slope', 'retention'] as const).flatMap((name): Result[] => {
      const row = this.row(population, name);
      const local = model.analysis?.function(name);
      if (!local) return [{ row, opaque: model[name] }];
      const value = filled(graph, local, params);
      if (name === 'rate' || value.kind !== 'constant') return [{ row, value }];
      this.constants.set(row, value.value);
      return [];
    });
    this.compute(stage, population, results, {
      u: { kind: 'row', row: potential, late: 0 },
      h: { kind: 'row', row: rate, late: 1 },
      ...(model.analysis ? {} : numbers(params)),
    });
    this.partials.push(
      { of: rate, by: rate, late: 1, value: this.numberOrRow(population, 'retention') },
      { of: rate, by: potential, late: 0, value: this.numberOrRow(population, 'slope') },
    );
    this.send(population, stage);
  }

  private send(population: BuiltPopulation, stage: Stage): void {
    const { sending, initial } = population;
    if (!sending) return;
    const row = this.find(population, 'sent') ?? this.add(population, 'sent', 'message', initial);
    this.compute(stage, population, [{ row, value: sending.sent.value }], {
      rate: { kind: 'row', row: this.row(population, 'rate'), late: 0 },
      sent: { kind: 'row', row, late: 1 },
      ...(sending.chance !== undefined && { draw: { kind: 'draw', seed: sending.chance } }),
    });
  }

  /** What a group brings to its synapses. */
  private term(stage: Stage, group: BuiltGroup): Term {
    const { from, delay, gate } = group;
    const sent = this.row(from, sentName(from));
    if (!gate) return { weights: group, row: sent, late: delay };
    const row = this.add(from, `${group.name} gated`, 'brought');
    const graph = new Graph();
    const value = graph.arithmetic('*', graph.read('event', 'presynaptic'), graph.read('sent', 'presynaptic'));
    this.compute(stage, from, [{ row, value }], {
      event: { kind: 'element', row: this.row(gate.from, sentName(gate.from)), neuron: gate.neuron, late: 1 },
      sent: { kind: 'row', row: sent, late: delay },
    });
    return { weights: group, row, late: 0 };
  }

  private compare(stage: Stage, population: BuiltPopulation, channel: number): void {
    const row = this.add(population, 'error', 'error');
    this.compute(stage, population, [{ row, value: errorGraph() }], {
      y: { kind: 'row', row: this.row(population, 'rate'), late: 0 },
      target: { kind: 'target', channel },
    });
    this.steps.push({ do: 'score', stage, population, row });
  }

  private broadcast(stage: Stage): void {
    const { circuit, heard } = this;
    for (const feedback of heard.feedback) {
      if (feedback.carriage) this.steps.push({ do: 'carry', stage, feedback });
    }
    for (const { name, from, broadcast } of heard.feedback) {
      if (!broadcast?.message) continue;
      const row = this.add(from, `feedback.${name}`, 'brought');
      this.compute(stage, from, [{ row, value: broadcast.message.value }], {
        error: { kind: 'row', row: this.row(from, 'error'), late: 0 },
        timestep: { kind: 'timestep' },
        ...(broadcast.chance !== undefined && { draw: { kind: 'draw', seed: broadcast.chance } }),
      });
    }
    for (const population of circuit.order.filter(heard.signalled)) {
      const error = this.find(population, 'error');
      const terms = heard.feedback.filter(({ to }) => to === population).map((feedback) => this.errorTerm(feedback));
      const into = this.add(population, 'signal', 'signal');
      this.steps.push({ do: 'sum', stage, population, into, ...(error && { start: error }), terms });
    }
  }

  /** What a feedback brings of the errors. */
  private errorTerm(feedback: BuiltFeedback): Term {
    const { name, from, broadcast } = feedback;
    const row = this.row(from, broadcast?.message ? `feedback.${name}` : 'error');
    return { weights: feedback, row, late: broadcast?.delay ?? 0 };
  }

  private learn(): void {
    const relearned = this.heard.feedback.flatMap(({ synapses }) => synapses ?? []);
    const plastic = [...this.circuit.groups, ...relearned].filter(({ rule }) => rule);
    const learn = this.begin('learn');
    for (const group of plastic) this.steps.push({ do: 'learn', stage: learn, group, reads: this.seenBy(group) });
    const apply = this.begin('apply');
    for (const group of plastic) this.steps.push({ do: 'apply', stage: apply, group });
  }

  /** What the synapses of a group see of their two neurons. */
  private seenBy(group: BuiltGroup): ReadonlyMap<string, Source> {
    const { to } = group;
    const own = (name: string): Source => {
      const value = this.numberOrRow(to, name);
      return typeof value === 'number' ? { kind: 'number', value } : { kind: 'row', row: value, late: 0 };
    };
    const relearned = this.heard.feedback.find(({ synapses }) => synapses === group);
    const { row, late } = relearned ? this.errorTerm(relearned) : this.brought(group);
    return new Map<string, Source>([
      ['pre.rate', { kind: 'row', row, late }],
      ['post.rate', own('rate')],
      ['post.slope', own('slope')],
      ['post.retention', own('retention')],
      ['post.signal', this.find(to, 'signal') ? own('signal') : { kind: 'number', value: 0 }],
    ]);
  }

  private brought(group: BuiltGroup): Term {
    const gated = this.find(group.from, `${group.name} gated`);
    if (gated) return { weights: group, row: gated, late: 0 };
    return { weights: group, row: this.row(group.from, sentName(group.from)), late: group.delay };
  }

  private compute(
    stage: Stage,
    population: BuiltPopulation,
    results: readonly Result[],
    reads: Readonly<Record<string, Source>>,
  ): void {
    this.steps.push({ do: 'compute', stage, population, results, reads: new Map(Object.entries(reads)) });
  }

  private add(population: BuiltPopulation, name: string, kind: RowKind, initial?: Float64Array): Row {
    const row = { population, name, kind, initial: initial ?? new Float64Array(population.size) };
    this.rows.set(keyOf(population, name), row);
    return row;
  }

  private find(population: BuiltPopulation, name: string): Row | undefined {
    return this.rows.get(keyOf(population, name));
  }

  private row(population: BuiltPopulation, name: string): Row {
    return found(this.find(population, name), population, name);
  }

  private numberOrRow(population: BuiltPopulation, name: string): Row | number {
    const row = this.row(population, name);
    return this.constants.get(row) ?? row;
  }
}

function keyOf({ index }: BuiltPopulation, name: string): string {
  return `${index} ${name}`;
}

function sentName({ sending }: BuiltPopulation): string {
  return sending ? 'sent' : 'rate';
}

function found(row: Row | undefined, population: BuiltPopulation, name: string): Row {
  if (row) return row;
  throw new Error(`'${population.name}' has no row '${name}'`);
}

/** A function's graph with its parameters filled in. */
function filled(graph: Graph, local: LocalFunction, params: Numbers): Value {
  return specialise(graph, local.value, (read) =>
    read.scope === 'parameter' ? graph.constant(params[read.path]) : graph.read(read.path, read.scope),
  );
}

function numbers(params: Numbers): Readonly<Record<string, Source>> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { kind: 'number', value }]));
}

/** How far back a step looks. */
function latenesses(step: Step): readonly number[] {
  const sources = 'reads' in step ? [...step.reads.values()] : [];
  const terms = step.do === 'sum' ? step.terms : [];
  return [...sources, ...terms].flatMap((source) => ('late' in source ? [source.late] : []));
}
