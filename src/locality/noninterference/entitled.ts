import type { PlasticityRule } from '../../rules/index.ts';
import { differ, type Bench, type Update } from './bench.ts';
import type { SynapseAt } from './entitlement.ts';

/**
 * Whether the update of a synapse changes when one thing that it is entitled to is changed: alone, or after all the others were changed, too,
 * because another number, such as a factor of 0, may hide the effect. Undefined if no such number is held.
 */
export function moves(
  bench: Bench,
  synapse: SynapseAt,
  timestep: number,
  usual: Update,
  path: string,
): boolean | undefined {
  const held = new Set<string>();
  // Its own weight comes first in an update: that it differs after it was changed says nothing.
  const told = (update: Update) => (path === 'w' ? update.slice(1) : update);
  const changing = (times: (role: string) => number) =>
    bench.attempt(timestep, synapse, (moment, now) => {
      if (now !== timestep || moment !== 'broadcast') return;
      for (const { role, ...number } of bench.numbers(synapse, moment, now)) {
        if (role === undefined) continue;
        held.add(role);
        for (let count = times(role); count > 0; count--) bench.change(number);
      }
    });
  const changes = (one: Update | undefined, other: Update | undefined) =>
    one !== undefined && other !== undefined && differ(told(one), told(other));
  const alone = changing((role) => (role === path ? 1 : 0));
  if (!held.has(path)) return undefined;
  if (changes(alone, usual)) return true;
  return changes(
    changing(() => 1),
    changing((role) => (role === path ? 2 : 1)),
  );
}

/** What a rule reads of what a synapse holds and sees before it learns; for an opaque rule, everything that it could read. */
export function readsOf({ analysis, state, trace, globals = [] }: PlasticityRule): readonly string[] {
  if (!analysis) {
    const neurons = ['pre.rate', 'post.rate', 'post.slope', 'post.retention', 'post.signal'];
    return ['w', ...Object.keys(state), ...neurons, ...globals.map((name) => `global.${name}`)];
  }
  const reads = analysis.functions.flatMap(({ name, reads: all }) =>
    // A change sees the state that the trace has computed.
    all.filter(({ scope }) => scope !== 'parameter' && !(scope === 'own state' && trace && name === 'change')),
  );
  return [...new Set(reads.map(({ path }) => path))];
}
