import { seenBy, type BuiltGroup, type Engine, type Held, type Place } from '../../../src/circuit/index.ts';
import type { Trial } from '../../../src/tasks/index.ts';
import { leaking, type HeldNumber } from '../leaking.ts';
import type { Sample } from './circuits.ts';

/** What the first synapse of a group is told that is none of its business, and what is to be said of it. */
export interface Cheat {
  readonly group: BuiltGroup;
  readonly into: HeldNumber;
  readonly from: HeldNumber;
  readonly named: RegExp;
}

/** A group whose first synapse is to cheat; of its state, what its trace goes on from. */
interface Cheater {
  readonly group: BuiltGroup;
  readonly pre: number;
  readonly post: number;
  readonly trace: string;
}

/** Somewhere a number lies that is not the cheater's own. */
type Find = (cheater: Cheater, held: Held) => { readonly k: number; readonly called: string } | undefined;

/** The row of neurons that a place is, as it is now; undefined: it is none. */
const rowNow = (place: Place) =>
  place.kind === 'row' && place.row.kind !== 'global' && place.ago === 0 ? place.row : undefined;

/** The first of so many that is none of these. */
const beside = (length: number, ...taken: readonly number[]) =>
  Array.from({ length }, (_, k) => k).find((k) => !taken.includes(k));

const ofAnother =
  (is: (place: Place) => string | undefined): Find =>
  ({ group }, { place, length }) => {
    const called = is(place);
    const k = beside(length, ...('group' in place && place.group === group ? [0] : []));
    return called === undefined || k === undefined ? undefined : { k, called: `the ${called} of \\d+→\\d+` };
  };

const weights = ofAnother(({ kind }) => (kind === 'weight' ? 'weight' : undefined));

type Into = (cheater: Cheater, place: Place) => boolean;

const intoTrace: Into = ({ group, trace }, place) =>
  place.kind === 'state' && place.group === group && place.variable === trace;
const intoCopy: Into = ({ group }, place) =>
  place.kind === 'state' && place.group === group && group.rule?.lasting?.includes(place.variable) === true;
const intoScalar: Into = ({ group }, place) =>
  place.kind === 'row' && place.row.kind === 'global' && group.rule?.globals?.includes(place.row.name) === true;

/** Cheats by what they are: where the number lies, and where the synapse is told it. */
const KINDS: Readonly<Record<string, { readonly find: Find; readonly into: Into }>> = {
  'reads another compartment of its neuron': {
    into: intoTrace,
    find: ({ group: { from, to, port, message }, post }, { place }) => {
      const row = rowNow(place);
      if (row?.population !== to || (row.kind !== 'state' && row.kind !== 'port')) return undefined;
      const shown = Object.values(seenBy(from, to, { port, carries: message }).post);
      return shown.includes(row.name)
        ? undefined
        : { k: post, called: `the ${row.name} of neuron ${post} of \`${to.name}\`` };
    },
  },
  "reads another neuron's message": {
    into: intoTrace,
    find: ({ group: { from, to }, pre, post }, { place, length }) => {
      const row = rowNow(place);
      if (!row || (row.population !== to && row.population !== from)) return undefined;
      if (!Object.values(row.population.model?.messages ?? {}).includes(row.name)) return undefined;
      const k = beside(length, pre, post);
      return k === undefined
        ? undefined
        : { k, called: `the ${row.name} of neuron ${k} of \`${row.population.name}\`` };
    },
  },
  'reads what neurons pool': {
    into: intoTrace,
    find: (_, { place }) =>
      place.kind === 'row' && place.row.kind === 'total' && place.ago === 0
        ? { k: 0, called: `the ${place.row.name} of ` }
        : undefined,
  },
  "reads another synapse's copy of its weight": {
    into: intoTrace,
    find: ofAnother((place) =>
      place.kind === 'state' && place.group.rule?.lasting?.includes(place.variable) ? place.variable : undefined,
    ),
  },
  "reads another synapse's optimiser": {
    into: intoTrace,
    find: ofAnother((place) =>
      place.kind === 'state' && place.variable.startsWith('optimiser.') ? place.variable : undefined,
    ),
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
  const { into, find } = KINDS[kind];
  return cheaters(sample).flatMap((cheater) =>
    held
      .filter(({ place }) => into(cheater, place))
      .flatMap((target) =>
        held.flatMap((source): Cheat[] => {
          const found = source === target ? undefined : find(cheater, source);
          if (!found) return [];
          const named = new RegExp(`changed when ${found.called}`);
          return [{ group: cheater.group, into: { held: target, k: 0 }, from: { held: source, k: found.k }, named }];
        }),
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
    return [{ group, pre: pre[0], post: rowStart.findIndex((start) => start > 0) - 1, trace }];
  });
}

/** Whether what a synapse is told changes anything of what it holds: else there is nothing to be found. */
export function isFelt(engine: Engine, { group, into, from }: Cheat, trial: Trial): boolean {
  const own = engine
    .held()
    .filter(
      ({ place }) =>
        (place.kind === 'weight' || place.kind === 'asked' || place.kind === 'state') && place.group === group,
    );
  const [weights, carried] = [engine.weights(), engine.carried()];
  const [told, untold] = [leaking(engine, into, 'broadcast', from), engine].map((one) => {
    const seen: number[] = [];
    const look = () => {
      for (const one of own) seen.push(one.get(0));
    };
    one.setWeights(weights);
    one.setCarried(carried);
    one.trial(trial, {
      number: 1,
      onPhase: (ended) => {
        if (ended === 'learn') look();
      },
      onTimestep: look,
    });
    return seen;
  });
  engine.setWeights(weights);
  engine.setCarried(carried);
  return told.some((value, k) => !Object.is(value, untold[k]));
}
