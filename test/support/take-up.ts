import { circuit, type Circuit } from '../../src/circuit/index.ts';
import { adam, momentum } from '../../src/optimisers/index.ts';
import { plasticityRule, weight } from '../../src/rules/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from './heart.ts';

/** Computes state when its weight has taken up a change, from all that it may see then. */
export const after = plasticityRule({
  name: 'after',
  params: { eta: 0.1 },
  state: { held: weight, m: 0.1 },
  trace: ({ m, pre, post }) => ({ m: 0.7 * m + 0.3 * pre.out * post.out }),
  change: ({ m, held, post, eta }) => eta * (m * held + post.signal * post.out),
  after: ({ w, held, pre, post }) => ({ held: 0.5 * (held + w) + 0.1 * pre.out * post.out }),
});

/** Circuit k of the whole language, with optimisers in some of its groups and a copy of the weight in others. */
export function takingUp(k: number): { readonly definition: Circuit; readonly trial: Trial } {
  const { circuit: made, trial } = heartCircuit(k, { spikes: true });
  const { neurons, feedback, losses, outputs } = made;
  const optimisers = [adam({ eta: 0.02 }), momentum({ eta: 0.5 }), undefined];
  const synapses = Object.fromEntries(
    Object.entries(made.synapses).map(([name, group], g) => {
      const optimiser = optimisers[(k + g) % optimisers.length];
      const dials = (k + g) % 4 === 0 && { bounds: [-1.5, 1.5] as const, plastic: 0.7 };
      const rule = (k + g) % 5 < 2 ? after() : group.rule;
      return [name, { ...group, ...dials, ...(rule && { rule, ...(optimiser && { optimiser }) }) }];
    }),
  );
  return { definition: circuit<string, string, string>({ neurons, synapses, feedback, losses, outputs }), trial };
}
