import type { Place } from '../../circuit/index.ts';
import type { Change } from './bench.ts';
import type { SynapseAt } from './entitlement.ts';
import { numberInWords, synapseInWords } from './words.ts';

/** An update that hangs on what is none of the synapse's business. */
export interface Counterexample {
  /** In words: synapse 4→7 of `recurrent` changed when the weight of 2→9 was changed. */
  readonly message: string;
  readonly group: string;
  readonly pre: number;
  readonly post: number;
  /** The timestep whose update it is. */
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

const NOTHING = {
  nothing: 'nothing was changed at all',
  before: 'nothing was changed but what had run before',
} as const;

function what({ group }: SynapseAt, timestep: number, changed: readonly Change[]): string {
  const [{ held, k, timestep: then }] = changed;
  const when = then < timestep ? ' in the timestep before' : '';
  if (changed.length === 1) return `${numberInWords(held.place, k, group)} was changed${when}`;
  return `all that is none of its business was changed${when}, though by no single number`;
}
