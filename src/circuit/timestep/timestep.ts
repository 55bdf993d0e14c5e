import { Graph, specialise, type LocalFunction, type Numbers, type Value } from '../../local/index.ts';
import type { BuiltCircuit, BuiltFeedback, BuiltGroup, BuiltPopulation } from '../built.ts';
import { errorGraph } from '../signals.ts';
import type { Connection, PartialDerivative, Result, Row, RowKind, Source, Stage, Step, Term } from './step.ts';

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
  /** How rows depend on one another, where a derivative is known. */
  readonly partials: readonly PartialDerivative[];
  /** The learning signal of each row that errors are heard for. */
  readonly signals: ReadonlyMap<Row, Row>;
  /** What each synapse group brings where, in the circuit's order. */
  readonly connections: readonly Connection[];
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
    this.partials = made.partials;
    this.signals = made.signals;
    this.connections = connectionsOf(circuit, made.steps);
    this.constants = made.constants;
    this.history = Math.max(1, ...made.steps.flatMap(looks).map(({ late }) => late));
  }

  /** The row of this name, if the population has it. */
  find(population: BuiltPopulation, name: string): Row | undefined {
    return this.byName.get(keyOf(population, name));
  }

  /** The row of this name. */
  row(population: BuiltPopulation, name: string): Row {
    return found(this.find(population, name), population, name);
  }

  /** What a group brings where. */
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

const BROADCAST: Stage = { phase: 'broadcast' };

class Builder {
  readonly rows = new Map<string, Row>();
  readonly steps: Step[] = [];
  readonly partials: PartialDerivative[] = [];
  readonly signals = new Map<Row, Row>();
  readonly constants = new Map<Row, number>();

  constructor(
    private readonly circuit: BuiltCircuit,
    private readonly heard: Heard,
  ) {}

  build(): void {
    const { circuit } = this;
    let channel = 0;
    for (const population of circuit.inputs) {
      this.play(population, channel);
      channel += population.size;
    }
    // Every population's rows are there before any group looks for what it brings, which may be late.
    for (const population of circuit.order) this.neuronRows(population);
    for (const population of circuit.order) this.integrate(population);
    channel = 0;
    for (const population of circuit.outputs) {
      this.compare(population, channel);
      channel += population.size;
    }
    this.broadcast();
    this.learn();
  }

  private play(population: BuiltPopulation, channel: number): void {
    const row = this.add(population, 'rate', 'message', population.initial);
    const graph = new Graph();
    this.compute({ phase: 'tick' }, population, [{ row, value: graph.read('input', 'summed input') }], {
      input: { kind: 'input', channel },
    });
    this.send(population, { phase: 'tick' });
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
    const terms = this.circuit.groups.filter(({ to }) => to === population).map((group) => this.term(group));
    const [rate, potential] = [this.row(population, 'rate'), this.row(population, 'potential')];
    this.steps.push({ do: 'sum', stage: { phase: 'transmit', population }, population, into: potential, terms });
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
    this.compute({ phase: 'integrate', population }, population, results, {
      u: { kind: 'row', row: potential, late: 0 },
      h: { kind: 'row', row: rate, late: 1 },
      ...(model.analysis ? {} : numbers(params)),
    });
    this.partials.push(
      { of: rate, by: rate, late: 1, value: this.numberOrRow(population, 'retention') },
      { of: rate, by: potential, late: 0, value: this.numberOrRow(population, 'slope') },
    );
    this.send(population, { phase: 'integrate', population });
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
  private term(group: BuiltGroup): Term {
    const { from, to, delay, gate } = group;
    const sent = this.row(from, sentName(from));
    if (!gate) return { weights: group, row: sent, late: delay };
    const row = this.add(from, `${group.name} gated`, 'brought');
    const graph = new Graph();
    const value = graph.arithmetic('*', graph.read('event', 'presynaptic'), graph.read('sent', 'presynaptic'));
    this.compute({ phase: 'transmit', population: to }, from, [{ row, value }], {
      event: { kind: 'element', row: this.row(gate.from, sentName(gate.from)), neuron: gate.neuron, late: 1 },
      sent: { kind: 'row', row: sent, late: delay },
    });
    return { weights: group, row, late: 0 };
  }

  private compare(population: BuiltPopulation, channel: number): void {
    const row = this.add(population, 'error', 'error');
    this.compute({ phase: 'compare' }, population, [{ row, value: errorGraph() }], {
      y: { kind: 'row', row: this.row(population, 'rate'), late: 0 },
      target: { kind: 'target', channel },
    });
    this.steps.push({ do: 'score', stage: { phase: 'compare' }, population, row });
  }

  private broadcast(): void {
    const { circuit, heard } = this;
    for (const feedback of heard.feedback) {
      if (feedback.carriage) this.steps.push({ do: 'carry', stage: BROADCAST, feedback });
    }
    for (const { name, from, broadcast } of heard.feedback) {
      if (!broadcast?.message) continue;
      const row = this.add(from, `feedback.${name}`, 'brought');
      this.compute(BROADCAST, from, [{ row, value: broadcast.message.value }], {
        error: { kind: 'row', row: this.row(from, 'error'), late: 0 },
        timestep: { kind: 'timestep' },
        ...(broadcast.chance !== undefined && { draw: { kind: 'draw', seed: broadcast.chance } }),
      });
    }
    for (const population of circuit.order.filter(heard.signalled)) {
      const error = this.find(population, 'error');
      const terms = heard.feedback.filter(({ to }) => to === population).map((feedback) => this.errorTerm(feedback));
      const into = this.add(population, 'signal', 'signal');
      this.signals.set(this.row(population, 'rate'), into);
      this.steps.push({ do: 'sum', stage: BROADCAST, population, into, ...(error && { start: error }), terms });
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
    for (const group of plastic) {
      this.steps.push({ do: 'learn', stage: { phase: 'learn' }, group, reads: this.seenBy(group) });
    }
    for (const group of plastic) this.steps.push({ do: 'apply', stage: { phase: 'apply' }, group });
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

function connectionsOf({ groups }: BuiltCircuit, steps: readonly Step[]): readonly Connection[] {
  return groups.flatMap((group) =>
    steps.flatMap((step) => {
      const term = step.do === 'sum' ? step.terms.find(({ weights }) => weights === group) : undefined;
      return step.do === 'sum' && term ? [{ group, row: term.row, late: term.late, into: step.into }] : [];
    }),
  );
}

/** The rows that a step looks at, and how many timesteps back. */
export function looks(step: Step): readonly { readonly row: Row; readonly late: number }[] {
  const sources = 'reads' in step ? [...step.reads.values()] : [];
  const terms = step.do === 'sum' ? step.terms : [];
  return [...sources, ...terms].flatMap((source) => ('row' in source ? [source] : []));
}
