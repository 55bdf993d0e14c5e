import { map, type Observable } from 'rxjs';
import {
  carriedVariables,
  checkSignals,
  checkTrial,
  type BuiltCircuit,
  type BuiltGroup,
  type Carried,
  type Engine,
  type GroupWeights,
  type Held,
  type LearningOptions,
  type NeuronPorts,
  type PhaseEnd,
  type Ports,
  type Published,
  type Reader,
  type SynapsePorts,
  type TrialOptions,
} from '../circuit/index.ts';
import { InputError, RunError, show } from '../errors/index.ts';
import type { Trial } from '../tasks/index.ts';
import { TimestepBus } from './bus.ts';
import { heldBy, summedBy } from './held.ts';
import { ActorNetwork } from './network.ts';
import { actorReader } from './reader.ts';
import { countTraffic, type Traffic } from './traffic.ts';
import { wire, type Score, type SynapsePhases } from './wire.ts';

/**
 * The actor engine: the meaning of a circuit. Neurons, synapses and the error unit, wired to a timestep bus.
 *
 * The engine wires the actors once and then only turns the clock; everything else is what they tell each other.
 */
export class ActorEngine implements Engine {
  private readonly bus = new TimestepBus();
  private readonly network: ActorNetwork;
  private readonly phases: SynapsePhases;
  private readonly score: Score = {
    trial: { timesteps: 1, input: new Float64Array(0), target: new Float64Array(0) },
    number: 0,
    step: 1,
  };

  /** @throws InputError if feedback is to be symmetric and there is no readout to transpose. */
  constructor(
    readonly circuit: BuiltCircuit,
    private readonly options: LearningOptions,
  ) {
    this.network = new ActorNetwork(circuit, options.feedback);
    this.phases = wire(this.network, this.bus, this.score);
  }

  trial(trial: Trial, options: TrialOptions = {}): number {
    const { learn = true, onTimestep, number, pace = 1 } = options;
    checkTrial(this.circuit, trial);
    checkSignals(this.circuit, trial);
    const { score, network, bus } = this;
    score.number = number ?? score.number + 1;
    score.trial = trial;
    score.step = 1 / (trial.timesteps / pace);
    const online = this.options.schedule === 'online';
    const onEnd = this.stops(options);
    let timestep = 0;
    try {
      network.begin(score.number);
      for (timestep = 1; timestep <= trial.timesteps; timestep++) {
        bus.run(timestep, { learn, apply: learn && (online || timestep === trial.timesteps) }, onEnd);
        onTimestep?.(timestep);
      }
    } catch (error) {
      throw error instanceof RunError ? error.at({ timestep }) : error;
    }
    return (network.errorUnit.squares * (1 / trial.timesteps)) / 2;
  }

  weights(): GroupWeights {
    return Object.fromEntries(
      [...this.network.groups].map(([name, { synapses }]) => [name, Float64Array.from(synapses, ({ w }) => w)]),
    );
  }

  setWeights(weights: GroupWeights): void {
    for (const [name, { synapses }] of this.network.groups) {
      synapses.forEach((synapse, k) => {
        synapse.w = weights[name][k];
        synapse.asked = 0;
      });
    }
  }

  carried(): Carried {
    const traces = this.keptTraces().map(
      ({ name, variable, synapses }) =>
        [name, Float64Array.from(synapses, (synapse) => synapse.get(variable))] as const,
    );
    const relearned = this.network.relearned.map(
      ({ group, synapses }) => [group.name, Float64Array.from(synapses, ({ w }) => w)] as const,
    );
    return Object.fromEntries([...traces, ...relearned]);
  }

  setCarried(carried: Carried): void {
    for (const { name, variable, synapses } of this.keptTraces()) {
      synapses.forEach((synapse, k) => {
        synapse.set(variable, carried[name][k]);
      });
    }
    for (const { group, synapses } of this.network.relearned) {
      synapses.forEach((synapse, k) => (synapse.w = carried[group.name][k]));
    }
  }

  reader(what: Published): Reader {
    return actorReader(this.network, what);
  }

  held(): readonly Held[] {
    return heldBy(this.network, this.score);
  }

  get ports(): Ports {
    return this;
  }

  /** Neuron `index` (from 0) of a population. @throws InputError if there is none. */
  neuron(population: string, index: number): NeuronPorts {
    if (this.network.sources.has(population)) {
      throw new InputError('neuron', `'${population}' is an input population; tap its source(...) instead`);
    }
    return pick(this.network.neuronsOf(population), index, `neuron of '${population}'`);
  }

  /** Input neuron `index` (from 0) of an input population. @throws InputError if there is none. */
  source(population: string, index: number): Pick<NeuronPorts, 'axon$'> {
    return pick(this.network.sourcesOf(population), index, `neuron of '${population}'`);
  }

  /** The synapse of a group onto neuron `post` from neuron `pre` (from 0). @throws InputError if there is none. */
  synapse(groupName: string, post: number, pre: number): SynapsePorts {
    const { group, synapses } = this.network.groupOf(groupName);
    const k = placeOf(group, post, pre);
    if (k < 0) {
      throw new InputError('synapse', `there is none in '${groupName}' onto neuron ${post} from neuron ${pre}`);
    }
    const synapse = synapses[k];
    const variables = Object.keys(group.rule?.state ?? {});
    return {
      get weight() {
        return synapse.w;
      },
      weight$: this.phases.apply.pipe(map(() => synapse.w)),
      trace$: this.phases.learn.pipe(map(() => Object.fromEntries(variables.map((name) => [name, synapse.get(name)])))),
    };
  }

  /** The error vector e(t), all output neurons, in the order of `outputs`, once a timestep; each tap gets a copy of its own. */
  get error$(): Observable<Float64Array> {
    return this.network.errorUnit.error$.pipe(map((error) => error.slice()));
  }

  /** Every phase of every timestep, as it ends. */
  get phase$(): Observable<PhaseEnd> {
    return this.bus.phase$;
  }

  /** Counts every message between actors from now on: the counts run on as trials are run. The actors are slower for it, and stay so. */
  countTraffic(): Traffic {
    return countTraffic(this.network);
  }

  /** Where a trial is stopped to look into it; undefined where it is not. */
  private stops({ onPhase, onIntegrate }: TrialOptions): ((ended: PhaseEnd) => void) | undefined {
    if (!onPhase && !onIntegrate) return undefined;
    const sums = onIntegrate ? summedBy(this.network) : [];
    return ({ phase, timestep, population = '' }) => {
      if (phase === 'transmit') onIntegrate?.(population, timestep, sums);
      if (phase === 'compare' || phase === 'broadcast' || phase === 'learn') onPhase?.(phase, timestep);
    };
  }

  /** The variables that go on from trial to trial, by the names they are carried under. */
  private keptTraces() {
    return [...this.network.groups.values()].flatMap(({ group, synapses }) =>
      carriedVariables(group).map(({ name, variable }) => ({ name, variable, synapses })),
    );
  }

  /** Tells everyone who taps a port that nothing more will come. */
  complete(): void {
    this.bus.complete();
    this.network.complete();
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
