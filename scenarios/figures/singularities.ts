/**
 * Poles of the loss of fixed points in a linear network, and what they do to learning (Zhu & Rosenbaum 2024), in three figures.
 *
 *     npx tsx scenarios/figures/singularities.ts runs/singularities
 *     npx tsx scenarios/figures/singularities.ts runs/singularities-shorter --steps 200
 *     npx tsx scenarios/figures/singularities.ts runs/singularities-quick --quick
 *
 * Along lines: from the minimum in a random direction the loss has a pole wherever an eigenvalue of W is 1, and is a parabola in A = (I - W)^-1.
 * Learning: dW1, dW2 and dW3 by their formulas at several rates, the eigenvalues of W during learning, and the angles between the updates of the
 * three. The full size is that of the authors: 200 units, 100 samples, 3,500 steps of the whole batch.
 */
import { join } from 'node:path';
import * as Plot from '@observablehq/plot';
import { Matrix, pseudoInverse } from 'ml-matrix';
import { stream } from 'rxflo';
import scenario from '../rosenbaum-singularities.ts';
import { angle, inverted, mixed, norm, product, type Rows } from '../systems/dense.ts';
import { FORMULAS, rulesAt, type Formula } from '../systems/linear-fixed-points.ts';
import { normals, singular } from '../systems/singular.ts';
import { asked } from './asked.ts';
import { COLOURS, write, type Sheet } from './sheet.ts';
import { eigenvaluesOf, spectrumOf, type Spectrum } from './spectrum.ts';
import { watched, type Watched } from './watched.ts';

const { directory, steps: asSteps, size: asSize } = asked('runs/singularities', ['quick', 'steps']);
const size = asSize.quick
  ? { units: 40, samples: 20, steps: 300, rates: [0.1, 0.3, 1, 3], points: 401 }
  : { units: 200, samples: 100, steps: 3_500, rates: [0.03, 0.1, 0.3, 1, 3], points: 801 };
const { units, samples, rates, points } = size;
const steps = asSteps ?? size.steps;
/** Steps between measurements of W. */
const every = Math.ceil(steps / 20);

const typed = (matrix: Matrix): Rows => matrix.to2DArray().map((row) => Float64Array.from(row));

