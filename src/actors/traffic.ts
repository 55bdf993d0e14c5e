import type { ActorNetwork } from './network.ts';

/** The messages of one synapse group, counted. */
export interface GroupTraffic {
  readonly name: string;
  /**
   * Events that neurons sent to the group: one for each axon branch and timestep in which it sent its rate. Axons with a dial turned send
   * only what has changed; others send in every timestep.
   */
  readonly events: number;
  /** Of those, events with another rate than 0. */
  readonly active: number;
  /** Events of the gate neuron that reached an axon branch. A gate neuron with a dial turned on its axon sends only what has changed. */
  readonly gates: number;
  /** Events that reached a synapse. */
  readonly arrivals: number;
  /** Of those, arrivals where neither rate nor weight was 0: a product that had to be computed. */
  readonly effective: number;
  /** Whether every rate was -1, 0 or 1, so that a product needs no multiplication. */
  readonly binary: boolean;
  /** How often a synapse was told what its postsynaptic neuron publishes, to learn from it. */
  readonly publications: number;
  /** How many numbers each synapse holds in order to learn: its rule's state, and the change it has asked for; 0 without a rule. */
  readonly held: number;
}

/** The messages between the actors of a circuit, counted. Each kind goes from one actor to another that it is connected to. */
export interface Traffic {
  readonly groups: readonly GroupTraffic[];
  /** How often a neuron that has feedback weights, or is an output, heard the error. */
  readonly errors: number;
  /** How many neurons those are. */
  readonly listeners: number;
  /** Weights that were carried from a synapse to another neuron's feedback weights: weight transport. */
  readonly transported: number;
}

type Counted<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Counts every message from now on: stands at each actor's ear, where messages come in, and passes them on. For measuring only:
 * the actors are slower for it, and stay so.
 */
export function countTraffic({ groups, neurons, carriedFeedback }: ActorNetwork): Traffic {
  const hearing = [...neurons.values()].flat().filter(({ hearsError }) => hearsError);
  const traffic: Counted<Omit<Traffic, 'groups'>> & { readonly groups: GroupTraffic[] } = {
    groups: [],
    errors: 0,
    listeners: hearing.length,
    transported: 0,
  };
  for (const { group, synapses, axons, tract } of groups.values()) {
    const held = group.rule && synapses.length > 0 ? synapses[0].held : 0;
    const counted = { events: 0, active: 0, gates: 0, arrivals: 0, effective: 0, binary: true, publications: 0 };
    const count: Counted<GroupTraffic> = { name: group.name, ...counted, held };
    traffic.groups.push(count);
    // Axons that make something of the rate send when that has changed; until then, synapses go on with what came last.
    const onChange = group.from.sending !== undefined;
    const last = new Float64Array(synapses.length);
    const gateOnChange = group.gate?.from.sending !== undefined;
    const lastHeard = new Float64Array(axons.length);
    const begin = tract.begin.bind(tract);
    tract.begin = () => {
      begin();
      const { from, gate } = group;
      const open = gate ? gate.from.initial[gate.neuron] : 1;
      lastHeard.fill(open);
      group.pre.forEach((pre, k) => (last[k] = open * from.initial[pre]));
    };
    axons.forEach((axon, j) => {
      if (axon.synapses.length === 0) return;
      axon.hear = overheard(axon.hear.bind(axon), (event) => {
        if (gateOnChange && event === lastHeard[j]) return;
        lastHeard[j] = event;
        count.gates++;
      });
    });
    const branches = new Set<number>();
    synapses.forEach((synapse, k) => {
      const first = !branches.has(group.pre[k]);
      branches.add(group.pre[k]);
      synapse.transmit = overheard(synapse.transmit.bind(synapse), (rate) => {
        if (onChange && rate === last[k]) return;
        last[k] = rate;
        count.arrivals++;
        if (rate !== 0 && synapse.w !== 0) count.effective++;
        if (!first) return;
        count.events++;
        if (rate !== 0) count.active++;
        if (rate !== 0 && Math.abs(rate) !== 1) count.binary = false;
      });
      synapse.learn = overheard(synapse.learn.bind(synapse), () => {
        count.publications++;
      });
    });
  }
  for (const neuron of hearing) {
    neuron.next = overheard(neuron.next.bind(neuron), () => {
      traffic.errors++;
    });
  }
  for (const carried of carriedFeedback) {
    const carry = carried.carry.bind(carried);
    carried.carry = () => {
      traffic.transported += carried.transported;
      carry();
    };
  }
  return traffic;
}

/** An actor's ear with another one before it, which hears everything first. */
function overheard<Message>(
  receive: (message: Message) => void,
  hear: (message: Message) => void,
): (message: Message) => void {
  return (message) => {
    hear(message);
    receive(message);
  };
}
