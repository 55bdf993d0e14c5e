import {
  heldArray,
  placeOfNeurons,
  waysOf,
  type BuiltPopulation,
  type Held,
  type Place,
  type Row,
} from '../circuit/index.ts';
import type { Now } from './bus.ts';
import type { ActorNetwork, FeedbackActors, GroupActors, LearningActors } from './network.ts';

/** All that the actors hold, and what the task is about to play to them. */
export function heldBy(network: ActorNetwork, now: Now): readonly Held[] {
  const { circuit, groups, feedback } = network;
  const signals = (['input', 'target'] as const).map((kind) => {
    const of = kind === 'input' ? circuit.inputs : circuit.outputs;
    return heldArray({ kind, channels: of.reduce((sum, { size }) => sum + size, 0) }, () => now.trial[kind]);
  });
  return [
    ...[...circuit.populations, circuit.everyone].flatMap((population) => heldByPopulation(network, population)),
    ...groups.flatMap((actors) => [...heldBySynapses(actors), ...heldByAxons(network, actors)]),
    ...network.relearned.flatMap(heldBySynapses),
    ...feedback.map(({ feedback: entry, receptors }) =>
      heldFields({ kind: 'feedback', feedback: entry }, receptors, 'w'),
    ),
    ...network.timestep.rows.flatMap((row) => {
      if (row.kind !== 'error') return [];
      return [heldByNeurons(network, row, { kind: 'error', output: row.population, ago: 0 })];
    }),
    ...feedback.flatMap(heldByErrorAxons),
    ...(network.timestep.repeat ? [heldByClock(now)] : []),
    ...signals,
  ];
}

/** What a population's neurons have, and what of it is on its way to steps that look back. */
function heldByPopulation(network: ActorNetwork, population: BuiltPopulation): readonly Held[] {
  const rows = network.timestep.rows.filter((row) => row.population === population);
  return rows.flatMap((row) => {
    if (row.kind === 'error' || row.kind === 'brought') return [];
    const place = placeOfNeurons(row, 0);
    const back = network.tracts.filter((tract) => tract.row === row && !tract.target && tract.late > 0);
    return [heldByNeurons(network, row, place), ...back.map(({ lines }) => heldArray(place, () => lines))];
  });
}

function heldByNeurons(network: ActorNetwork, row: Row, place: Place): Held {
  const neurons = network.neuronsOf(row.population);
  return {
    ...{ place, length: row.population.size },
    get: (i) => neurons.get(row, i),
    set: (i, value) => {
      neurons.set(row, i, value);
    },
  };
}

function heldBySynapses({ group, synapses, variables }: LearningActors): readonly Held[] {
  const states = variables.map(({ name }) => ({
    ...{ place: { kind: 'state' as const, group, variable: name }, length: synapses.length },
    get: (k: number) => synapses[k].get(name),
    set: (k: number, value: number) => {
      synapses[k].set(name, value);
    },
  }));
  return [
    heldFields({ kind: 'weight', group }, synapses, 'w'),
    heldFields({ kind: 'asked', group }, synapses, 'asked'),
    ...states,
  ];
}

function heldByAxons({ tracts }: ActorNetwork, { group, term, bundle }: GroupActors): readonly Held[] {
  const own = tracts.filter(({ target }) => target === group);
  const others = own.filter((one) => !bundle.tracts.includes(one) && one.row.name !== group.carries);
  return [
    ...waysOf(term).map(({ longer }, way) =>
      heldFields({ kind: 'axon', group, longer }, bundle.tracts[way].branches, 'rate'),
    ),
    ...others.map(({ branches, row, late }) =>
      heldFields({ kind: 'axon', group, message: row.name, longer: late - group.delay }, branches, 'rate'),
    ),
    ...own.map(({ lines, late }) => heldArray({ kind: 'line', group, late }, () => lines)),
  ];
}

/** What of errors is on its way, or has arrived at the synapses that relearn the feedback. */
function heldByErrorAxons({ feedback, bundle }: FeedbackActors): readonly Held[] {
  if (!feedback.broadcast && !feedback.synapses) return [];
  const [{ lines, late, branches }] = bundle.tracts;
  const { size } = feedback.from;
  const place = (k: number) => (k % size) * late + Math.floor(k / size);
  return [
    heldFields({ kind: 'arriving', feedback }, branches, 'rate'),
    heldArray({ kind: 'error line', feedback }, () => lines, () => lines.length, place), // prettier-ignore
  ];
}

/** Whether the sweep at hand is the last of its timestep. */
function heldByClock({ sweeps }: Now): Held {
  return {
    ...{ place: { kind: 'last' }, length: 1 },
    get: () => (sweeps.isLast ? 1 : 0),
    set: (_, value) => {
      sweeps.isLast = value > 0;
    },
  };
}

/** One number of each actor. */
function heldFields<F extends string>(place: Place, actors: readonly Record<F, number>[], field: F): Held {
  return {
    ...{ place, length: actors.length },
    get: (k) => actors[k][field],
    set: (k, value) => {
      const held: Record<F, number> = actors[k];
      held[field] = value;
    },
  };
}