/** The loss along a line from its minimum. */
function along(): void {
  const random = stream(1, 'singularity');
  const given = singular(units, samples, random);
  const batch = { drives: typed(new Matrix(given.drives)), targets: typed(new Matrix(given.targets)) };
  const [d, target] = [new Matrix(given.drives).transpose(), new Matrix(given.targets).transpose()];
  // (I - W*) target = d has a solution without loss, because there are fewer samples than units.
  const best = typed(Matrix.sub(target, d).mmul(pseudoInverse(target)));
  const direction = typed(normals(units, units, 2.5 / Math.sqrt(units), random));
  const eye = typed(Matrix.eye(units, units));
  const a = inverted(mixed(1, eye, -1, best));
  const at = (s: number) => mixed(1, best, s, direction);

  // det(I - W* - s W') = 0 where 1/s is an eigenvalue of A W'.
  const inverses = eigenvaluesOf(product(a, direction)).filter(({ imaginary }) => imaginary === 0);
  const poles = inverses.map(({ real }) => 1 / real).filter((s) => Math.abs(s) <= 1);
  const isStable = (s: number) => spectrumOf(at(s)).rightmost < 1;
  /** Where the network, stable at the minimum, becomes unstable, to 1/256. */
  const edge = (end: number) => {
    let [inside, outside] = [0, end];
    while (Math.abs(outside - inside) > 1 / 256) {
      const middle = (inside + outside) / 2;
      if (isStable(middle)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  const stable = isStable(0) ? [{ from: edge(-1), to: edge(1) }] : [];
  const places = Array.from({ length: points }, (_, k) => -1 + (2 * k) / (points - 1));
  const inW = places.map((s) => ({ s, loss: rulesAt(at(s), batch).loss }));
  const scale = norm(a) / norm(direction);
  const lossInA = (s: number) => {
    const off = mixed(1, product(mixed(1, a, s * scale, direction), typed(d)), -1, typed(target));
    return norm(off) ** 2 / samples;
  };
  console.log(`${poles.length} poles between s = -1 and 1; J at the minimum ${rulesAt(best, batch).loss}`);
  for (const { from, to } of stable) console.log(`stable from s = ${from.toFixed(3)} to ${to.toFixed(3)}`);
  write(join(directory, 'along'), {
    title: 'Poles of the loss of fixed points',
    caption:
      `The loss of a linear network of ${units} units along a random direction from its minimum. Left: in W. The loss has a pole wherever an eigenvalue of W is 1 (ticks below); ` +
      'grey: where the network is stable. Right: in A = (I - W)^-1, in which the loss is a parabola.',
    ...{ width: 480, height: 320 },
    panels: [
      {
        heading: "In W: J(W* + s W')",
        x: { label: 's', domain: [-1, 1] },
        y: { type: 'log', label: 'Loss J', tickFormat: '~g' },
        marks: [
          Plot.rectX(stable, { x1: 'from', x2: 'to', fill: '#dddddd' }),
          Plot.line(
            inW.filter(({ loss }) => loss > 1e-9),
            { x: 's', y: 'loss', stroke: COLOURS[1] },
          ),
          Plot.tickX(poles, { x: (s: number) => s, stroke: 'black', strokeOpacity: 0.35, insetTop: 232 }),
        ],
      },
      {
        heading: "In A: J(A* + s A')",
        x: { label: 's', domain: [-1, 1] },
        y: { label: 'Loss J' },
        marks: [
          Plot.line(
            places.map((s) => ({ s, loss: lossInA(s) })),
            { x: 's', y: 'loss', stroke: COLOURS[0] },
          ),
        ],
      },
    ],
  });
}

/** W after a step: its eigenvalues, and the angles between the updates of the rules, degrees. */
interface Reading extends Spectrum {
  readonly step: number;
  readonly angles: readonly number[];
}

interface Learned extends Watched {
  readonly rule: Formula;
  readonly rate: number;
  readonly readings: readonly Reading[];
}

/** Learns by a rule at a rate. */
async function learned(rule: Formula, rate: number): Promise<Learned> {
  const plan = scenario.plan({ settings: { rule, rate, by: 'formulas', units, samples }, trials: steps });
  const { input } = plan.task.trial(1, () => 0);
  const rows = (from: number) =>
    Array.from({ length: samples }, (_, k) => input.slice(2 * units * k + from, 2 * units * k + from + units));
  const batch = { drives: rows(0), targets: rows(units) };
  const readings: Reading[] = [];
  const found = await watched(plan, { group: 'recurrent', every }, (W, step) => {
    const { change } = rulesAt(W, batch);
    const [first, second, third] = FORMULAS.map((formula) => change[formula](rate));
    const angles = [angle(first, second), angle(second, third), angle(first, third)];
    readings.push({ step, ...spectrumOf(W), angles });
  });
  return { ...found, rule, rate, readings };
}

/** The pairs of rules whose angles are measured. */
const PAIRS = ['dW1 and dW2', 'dW2 and dW3', 'dW1 and dW3'];

/** Runs all rules at all rates; draws the results so far after each rate. */
async function learning(): Promise<void> {
  const all: Learned[] = [];
  for (const rate of rates) {
    for (const rule of FORMULAS) {
      const one = await learned(rule, rate);
      all.push(one);
      console.log(`${rule} at ${rate}: ${summary(one)}`);
    }
    draw(all);
  }
}

function summary({ losses, diverged, readings }: Learned): string {
  const last = readings.at(-1);
  const most = (of: keyof Spectrum) => Math.max(...readings.map((reading) => reading[of]));
  const end =
    diverged === null ? `loss ${losses[losses.length - 1].toPrecision(3)}` : `diverged after step ${diverged}`;
  const angles = PAIRS.map((pair, k) => `${pair} ${last?.angles[k].toFixed(1)}`).join(', ');
  return (
    `${end}, largest ${Math.max(...losses).toPrecision(3)}; rightmost eigenvalue ${last?.rightmost.toPrecision(3)}, at most ` +
    `${most('rightmost').toPrecision(3)}; radius ${last?.radius.toPrecision(3)}, at most ${most('radius').toPrecision(3)}; degrees between ${angles}`
  );
}

/** Thins the steps of a curve on a logarithmic axis to about fifty per power of ten. */
function isDrawn(step: number): boolean {
  const place = (of: number) => Math.floor(50 * Math.log10(of));
  return step === 1 || place(step) > place(step - 1);
}

function draw(all: readonly Learned[]): void {
  const keys = rates.map((rate) => `rate ${rate}`);
  const color = { domain: [...rates], range: [...COLOURS.slice(0, rates.length)] };
  const steps10 = { type: 'log', label: 'Steps', tickFormat: '~s' } as const;
  const lost = (rule: Formula) =>
    all
      .filter((one) => one.rule === rule)
      .flatMap(({ rate, losses }) =>
        losses.map((loss, k) => ({ rate, step: k + 1, loss })).filter(({ step }) => isDrawn(step)),
      );
  const read = (rule: Formula) =>
    all.filter((one) => one.rule === rule).flatMap(({ rate, readings }) => readings.map((one) => ({ rate, ...one })));
  const of = `Linear network of ${units} units, ${samples} samples, the whole batch in each step.`;
  const common = { keys, keyColours: COLOURS.slice(0, rates.length) };
  const least = Math.min(...all.flatMap(({ losses }) => losses));
  const greatest = Math.max(...all.flatMap(({ losses }) => losses));
  write(join(directory, 'learning'), {
    ...{ title: 'Fixed points by three rules over rates', caption: `${of} Loss against steps.`, ...common },
    panels: FORMULAS.map((rule) => ({
      ...{ heading: rule, color, x: steps10 },
      y: {
        type: 'log' as const,
        label: 'Loss J',
        tickFormat: '~g',
        domain: [Math.max(1e-12, least), Math.min(1e6, greatest)],
        clamp: true,
      },
      marks: [Plot.line(lost(rule), { x: 'step', y: 'loss', stroke: 'rate' })],
    })),
  });
  const eigenvalues = (rule: Formula): Sheet['panels'][number] => ({
    ...{ heading: `${rule}: largest real part of an eigenvalue of W`, color, x: steps10 },
    y: { label: 'Largest real part' },
    marks: [
      Plot.ruleY([1], { strokeDasharray: '2,3' }),
      Plot.line(read(rule), { x: 'step', y: 'rightmost', stroke: 'rate' }),
    ],
  });
  const radii = (rule: Formula): Sheet['panels'][number] => ({
    ...{ heading: `${rule}: largest size of an eigenvalue of W`, color, x: steps10 },
    y: { type: 'log', label: 'Largest distance from 0', tickFormat: '~g' },
    marks: [
      Plot.ruleY([1], { strokeDasharray: '2,3' }),
      Plot.line(read(rule), { x: 'step', y: 'radius', stroke: 'rate' }),
    ],
  });
  const angles = (rule: Formula, pair: number): Sheet['panels'][number] => ({
    ...{ heading: `${PAIRS[pair]}, on the way of ${rule}`, color, x: steps10 },
    y: { label: 'Angle (degrees)', domain: [0, 120] },
    marks: [
      Plot.ruleY([90], { strokeDasharray: '2,3' }),
      Plot.line(read(rule), { x: 'step', y: ({ angles: found }: Reading) => found[pair], stroke: 'rate' }),
    ],
  });
  write(join(directory, 'eigenvalues'), {
    title: 'Eigenvalues of W while fixed points are learned',
    caption: `${of} Dotted: 1, the edge of stability in continuous time.`,
    ...common,
    panels: [eigenvalues('dW1'), eigenvalues('dW3'), radii('dW1'), radii('dW3')],
  });
  write(join(directory, 'angles'), {
    title: 'Angles between what three rules would do',
    caption: `${of} Dotted: a right angle, where a step of one rule makes no progress for another.`,
    ...common,
    panels: [angles('dW1', 0), angles('dW3', 2), angles('dW1', 1)],
  });
}

along();
await learning();
