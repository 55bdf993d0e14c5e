import {
  seenBy,
  type BuiltCircuit,
  type BuiltGroup,
  type Engine,
  type Held,
  type Place,
  type Row,
} from '../../../src/circuit/index.ts';
import { numberInWords } from '../../../src/locality/noninterference/words.ts';
import type { Trial } from '../../../src/tasks/index.ts';
import { leaking, type HeldNumber } from '../leaking.ts';
import type { Sample } from './circuits.ts';

/** What the first synapse of a group is told that is none of its business. */
export interface Cheat {
  readonly group: BuiltGroup;
  readonly into: HeldNumber;
  readonly from: HeldNumber;
}

/** A group whose first synapse is to cheat; of its state, what its trace goes on from. */
interface Cheater {
  readonly group: BuiltGroup;
  readonly pre: number;
  readonly post: number;
  /** How much later what its axon brings arrives than at the soonest of its group. */
  readonly longer: number;
  readonly trace: string;
}

/** Where a number lies that is not the cheater's own, and of that place which; undefined: there is none. */
type Find = (cheater: Cheater, held: Held, circuit: BuiltCircuit) => number | undefined;

/** The row of neurons that a place is, as it is now; undefined: it is none. */
const rowNow = (place: Place) =>
  place.kind === 'row' && place.row.kind !== 'global' && place.ago === 0 ? place.row : undefined;

/** The first of so many that is none of these. */
const beside = (length: number, ...taken: readonly number[]) =>
  Array.from({ length }, (_, k) => k).find((k) => !taken.includes(k));

/** A number of another synapse, of the same group or of another one. */
const ofAnother =
  (is: (place: Place) => unknown): Find =>
  ({ group }, { place, length }) =>
    is(place) ? beside(length, ...('group' in place && place.group === group ? [0] : [])) : undefined;

const stateWith = (is: (group: BuiltGroup, variable: string) => unknown): Find =>
  ofAnother((place) => place.kind === 'state' && is(place.group, place.variable));

/** A number of a neuron that is neither of the synapse's two. */
const ofThird =
  (is: (row: Row) => boolean): Find =>
  ({ pre, post }, { place, length }) => {
    const row = rowNow(place);
    return row && is(row) ? beside(length, pre, post) : undefined;
  };

const weights = ofAnother(({ kind }) => kind === 'weight');

type Into = (cheater: Cheater, place: Place) => boolean;

const intoTrace: Into = ({ group, trace }, place) =>
  place.kind === 'state' && place.group === group && place.variable === trace;
const intoCopy: Into = ({ group }, place) =>
  place.kind === 'state' && place.group === group && group.rule?.lasting?.includes(place.variable) === true;
const intoScalar: Into = ({ group }, place) =>
  place.kind === 'row' && place.row.kind === 'global' && group.rule?.globals?.includes(place.row.name) === true;

/** Cheats by what they are: where the number lies, and where the synapse is told it; by default it is added to its trace. */
const KINDS: Readonly<Record<string, { readonly find: Find; readonly into?: Into }>> = {
  'reads another compartment of its neuron': {
    find: ({ group: { from, to, port, message }, post }, { place }) => {
      const row = rowNow(place);
      if (row?.population !== to || (row.kind !== 'state' && row.kind !== 'port')) return undefined;
      const shown = Object.values(seenBy(from, to, { port, carries: message }).post);
      return shown.includes(row.name) ? undefined : post;
    },
  },
  "reads another neuron's message": {
    find: ofThird(({ population: { model }, name }) => Object.values(model?.messages ?? {}).includes(name)),
  },
  'reads what another neuron shows': { find: ofThird(({ kind }) => kind === 'shown') },
  'reads what neurons pool': { find: (_, { place }) => (rowNow(place)?.kind === 'total' ? 0 : undefined) },
  'reads a scalar that its rule does not name': {
    find: ({ group: { rule } }, { place }) =>
      place.kind === 'row' && place.row.kind === 'global' && rule?.globals?.includes(place.row.name) !== true
        ? 0
        : undefined,
  },
  "reads another synapse's eligibility": {
    find: stateWith(({ rule }, variable) => rule?.eligible?.variables.includes(variable)),
  },
  "reads another synapse's copy of its weight": {
    find: stateWith(({ rule }, variable) => rule?.lasting?.includes(variable)),
  },
  "reads another synapse's optimiser": { find: stateWith((_, variable) => variable.startsWith('optimiser.')) },
  'reads what a batch has asked of another synapse': { find: stateWith((_, variable) => variable === 'batch.sum') },
  'reads the state that another synapse transmits through': {
    find: stateWith(({ also }, variable) => also?.weight === variable),
  },
  'reads a weight that changes within the timestep': {
    find: ofAnother((place) => place.kind === 'weight' && place.group.atOnce),
  },
  'reads a weight that relearns feedback': {
    find: ({ group }, held) => {
      const { place } = held;
      if (place.kind !== 'weight' || !place.group.name.startsWith('feedback.')) return undefined;
      return place.group.to === group.to ? undefined : 0;
    },
  },
  'reads what its axon brings to synapses with another delay': {
    find: ({ group, pre, longer }, { place }) =>
      place.kind === 'axon' && place.group === group && place.longer !== longer ? pre : undefined,
  },
  'reads what another axon brings': {
    find: ({ group, pre }, { place, length }) =>
      place.kind === 'axon' && place.group === group ? beside(length, pre) : undefined,
  },
  'reads the neuron that gates another group': {
    find: ({ pre, post }, { place }, { groups }) => {
      const row = rowNow(place);
      const gate = groups.find(({ gate: one }) => one?.from === row?.population)?.gate;
      return gate && row?.kind === 'state' && gate.neuron !== pre && gate.neuron !== post ? gate.neuron : undefined;
    },
  },
  "has a copy of another synapse's weight": { into: intoCopy, find: weights },
  'reads a scalar that hides a weight': { into: intoScalar, find: weights },
};

