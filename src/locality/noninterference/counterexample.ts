import type { BuiltPopulation, Place } from '../../circuit/index.ts';
import type { Change } from './bench.ts';
import type { SynapseAt } from './entitlement.ts';
import { numberInWords, synapseInWords } from './words.ts';

/** An update that depends on what its synapse is not entitled to, or what an opaque neuron publishes that does so. */
export interface Counterexample {
  /** In words: synapse 4→7 of `recurrent` changed when the weight of 2→9 was changed. */
  readonly message: string;
  /** Whose update it is; absent: it is a neuron that published something else. */
  readonly group?: string;
  readonly pre?: number;
  readonly post?: number;
  /** Which neuron of which population published something else; absent: it is a synapse's update. */
  readonly population?: string;
  readonly neuron?: number;
  /** The timestep in which it differs. */
  readonly timestep: number;
  /** What was changed: one number, where one alone is enough; none where the update is another one each time, or is `vague`. */
  readonly changed: readonly { readonly place: Place; readonly index: number; readonly timestep: number }[];
  /** Whether the change was made in a trial before: the rule keeps something where nobody holds it. */
  readonly vague: boolean;
}

/** Tells of an update that was another one. */
export function told(
  synapse: SynapseAt,
  timestep: number,
  changes: readonly Change[] | 'nothing' | 'before',
): Counterexample {
  const { group, pre, post } = synapse;
  const changed = typeof changes === 'string' ? [] : changes;
  return {
    message: `synapse ${synapseInWords(synapse)} changed when ${typeof changes === 'string' ? NOTHING[changes] : what(synapse, timestep, changes)}`,
    ...{ group: group.name, pre, post, timestep },
    changed: changed.map(({ held: { place }, k, timestep: at }) => ({ place, index: k, timestep: at })),
    vague: changes === 'before',
  };
}

/** Describes an opaque neuron that published something else. */
export function toldOfNeuron(
  { name }: BuiltPopulation,
  neuron: number,
  timestep: number,
  changes: readonly Pick<Change, 'held' | 'k'>[] | 'nothing',
): Counterexample {
  const changed = changes === 'nothing' ? [] : changes;
  const [only] = changed;
  const what =
    changes === 'nothing'
      ? NOTHING.nothing
      : changed.length === 1
        ? `${numberInWords(only.held.place, only.k)} was changed`
        : 'everything that it is not entitled to was changed, though no single number is enough';
  return {
    message: `neuron ${neuron} of \`${name}\` published something different when ${what}`,
    ...{ population: name, neuron, timestep, vague: false },
    changed: changed.map(({ held: { place }, k }) => ({ place, index: k, timestep })),
  };
}

const NOTHING = {
  nothing: 'nothing was changed at all',
  before: 'nothing was changed except what had run before',
} as const;

function what({ group }: SynapseAt, timestep: number, changed: readonly Change[]): string {
  const [{ held, k, timestep: then }] = changed;
  const when = then < timestep ? ' in the timestep before' : '';
  if (changed.length === 1) return `${numberInWords(held.place, k, group)} was changed${when}`;
  return `everything that it is not entitled to was changed${when}, though no single number is enough`;
}
