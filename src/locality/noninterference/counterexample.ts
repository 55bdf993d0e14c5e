import type { BuiltPopulation, Place } from '../../circuit/index.ts';
import type { Change } from './bench.ts';
import type { SynapseAt } from './entitlement.ts';
import { numberInWords, synapseInWords } from './words.ts';

/** An update that depends on something its synapse is not entitled to, or a publication of an opaque neuron that does so. */
export interface Counterexample {
  /** In words: synapse 4→7 of `recurrent` changed when the weight of 2→9 was changed. */
  readonly message: string;
  /** The synapse whose update it is; absent: a neuron published something different. */
  readonly group?: string;
  readonly pre?: number;
  readonly post?: number;
  /** The neuron that published something different; absent: it is a synapse's update. */
  readonly population?: string;
  readonly neuron?: number;
  /** The timestep in which it differs. */
  readonly timestep: number;
  /** What was changed: one number, if one is enough; none if the update differs in every run, or is `vague`. */
  readonly changed: readonly { readonly place: Place; readonly index: number; readonly timestep: number }[];
  /** Whether the change was made in an earlier trial: the rule keeps something outside the engine. */
  readonly vague: boolean;
}

/** Describes an update that differed. */
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

/** Describes an opaque neuron that published something different. */
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
