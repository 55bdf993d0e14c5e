/**
 * The effect of inference sweeps on one sample, measured on circuits of predictive coding (Rosenbaum 2022): the factor by which FixedPred's updates
 * are smaller than those of backprop, how the energy of Strict falls, and how far its updates remain from those of backprop.
 *
 *     npx tsx scenarios/figures/predictive-coding.ts runs/predictive-coding
 */
import { join } from 'node:path';
import * as Plot from '@observablehq/plot';
import { ActorEngine, build, normal, stream, type Trial } from 'rxflo';
import { codingCircuit, type CodingNetwork } from '../systems/predictive-coding.ts';
import { asked } from './asked.ts';
import { COLOURS, write } from './sheet.ts';

const { directory } = asked('runs/predictive-coding', []);

const SIZES = [12, 10, 10, 8, 6, 4];
const L = SIZES.length - 1;
const SWEEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40];

const random = stream(1, 'predictive coding');
const sample: Trial = {
  timesteps: 1,
  input: Float64Array.from({ length: SIZES[0] + SIZES[L] }, () => 2 * random() - 1),
  target: new Float64Array(SIZES[L]),
};

type Inference = Pick<CodingNetwork, 'fixed' | 'n' | 'eta'>;

/** The updates from one sample, layer by layer, and the remaining energy: the loss plus half the squared errors of all layers. */
function learned(inference: Inference) {
  const network = codingCircuit({
    ...{ sizes: SIZES, beta: 10, loss: 'half-squared', rate: 1, ...inference },
    layers: SIZES.slice(1).map((_, k) => ({
      weights: normal({ sd: 1 / Math.sqrt(SIZES[k]) }),
      ...{ bias: normal({ sd: 0.1 }), activation: k + 1 === L ? 'linear' : 'tanh' },
    })),
  });
  const engine = new ActorEngine(build(network, 1), { schedule: 'trial', feedback: 'random' });
  const before = engine.weights();
  engine.trial(sample);
  const after = engine.weights();
  let energy = 0;
  const changes = SIZES.slice(1).map((_, k) => {
    const reader = engine.reader({ neurons: `l${k + 1}`, value: 'eps' });
    const eps = new Float64Array(reader.length);
    reader.read(eps, 0);
    energy += eps.reduce((sum, e) => sum + e * e, 0) / 2;
    return after[`w${k + 1}`].map((w, s) => w - before[`w${k + 1}`][s]);
  });
  return { changes, energy };
}

const size = (numbers: Float64Array) => Math.sqrt(numbers.reduce((sum, x) => sum + x * x, 0));
const exact = learned({ fixed: true, n: L, eta: 1 }).changes;

/** Pr[Binomial(n, p) >= least]. */
function atLeast(least: number, n: number, p: number): number {
  let [probability, sum] = [(1 - p) ** n, 0];
  for (let k = 0; k <= n; k++) {
    if (k >= least) sum += probability;
    probability *= ((n - k) / (k + 1)) * (p / (1 - p));
  }
  return sum;
}

const ETA = 0.1;
const layers = exact.map((_, k) => `layer ${k + 1}`);
const factors = SWEEPS.flatMap((n) => {
  const { changes } = learned({ fixed: true, n, eta: ETA });
  return changes.map((change, k) => ({ n, layer: layers[k], factor: size(change) / size(exact[k]) }));
});
const formula = Array.from({ length: 40 }, (_, k) => k + 1).flatMap((n) =>
  layers.map((layer, k) => ({ n, layer, factor: atLeast(L - k - 1, n - 1, ETA) })),
);
const energies = [0.05, 0.1, 0.2].flatMap((eta) =>
  [0, ...SWEEPS].map((n) => ({ n, eta: String(eta), energy: learned({ fixed: false, n, eta }).energy })),
);
const distances = [...SWEEPS, 60, 100, 200].flatMap((n) => {
  const { changes } = learned({ fixed: false, n, eta: ETA });
  return changes.map((change, k) => ({
    ...{ n, layer: layers[k] },
    distance: size(change.map((w, s) => w - exact[k][s])) / size(exact[k]),
  }));
});

const colour = { domain: layers, range: [...COLOURS.slice(0, L)] };
const worst = factors.map((one) => Math.abs(one.factor - (formula.find(({ n, layer }) => n === one.n && layer === one.layer)?.factor ?? NaN))); // prettier-ignore
console.log(`FixedPred: largest distance from the binomial factor ${Math.max(...worst)}`);
for (const n of [20, 200]) {
  const at = distances.filter((one) => one.n === n).map(({ distance }) => distance.toFixed(3));
  console.log(`Strict, ${n} sweeps: relative distance from backprop, layer by layer: ${at.join(' ')}`);
}
const energiesOf = (eta: string) => energies.filter((one) => one.eta === eta).map(({ energy }) => energy);
for (const eta of ['0.05', '0.1', '0.2']) {
  const all = energiesOf(eta);
  const falls = all.every((energy, k) => k === 0 || energy < all[k - 1]);
  console.log(`Strict, eta ${eta}: energy ${all[0].toFixed(4)} to ${all[all.length - 1].toFixed(4)}, ${falls ? 'falling throughout' : 'not falling throughout'}`); // prettier-ignore
}

write(join(directory, 'inference'), {
  title: 'What inference does to one sample: predictive coding against backprop',
  caption:
    'Left: the update of each layer by FixedPred, relative to that by backprop, against the sweeps of inference; circles are circuits, lines are ' +
    'Pr[Binomial(n - 1, eta) >= L - l]. Middle: the energy that Strict descends. Right: the distance of the updates by Strict from those by backprop.',
  keys: layers,
  panels: [
    {
      heading: `FixedPred, eta = ${ETA}`,
      color: colour,
      x: { label: 'Sweeps of inference n' },
      y: { label: "Size of the change / backprop's", domain: [0, 1.05] },
      marks: [
        Plot.line(formula, { x: 'n', y: 'factor', stroke: 'layer' }),
        Plot.dot(factors, { x: 'n', y: 'factor', stroke: 'layer', fill: 'white', r: 3 }),
      ],
    },
    {
      heading: 'Strict: energy',
      x: { label: 'Sweeps of inference n' },
      y: { label: 'Loss + half the squared errors', zero: true },
      marks: [
        Plot.line(energies, { x: 'n', y: 'energy', z: 'eta' }),
        Plot.dot(energies, { x: 'n', y: 'energy', fill: 'white', stroke: 'black', r: 3 }),
        Plot.text(
          energies.filter(({ n }) => n === 4),
          {
            x: 'n',
            y: 'energy',
            text: ({ eta }: { eta: string }) => `η = ${eta}`,
            dx: 6,
            dy: -7,
            textAnchor: 'start',
            stroke: 'white',
            strokeWidth: 4,
            fill: 'black',
          },
        ),
      ],
    },
    {
      heading: `Strict, eta = ${ETA}`,
      color: colour,
      x: { type: 'log', label: 'Sweeps of inference n' },
      y: { label: 'Relative distance from backprop', zero: true },
      marks: [
        Plot.line(distances, { x: 'n', y: 'distance', stroke: 'layer' }),
        Plot.dot(distances, { x: 'n', y: 'distance', stroke: 'layer', fill: 'white', r: 3 }),
      ],
    },
  ],
});
