/**
 * One map of the five systems and RFLO: how local each rule is, according to its certificate, against what it reaches on the same images and on the
 * same movement. Runs both sweeps, or resumes them, and draws the results.
 *
 *     npx tsx scenarios/figures/map.ts runs/rosenbaum-map
 *     npx tsx scenarios/figures/map.ts runs/rosenbaum-map-quick --quick --seeds 3
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as Plot from '@observablehq/plot';
import { lastValueFrom } from 'rxjs';
import { build, certifyLearner, quartiles, sweep, type Scenario, type SweepData } from 'rxflo';
import images from '../rosenbaum-map.ts';
import movement from '../rosenbaum-map-movement.ts';
import { asked } from './asked.ts';
import { COLOURS, write } from './sheet.ts';

const { directory, size } = asked('runs/rosenbaum-map', ['quick', 'seeds']);

/** The locality classes that occur here, the most local first. */
const CLASSES = [
  'two-factor local',
  'three-factor, global scalar',
  'three-factor, broadcast vector through fixed feedback',
];

async function swept(name: string): Promise<SweepData> {
  const to = join(directory, name);
  const scenario = new URL(`../${name}.ts`, import.meta.url);
  const done = await lastValueFrom(sweep({ scenario, directory: to, ...size, resume: existsSync(to), workers: 2 }));
  if (done.type !== 'done') throw new Error(`${to}: the sweep did not finish`);
  return done.data;
}

interface Place {
  readonly system: string;
  readonly locality: string;
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** The place of each system of a sweep on the map, at the rate with the best median over the seeds. */
function places(
  { cells }: SweepData,
  of: Scenario,
  value: (one: NonNullable<SweepData['cells'][number]['realizations'][number]>) => number,
  better: 1 | -1,
): Place[] {
  const best = new Map<string, Place>();
  for (const { values, realizations } of cells) {
    const system = String(values['system']);
    // Divergence counts as the worst possible result.
    const worst = better === 1 ? 0 : Infinity;
    const reached = (number: number) => (Number.isNaN(number) ? worst : number);
    const found = quartiles(realizations.flatMap((one) => (one ? [reached(value(one))] : [])));
    const known = best.get(system);
    if (Number.isNaN(found.median)) continue;
    if (known && better * (found.median - known.median) <= 0) continue;
    const { circuit, learners } = of.plan({ settings: { system } });
    const { class: locality } = certifyLearner(build(circuit, 1), {
      ...{ name: 'local', algorithm: 'local', feedback: learners[0].feedback },
    });
    best.set(system, { system, locality, ...found });
  }
  return [...best.values()];
}

const onImages = places(await swept('rosenbaum-map'), images, ({ scores }) => scores['accuracy'] ?? NaN, 1);
const onMovement = places(await swept('rosenbaum-map-movement'), movement, ({ finalLoss }) => finalLoss, -1);

for (const [what, all] of [
  ['accuracy', onImages],
  ['deviation', onMovement],
] as const) {
  // prettier-ignore
  console.log(`| system | class | ${what} |\n| --- | --- | --- |`);
  for (const { system, locality, low, median, high } of all) {
    console.log(
      `| ${system} | ${locality} | ${median.toPrecision(3)} [${low.toPrecision(3)}, ${high.toPrecision(3)}] |`,
    );
  }
}

/** A panel: systems in rows, by class and then by result. */
function panel(heading: string, label: string, all: readonly Place[], better: 1 | -1) {
  const rank = ({ system, locality }: Place) => {
    if (!CLASSES.includes(locality))
      throw new Error(`${system} has a class for which the map has no colour: ${locality}`);
    return CLASSES.indexOf(locality);
  };
  const rows = [...all].sort((a, b) => rank(a) - rank(b) || better * (b.median - a.median));
  return {
    ...{ heading, marginLeft: 200, marginRight: 20 },
    x: { label, grid: true, tickFormat: '~g', ...(better === 1 ? { domain: [0, 1] } : { type: 'log' as const }) },
    y: { domain: rows.map(({ system }) => system), label: null },
    color: { domain: CLASSES, range: [COLOURS[0], COLOURS[2], COLOURS[1]] },
    symbol: { domain: CLASSES, range: ['circle', 'square', 'triangle'] as const },
    marks: [
      Plot.ruleY(rows, { y: 'system', x1: 'low', x2: 'high', stroke: 'locality', strokeWidth: 3 }),
      Plot.dot(rows, { y: 'system', x: 'median', stroke: 'locality', fill: 'locality', symbol: 'locality', r: 5 }),
    ],
  };
}

write(join(directory, 'map'), {
  title: 'How local each rule is, and what it reaches',
  caption:
    'Systems in the order of their locality class, from the certificate: circles, two-factor local; squares, with a global scalar; triangles, with a vector ' +
    'broadcast through fixed feedback. Median and quartiles over the seeds, each system at its own best rate. Left: the same images. Right: the same movement.',
  keys: CLASSES,
  keyColours: [COLOURS[0], COLOURS[2], COLOURS[1]],
  ...{ width: 560, height: 340 },
  panels: [
    panel('The same images', 'Test images classified rightly (fraction)', onImages, 1),
    panel('The same movement', 'Deviation from the target in the test', onMovement, -1),
  ],
});