export const CHEATS = Object.keys(KINDS);

/** All cheats of one kind that synapses of these groups could commit, given what an engine holds. */
export function cheatsOf(
  kind: string,
  sample: Pick<Sample, 'definition' | 'built'>,
  held: readonly Held[],
): readonly Cheat[] {
  const { into = intoTrace, find } = KINDS[kind];
  return cheaters(sample).flatMap((cheater) =>
    held
      .filter(({ place }) => into(cheater, place))
      .flatMap((target) =>
        held.flatMap((source): Cheat[] => {
          const k = source === target ? undefined : find(cheater, source, sample.built);
          if (k === undefined || k >= source.length) return [];
          return [{ group: cheater.group, into: { held: target, k: 0 }, from: { held: source, k } }];
        }),
      ),
  );
}

/** How a cheat is to be named: by the number that was told, or by another place where the same number is held. */
export function namesOf({ group, from }: Cheat, held: readonly Held[]): readonly string[] {
  const read = () => held.map((one) => Array.from({ length: one.length }, (_, k) => one.get(k)));
  const before = read();
  const value = from.held.get(from.k);
  from.held.set(from.k, value + 1);
  const after = read();
  from.held.set(from.k, value);
  return held.flatMap(({ place }, h) =>
    after[h].flatMap((number, k) =>
      Object.is(number, before[h][k]) && !(held[h] === from.held && k === from.k)
        ? []
        : [`changed when ${numberInWords(place, k, group)} was changed`],
    ),
  );
}

/** The first synapses of groups that learn when all is known, and whose traces go on from what was told to them, with every bit. */
function cheaters({ definition, built }: Pick<Sample, 'definition' | 'built'>): readonly Cheater[] {
  return built.groups.flatMap((group) => {
    const { name, rule, atOnce, pre, rowStart } = group;
    const { traces } = definition.synapses[name];
    const isLost = traces === 'none' || traces?.bits !== undefined || rule?.params['kappa'] === 0;
    const trace = ['m', 'filtered'].find((variable) => Object.hasOwn(rule?.state ?? {}, variable));
    if (pre.length === 0 || atOnce || trace === undefined || isLost) return [];
    const post = rowStart.findIndex((start) => start > 0) - 1;
    return [{ group, pre: pre[0], post, longer: group.longer?.[0] ?? 0, trace }];
  });
}

/** Whether what a synapse is told changes its update in the timestep in which it is told: else there is nothing to be found. */
export function isFelt(engine: Engine, { group, into, from }: Cheat, trial: Trial): boolean {
  const own = engine
    .held()
    .filter(
      ({ place }) =>
        (place.kind === 'weight' || place.kind === 'asked' || place.kind === 'state') && place.group === group,
    );
  const [weights, carried] = [engine.weights(), engine.carried()];
  const [told, untold] = [leaking(engine, into, 'broadcast', from), engine].map((one) => {
    let seen: readonly number[] = [];
    one.setWeights(weights);
    one.setCarried(carried);
    one.trial(trial, {
      number: 1,
      onPhase: (ended, timestep) => {
        if (ended === 'learn' && timestep === 2) seen = own.map((held) => held.get(0));
      },
    });
    return seen;
  });
  engine.setWeights(weights);
  engine.setCarried(carried);
  return told.some((value, k) => !Object.is(value, untold[k]));
}
