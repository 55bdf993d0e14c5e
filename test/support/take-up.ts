import { circuit, clock, type Circuit, type SynapseGroup } from '../../src/circuit/index.ts';
import { adam, momentum } from '../../src/optimisers/index.ts';
import { plasticityRule, weight } from '../../src/rules/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from './heart.ts';

/** Computes state when its weight has taken up a change, from all that it may see then. */
export const after = plasticityRule({
  name: 'after',
  params: { eta: 0.1, part: 0.5 },
  tunable: ['part'],
  globals: ['pulse'],
  state: { held: weight, m: 0.1 },
  trace: ({ m, pre, post }) => ({ m: 0.7 * m + 0.3 * pre.out * post.out }),
  change: ({ m, held, post, eta }) => eta * (m * held + post.signal * post.out),
  after: ({ w, held, pre, post, part, global }) => ({
    held: held + part * (w - held) + 0.1 * global.pulse * pre.out * post.out,
  }),
});

/**
 * Circuit k of the whole language, with optimisers in some of its groups and a copy of the weight in others.
 *
 * @param plain Without what no solver learns.
 */
export function takingUp(k: number, plain = false): { readonly definition: Circuit; readonly trial: Trial } {
  const { circuit: made, trial } = heartCircuit(k, { spikes: true });
  const { neurons, feedback, losses, outputs } = made;
  const optimisers = [adam({ eta: 0.02 }), momentum({ eta: 0.5 }), undefined];
  const copying = (group: Circuit['synapses'][string], which: number): Partial<SynapseGroup> => {
    const other = neurons[group.to].model?.ports.find(({ name }) => name !== group.port);
    return {
      rule: after(),
      ...(which % 3 === 0 && { learns: 'at once' }),
      ...(other && group.delay !== 0 && { also: { port: other.name, weight: 'held' } }),
    };
  };
  const synapses = Object.fromEntries(
    Object.entries(made.synapses).map(([name, group], g): [string, SynapseGroup] => {
      const optimiser = group.rule && optimisers[(k + g) % optimisers.length];
      const dials = (k + g) % 4 === 0 && { bounds: [-1.5, 1.5] as const, plastic: 0.7 };
      const own = group.rule && !plain && (k + g) % 5 < 2 ? copying(group, k + g) : {};
      return [name, { ...group, ...dials, ...own, ...(optimiser && { optimiser }) }];
    }),
  );
  const globals = { pulse: clock(({ t }) => (t > 2 ? 1 : 0.5)) };
  return {
    definition: circuit<string, string, string>({
      neurons,
      synapses,
      feedback,
      losses,
      outputs,
      ...(!plain && { globals }),
    }),
    trial,
  };
}
