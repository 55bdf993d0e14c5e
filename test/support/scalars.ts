import { build, circuit, clock, fromTask, type BuiltCircuit, type Circuit } from '../../src/circuit/index.ts';
import { floor, tanh } from '../../src/local/index.ts';
import { input, neuron } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { eligibility, plasticityRule } from '../../src/rules/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { heartCircuit } from './heart.ts';

/** Moves in one phase of its circuit and stands still in the other; its message grows with what the task answered. */
export const phased = neuron({
  name: 'phased',
  params: { tau: 3 },
  ports: { u: 'v' },
  state: { v: 0.2 },
  globals: ['phase', 'reward'],
  step: ({ v, u, global, tau }) => ({ v: v + (global.phase * (tanh(u) - v)) / tau }),
  sends: ({ v, global }) => ({ out: v * (1 + 0.5 * global.reward) }),
});

/** Learns by reward, in a phase, and less where a critic sends much. */
export const rewarded = plasticityRule({
  name: 'rewarded',
  params: { eta: 0.2 },
  globals: ['reward', 'phase', 'critic'],
  state: { e: eligibility, m: 0 },
  trace: ({ e, m, global }) => ({ m: 0.8 * m + global.phase * e }),
  change: ({ m, pre, post, global, eta }) =>
    eta * ((global.reward - global.critic) * m + 0.1 * global.phase * pre.out * post.out),
});

/** Circuit number k over the language of neurons, with global scalars of every kind. */
export function scalarCircuit(k: number): {
  readonly circuit: Circuit;
  readonly built: BuiltCircuit;
  readonly trial: Trial;
} {
  const { circuit: base, trial } = heartCircuit(k, { spikes: k % 2 === 0 });
  const random = stream(k, 'scalars');
  const [output] = base.outputs;
  const sources = Object.keys(base.neurons);
  const synapses = Object.fromEntries(
    Object.entries(base.synapses).map(([name, group]) => [
      name,
      { ...group, ...(random() < 0.6 && { rule: rewarded() }) },
    ]),
  );
  const definition = circuit<string, string, string>({
    neurons: { ...base.neurons, p: phased(3), c: input(1) },
    synapses: {
      ...synapses,
      intoP: { from: sources[1], to: 'p', weights: normal({ sd: 0.8 }), rule: rewarded() },
      outOfP: { from: 'p', to: output, weights: normal({ sd: 0.5 }), delay: k % 3, rule: rewarded() },
    },
    feedback: base.feedback,
    losses: base.losses,
    outputs: base.outputs,
    globals: {
      phase: clock(({ t, count }) => (count - 5 * floor(count / 5) < 3 ? 1 : 1 / (1 + t))),
      reward: fromTask({ start: 0.5 }),
      critic: random() < 0.5 ? { from: 'p', neuron: 1 } : { from: 'c' },
    },
  });
  const built = build(definition, k);
  const more = Float64Array.from({ length: trial.timesteps }, () => 2 * random() - 1);
  const width = trial.input.length / trial.timesteps;
  const both = Float64Array.from({ length: trial.timesteps * (width + 1) }, (_, at) => {
    const [t, channel] = [Math.floor(at / (width + 1)), at % (width + 1)];
    return channel < width ? trial.input[t * width + channel] : more[t];
  });
  return { circuit: definition, built, trial: { ...trial, input: both } };
}
