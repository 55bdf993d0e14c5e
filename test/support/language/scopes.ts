import type { BuiltCircuit, BuiltPopulation, Engine, Place } from '../../../src/circuit/index.ts';
import { roleOf, synapsesOf } from '../../../src/locality/noninterference/entitlement.ts';

/** The row that a place is, of neurons and not of everyone; undefined: it is none. */
const rowOf = (place: Place) => (place.kind === 'row' && place.row.kind !== 'global' ? place.row : undefined);

const states = ({ model }: BuiltPopulation) => (model?.equations ?? []).filter(({ kind }) => kind === 'state');

/** Whether what is there is the state of a group's synapses, under such a name. */
const stateOf = (
  place: Place,
  is: (group: Extract<Place, { kind: 'state' }>['group'], variable: string) => unknown,
): boolean => place.kind === 'state' && Boolean(is(place.group, place.variable));

/** A global scalar from there. */
const scalarOf = (place: Place, { globals }: BuiltCircuit, kind: 'clock' | 'task' | 'neuron'): boolean =>
  place.kind === 'row' &&
  place.row.kind === 'global' &&
  globals.some((one) => one.kind === kind && place.row.name === one.name);

/** What a circuit over the new language holds that is not everyone's business: how it is recognised among what an engine holds. */
export const SCOPES: Readonly<Record<string, (place: Place, circuit: BuiltCircuit) => boolean>> = {
  'the voltage of a port': (place) => {
    const row = rowOf(place);
    return row?.kind === 'port' && (row.population.model?.ports.length ?? 0) > 1;
  },
  'a compartment': (place) => {
    const row = rowOf(place);
    return row?.kind === 'state' && states(row.population).length > 1;
  },
  'a message': (place) => rowOf(place)?.kind === 'message',
  'what a neuron shows': (place) => rowOf(place)?.kind === 'shown',
  'what neurons add to a sum, or the sum': (place) => ['summand', 'total'].includes(rowOf(place)?.kind ?? ''),
  'a scalar of a clock': (place, circuit) => scalarOf(place, circuit, 'clock'),
  'a scalar of a task': (place, circuit) => scalarOf(place, circuit, 'task'),
  'a scalar of a neuron': (place, circuit) => scalarOf(place, circuit, 'neuron'),
  eligibility: (place) =>
    stateOf(place, ({ rule }, variable) => rule?.eligible?.variables.some((name) => variable.split('_')[0] === name)),
  'a copy of a weight': (place) => stateOf(place, ({ rule }, variable) => rule?.lasting?.includes(variable)),
  'what an optimiser keeps': (place) => stateOf(place, (_, variable) => variable.startsWith('optimiser.')),
  'what a batch has asked for': (place) => stateOf(place, (_, variable) => variable === 'batch.sum'),
  'state that is transmitted through': (place) => stateOf(place, ({ also }, variable) => also?.weight === variable),
  'a weight that changes within the timestep': (place) => place.kind === 'weight' && place.group.atOnce,
  'a weight that relearns feedback': (place) => place.kind === 'weight' && place.group.name.startsWith('feedback.'),
  'what comes after delays of its own': (place) => place.kind === 'axon' && place.group.longer !== undefined,
  'what comes through a gate': (place) => place.kind === 'axon' && place.group.gate !== undefined,
  'what goes on from trial to trial': (place, { carries }) => carries && rowOf(place)?.kind === 'state',
  'which sweep is the last': (place) => place.kind === 'last',
};

/** Whether all may know it, so that nothing of it is ever foreign. */
export const OPEN = ['which sweep is the last'];

/**
 * The scopes of what noninterference changes when it looks at the synapses of an engine that learn: of each there is a number that none of them, or
 * one of them, has no right to.
 */
export function scopesIn(engine: Engine): readonly string[] {
  const { circuit } = engine;
  const learning = circuit.groups.filter(({ rule }) => rule);
  const synapses = synapsesOf(circuit, learning);
  const all = engine.held();
  return Object.keys(SCOPES).filter((scope) =>
    all.some(
      ({ place, length }) =>
        SCOPES[scope](place, circuit) &&
        (OPEN.includes(scope) ||
          synapses.some((synapse) =>
            Array.from({ length }, (_, k) => k).some((k) => roleOf(place, k, synapse, 'broadcast', 2) === undefined),
          )),
    ),
  );
}
