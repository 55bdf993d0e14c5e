import { clock, fromTask, type Global, type Repeat } from '../../../src/circuit/index.ts';
import { floor, sqrt } from '../../../src/local/index.ts';
import { crossEntropy, loss } from '../../../src/losses/index.ts';
import type { Population } from '../../../src/neurons/index.ts';
import { adam, momentum, optimiser } from '../../../src/optimisers/index.ts';
import type { PlasticityRule } from '../../../src/rules/index.ts';
import { falling } from './rules.ts';

// Optimisers, losses and global scalars of circuits over the whole language.

/** Takes less of a change, the larger the weight is; how much less may change. */
const shy = optimiser({
  name: 'shy',
  params: { eta: 0.5, part: 0.5 },
  tunable: ['eta', 'part'],
  step: ({ change, w, eta, part }) => ({ change: (eta * change) / (1 + part * w * w) }),
});

export const optimisers = [
  () => adam({ eta: 0.02 }),
  () => momentum({ eta: 0.5 }),
  () => shy(),
  () => shy({ eta: falling(0.5) }),
] as const;

export const losses = [
  crossEntropy,
  loss({ name: 'robust', loss: ({ y, target }) => sqrt(1 + (target - y) * (target - y)) }),
  loss({
    name: 'shared',
    sums: { all: ({ y }) => y * y },
    loss: ({ y, target, all }) => (target - y) * (target - y) * (1 + 0.1 * all),
  }),
  loss({
    name: 'quartic',
    loss: ({ y, target }) => 0.25 * (target - y) * (target - y) * (target - y) * (target - y),
    error: ({ y, target }) => (target - y) * (target - y) * (target - y),
  }),
] as const;

/** The global scalars that rules and neurons name. */
export function globalsFor(
  populations: readonly Population[],
  learning: readonly PlasticityRule[],
  repeat: Repeat | undefined,
  neuronScalar: () => Global,
): Readonly<Record<string, Global>> {
  // Until a timestep has settled nobody knows which sweep is the last.
  const swept = repeat?.until ? clock(({ sweep }) => 1 / (1 + sweep)) : clock(({ sweep, last }) => last + 0.5 * sweep);
  const all: Readonly<Record<string, () => Global>> = {
    share: () => clock(({ t }) => 1 / t),
    pulse: () => (repeat ? swept : clock(({ t }) => (t > 2 ? 1 : 0.5))),
    phase: () =>
      clock(({ t, count, every }) => (count - every * floor(count / every) < 3 ? 1 : 1 / (1 + t)), { every: 5 }),
    reward: () => fromTask({ start: 0.5 }),
    critic: neuronScalar,
    tone: neuronScalar,
  };
  const named = new Set([
    ...learning.flatMap(({ globals = [] }) => globals),
    ...populations.flatMap(({ model }) =>
      Object.values(model?.readings ?? {}).flatMap((reading) => (reading.of === 'global' ? [reading.name] : [])),
    ),
  ]);
  return Object.fromEntries([...named].map((name) => [name, all[name]()]));
}
