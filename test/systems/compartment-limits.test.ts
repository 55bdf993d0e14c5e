import { expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit, clock, oneToOne } from '../../src/circuit/index.ts';
import { input, linear, neuron } from '../../src/neurons/index.ts';
import { constant, normal, stream } from '../../src/random/index.ts';
import { apical, predict } from '../../scenarios/systems/compartments.ts';

// Where the limits of the compartments' local rules are known exactly: in a linear network, h(t) = J h(t-1), from random states.

/** The neuron of the compartment circuit with a linear soma, and bursts that are credit as it is. */
const linearPyramidal = neuron({
  name: 'linear-pyramidal',
  params: {},
  ports: { basal: 'h', proximal: null, feedback: null, apical: 'c', apicalHeld: null, backward: null },
  state: { h: 0, m: 0, f: 0, c: 0, b: 0, e: 0 },
  step: ({ f, c, basal, proximal, feedback, apical: onApical, apicalHeld, backward }) => ({
    h: basal,
    m: basal - proximal,
    f: feedback,
    c: onApical,
    b: apicalHeld,
    e: f + backward - c,
  }),
  sends: ({ h, b }) => ({ out: h, rate: h, burst: b }),
  shows: ({ m, e }) => ({ mismatch: m, surprise: e }),
});

const [J, Wout, G] = [[[0.5, -0.3], [0.2, 0.4]], [[0.7, -0.4]], [[0.1, 0.8]]]; // prettier-ignore
const transposed = (M: readonly (readonly number[])[]) => M[0].map((_, j) => M.map((row) => row[j]));
const times = (M: readonly (readonly number[])[], v: readonly number[]) =>
  M.map((row) => row.reduce((sum, m, k) => sum + m * v[k], 0));

const credit = {
  ...({ to: 'h', port: 'apical', delay: 0, learns: 'at once', weights: normal({ sd: 0.3 }) } as const),
  ...{ rule: apical({ eta: 0.3 }), also: { port: 'apicalHeld', weight: 'held' } },
};
const built = build(
  circuit({
    neurons: { x: input(2), teacher: input(1), h: linearPyramidal(2), y: linear(1), e: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', port: 'basal', weights: J },
      input: { from: 'x', to: 'h', port: 'basal', weights: constant(1), connect: oneToOne() },
      readout: { from: 'h', to: 'y', weights: Wout },
      target: { from: 'teacher', to: 'e', weights: constant(1) },
      answer: { from: 'y', to: 'e', weights: constant(-1) },
      feedback: { from: 'e', to: 'h', port: 'feedback', weights: transposed(Wout) },
      predict: {
        ...({ from: 'h', to: 'h', port: 'proximal', learns: 'at once' } as const),
        ...{ weights: normal({ sd: 0.3 }), rule: predict({ eta: 0.3 }) },
      },
      backward: { from: 'h', to: 'h', port: 'backward', carries: 'burst', delay: 0, weights: transposed(J) },
      apical: { ...credit, from: 'h' },
      label: { ...credit, from: 'teacher' },
    },
    globals: { hold: clock(({ t }) => (t > 0 ? 1 : 0)) },
    outputs: ['y'],
  }),
  1,
);

it('predictive synapses become the Jacobian, and apical ones the exact credit', () => {
  const engine = new ActorEngine(built, { schedule: 'trial', feedback: 'random' });
  const random = stream(1, 'states');
  for (let number = 1; number <= 2500; number++) {
    const first = [2 * random() - 1, 2 * random() - 1];
    const targets = [first, times(J, first)].map((h) => times(G, h)[0]);
    const played = [...first, targets[0], 0, 0, targets[1]];
    engine.trial({ timesteps: 2, input: Float64Array.from(played), target: Float64Array.from(targets) }, { number });
  }
  const weights = engine.weights();
  J.flat().forEach((w, k) => {
    expect(weights['predict'][k]).toBeCloseTo(w, 9);
  });
  // X = Wout' (G - Wout) + J' X J: credit is X h, of which A has what is of the state, and A^y what is of the target.
  let X = [[0, 0], [0, 0]]; // prettier-ignore
  for (let n = 0; n < 200; n++) {
    X = [0, 1].map((i) =>
      [0, 1].map((j) => {
        const back = J.flatMap((row, k) => J.map((other, m) => row[i] * X[k][m] * other[j]));
        return Wout[0][i] * (G[0][j] - Wout[0][j]) + back.reduce((sum, each) => sum + each, 0);
      }),
    );
  }
  X.flat().forEach((x, k) => {
    const learned = weights['apical'][k] + weights['label'][Math.floor(k / 2)] * G[0][k % 2];
    expect(learned).toBeCloseTo(x, 9);
    expect(Math.abs(x)).toBeGreaterThan(0.01);
  });
});
