import { map, type Observable } from 'rxjs';
import {
  checkTrial,
  transposedReadouts,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type Engine,
  type GroupWeights,
  type LearningOptions,
  type Published,
  type Reader,
  type TrialOptions,
} from '../circuit/index.ts';
import { InputError, oneOf, RunError, show } from '../errors/index.ts';
import type { Numbers } from '../local/index.ts';
import type { Trial } from '../tasks/index.ts';
import { membrane } from './membrane.ts';
import { TimestepBus, type PhaseEnd } from './bus.ts';
import { ErrorUnit } from './error-unit.ts';
import { Neuron, Source } from './neuron.ts';
import { type Port } from './port.ts';
import type { Publication } from './publication.ts';
import { synapseActors, type DendriticField, type Synapse, type Tract } from './synapse.ts';
import { WeightTransport, type Transported } from './weight-transport.ts';

/** What one synapse can be watched by. */
export interface SynapsePorts {
  /** The current weight. */
  readonly weight: number;
  /** The weight, each time changes are applied. */
  readonly weight$: Observable<number>;
  /** The rule's state (for RFLO the eligibility trace, { p }), at the end of each learn phase. */
  readonly trace$: Observable<Numbers>;
}

/** What one neuron can be watched by; an input neuron has an axon only. */
export interface NeuronPorts {
  /** The rate, once a timestep. */
  readonly axon$: Observable<number>;
  /** The summed input u(t), once a timestep. */
  readonly dendrite$: Observable<number>;
  /** The learning signal l(t), once a timestep. */
  readonly signal$: Observable<number>;
}

interface GroupActors {
  readonly group: BuiltGroup;
  /** All synapses in the group's order. */
  readonly synapses: readonly Synapse[];
  readonly tract: Tract;
  readonly field: DendriticField;
}

/**
 * The actor engine: the meaning of a circuit. Neurons, synapses and the error unit, wired to a timestep bus.
 *
 * The engine wires the actors once and then only turns the clock; everything else is what they tell each other.
 */
export class ActorEngine implements Engine {
  private readonly bus = new TimestepBus();
  private readonly sources = new Map<string, readonly Source[]>();
  private readonly neurons = new Map<string, readonly Neuron[]>();
  private readonly groups = new Map<string, GroupActors>();
  private readonly errorUnit: ErrorUnit;
  private readonly transport: WeightTransport | undefined;
  private readonly learned: Port<number>;
  private readonly applied: Port<number>;
  /** The trial that the sources play and the error unit compares with; set while one runs. */
  private playing: Trial = { timesteps: 1, input: new Float64Array(0), target: new Float64Array(0) };
  private step = 1;

  constructor(
    readonly circuit: BuiltCircuit,
    private readonly options: LearningOptions,
  ) {
    this.createNeurons();
    for (const group of circuit.groups) this.groups.set(group.name, this.createSynapses(group));
    this.errorUnit = new ErrorUnit(
      circuit.outputs.flatMap(({ name }) => this.neuronsOf(name).map(({ published }) => published)),
    );
    const transported = this.createFeedback();
    this.transport = options.feedback === 'symmetric' ? new WeightTransport(transported) : undefined;
    [this.learned, this.applied] = this.connectBus();
  }

  trial(trial: Trial, { learn = true, onTimestep }: TrialOptions = {}): number {
    checkTrial(this.circuit, trial);
    this.playing = trial;
    const online = this.options.schedule === 'online';
    this.step = 1 / trial.timesteps;
    let timestep = 0;
    try {
      this.begin();
      for (timestep = 1; timestep <= trial.timesteps; timestep++) {
        this.bus.run(timestep, { learn, apply: learn && (online || timestep === trial.timesteps) });
        onTimestep?.(timestep);
      }
    } catch (error) {
      throw error instanceof RunError ? error.at({ timestep }) : error;
    }
    return (this.errorUnit.squares * this.step) / 2;
  }

  weights(): GroupWeights {
    return Object.fromEntries(
      [...this.groups].map(([name, { synapses }]) => [name, Float64Array.from(synapses, ({ w }) => w)]),
    );
  }

  setWeights(weights: GroupWeights): void {
    for (const [name, { synapses }] of this.groups) {
      synapses.forEach((synapse, k) => {
        synapse.w = weights[name][k];
        synapse.asked = 0;
      });
    }
  }

  /** Neuron `index` (from 0) of a population. @throws InputError if there is none. */
  neuron(population: string, index: number): NeuronPorts {
    if (this.sources.has(population)) {
      throw new InputError('neuron', `'${population}' is an input population; tap its source(...) instead`);
    }
    return pick(this.neuronsOf(population), index, `neuron of '${population}'`);
  }

  /** Input neuron `index` (from 0) of an input population. @throws InputError if there is none. */
  source(population: string, index: number): Pick<NeuronPorts, 'axon$'> {
    const sources = this.sources.get(population);
    if (!sources)
      throw new InputError('source', `${show(population)} is none; there is ${oneOf([...this.sources.keys()])}`);
    return pick(sources, index, `neuron of '${population}'`);
  }

