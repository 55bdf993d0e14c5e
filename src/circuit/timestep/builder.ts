import { Graph, LocalFunction } from '../../local/index.ts';
import { dependencesOf, type Equation, type Pool } from '../../neurons/index.ts';
import type { BuiltGate, BuiltGlobal, BuiltGroup, BuiltPopulation } from '../built.ts';
import { compareOutput } from './compare.ts';
import { Draft } from './draft.ts';
import { NeuronText } from './neuron-text.ts';
import { answerName, keyOf, newRow, sentName } from './rows.ts';
import { scalarForNeurons, scalarStep } from './scalars.ts';
import { broughtTerm, errorTerm, gatedName, learnStep, readsBrought } from './seen.ts';
import type { Row, Stage, Term } from './step.ts';

/** Builds the timestep of a circuit, step by step. */
export class TimestepBuilder extends Draft {
  build(): this {
    const { circuit } = this;
    const tick = this.begin('tick');
    let channel = 0;
    for (const population of circuit.inputs) {
      this.play(tick, population, channel);
      channel += population.size;
    }
    // The rows of all populations must exist before any group looks for what it carries.
    for (const population of circuit.order) this.neuronRows(population);
    for (const { name } of circuit.globals) this.add(circuit.everyone, name, 'global');
    this.scalars(tick, 'clock', 'neuron');
    this.integrate();
    const compare = this.begin('compare');
    channel = 0;
    for (const population of circuit.outputs) {
      compareOutput(this, compare, population, channel);
      channel += population.size;
    }
    this.scalars(compare, 'task');
    this.broadcast(this.begin('broadcast'));
    this.learn();
    return this;
  }

  private play(stage: Stage, population: BuiltPopulation, channel: number): void {
    const row = this.add(population, 'rate', 'message');
    const graph = new Graph();
    this.compute(stage, population, [{ row, value: graph.read('input', 'summed input') }], {
      input: { kind: 'input', channel },
    });
    this.send(population, stage);
  }

  /** The global scalars of these kinds. */
  private scalars(stage: Stage, ...kinds: readonly BuiltGlobal['kind'][]): void {
    const { everyone, globals, repeat } = this.circuit;
    for (const one of globals) {
      if (!kinds.includes(one.kind)) continue;
      const row = this.row(everyone, one.name);
      const { local, reads } = scalarStep(
        one,
        row,
        (population, name) => this.row(population, name),
        repeat !== undefined,
      );
      this.computeDerived({ stage, row, derivatives: this.heard.derivatives }, local, reads);
    }
  }

  private neuronRows(population: BuiltPopulation): void {
    const { model, sending } = population;
    if (!model) return;
    const [sent, shown] = [model.messages, model.shows].map((names) => new Set(Object.values(names)));
    for (const { name } of model.ports) this.add(population, name, 'port');
    for (const { name } of model.pools) this.pools.set(keyOf(population, name), this.total(population, name));
    for (const { name, kind } of model.equations) {
      const own = kind === 'summand' ? kind : 'state';
      this.add(population, name, sent.has(name) ? 'message' : shown.has(name) ? 'shown' : own);
    }
    if (sending) this.add(population, 'sent', 'message', population.initial);
    for (const { name } of model.derivatives) this.add(population, name, 'shown');
  }

  /** What the neurons do, in the circuit's order of acts. What one population computes without interruption is one step. */
  private integrate(): void {
    const byName = new Map(this.circuit.order.map((population) => [population.name, population]));
    let [equations, computing]: [Equation[], BuiltPopulation | undefined] = [[], undefined];
    const flush = () => {
      if (computing && equations.length > 0) this.computeEquations(computing, equations);
      equations = [];
    };
    for (const act of this.circuit.acts) {
      if (act.group !== undefined) {
        flush();
        this.learnAtOnce(this.group(act.group));
        continue;
      }
      const population = byName.get(act.population);
      if (!population) throw new Error(`'${act.population}' is not in the circuit's order`);
      if (!act.equation || population !== computing) flush();
      computing = population;
      if (act.equation) equations.push(act.equation);
      else if (act.pool) this.pool(population, act.pool);
      else this.sum(population, this.row(population, act.port));
    }
    flush();
  }

  private pool(population: BuiltPopulation, { name, of, adds }: Pool): void {
    const stage = this.begin('integrate', population);
    const [row, into] = [this.row(population, adds), this.row(population, name)];
    this.steps.push({ do: 'total', stage, population, row, of, into });
  }

  private sum(population: BuiltPopulation, into: Row): void {
    const stage = this.begin('transmit', population);
    const groups = this.circuit.groups.filter(({ to }) => to === population);
    const terms = groups.flatMap((group) => [
      ...(group.port === into.name ? [this.term(stage, group)] : []),
      ...(group.also?.port === into.name ? [this.termAgain(stage, group, group.also.weight)] : []),
    ]);
    this.steps.push({ do: 'sum', stage, population, into, terms });
  }

