/**
 * The eigenvalues of W while fixed points learn to classify (Zhu & Rosenbaum 2024), as in rosenbaum-fixed-points.ts: the largest real part, for
 * dW1, dW3 and dW4 at several rates. Above 1 the network at rest is unstable.
 *
 *     npx tsx scenarios/figures/fixed-points.ts runs/fixed-points --seeds 3
 *     npx tsx scenarios/figures/fixed-points.ts runs/fixed-points-quick --quick
 */
import { join } from 'node:path';
import * as Plot from '@observablehq/plot';
import { quartiles } from 'rxflo';
import scenario from '../rosenbaum-fixed-points.ts';
import { asked } from './asked.ts';
import { COLOURS, write } from './sheet.ts';
import { spectrumOf } from './spectrum.ts';
import { watched } from './watched.ts';

const { directory, size } = asked('runs/fixed-points', ['quick', 'seeds']);
const RULES = ['dW1', 'dW3', 'dW4'];
const RATES = size.quick ? [0.1, 0.3] : [0.01, 0.03, 0.1, 0.3];
const [BATCH, BATCHES] = [20, size.quick ? 20 : 200];
const seeds = Array.from({ length: size.seeds ?? 1 }, (_, k) => k + 1);

interface Reading {
  readonly batch: number;
  readonly rightmost: number;
}

/** The largest real part of an eigenvalue, about thirty times during learning. */
async function readings(rule: string, rate: number, seed: number): Promise<readonly Reading[]> {
  const plan = scenario.plan({ settings: { rule, rate, tests: 1 }, seed, trials: BATCH * BATCHES });
  const every = BATCH * Math.ceil(BATCHES / 30);
  const found: Reading[] = [];
  await watched(plan, { group: 'recurrent', every }, (W, trial) => {
    found.push({ batch: trial / BATCH, rightmost: spectrumOf(W).rightmost });
  });
  return found;
}

const courses: (Reading & { readonly rule: string; readonly rate: number; readonly seed: number })[] = [];
for (const rule of RULES) {
  for (const rate of RATES) {
    const ends: number[] = [];
    for (const seed of seeds) {
      const found = await readings(rule, rate, seed);
      courses.push(...found.map((reading) => ({ ...reading, rule, rate, seed })));
      ends.push(found[found.length - 1].rightmost);
    }
    const { low, median, high } = quartiles(ends);
    console.log(`${rule} at ${rate}: ${median.toPrecision(3)} [${low.toPrecision(3)}, ${high.toPrecision(3)}]`);
  }
}

write(join(directory, 'eigenvalues'), {
  title: 'Eigenvalues of W while fixed points learn to classify',
  caption: `The largest real part of an eigenvalue of W; one line for each of ${seeds.length} seeds. Dotted: 1, above which the network at rest is unstable.`,
  keys: RATES.map((rate) => `rate ${rate}`),
  panels: RULES.map((rule) => ({
    ...{ heading: rule, color: { domain: RATES, range: [...COLOURS.slice(0, RATES.length)] } },
    x: { label: `Batches of ${BATCH} images` },
    y: { label: 'Largest real part', domain: [0, 3.5], clamp: true },
    marks: [
      Plot.ruleY([1], { strokeDasharray: '2,3' }),
      Plot.line(
        courses.filter((course) => course.rule === rule),
        { x: 'batch', y: 'rightmost', stroke: 'rate', z: ({ rate, seed }: { rate: number; seed: number }) => `${rate} ${seed}` }, // prettier-ignore
      ),
    ],
  })),
});