  /** The synapse of a group onto neuron `post` from neuron `pre` (from 0). @throws InputError if there is none. */
  synapse(groupName: string, post: number, pre: number): SynapsePorts {
    const { group, synapses } = this.groupOf(groupName);
    const k = placeOf(group, post, pre);
    if (k < 0)
      throw new InputError('synapse', `there is none in '${groupName}' onto neuron ${post} from neuron ${pre}`);
    const synapse = synapses[k];
    const variables = Object.keys(group.rule?.state ?? {});
    return {
      get weight() {
        return synapse.w;
      },
      weight$: this.applied.pipe(map(() => synapse.w)),
      trace$: this.learned.pipe(map(() => Object.fromEntries(variables.map((name) => [name, synapse.get(name)])))),
    };
  }

  /** The error vector e(t), all output neurons in circuit order, once a timestep; each tap gets a copy of its own. */
  get error$(): Observable<Float64Array> {
    return this.errorUnit.error$.pipe(map((error) => error.slice()));
  }

  /** Every phase of every timestep, as it ends. */
  get phase$(): Observable<PhaseEnd> {
    return this.bus.phase$;
  }

  reader(what: Published): Reader {
    if ('error' in what) {
      const { offset, size } = this.outputSlice(what.error);
      const { error } = this.errorUnit;
      return reader(size, (k) => error[offset + k]);
    }
    if ('synapses' in what) {
      const { group, synapses } = this.groupOf(what.synapses);
      const { value } = what;
      const variables = Object.keys(group.rule?.state ?? {});
      if (value === 'weight') return reader(synapses.length, (k) => synapses[k].w);
      if (variables.includes(value)) return reader(synapses.length, (k) => synapses[k].get(value));
      throw new InputError(
        `synapses '${what.synapses}'`,
        `publish no ${show(value)}; there is ${oneOf(['weight', ...variables])}`,
      );
    }
    return this.neuronReader(what);
  }

  /** Tells everyone who taps a port that nothing more will come. */
  complete(): void {
    this.bus.complete();
    this.errorUnit.error$.complete();
    for (const actor of [...this.sources.values(), ...this.neurons.values()].flat()) actor.complete();
  }

  private neuronReader({ neurons: population, value }: Extract<Published, { neurons: string }>): Reader {
    const sources = this.sources.get(population);
    const neurons = sources ?? this.neuronsOf(population);
    const values: readonly (keyof Publication)[] = sources ? ['rate'] : ['rate', 'slope', 'retention', 'signal'];
    const published = values.find((name) => name === value);
    if (published) return reader(neurons.length, (i) => neurons[i].published[published]);
    const summing = this.neurons.get(population);
    if (summing && value === 'potential') return reader(summing.length, (i) => summing[i].potential);
    throw new InputError(
      `neurons '${population}'`,
      `publish no ${show(value)}; there is ${oneOf(summing ? [...values, 'potential'] : values)}`,
    );
  }

  private createNeurons(): void {
    let output = 0;
    const firstOutput = new Map(
      this.circuit.outputs.map((population) => [population, (output += population.size) - population.size]),
    );
    for (const population of this.circuit.populations) {
      const { name, size, model, params, initial } = population;
      if (!model) {
        this.sources.set(
          name,
          Array.from({ length: size }, (_, i) => new Source(`input ${name} ${i}`)),
        );
        continue;
      }
      const first = firstOutput.get(population);
      const step = membrane(model, params);
      const neurons = Array.from(
        { length: size },
        (_, i) => new Neuron(`neuron ${name} ${i}`, step, initial[i], first === undefined ? -1 : first + i),
      );
      this.neurons.set(name, neurons);
    }
  }

