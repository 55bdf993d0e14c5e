import { map, type Observable } from 'rxjs';
import {
  Holder,
  Holdings,
  Playing,
  ruleVariables,
  scheduled,
  Tuning,
  type Answering,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type Held,
  type LearningOptions,
  type NeuronPorts,
  type PhaseEnd,
  type Ports,
  type SynapsePorts,
  type TrialOptions,
} from '../circuit/index.ts';
import { InputError, oneOf, RunError, show } from '../errors/index.ts';
import type { Trial } from '../tasks/index.ts';
import { TimestepBus, type Stops } from './bus.ts';
import { cellsOfActors, heldOnTheWay } from './held.ts';
import { ActorNetwork } from './network.ts';
import type { Neuron } from './neuron.ts';
import { countTraffic, type Traffic } from './traffic.ts';
import { wire } from './wiring.ts';

/**
 * The actor engine: the meaning of a circuit. Neurons, synapses and the error unit, wired to a timestep bus.
 *
 * The engine connects the actors once and then only runs the clock; everything else happens by messages between actors.
 */
export class ActorEngine extends Holder {
  private readonly bus = new TimestepBus();
  private readonly network: ActorNetwork;
  protected readonly tuning: Tuning;
  protected readonly holdings: Holdings;
  private readonly playing: Playing;

  /** @throws InputError if feedback is symmetric and the circuit has no readout to transpose. */
  constructor(
    given: BuiltCircuit,
    private readonly options: LearningOptions,
  ) {
    const circuit = scheduled(given, options.schedule);
    super(circuit);
    this.network = new ActorNetwork(circuit, options.feedback, options.batch ?? 1);
    const { network } = this;
    const playing = new Playing(circuit, network.timestep, options.batch);
    this.playing = playing;
    wire(network, this.bus, playing);
    const answering: Answering = {
      read: (row, i) => network.row(row).get(i),
      write: (row, value) => {
        network.neuronsOf(row.population).publish(row, 0, value);
      },
    };
    const next = () => {
      playing.ask(answering);
    };
    this.bus.port('compare').connect({ name: 'task', next });
    const filling = {
      feedback: network.feedback.map(({ feedback }) => feedback),
      variables: ({ name, rule }: BuiltGroup) => rule && network.groupOf(name).actors.variables,
    };
    this.holdings = new Holdings(
      circuit,
      network.timestep,
      { ...filling, rules: true },
      cellsOfActors(network, playing),
    );
    const learning = [...network.groups, ...network.relearned].map(({ group }) => group);
    this.tuning = new Tuning(learning, network.timestep, {
      group: ({ name }, parameter, value) => {
        const { tuned, actors } = network.groupOf(name);
        tuned[actors.tunable.indexOf(parameter)] = value;
      },
    });
  }

  trial(trial: Trial, options: TrialOptions = {}): number {
    const { learn = true, onTimestep } = options;
    const { network, bus, playing } = this;
    const { continuation } = this.holdings;
    playing.begin(trial, options, continuation, this.tuning);
    const { timesteps } = trial;
    const { sweeps } = playing;
    const online = this.options.schedule === 'online';
    const stops = this.stops(options);
    const applies = () => learn && sweeps.isLast && (online || sweeps.isOver(timesteps));
    try {
      network.begin();
      continuation.goOn((row, values) => {
        network.goOn(row, values);
      });
      while (!sweeps.isOver(timesteps)) {
        sweeps.next();
        bus.run(sweeps.frame, learn, applies, stops);
        if (sweeps.isLast) onTimestep?.(sweeps.timestep);
      }
    } catch (error) {
      throw error instanceof RunError ? error.at({ timestep: sweeps.timestep }) : error;
    }
    continuation.end(timesteps, (row, depth) => network.history(row, depth, sweeps.frame));
    return (network.errorUnit.score * (1 / timesteps)) / 2;
  }

  override held(): readonly Held[] {
    return [...super.held(), ...heldOnTheWay(this.network)];
  }

  get ports(): Ports {
    return this;
  }

