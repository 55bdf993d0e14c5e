/**
 * How learned coefficients of further terms help random feedback (Shervani-Tabar & Rosenbaum 2023): over the episodes of rosenbaum-meta.ts, the angle
 * between the errors of each hidden layer and those of backprop at the end of an episode, and the distance of its weights from orthonormal rows.
 *
 *     npx tsx scenarios/figures/meta.ts runs/meta --seeds 3
 *     npx tsx scenarios/figures/meta.ts runs/meta-quick --quick
 */
import { join } from 'node:path';
import * as Plot from '@observablehq/plot';
import { lastValueFrom, tap } from 'rxjs';
import { quartiles, train, type Quartiles } from 'rxflo';
import { metaScenario, sizesOf } from '../rosenbaum-meta.ts';
import { measured, type LayerMeasures } from '../systems/layer-measures.ts';
import type { Episode } from '../systems/meta-plasticity.ts';
import { asked } from './asked.ts';
import { COLOURS, write, type Sheet } from './sheet.ts';

const { directory, size } = asked('runs/meta', ['quick', 'seeds']);
const RULES = ['random feedback', 'and error by error', 'and Oja', 'all three'];
const [EPISODES, WINDOW] = size.quick ? [10, 5] : [250, 25];
const seeds = Array.from({ length: size.seeds ?? 1 }, (_, k) => k + 1);
const network = { images: '', shrink: 4 };
const sizes = sizesOf(network);
/** Hidden layers, from 1 on. */
const HIDDEN = sizes.slice(1, -1).map((_, k) => k + 1);

/** For a layer, the angle between its errors and those of backprop, degrees, and E. */
type Measure = 'angle' | 'unorthonormal';

function measuredOn({ query }: Episode, weights: Parameters<typeof measured>[0]): LayerMeasures[] {
  const classes = sizes[sizes.length - 1];
  return measured(weights, {
    ...{ sizes, beta: 10, inputs: query.map(({ input }) => Float64Array.from(input)) },
    labels: query.map(({ label }) => Float64Array.from({ length: classes }, (_, i) => Number(i === label))),
  });
}

/** The results of each episode, layer by layer. */
async function episodesOf(rule: string, seed: number): Promise<readonly (readonly LayerMeasures[])[]> {
  const found: (readonly LayerMeasures[])[] = [];
  const scenario = metaScenario(undefined, ({ weights }, episode) => {
    found.push(measuredOn(episode, weights));
  });
  const { circuit, task, learners } = scenario.plan({
    settings: { rule, ...network, tests: 1 },
  });
  const [{ algorithm, ...how }] = learners;
  await lastValueFrom(
    train({ circuit, task, seed, trials: EPISODES, learner: { learner: algorithm, ...how } }).pipe(
      tap((event) => {
        if (event.type === 'failed') throw event.error;
      }),
    ),
  );
  return found;
}

interface Point extends Quartiles {
  readonly rule: string;
  readonly measure: Measure;
  readonly layer: number;
  readonly episode: number;
}

/** The mean of each window of episodes; median and quartiles over the seeds. */
function points(rule: string, runs: readonly (readonly (readonly LayerMeasures[])[])[]): Point[] {
  return (['angle', 'unorthonormal'] as const).flatMap((measure) =>
    HIDDEN.flatMap((layer) =>
      Array.from({ length: EPISODES / WINDOW }, (_, window) => {
        const means = runs.map((run) => {
          const part = run.slice(window * WINDOW, (window + 1) * WINDOW);
          return part.reduce((sum, layers) => sum + layers[layer - 1][measure], 0) / part.length;
        });
        return { rule, measure, layer, episode: (window + 0.5) * WINDOW, ...quartiles(means) };
      }),
    ),
  );
}

const all: Point[] = [];
for (const rule of RULES) {
  const runs: (readonly (readonly LayerMeasures[])[])[] = [];
  for (const seed of seeds) runs.push(await episodesOf(rule, seed));
  const own = points(rule, runs);
  all.push(...own);
  for (const measure of ['angle', 'unorthonormal'] as const) {
    const at = (episode: number) =>
      own
        .filter((point) => point.measure === measure && point.episode === episode)
        .map(({ low, median, high }) => `${median.toPrecision(3)} [${low.toPrecision(3)}, ${high.toPrecision(3)}]`)
        .join(', ');
    const [first, last] = [WINDOW / 2, EPISODES - WINDOW / 2];
    console.log(`${rule}, ${measure}: first ${WINDOW} episodes ${at(first)}; last ${at(last)}`);
  }
}

function panel(measure: Measure, layer: number): Sheet['panels'][number] {
  const shown = all.filter((point) => point.measure === measure && point.layer === layer);
  return {
    heading: measure === 'angle' ? `Errors of layer ${layer} to backprop's (degrees)` : `E of layer ${layer}`,
    color: { domain: RULES, range: [...COLOURS.slice(0, RULES.length)] },
    x: { label: 'Episodes' },
    y: { label: null, ...(measure === 'angle' ? {} : { type: 'log' as const, tickFormat: '~g' }) },
    marks: [
      Plot.areaY(shown, { x: 'episode', y1: 'low', y2: 'high', fill: 'rule', fillOpacity: 0.14 }),
      Plot.line(shown, { x: 'episode', y: 'median', stroke: 'rule', strokeWidth: 1.8 }),
    ],
  };
}

for (const measure of ['angle', 'unorthonormal'] as const) {
  write(join(directory, measure === 'angle' ? 'angles' : 'orthonormality'), {
    title:
      measure === 'angle'
        ? "Angles between a layer's errors and backprop's, over episodes"
        : 'Distance from orthonormal rows, over episodes',
    caption: `At the end of an episode: means over ${WINDOW} episodes, median and quartiles over ${seeds.length} seeds.`,
    keys: RULES,
    panels: HIDDEN.map((layer) => panel(measure, layer)),
  });
}
