import type { BuiltCircuit, BuiltFeedback, BuiltGroup, BuiltPopulation } from './built.ts';
import type { Cells, Place } from './held.ts';
import type { Variable } from './take-up.ts';
import { countsTimesteps } from './timestep/scalars.ts';
import type { Row, RowKind } from './timestep/step.ts';
import { looks, type Timestep } from './timestep/timestep.ts';
import { waysOf } from './timestep/ways.ts';

/** Who has a number. That, and where a synapse is, determines whether its rule may see it. */
export type HeldScope =
  /** One synapse. */
  | 'own synapse'
  /** One neuron. What its axon sends reaches the synapses of that axon; what it shows is seen by the synapses onto it. */
  | 'own neuron'
  /** One compartment of a neuron, where its synapses end. */
  | 'compartment'
  /** All neurons of a population together. */
  | 'population'
  /** Everyone. */
  | 'global'
  /** The task, which plays it. */
  | 'task';

/** Numbers of one owner that a circuit holds while it learns. */
export interface HeldThing {
  /** A population, a synapse group (`feedback.error`: the synapses that relearn it), a feedback; `circuit`: none of these. */
  readonly owner: string;
  /** What they are called there: 'rate', 'v', 'weight', a variable of the rule's state. */
  readonly name: string;
  readonly scope: HeldScope;
  /** How many, along each side. */
  readonly shape: readonly number[];
  /** How many timesteps before the current one are read, too. */
  readonly back: number;
  /** The name under which they are kept from trial to trial, among the weights or the other carried numbers; absent: every trial resets them. */
  readonly kept?: { readonly among: 'weights' | 'carried'; readonly as: string };
}

/** The same, with where to find it in an engine. */
export interface Thing extends HeldThing {
  /** What it is; absent: no engine stores it. */
  readonly place?: Place;
  /** Its row; absent: it is not a number of neurons. */
  readonly row?: Row;
  /** Its numbers never change, and only actors store them. */
  readonly isConstant?: boolean;
}

/** Where an engine stores a thing (a row: as it was `ago` timesteps before the current one). Undefined: it does not. */
export type CellsOf = (thing: Thing, ago: number) => Cells | undefined;

/** Where an engine stores the things of each kind. Undefined, or absent: it does not. */
export interface CellsByKind {
  row(row: Row, ago: number, isConstant: boolean): Cells | undefined;
  /** Of a group's synapses: their weights, the changes they have requested, a variable of their state. */
  weight(group: BuiltGroup): Cells | undefined;
  asked(group: BuiltGroup): Cells | undefined;
  state(group: BuiltGroup, variable: string): Cells | undefined;
  feedback(feedback: BuiltFeedback): Cells | undefined;
  /** What the task plays. */
  signal(kind: 'input' | 'target'): Cells;
  /** Whether the current sweep is the last of its timestep: 1 or 0. */
  readonly last?: Cells;
}

export function cellsByKind(kinds: CellsByKind): CellsOf {
  return ({ row, place, isConstant = false }, ago) => {
    if (row) return kinds.row(row, ago, isConstant);
    switch (place?.kind) {
      case 'weight':
      case 'asked':
        return kinds[place.kind](place.group);
      case 'state':
        return kinds.state(place.group, place.variable);
      case 'feedback':
        return kinds.feedback(place.feedback);
      case 'input':
      case 'target':
        return kinds.signal(place.kind);
      case 'last':
        return kinds.last;
      default:
        return undefined;
    }
  };
}

/** How a learner fills a circuit's catalogue. */
export interface Filling {
  /** The feedback that it receives. */
  readonly feedback: readonly BuiltFeedback[];
  /** What the synapses of a group keep in order to learn, besides the changes they request; undefined: they do not learn. */
  readonly variables: (group: BuiltGroup) => readonly Variable[] | undefined;
}

const SCOPES: Readonly<Record<RowKind, HeldScope>> = {
  ...{ port: 'compartment', state: 'own neuron', message: 'own neuron', shown: 'own neuron' },
  ...{ derivative: 'own neuron', error: 'own neuron', summand: 'own neuron', signal: 'own neuron' },
  ...{ total: 'population', global: 'global', brought: 'own neuron' },
};

/**
 * All that a circuit holds. Readers and probes, checkpoints, noninterference and the ledger are derived from this list. It leaves out messages
 * on their way between actors, which are copies of what was sent.
 */
