/**
 * The effect of Oja's rule inside a layered network (Shervani-Tabar, Mirhoseini & Rosenbaum 2024), with and without it, over the images seen: the
 * distance of W_l from orthonormal rows on the rates that it receives, the norm of W_l, the number of directions in which a layer's rates vary, and
 * with random feedback the angle between its errors and those of backprop. One figure for each network of rosenbaum-oja.ts.
 *
 *     npx tsx scenarios/figures/oja.ts runs/oja --seeds 3
 *     npx tsx scenarios/figures/oja.ts runs/oja-quick --quick
 */
import { join } from 'node:path';
import * as Plot from '@observablehq/plot';
import { lastValueFrom, tap } from 'rxjs';
import { quartiles, RunError, train, type GroupWeights, type Plan } from 'rxflo';
import scenario, { sizesOf } from '../rosenbaum-oja.ts';
import { measured, type Asked, type LayerMeasures } from '../systems/layer-measures.ts';
import { asked } from './asked.ts';
import { COLOURS, write, type Sheet } from './sheet.ts';

const { directory, size } = asked('runs/oja', ['quick', 'seeds']);
const NETWORKS = ['5 layers random feedback', '10 layers', '5 layers', '5 layers half weights'];
const networks = size.quick ? NETWORKS.slice(0, 1) : NETWORKS;
const seeds = Array.from({ length: size.seeds ?? 1 }, (_, k) => k + 1);
const [TIMES, TESTS] = size.quick ? [5, 50] : [20, 200];
const RATES = [0, 0.001];

type Measure = keyof LayerMeasures;
const MEASURES: Readonly<Record<Measure, string>> = {
  unorthonormal: 'E, distance from orthonormal rows',
  norm: 'Norm of W',
  participation: 'Participation ratio of rates',
  angle: "Angle to backprop's errors (degrees)",
};

/** The test images, as presented to the circuit. */
function askedOf({ task }: Plan, sizes: readonly number[]): Asked {
  const { test } = task;
  if (!test) throw new Error('the task has no test');
  const all = Array.from({ length: TESTS }, (_, k) => test.trial(k + 1, () => 0));
  return {
    ...{ sizes, beta: 10, inputs: all.map(({ input }) => input.slice(0, sizes[0])) },
    labels: all.map(({ target }) => target),
  };
}

interface Reading {
  readonly images: number;
  readonly layers: readonly LayerMeasures[];
}

/** Runs a network and measures it at intervals, until it ends or diverges. */
async function readings(network: string, oja: number, seed: number): Promise<readonly Reading[]> {
  const plan = scenario.plan({ settings: { network, oja, tests: TESTS, measured: TIMES }, seed });
  const { circuit, task, trials = 1, probes } = plan;
  const [{ algorithm, ...how }] = plan.learners;
  const questions = askedOf(plan, sizesOf(network));
  const found: Reading[] = [];
  let weights: GroupWeights = {};
  await lastValueFrom(
    train({ circuit, task, seed, trials, probes, learner: { learner: algorithm, ...how } }).pipe(
      tap((event) => {
        if (event.type === 'failed') {
          if (!(event.error instanceof RunError && event.error.kind === 'diverged')) throw event.error;
          console.log(
            `${network}, Oja ${oja}, seed ${seed}: diverged, after ${found.at(-1)?.images ?? 0} images at least`,
          );
        }
        if (event.type !== 'probe') return;
        weights = { ...weights, [event.probe]: event.values };
        if (Object.keys(weights).length < Object.keys(probes).length) return;
        found.push({ images: event.trial, layers: measured(weights, questions) });
        weights = {};
      }),
    ),
  );
  return found;
}

interface Point extends Readonly<Record<Measure, number>> {
  readonly network: string;
  readonly oja: number;
  readonly images: number;
  readonly layer: number;
}

/** Medians over the seeds, as long as none has diverged. */
function medians(network: string, oja: number, runs: readonly (readonly Reading[])[]): Point[] {
  const [shortest] = [...runs].sort((one, other) => one.length - other.length);
  return shortest.flatMap(({ images, layers }, at) =>
    layers.map((_, k) => {
      const of = (measure: Measure) => quartiles(runs.map((run) => run[at].layers[k][measure])).median;
      const all = { norm: of('norm'), unorthonormal: of('unorthonormal'), participation: of('participation') };
      return { network, oja, images, layer: k + 1, ...all, angle: of('angle') };
    }),
  );
}

function panel(measure: Measure, points: readonly Point[], layers: readonly number[]): Sheet['panels'][number] {
  const shown = points.filter(({ layer }) => layers.includes(layer));
  const lines = (oja: number, strokeDasharray: string) =>
    Plot.line(
      shown.filter((point) => point.oja === oja),
      { x: 'images', y: measure, stroke: 'layer', strokeDasharray, strokeWidth: 1.8 },
    );
  return {
    heading: MEASURES[measure],
    color: { domain: [...layers], range: [...COLOURS.slice(0, layers.length)] },
    x: { label: 'Images seen', ticks: 4 },
    y: { label: null, ...(measure === 'unorthonormal' ? { type: 'log' as const, tickFormat: '~g' } : { zero: true }) },
    marks: [lines(RATES[0], '3,3'), lines(RATES[1], 'none')],
  };
}

for (const network of networks) {
  const points: Point[] = [];
  for (const oja of RATES) {
    const runs: (readonly Reading[])[] = [];
    for (const seed of seeds) runs.push(await readings(network, oja, seed));
    points.push(...medians(network, oja, runs));
    const last = points.slice(1 - sizesOf(network).length);
    for (const measure of Object.keys(MEASURES) as Measure[]) {
      console.log(
        `${network}, Oja ${oja}, ${measure} after ${last[0].images} images: ${last.map((point) => point[measure].toPrecision(3)).join(' ')}`,
      );
    }
  }
  const all = sizesOf(network)
    .slice(1)
    .map((_, k) => k + 1);
  // As many layers as there are colours.
  const layers = all.length > COLOURS.length ? all.filter((layer) => layer % 2 === 1) : all;
  const isRandom = network.endsWith('random feedback');
  const measures: readonly Measure[] = [
    'unorthonormal',
    'norm',
    'participation',
    ...(isRandom ? ['angle' as const] : []),
  ];
  write(join(directory, network.replaceAll(' ', '-')), {
    title: `Inside a network of ${network}, with and without Oja's rule`,
    caption: `${network}: medians over ${seeds.length} seeds, against the images seen, as long as none has diverged. Solid: with Oja's rule at 0.001; dashed: errors only.`,
    keys: layers.map((layer) => `layer ${layer}`),
    panels: measures.map((measure) => panel(measure, points, layers)),
  });
}
