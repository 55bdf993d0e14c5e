import { problemFormat, type Probe, type SessionEvent, type Task } from 'rxflo';
import { ojaCircuit } from '../systems/oja.ts';

type Matrix = readonly (readonly number[])[];

/** Layered networks that learn from each sample once, by errors carried back and by Oja's rule. */
export default problemFormat({
  format: 'rosenbaum-oja/1',
  read: (problem) => {
    const sizes = problem.numbers('sizes', { range: { least: 1, most: 100_000, whole: true } });
    if (sizes.length < 2) problem.refuse('sizes', `has ${sizes.length} layers; give 2 or more`);
    const activation = problem.part('activation');
    activation.choice('name', ['softplus']);
    const beta = activation.number('beta', { least: Number.MIN_VALUE });
    const layer = (l: number) => ({ length: sizes[l], each: `neuron of layer ${l}` });
    const shapes = sizes.slice(1).map((_, k) => ({ rows: layer(k + 1), columns: layer(k) }));
    const weights = problem.matrices('weights', shapes, 'layer but the first');
    const isSymmetric = problem.isWord('feedback');
    if (isSymmetric) problem.choice('feedback', ['symmetric']);
    const feedback = isSymmetric ? 'learned' : problem.matrices('feedback', shapes, 'layer but the first');
    const rates = problem.part('rates');
    const circuit = ojaCircuit(
      { sizes, beta, weights, feedback },
      { error: rates.number('error'), hebbianError: rates.number('hebbian_error'), oja: rates.number('oja') },
    );
    const outputs = sizes[sizes.length - 1];
    const samples = problem.several('samples').map((sample) => ({
      input: sample.numbers('input', { size: layer(0) }),
      label: sample.number('label', { least: 0, most: outputs - 1, whole: true }),
    }));
    if (samples.length === 0) problem.refuse('samples', 'is empty; give at least one');
    const task: Task = {
      ...{ name: 'samples', inputs: sizes[0] + outputs, outputs, settings: {} },
      trial: (index) => {
        const { input, label } = samples[index - 1];
        const target = Float64Array.from({ length: outputs }, (_, i) => (i === label ? 1 : 0));
        return { timesteps: 1, input: Float64Array.from([...input, ...target]), target };
      },
    };
    return async (run) => {
      const seen = watching(weights);
      const { loss, matrix } = await run({
        ...{ circuit, task, trials: samples.length, learner: { schedule: 'trial' } },
        ...{ probes: probesOf(sizes.length), watch: seen.watch },
      });
      const final = weights.map((_, k) => matrix(`forward${k + 1}`));
      return { loss, orthonormality: seen.orthonormality, first: seen.first(), weights: final };
    };
  },
});

/** Rates, errors, reconstructions and residuals of every layer, and the weights after the sample. */
function probesOf(layers: number): Readonly<Record<string, Probe>> {
  const read = (l: number, name: string, value: string): [string, Probe] => [
    `${name}${l}`,
    { neurons: `layer${l}`, value, everyTimesteps: 1 },
  ];
  const weight = (l: number): [string, Probe] => [
    `weight${l}`,
    { synapses: `forward${l}`, value: 'weight', everyTimesteps: 1 },
  ];
  return Object.fromEntries(
    Array.from({ length: layers }, (_, l): [string, Probe][] => [
      ...[read(l, 'rate', 'y'), read(l, 'error', 'd')],
      ...(l < layers - 1 ? [read(l, 'reconstruction', 'back'), read(l, 'residual', 'r')] : []),
      ...(l > 0 ? [weight(l)] : []),
    ]).flat(),
  );
}

/** Records the whole first sample, and the distance of each layer from orthonormal rows before each sample. */
function watching(initial: readonly Matrix[]) {
  let before: readonly Float64Array[] = initial.map((matrix) => Float64Array.from(matrix.flat()));
  let now: Record<string, Float64Array> = {};
  let first: Readonly<Record<string, Float64Array>> = {};
  const orthonormality: number[][] = [];
  const layers = (name: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, k) => [...first[`${name}${from + k}`]]);
  return {
    orthonormality,
    watch: (event: SessionEvent) => {
      if (event.type === 'probe') now = { ...now, [event.probe]: event.values };
      if (event.type !== 'trial') return;
      if (event.trial === 1) first = now;
      orthonormality.push(before.map((w, k) => squaredLength(w, now[`residual${k}`])));
      before = before.map((_, k) => now[`weight${k + 1}`]);
    },
    first: () => ({
      rates: layers('rate', 1, initial.length + 1),
      errors: layers('error', 0, initial.length + 1),
      reconstructions: layers('reconstruction', 0, initial.length),
      change: initial.map((matrix, k) =>
        matrix.map((row, i) => row.map((w, j) => first[`weight${k + 1}`][i * row.length + j] - w)),
      ),
    }),
  };
}

/** |W r|^2. */
function squaredLength(w: Float64Array, r: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < w.length; i += r.length) {
    const passed = r.reduce((total, x, j) => total + w[i + j] * x, 0);
    sum += passed * passed;
  }
  return sum;
}