  private createSynapses(group: BuiltGroup): GroupActors {
    const { from, to, rule, delay, rowStart, pre, weights } = group;
    const actors = synapseActors(rule);
    const axons = this.axonsOf(from).map(({ published }) => actors.axonBranch(published, delay));
    const dendrites = this.neuronsOf(to.name).map(({ published }, i) =>
      actors.dendriteBranch(published, (k) => `synapse ${group.name} ${i} <- ${pre[rowStart[i] + k]}`),
    );
    const synapses: Synapse[] = [];
    this.neuronsOf(to.name).forEach(({ dendrite }, i) => {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        synapses.push(actors.synapse(weights[k], axons[pre[k]], dendrites[i], dendrite));
      }
    });
    return { group, synapses, tract: actors.tract(axons), field: actors.field(dendrites) };
  }

  /** Gives every neuron its own feedback weights, and says which readout synapses they mirror when feedback is symmetric. */
  private createFeedback(): readonly Transported[] {
    const transported: Transported[] = [];
    for (const feedback of this.circuit.feedback) {
      const { offset, size } = this.outputSlice(feedback.from.name);
      const rows = this.neuronsOf(feedback.to.name).map((neuron, i) => {
        const weights = feedback.weights.slice(i * size, (i + 1) * size);
        neuron.addReceptor({ weights, offset });
        return weights;
      });
      if (this.options.feedback !== 'symmetric') continue;
      for (const { name } of transposedReadouts(this.circuit, feedback)) {
        const { group, synapses } = this.groupOf(name);
        for (let k = 0; k < size; k++) {
          for (let s = group.rowStart[k]; s < group.rowStart[k + 1]; s++) {
            transported.push({ synapse: synapses[s], into: rows[group.pre[s]], at: k });
          }
        }
      }
    }
    return transported;
  }

  private connectBus(): [learned: Port<number>, applied: Port<number>] {
    const { bus, circuit, errorUnit } = this;
    const groups = [...this.groups.values()];
    const neurons = [...this.neurons.values()].flat();
    const sources = [...this.sources.values()].flat();
    const connect = (port: Port<number>, name: string, next: (timestep: number) => void) => {
      port.connect({ name, next });
    };

    const tick = bus.stage('tick');
    connect(tick, 'axons', (timestep) => {
      for (const { tract } of groups) tract.tick(timestep);
    });
    connect(tick, 'inputs', (timestep) => {
      sources.forEach((source, channel) => {
        source.take(this.playing.input[(timestep - 1) * sources.length + channel]);
      });
    });
    for (const { name } of circuit.order) {
      const transmit = bus.stage('transmit', name);
      for (const { group, tract } of groups) {
        if (group.to.name !== name) continue;
        connect(transmit, `axons of ${group.name}`, (timestep) => {
          tract.transmit(timestep);
        });
      }
      const population = this.neuronsOf(name);
      connect(bus.stage('integrate', name), `neurons ${name}`, () => {
        for (const neuron of population) neuron.integrate();
      });
    }
    connect(bus.stage('compare'), 'error unit', (timestep) => {
      errorUnit.compare(this.playing.target, (timestep - 1) * errorUnit.error.length);
    });
    const broadcast = bus.stage('broadcast');
    const { transport } = this;
    if (transport) {
      connect(broadcast, 'weight transport', () => {
        transport.carry();
      });
    }
    connect(broadcast, 'error unit', () => {
      errorUnit.broadcast();
    });
    for (const neuron of neurons) errorUnit.error$.connect(neuron);
    const [learn, apply] = [bus.stage('learn'), bus.stage('apply')];
    for (const { group, field } of groups) {
      if (!group.rule) continue;
      connect(learn, `dendrites of ${group.name}`, () => {
        field.learn();
      });
      connect(apply, `dendrites of ${group.name}`, () => {
        field.apply(this.step);
      });
    }
    return [learn, apply];
  }

  private begin(): void {
    for (const sources of this.sources.values()) for (const source of sources) source.begin();
    for (const neurons of this.neurons.values()) for (const neuron of neurons) neuron.begin();
    for (const { tract, field } of this.groups.values()) {
      tract.begin();
      field.begin();
    }
    this.errorUnit.begin();
  }

  private axonsOf(population: BuiltPopulation): readonly (Neuron | Source)[] {
    return this.sources.get(population.name) ?? this.neuronsOf(population.name);
  }

  private neuronsOf(population: string): readonly Neuron[] {
    const neurons = this.neurons.get(population);
    if (!neurons)
      throw new InputError('population', `${show(population)} is none; there is ${oneOf([...this.neurons.keys()])}`);
    return neurons;
  }

  private groupOf(name: string): GroupActors {
    const group = this.groups.get(name);
    if (!group)
      throw new InputError('synapses', `${show(name)} is no group; there is ${oneOf([...this.groups.keys()])}`);
    return group;
  }

  private outputSlice(name: string): { offset: number; size: number } {
    let offset = 0;
    for (const output of this.circuit.outputs) {
      if (output.name === name) return { offset, size: output.size };
      offset += output.size;
    }
    throw new InputError(
      'error',
      `${show(name)} is no output; there is ${oneOf(this.circuit.outputs.map((o) => o.name))}`,
    );
  }
}

function pick<T>(actors: readonly T[], index: number, what: string): T {
  if (!Number.isInteger(index) || index < 0 || index >= actors.length) {
    throw new InputError(what, `${show(index)} is none; they are numbered 0 to ${actors.length - 1}`);
  }
  return actors[index];
}

/** Where in its group the synapse onto `post` from `pre` stands; -1 where there is none. */
function placeOf(group: BuiltGroup, post: number, pre: number): number {
  for (let k = group.rowStart[post]; k < group.rowStart[post + 1]; k++) if (group.pre[k] === pre) return k;
  return -1;
}

function reader(length: number, value: (k: number) => number): Reader {
  return {
    length,
    read: (into, offset) => {
      for (let k = 0; k < length; k++) into[offset + k] = value(k);
    },
  };
}