export function catalogueOf(circuit: BuiltCircuit, timestep: Timestep, filling: Filling): readonly Thing[] {
  const relearned = filling.feedback.flatMap(({ synapses }) => synapses ?? []);
  return [
    ...rowsOf(circuit, timestep),
    ...[...circuit.groups, ...relearned].flatMap((group) => synapsesOf(group, filling, relearned.includes(group))),
    ...filling.feedback.map((feedback): Thing => ({
      ...{ owner: `feedback.${feedback.name}`, name: 'B', scope: 'own neuron', back: 0 },
      shape: [feedback.to.size, feedback.from.size],
      place: { kind: 'feedback', feedback },
    })),
    ...(['input', 'target'] as const).map((kind): Thing => {
      const channels = sizeOf(kind === 'input' ? circuit.inputs : circuit.outputs);
      const place = { kind, channels };
      return { owner: 'circuit', name: kind, scope: 'task', shape: [channels], back: 0, place };
    }),
    ...(countsTimesteps(circuit) ? [COUNT] : []),
    ...(circuit.repeat ? [LAST] : []),
  ];
}

/** The number of timesteps since the session began, which clocks count. */
const COUNT: Thing = {
  ...{ owner: 'circuit', name: 'timesteps', scope: 'global', shape: [1], back: 0 },
  kept: { among: 'carried', as: 'session.timesteps' },
};

/** Whether the current sweep is the last of its timestep. */
const LAST: Thing = {
  ...{ owner: 'circuit', name: 'last', scope: 'global', shape: [1], back: 0, place: { kind: 'last' } },
};

function synapsesOf(group: BuiltGroup, { variables: of }: Filling, isRelearned: boolean): readonly Thing[] {
  const { name: owner } = group;
  const variables = of(group);
  const each = { owner, scope: 'own synapse', shape: [group.pre.length], back: 0 } as const;
  // Synapses that relearn a feedback are named after it: `feedback.error`.
  const carrier = owner.includes('.') ? owner : `synapses.${owner}`;
  return [
    {
      ...{ ...each, name: 'weight', place: { kind: 'weight', group } },
      kept: { among: isRelearned ? 'carried' : 'weights', as: owner },
    },
    ...(variables ? [{ ...each, name: 'asked', place: { kind: 'asked', group } as const }] : []),
    ...(variables ?? []).map(({ name, lasting }): Thing => ({
      ...{ ...each, name, place: { kind: 'state', group, variable: name } },
      ...(lasting && { kept: { among: 'carried', as: `${carrier}.${name}` } }),
    })),
  ];
}

/** All rows, as far back as something reads them. */
function rowsOf({ carries }: BuiltCircuit, timestep: Timestep): readonly Thing[] {
  const oldest = new Map<Row, number>();
  for (const { row, late } of timestep.steps.flatMap(looks)) oldest.set(row, Math.max(late, oldest.get(row) ?? 0));
  return timestep.rows.map((row) => {
    const { population, name, kind } = row;
    const isConstant = timestep.constants.has(row);
    const back = isConstant ? 0 : (oldest.get(row) ?? 0);
    const as = kind === 'global' ? `globals.${name}` : `neurons.${population.name}.${name}`;
    return {
      ...{ owner: population.name, name, scope: SCOPES[kind], shape: [population.size], back },
      ...(carries && back > 0 && { kept: { among: 'carried', as } as const }),
      ...{ row, place: placeOf(timestep, row) },
      ...(isConstant && { isConstant }),
    };
  });
}

function placeOf({ steps }: Timestep, row: Row): Place {
  const { population, kind } = row;
  if (kind === 'error') return { kind, output: population, ago: 0 };
  if (kind === 'brought') {
    for (const term of steps.flatMap((step) => (step.do === 'sum' ? step.terms : []))) {
      const way = waysOf(term).find((one) => one.row === row);
      if (!way) continue;
      const { weights } = term;
      if (!('rowStart' in weights)) return { kind: 'message', feedback: weights, ago: 0 };
      return { kind: 'axon', group: weights, longer: way.longer };
    }
  }
  return { kind: 'row', row, ago: 0 };
}

function sizeOf(populations: readonly BuiltPopulation[]): number {
  return populations.reduce((sum, { size }) => sum + size, 0);
}
