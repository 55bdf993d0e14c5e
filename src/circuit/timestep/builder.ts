import { Graph } from '../../local/index.ts';
import { dependencesOf, type Equation } from '../../neurons/index.ts';
import type { BuiltCircuit, BuiltFeedback, BuiltGroup, BuiltPopulation } from '../built.ts';
import { seenBy } from '../ends.ts';
import { errorGraph } from '../signals.ts';
import { asked, outputGraph } from './asked.ts';
import { NeuronText } from './neuron-text.ts';
import { answerName, found, keyOf, newRow, sentName, whole } from './rows.ts';
import type { PartialDerivative, PhaseName, Result, Row, RowKind, Source, Stage, Step, Term } from './step.ts';
import { termOf } from './ways.ts';

/** What a learner makes of a circuit's errors. */
export interface Heard {
  /** The feedback that brings errors to neurons. */
  readonly feedback: readonly BuiltFeedback[];
  /** Whether a population's neurons form a learning signal. */
  readonly signalled: (population: BuiltPopulation) => boolean;
  /** Whether every derivative is needed, and not only those that neurons publish. Default false. */
  readonly derivatives?: boolean;
}

/** Writes down the timestep of a circuit, step by step. */
export class TimestepBuilder {
  readonly rows = new Map<string, Row>();
  readonly steps: Step[] = [];
  readonly stages: Stage[] = [];
  readonly partials: PartialDerivative[] = [];
  readonly signals = new Map<Row, Row>();
  readonly constants = new Map<Row, number>();
  /** What each group brings to its synapses. */
  private readonly terms = new Map<BuiltGroup, Term>();
  /** How many numbers of whole populations there are. */
  private totals = 0;

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
    this.integrate();
    const compare = this.begin('compare');
    channel = 0;
    for (const population of circuit.outputs) {
      this.compare(compare, population, channel);
      channel += population.size;
    }
    this.broadcast(this.begin('broadcast'));
    this.learn();
  }

  /** Goes on to the next part of the timestep, unless it is in that part already. */
  private begin(phase: PhaseName, population?: BuiltPopulation): Stage {
    const last = this.stages.at(-1);
    if (last?.phase === phase && last.population === population) return last;
    const stage = { phase, ...(population && { population }) };
    this.stages.push(stage);
    return stage;
  }

  private play(stage: Stage, population: BuiltPopulation, channel: number): void {
    const row = this.add(population, 'rate', 'message');
    const graph = new Graph();
    this.compute(stage, population, [{ row, value: graph.read('input', 'summed input') }], {
      input: { kind: 'input', channel },
    });
    this.send(population, stage);
  }

  private neuronRows(population: BuiltPopulation): void {
    const { model, sending } = population;
    if (!model) return;
    const [sent, shown] = [model.messages, model.shows].map((names) => new Set(Object.values(names)));
    for (const { name } of model.ports) this.add(population, name, 'port');
    for (const { name } of model.equations) {
      this.add(population, name, sent.has(name) ? 'message' : shown.has(name) ? 'shown' : 'state');
    }
    if (sending) this.add(population, 'sent', 'message', population.initial);
    for (const { name } of model.derivatives) this.add(population, name, 'shown');
  }

  /** What the neurons do, in the order in which they can. What one population computes without a break is one step. */
  private integrate(): void {
    const byName = new Map(this.circuit.order.map((population) => [population.name, population]));
    let [equations, computing]: [Equation[], BuiltPopulation | undefined] = [[], undefined];
    const flush = () => {
      if (computing && equations.length > 0) this.computeEquations(computing, equations);
      equations = [];
    };
    for (const act of this.circuit.acts) {
      const population = byName.get(act.population);
      if (!population) throw new Error(`'${act.population}' is not in the circuit's order`);
      if (act.port !== undefined || population !== computing) flush();
      computing = population;
      if (act.port === undefined) equations.push(act.equation);
      else this.sum(population, this.row(population, act.port));
    }
    flush();
  }

  private sum(population: BuiltPopulation, into: Row): void {
    const stage = this.begin('transmit', population);
    const terms = this.circuit.groups
      .filter(({ to, port }) => to === population && port === into.name)
      .map((group) => this.term(stage, group));
    this.steps.push({ do: 'sum', stage, population, into, terms });
  }

  private computeEquations(population: BuiltPopulation, equations: readonly Equation[]): void {
    const text = new NeuronText(population, (name) => this.row(population, name), equations);
    const results = equations.map((equation) => text.result(equation, this.row(population, equation.name)));
    for (const equation of equations) {
      for (const { name, published, of, by, late, computed } of dependencesOf(text.model, equation)) {
        if (!published && !this.heard.derivatives && !this.isSeen(population, name)) continue;
        const row = published ? this.row(population, name) : newRow(population, name, 'derivative');
        const result = text.result({ kind: equation.kind, computed }, row);
        const constant = result.value?.kind === 'constant' ? result.value.value : undefined;
        if (!published && constant === 0 && !this.isSeen(population, name)) continue;
        this.enter(row);
        if (constant === undefined) results.push(result);
        else this.constants.set(row, constant);
        this.partials.push({ of: this.row(population, of), by: this.row(population, by), late, value: row });
      }
    }
    const stage = this.begin('integrate', population);
    this.steps.push({ do: 'compute', stage, population, results, reads: text.reads });
    if (equations.some(({ name }) => name === answerName(population))) this.send(population, stage);
  }

  /** Whether a rule of synapses on these neurons reads a number of this name. */
  private isSeen(population: BuiltPopulation, name: string): boolean {
    return this.circuit.groups.some(
      ({ to, rule }) => to === population && rule?.analysis?.reads.some(({ path }) => path === `post.${name}`),
    );
  }

  private send(population: BuiltPopulation, stage: Stage): void {
    const { sending, initial } = population;
    if (!sending) return;
    const row = this.find(population, 'sent') ?? this.add(population, 'sent', 'message', initial);
    this.compute(stage, population, [{ row, value: sending.sent.value }], {
      rate: { kind: 'row', row: this.row(population, answerName(population)), late: 0 },
      sent: { kind: 'row', row, late: 1 },
      ...(sending.chance !== undefined && { draw: { kind: 'draw', seed: sending.chance } }),
    });
  }

  /** What a group brings to its synapses. */
  private term(stage: Stage, group: BuiltGroup): Term {
    const { from, delay, gate } = group;
    const sent = this.row(from, sentName(from, group.carries));
    const term = termOf(group, (longer) => {
      const late = delay + longer;
      if (!gate) return { row: sent, late };
      const row = this.add(from, `${group.name} gated${longer > 0 ? ` ${longer} later` : ''}`, 'brought');
      const graph = new Graph();
      const value = graph.arithmetic('*', graph.read('event', 'presynaptic'), graph.read('sent', 'presynaptic'));
      this.compute(stage, from, [{ row, value }], {
        event: { kind: 'element', row: this.row(gate.from, sentName(gate.from)), neuron: gate.neuron, late: 1 },
        sent: { kind: 'row', row: sent, late },
      });
      return { row, late: 0 };
    });
    this.terms.set(group, term);
    return term;
  }

  private compare(stage: Stage, population: BuiltPopulation, channel: number): void {
    const { loss } = population;
    const y: Source = { kind: 'row', row: this.row(population, answerName(population)), late: 0 };
    const target: Source = { kind: 'target', channel };
    const row = this.add(population, 'error', 'error');
    if (!loss) {
      this.compute(stage, population, [{ row, value: errorGraph() }], { y, target });
      this.steps.push({ do: 'score', stage, population, row, adds: 'squares' });
      return;
    }
    const seen: Record<string, Source> = { y, target };
    const total = (name: string, adds: Row, of: 'sum' | 'largest') => {
      const into = this.enter(newRow(whole(population, this.totals++, this.circuit), name, 'total'));
      this.steps.push({ do: 'total', stage, population, row: adds, of, into });
      seen[name] = { kind: 'element', row: into, neuron: 0, late: 0 };
    };
    // An output of which nothing is asked takes part in nothing.
    const present = this.add(population, 'asked', 'summand');
    this.compute(stage, population, [{ row: present, value: outputGraph() }], { y, target });
    total('top', present, 'largest');
    for (const { name, adds } of loss.sums) {
      const summand = this.add(population, `part of ${name}`, 'summand');
      this.compute(stage, population, [{ row: summand, value: asked(adds) }], { ...seen });
      total(name, summand, 'sum');
    }
    const part = this.add(population, 'loss', 'summand');
    const results = [
      { row, value: asked(loss.error) },
      { row: part, value: asked(loss.loss, 2) },
    ];
    this.compute(stage, population, results, seen);
    this.steps.push({ do: 'score', stage, population, row: part, adds: 'numbers' });
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
      this.signals.set(this.row(population, answerName(population)), into);
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
    for (const group of plastic) this.steps.push({ do: 'learn', stage: learn, group, reads: this.seen(group) });
    const apply = this.begin('apply');
    for (const group of plastic) this.steps.push({ do: 'apply', stage: apply, group });
  }

  /** What the synapses of a group see of their two neurons; of an opaque rule, all that they could. */
  private seen(group: BuiltGroup): ReadonlyMap<string, Source> {
    const { from, to, rule } = group;
    const relearned = this.heard.feedback.find(({ synapses }) => synapses === group);
    const term = relearned ? this.errorTerm(relearned) : this.terms.get(group);
    if (!term) throw new Error(`'${group.name}' brings nothing to '${to.name}'`);
    const names = seenBy(from, to, { port: group.port, carries: group.message });
    const pre = Object.keys(names.pre).map((name): [string, Source] => [
      `pre.${name}`,
      { kind: 'row', row: term.row, late: term.late },
    ]);
    const post = Object.entries(names.post).map(([name, row]): [string, Source] => [`post.${name}`, this.own(to, row)]);
    const signal: Source = this.find(to, 'signal') ? this.own(to, 'signal') : { kind: 'number', value: 0 };
    const reads = rule?.analysis?.reads.map(({ path }) => path);
    const derivatives = [...this.rows.values()].flatMap(({ kind, population, name }): [string, Source][] =>
      kind === 'derivative' && population === to ? [[`post.${name}`, this.own(to, name)]] : [],
    );
    const all: [string, Source][] = [...pre, ...post, ...derivatives, ['post.signal', signal]];
    return new Map(all.filter(([path]) => reads?.includes(path) ?? true));
  }

  private own(population: BuiltPopulation, name: string): Source {
    const row = this.row(population, name);
    const value = this.constants.get(row);
    return value === undefined ? { kind: 'row', row, late: 0 } : { kind: 'number', value };
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
    return this.enter(newRow(population, name, kind, initial));
  }

  private enter(row: Row): Row {
    this.rows.set(keyOf(row.population, row.name), row);
    return row;
  }

  private find(population: BuiltPopulation, name: string): Row | undefined {
    return this.rows.get(keyOf(population, name));
  }

  private row(population: BuiltPopulation, name: string): Row {
    return found(this.find(population, name), population, name);
  }
}
