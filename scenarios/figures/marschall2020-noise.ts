/**
 * Bias and noise of online algorithms against the size of the network and the length of the trial: the noise of those that are exact on average, and
 * the bias of those without noise. Marschall, Cho & Savin (2020) propose such a comparison.
 *
 *     npx tsx scenarios/figures/marschall2020-noise.ts runs/noise
 *     npx tsx scenarios/figures/marschall2020-noise.ts runs/noise --seeds 5
 *     npx tsx scenarios/figures/marschall2020-noise.ts runs/noise-quick --quick
 *
 * One trial of the Add task with lags 5 and 9, in the untrained network of marschall2020-alignment.ts. What learners learn in addition to weights,
 * that is, DNI's credit and KeRNL's kernels, was learned from the 3,000 timesteps before, at these weights.
 */
import { join } from 'node:path';
import * as Plot from '@observablehq/plot';
import {
  ActorEngine,
  addition,
  bptt,
  build,
  dni,
  fitPowerLaw,
  kernl,
  kfRtrl,
  loadEngines,
  ok,
  quartiles,
  rKfRtrl,
  snap,
  spreadOf,
  stream,
  uoro,
  type BuiltCircuit,
  type LearningAlgorithm,
  type Quartiles,
  type Trial,
} from 'rxflo';
import { unifiedCircuit } from '../systems/unified.ts';
import { asked } from './asked.ts';
import { apart } from './courses.ts';
import { COLOURS, write, type Sheet } from './sheet.ts';

const { directory, size } = asked('runs/noise', ['quick', 'seeds']);
const seeds = Array.from({ length: size.seeds ?? (size.quick ? 1 : 3) }, (_, k) => k + 1);
const [REPEATS, BEFORE] = size.quick ? [10, 300] : [20, 3000];
const SIZES = size.quick ? [4, 8, 16] : [8, 16, 32, 64];
const TIMES = size.quick ? [10, 20, 50] : [10, 20, 50, 100, 200];
/** The fixed value of each while the other changes. */
const [UNITS, TIMESTEPS] = [SIZES[1], 50];

const LEARNERS = {
  noise: { UORO: uoro(), 'R-KF-RTRL': rKfRtrl(), 'KF-RTRL': kfRtrl(), 'OK(1)': ok(1), 'OK(2)': ok(2) },
  bias: { RFLO: null, KeRNL: kernl({ sigma: 1e-3, eta: 5 }), 'SnAp-1': snap(1), DNI: dni({ creditRate: 0.02 }) },
} satisfies Readonly<Record<string, Readonly<Record<string, LearningAlgorithm | null>>>>; // prettier-ignore

/** A learner's engine; without an algorithm, the circuit's own rules. */
function opened(circuit: BuiltCircuit, algorithm: LearningAlgorithm | null, seed: number) {
  const how = { schedule: 'trial', feedback: 'symmetric', seed } as const;
  return algorithm ? algorithm.open(circuit, how) : new ActorEngine(circuit, how);
}

/** Repeated estimates of a learner for one trial at these weights: the updates of hidden synapses. */
function estimates(engine: ReturnType<typeof opened>, trial: Trial, from: number, repeats: number) {
  const before = engine.weights();
  const hidden = ['recurrent', 'input', 'bias'];
  return Array.from({ length: repeats }, (_, k) => {
    engine.trial(trial, { number: from + k });
    const after = engine.weights();
    engine.setWeights(before);
    return Float64Array.from(hidden.flatMap((group) => Array.from(after[group], (w, n) => w - before[group][n])));
  });
}

/** Bias and noise of a learner, for a network size and a trial length. */
function spread(algorithm: LearningAlgorithm | null, units: number, timesteps: number, seed: number) {
  const circuit = build(unifiedCircuit({ inputs: 2, units, outputs: 2, tau: 1, eta: 1 }), seed);
  const task = addition({ first: 5, second: 9, timesteps });
  const trialOf = (index: number) => task.trial(index, stream(seed, 'noise', index));
  const engine = opened(circuit, algorithm, seed);
  const weights = engine.weights();
  const earlier = Math.ceil(BEFORE / timesteps);
  for (let index = 1; index <= earlier && Object.keys(engine.carried()).length > 0; index++) {
    engine.trial(trialOf(index), { number: index });
    engine.setWeights(weights);
  }
  const trial = trialOf(earlier + 1);
  const [exact] = estimates(opened(circuit, bptt(), seed), trial, 1, 1);
  return spreadOf(estimates(engine, trial, earlier + 1, REPEATS), exact);
}

