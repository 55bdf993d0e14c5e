import { carriesEvents, type Thing } from '../circuit/index.ts';
import type { TimestepBus } from './bus.ts';
import type { ActorNetwork, GroupActors } from './network.ts';

/** The messages of one synapse group, counted. */
export interface GroupTraffic {
  readonly name: string;
  /**
   * Events that neurons sent to the group: one for each axon branch and timestep in which it sent its rate. Axons that carry events send only
   * ones, axons with a dial send only what has changed; others send in every timestep.
   */
  readonly events: number;
  /** Of those, events with a nonzero rate. */
  readonly active: number;
  /** Events of the gate neuron that reached an axon branch. A gate neuron with a dial on its axon sends only what has changed. */
  readonly gates: number;
  /** Events that reached a synapse. */
  readonly arrivals: number;
  /** Products of nonzero rates and nonzero weights that had to be computed; two for each arrival where synapses transmit twice. */
  readonly effective: number;
  /** Whether every rate was -1, 0 or 1, so that a product needs no multiplication. */
  readonly binary: boolean;
  /** Of a group that learns by history: events that reached a synapse again, when the trial had ended. */
  readonly replayed: number;
  /** How often a synapse was told what its postsynaptic neuron publishes, to learn from it; if it learns by history, how much an event counts. */
  readonly publications: number;
  /** How often a synapse was told a global scalar that its rule reads. */
  readonly scalars: number;
  /** How many numbers each synapse holds in order to learn: its rule's state, and the change it has requested; 0 without a rule. */
  readonly held: number;
  /** Of a group that learns by history: how many numbers its neurons and axons kept of the last completed trial. */
  readonly kept: number;
}

/** The messages between the actors of a circuit, counted. Each kind goes from one actor to another that it is connected to. */
export interface Traffic {
  /** Timesteps that were run; in a circuit that repeats, sweeps. */
  readonly timesteps: number;
  readonly groups: readonly GroupTraffic[];
  /** How often a neuron that has feedback weights, or is an output, received the error. */
  readonly errors: number;
  /** How many neurons those are. */
  readonly listeners: number;
  /** Weights that were carried from a synapse to another neuron's feedback weights: weight transport. */
  readonly transported: number;
}

type Counted<T> = { -readonly [K in keyof T]: T[K] };

/** Counts every message from now on by tapping the ports. For measurements only: it takes time and cannot be switched off. */
export function countTraffic(network: ActorNetwork, bus: TimestepBus, catalogue: readonly Thing[]): Traffic {
  const { timestep, groups, carried } = network;
  const listeners = timestep.steps.reduce((sum, step) => {
    const hears =
      step.do === 'sum' && step.into.kind === 'signal' && (step.start !== undefined || step.terms.length > 0);
    return sum + (hears ? step.population.size : 0);
  }, 0);
  const transported = [...carried.values()].reduce((sum, one) => sum + one.transported, 0);
  const traffic = {
    groups: groups.map((actors) => countGroup(actors, network, bus, catalogue)),
    ...{ timesteps: 0, errors: 0, listeners, transported: 0 },
  };
  bus.port('tick').subscribe(() => {
    traffic.timesteps++;
  });
  bus.port('broadcast').subscribe(() => {
    traffic.errors += listeners;
    traffic.transported += transported;
  });
  return traffic;
}

/** Counts the messages of one synapse group that transmits. */
function countGroup(
  { group, synapses, term, bundle, actors, replay }: GroupActors,
  network: ActorNetwork,
  bus: TimestepBus,
  catalogue: readonly Thing[],
): GroupTraffic {
  const { from, gate, rule, name, also } = group;
  const count: Counted<GroupTraffic> = {
    ...{ name, events: 0, active: 0, gates: 0, arrivals: 0, replayed: 0, effective: 0, binary: true },
    ...{ publications: 0, scalars: 0, kept: 0 },
    // Without the weight, which is there without learning, too.
    held:
      synapses.length > 0
        ? catalogue.filter(({ owner, scope }) => owner === name && scope === 'own synapse').length - 1
        : 0,
  };
  // Axons with dials send only when their message has changed; until then, synapses use the last value that they received.
  const { branches: all } = bundle;
  const last = new Float64Array(all.length);
  const used = all.filter(({ endings }) => endings.length > 0).length;
  const events = carriesEvents(group);
  // In a circuit that repeats, synapses that learn are also told which sweep is the last of its timestep.
  const ending = rule && network.timestep.repeat ? 1 : 0;
  const scalars = ending + actors.seen.told.filter(({ neuron }) => neuron !== undefined).length;
  let [event, lastEvent] = [1, 1];
  bus.port('tick').subscribe((timestep) => {
    if (timestep > 1) return;
    event = lastEvent = gate ? gate.from.initial[gate.neuron] : 1;
    for (let j = 0; j < last.length; j++) last[j] = event * from.initial[bundle.neuronOf(j)];
  });
  bundle.brought$.subscribe((branches) => {
    if (gate && !(gate.from.sending && event === lastEvent)) count.gates += used;
    lastEvent = event;
    branches.forEach(({ rate, endings }, j) => {
      if (endings.length === 0 || (from.sending && rate === last[j]) || (events && rate === 0)) return;
      last[j] = rate;
      count.events++;
      count.arrivals += endings.length;
      if (rate === 0) return;
      count.active++;
      count.effective += endings.filter(({ w }) => w !== 0).length;
      if (Math.abs(rate) !== 1) count.binary = false;
    });
  });
  if (also) {
    const broughtTo = (k: number) => bundle.tracts[term.ways?.of[k] ?? 0].branches[group.pre[k]].rate;
    bundle.again$.subscribe(() => {
      count.effective += synapses.filter((one, k) => broughtTo(k) !== 0 && one.get(also.weight) !== 0).length;
    });
  }
  bus.port('broadcast').subscribe(() => {
    if (gate) event = network.row(network.timestep.sent(gate.from)).get(gate.neuron);
  });
  bus.port('learn').subscribe(() => {
    if (replay) {
      const { events: again, kept } = replay.counted() ?? { events: 0, kept: 0 };
      count.kept = kept;
      count.replayed += again;
      count.publications += again;
      return;
    }
    if (rule) count.publications += synapses.length;
    count.scalars += synapses.length * scalars;
  });
  return count;
}