  private computeEquations(population: BuiltPopulation, equations: readonly Equation[]): void {
    const text = new NeuronText(
      population,
      (name) => this.row(population, name),
      equations,
      (name) => scalarForNeurons(this.circuit, this.row(this.circuit.everyone, name)),
      this.tunedSources(population.tunable?.numbers),
    );
    const results = equations.map((equation) => text.result(equation, this.row(population, equation.name)));
    const { everyone, globals } = this.circuit;
    // Only global scalars that neurons make depend on weights.
    const made = this.heard.derivatives ? globals.flatMap((one) => (one.kind === 'neuron' ? [one.name] : [])) : [];
    for (const equation of equations) {
      for (const { name, published, of, by, scalar, late, computed } of dependencesOf(text.model, equation, made)) {
        if (!published && !this.heard.derivatives && !this.isSeen(population, name)) continue;
        const row = published ? this.row(population, name) : newRow(population, name, 'derivative');
        const result = text.result({ kind: equation.kind, computed }, row);
        const constant = result.value?.kind === 'constant' ? result.value.value : undefined;
        if (!published && constant === 0 && !this.isSeen(population, name)) continue;
        this.enter(row);
        if (constant === undefined) results.push(result);
        else this.constants.set(row, constant);
        const from = this.row(scalar ? everyone : population, by);
        const neuron = (scalar || from.kind === 'total') && { neuron: 0 };
        this.partials.push({ of: this.row(population, of), by: from, late, value: row, ...neuron });
      }
    }
    const stage = this.begin('integrate', population);
    this.steps.push({ do: 'compute', stage, population, results, reads: text.reads });
    if (equations.some(({ name }) => name === answerName(population))) this.send(population, stage);
  }

  /** Whether a rule of synapses on these neurons reads a number of this name. */
  private isSeen(population: BuiltPopulation, name: string): boolean {
    return this.circuit.groups.some(({ to, rule }) => {
      const reads = rule?.reads ?? rule?.analysis?.reads.map(({ path }) => path);
      return to === population && reads?.includes(`post.${name}`);
    });
  }

  private send(population: BuiltPopulation, stage: Stage): void {
    const { sending, initial } = population;
    if (!sending) return;
    const row = this.find(population, 'sent') ?? this.add(population, 'sent', 'message', initial);
    this.computeDerived({ stage, row, derivatives: this.heard.derivatives }, sending.sent, {
      rate: { kind: 'row', row: this.row(population, answerName(population)), late: 0 },
      sent: { kind: 'row', row, late: 1 },
      ...this.tunedSources(sending.tunable),
      ...(sending.chance !== undefined && { draw: { kind: 'draw', seed: sending.chance } }),
    });
  }

  /** What a group carries to its synapses. */
  private term(stage: Stage, group: BuiltGroup): Term {
    if (group.gate) for (const longer of new Set(group.longer ?? [0])) this.gate(stage, group, group.gate, longer);
    return broughtTerm(this, group);
  }

  /** Computes the gated messages of synapses with a delay of `longer` timesteps more than the group's. */
  private gate(stage: Stage, group: BuiltGroup, { from: gate, neuron }: BuiltGate, longer: number): void {
    const { from, delay } = group;
    const name = gatedName(group, longer);
    if (this.find(from, name)) return;
    const row = this.add(from, name, 'brought');
    const graph = new Graph();
    const value = graph.arithmetic('*', graph.read('event', 'presynaptic'), graph.read('sent', 'presynaptic'));
    this.computeDerived({ stage, row, derivatives: this.heard.derivatives }, new LocalFunction('gated', graph, value), {
      event: { kind: 'element', row: this.row(gate, sentName(gate)), neuron, late: 1 },
      sent: { kind: 'row', row: this.row(from, sentName(from, group.carries)), late: delay + longer },
    });
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
        ...this.tunedSources(broadcast.tunable),
        ...(broadcast.chance !== undefined && { draw: { kind: 'draw', seed: broadcast.chance } }),
      });
    }
    for (const population of circuit.order.filter(heard.signalled)) {
      const error = this.find(population, 'error');
      const terms = heard.feedback.filter(({ to }) => to === population).map((feedback) => errorTerm(this, feedback));
      const into = this.add(population, 'signal', 'signal');
      this.signals.set(this.row(population, answerName(population)), into);
      this.steps.push({ do: 'sum', stage, population, into, ...(error && { start: error }), terms });
    }
  }

  /** The second transmission of a group's synapses. */
  private termAgain(stage: Stage, group: BuiltGroup, by: string): Term {
    return { ...this.term(stage, group), ...(!this.heard.derivatives && { by }) };
  }

  /** A group learns, and applies the change. */
  private learnAtOnce(group: BuiltGroup): void {
    // A rule may read gated messages. They must be computed first, before the group transmits.
    if (group.gate && readsBrought(group)) this.term(this.begin('transmit', group.to), group);
    const stage: Stage = { phase: 'learn at once', group };
    this.stages.push(stage);
    this.steps.push(learnStep(this, stage, group), { do: 'apply', stage, group });
  }

  private learn(): void {
    const relearned = this.heard.feedback.flatMap(({ synapses }) => synapses ?? []);
    const all = [...this.circuit.groups, ...relearned].filter(({ rule }) => rule);
    const done = new Set(this.stages.map(({ group }) => group));
    for (const group of all) if (group.atOnce && !done.has(group)) this.learnAtOnce(group);
    const plastic = all.filter(({ atOnce }) => !atOnce);
    const learn = this.begin('learn');
    for (const group of plastic) this.steps.push(learnStep(this, learn, group));
    const apply = this.begin('apply');
    for (const group of plastic) this.steps.push({ do: 'apply', stage: apply, group });
  }

  private group(name: string): BuiltGroup {
    const group = this.circuit.groups.find((one) => one.name === name);
    if (!group) throw new Error(`the circuit has no synapse group '${name}'`);
    return group;
  }
}