interface Point extends Quartiles {
  readonly name: string;
  readonly kind: keyof typeof LEARNERS;
  readonly colour: string;
  readonly at: number;
}

await loadEngines([{ engine: 'kernels' }]);

/** The values of every learner, over the network sizes or trial lengths `at`. */
function pointsOver(along: 'units' | 'timesteps', values: readonly number[]): readonly Point[] {
  let order = 0;
  return (['noise', 'bias'] as const).flatMap((kind) =>
    Object.entries<LearningAlgorithm | null>(LEARNERS[kind]).flatMap(([name, algorithm]) => {
      const colour = COLOURS[order++ % COLOURS.length];
      const points = values.map((at) => {
        const [units, timesteps] = along === 'units' ? [at, TIMESTEPS] : [UNITS, at];
        const found = seeds.map((seed) => spread(algorithm, units, timesteps, seed)[kind]);
        return { name, kind, colour, at, ...quartiles(found) };
      });
      const law = fitPowerLaw(points.map((point) => [point.at, point.median]));
      const cells = points.map(({ median, low, high }) => `${short(median)} [${short(low)}, ${short(high)}]`);
      console.log(`| ${name} | ${kind} | ${cells.join(' | ')} | ${law ? law.exponent.toFixed(2) : '-'} |`);
      return points;
    }),
  );
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** A panel: noise solid, bias dashed, each line labelled at its end. */
function panel(
  heading: string,
  label: string,
  values: readonly number[],
  points: readonly Point[],
): Sheet['panels'][number] {
  const last = values[values.length - 1];
  const all = points.flatMap(({ low, high }) => [low, high]);
  const names = apart(
    points.flatMap((point) => (point.at === last ? [{ ...point, at: Math.log10(point.median) }] : [])),
    (Math.log10(Math.max(...all)) - Math.log10(Math.min(...all))) / 24,
  );
  return {
    heading,
    ...{ marginRight: 84, marginLeft: 56 },
    x: { type: 'log', label, domain: [values[0], last], ticks: [...values], tickFormat: 'd' },
    y: { type: 'log', label: "Bias or noise, over the exact gradient's length", tickFormat: '~g', ticks: 4 },
    marks: [
      ...(['noise', 'bias'] as const).flatMap((kind) => {
        const shown = points.filter((point) => point.kind === kind);
        const at = { x: 'at', y: 'median', stroke: 'colour', z: 'name' };
        return [
          Plot.link(shown, { x1: 'at', x2: 'at', y1: 'low', y2: 'high', stroke: 'colour', strokeOpacity: 0.5 }),
          Plot.line(shown, { ...at, strokeWidth: 1.8, strokeDasharray: kind === 'noise' ? 'none' : '5,4' }),
          Plot.dot(shown, { ...at, fill: kind === 'noise' ? 'colour' : 'white', r: 3 }),
        ];
      }),
      Plot.text(names, { x: last, y: ({ at }: Point) => 10 ** at, text: 'name', fill: 'colour', textAnchor: 'start', dx: 8, fontSize: 11 }),
    ],
  }; // prettier-ignore
}

const head = (values: readonly number[]) => `| learner | what | ${values.join(' | ')} | exponent |\n|${' --- |'.repeat(values.length + 3)}`; // prettier-ignore
console.log(`\nN, T = ${TIMESTEPS}\n${head(SIZES)}`);
const bySize = pointsOver('units', SIZES);
console.log(`\nT, N = ${UNITS}\n${head(TIMES)}`);
const byTime = pointsOver('timesteps', TIMES);

write(join(directory, 'noise'), {
  title: 'Noise and bias against the size of the network and the length of the trial',
  caption:
    `Solid: the standard deviation of ${REPEATS} estimates, for learners that are exact on average. Dashed: the distance of the mean estimate from the exact gradient, for ` +
    'learners with hardly any noise. Both are divided by the length of the exact gradient; median and quartiles over the seeds.',
  ...{ width: 460, height: 380 },
  panels: [
    panel(`T = ${TIMESTEPS} timesteps`, 'Units N', SIZES, bySize),
    panel(`N = ${UNITS} units`, 'Timesteps T', TIMES, byTime),
  ],
});