  /** Neuron `index` (from 0) of a population. @throws InputError if it does not exist. */
  neuron(population: string, index: number): NeuronPorts {
    const { inputs, order } = this.circuit;
    if (inputs.some(({ name }) => name === population)) {
      throw new InputError('neuron', `'${population}' is an input population; tap its source(...) instead`);
    }
    const { axon$, dendrite$, signal$ } = this.neuronOf(order, 'population', population, index);
    return { axon$, dendrite$, signal$ };
  }

  /** Input neuron `index` (from 0) of an input population. @throws InputError if it does not exist. */
  source(population: string, index: number): Pick<NeuronPorts, 'axon$'> {
    const { axon$ } = this.neuronOf(this.circuit.inputs, 'source', population, index);
    return { axon$ };
  }

  /** The synapse of a group onto neuron `post` from neuron `pre` (from 0). @throws InputError if it does not exist. */
  synapse(groupName: string, post: number, pre: number): SynapsePorts {
    const { group, synapses } = this.network.groupOf(groupName);
    const k = placeOf(group, post, pre);
    if (k < 0) {
      throw new InputError('synapse', `group '${groupName}' has no synapse onto neuron ${post} from neuron ${pre}`);
    }
    const synapse = synapses[k];
    const variables = ruleVariables(group).map(({ name }) => name);
    return {
      get weight() {
        return synapse.w;
      },
      weight$: this.bus.port('apply', group).pipe(map(() => synapse.w)),
      trace$: this.bus
        .port('learn', group)
        .pipe(map(() => Object.fromEntries(variables.map((name) => [name, synapse.get(name)])))),
    };
  }

  /** The error vector e(t) of all output neurons, in the order of `outputs`, once a timestep; each tap gets its own copy. */
  get error$(): Observable<Float64Array> {
    const { timestep } = this.network;
    const errors = timestep.rows.filter(({ kind }) => kind === 'error');
    const current = () =>
      errors.flatMap((row) => Array.from({ length: row.population.size }, (_, i) => this.network.row(row).get(i)));
    return this.bus.port('broadcast').pipe(map(() => Float64Array.from(current())));
  }

  /** Every phase of every timestep, as it ends. */
  get phase$(): Observable<PhaseEnd> {
    return this.bus.phase$;
  }

  /** Counts every message between actors from now on; counts accumulate over trials. Counting slows the engine down and cannot be switched off. */
  countTraffic(): Traffic {
    return countTraffic(this.network, this.bus, this.holdings.catalogue);
  }

  /** Tells all taps of all ports that nothing more will come. */
  complete(): void {
    this.bus.complete();
    this.network.complete();
  }

  /** Where a trial is paused for inspection. */
  private stops({ onPhase, onIntegrate, onLearn }: TrialOptions): Stops {
    const sums = onIntegrate
      ? this.held().filter(({ place }) => place.kind === 'row' && place.row.kind === 'port')
      : [];
    return {
      ...(onLearn && {
        onStart: ({ group }, timestep) => {
          if (group) onLearn(group.name, timestep);
        },
      }),
      ...((onPhase ?? onIntegrate) && {
        onEnd: ({ phase, timestep, population = '' }) => {
          if (phase === 'transmit') onIntegrate?.(population, timestep, sums);
          if (phase === 'compare' || phase === 'broadcast' || phase === 'learn') onPhase?.(phase, timestep);
        },
      }),
    };
  }

  private neuronOf(among: readonly BuiltPopulation[], place: string, population: string, index: number): Neuron {
    const found = among.find(({ name }) => name === population);
    if (!found) throw new InputError(place, `unknown population ${show(population)}; expected ${oneOf(among.map(({ name }) => name))}`); // prettier-ignore
    const { all } = this.network.neuronsOf(found);
    if (Number.isInteger(index) && index >= 0 && index < all.length) return all[index];
    const problem = `${show(index)} is out of range; expected a whole number from 0 to ${all.length - 1}`;
    throw new InputError(`neuron of '${population}'`, problem);
  }
}

/** The index in its group of the synapse onto `post` from `pre`; -1 if it does not exist. */
function placeOf(group: BuiltGroup, post: number, pre: number): number {
  for (let k = group.rowStart[post]; k < group.rowStart[post + 1]; k++) if (group.pre[k] === pre) return k;
  return -1;
}
