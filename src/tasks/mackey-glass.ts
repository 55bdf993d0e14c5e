import { normal, sampler, type Stream } from '../random/index.ts';
import { completed, type Option } from './options.ts';
import type { Score, Task, Trial } from './task.ts';

/** The options of Mackey-Glass. */
export interface MackeyGlassOptions {
  /** The delay, 17 to 30 in NeuroBench; the larger, the more chaotic. Default 17. */
  readonly tau?: number;
  /** The Lyapunov time, in units of the equation's time. Default 197, which is meant for tau = 17. */
  readonly lyapunov?: number;
  /** Points in a Lyapunov time, one a timestep. Default 75. */
  readonly points?: number;
  /** Lyapunov times that are learned; the same number after them is tested. Default 10. */
  readonly length?: number;
  /** Where learning begins, in half Lyapunov times. NeuroBench has 30 starts, 0 to 29. Default 0. */
  readonly start?: number;
  /** Standard deviation of noise on each point shown while learning. Without it, a network that runs on its own output soon drifts. Default 0. */
  readonly noise?: number;
}

const OPTIONS = {
  tau: { default: 17, least: 1, most: 100 },
  lyapunov: { default: 197, least: 1, most: 10_000 },
  points: { default: 75, least: 2, most: 10_000, whole: true },
  length: { default: 10, least: 1, most: 1000, whole: true },
  start: { default: 0, least: 0, most: 10_000, whole: true },
  noise: { default: 0, least: 0, most: 10 },
} satisfies Readonly<Record<keyof MackeyGlassOptions, Option>>;

const SCORES: Readonly<Record<'sMAPE' | 'sMAPE soon', Score>> = {
  sMAPE: { label: 'sMAPE of its own continuation (%)', better: 'lower' },
  'sMAPE soon': { label: 'sMAPE of its own first Lyapunov time (%)', better: 'lower' },
};

/**
 * Chaotic function prediction in the manner of NeuroBench: Yik et al., Nature Communications 16:1545 (2025); Mackey & Glass, Science 197:287 (1977).
 *
 *     dx/dt = 0.2 x(t - tau) / (1 + x(t - tau)^10) - 0.1 x,     x = 0.7206597 before t = 0
 *
 * A trial shows the series point by point, and asks for the next point. The test continues where learning ended: each output is the next input,
 * and sMAPE = 200/n sum |y - x| / (|y| + |x|) is taken over all points that follow, and over those of the first Lyapunov time. The second input
 * channel is always 1: a bias. The series is our own solution of the equation; NeuroBench's published numbers belong to its files and can be
 * compared only roughly.
 */
export function mackeyGlass(options: MackeyGlassOptions = {}): Task {
  const settings = completed('mackeyGlass', options, OPTIONS);
  const { tau, lyapunov, points, length, start, noise } = settings;
  const T = points * length;
  const first = Math.floor((start * points) / 2);
  const series = mackeyGlassSeries(tau, lyapunov / points, first + 2 * T + 1).subarray(first);
  const learned = shown(series, T, T);
  const noisy = (_: number, random: Stream): Trial => {
    const draw = sampler(normal({ sd: noise }), random);
    return { ...learned, input: learned.input.map((value, k) => (k % 2 === 0 ? value + draw() : value)) };
  };
  const whole = shown(series, 2 * T, T);
  /** After T timesteps the network's output is its input. */
  const test: Trial = {
    ...whole,
    answer: ({ t, outputs }) => (t >= T ? { input: [outputs[0], 1] } : undefined),
  };
  return {
    ...{ name: 'Mackey-Glass', inputs: 2, outputs: 1, settings, trial: noise === 0 ? () => learned : noisy },
    test: {
      ...{ scores: SCORES, trials: 1, shown: ['shown, then on its own'], trial: () => test },
      score: ({ target }, answer) => {
        const upTo = (end: number) => sMAPE(target.subarray(T, end), answer.subarray(T, end));
        return { sMAPE: upTo(2 * T), 'sMAPE soon': upTo(T + points) };
      },
    },
  };
}

/** A trial of T points, of which the first `told` are shown; the target is always the next point. */
function shown(series: Float64Array, T: number, told: number): Trial {
  const input = new Float64Array(2 * T);
  for (let row = 0; row < T; row++) input.set([row < told ? series[row] : 0, 1], 2 * row);
  return { timesteps: T, input, target: series.slice(1, T + 1) };
}

function sMAPE(target: Float64Array, answer: Float64Array): number {
  const sum = target.reduce((total, x, k) => total + Math.abs(answer[k] - x) / (Math.abs(answer[k]) + Math.abs(x)), 0);
  return (200 * sum) / target.length;
}

/** The value before t = 0. */
const BEFORE = 0.7206597;
/** Steps of the solver per delay. */
const STEPS = 200;

/**
 * Points of the Mackey-Glass series, `every` units of time apart, the first at t = 0. Runge-Kutta of fourth order; between its steps, cubic
 * Hermite interpolation. It uses only +, -, * and /, so its bits are the same everywhere.
 */
export function mackeyGlassSeries(tau: number, every: number, count: number): Float64Array {
  const h = tau / STEPS;
  const steps = Math.ceil(((count - 1) * every) / h) + 1;
  const [x, slope] = [new Float64Array(steps + 1), new Float64Array(steps + 1)];
  const flow = (now: number, before: number): number => {
    const [square, fourth] = [before * before, before * before * before * before];
    return (0.2 * before) / (1 + fourth * fourth * square) - 0.1 * now;
  };
  /** x at step k + part. */
  const at = (k: number, part: number): number => {
    if (k < 0) return BEFORE;
    if (part === 0) return x[k];
    const rest = 1 - part;
    return (
      rest * rest * ((1 + 2 * part) * x[k] + part * h * slope[k]) +
      part * part * ((3 - 2 * part) * x[k + 1] - rest * h * slope[k + 1])
    );
  };
  x[0] = BEFORE;
  for (let k = 0; k <= steps; k++) {
    slope[k] = flow(x[k], at(k - STEPS, 0));
    if (k === steps) break;
    const [middle, end] = [at(k - STEPS, 0.5), at(k - STEPS + 1, 0)];
    const k1 = slope[k];
    const k2 = flow(x[k] + (h / 2) * k1, middle);
    const k3 = flow(x[k] + (h / 2) * k2, middle);
    const k4 = flow(x[k] + h * k3, end);
    x[k + 1] = x[k] + (h / 6) * (k1 + 2 * (k2 + k3) + k4);
  }
  return Float64Array.from({ length: count }, (_, n) => {
    const place = (n * every) / h;
    const k = Math.floor(place);
    return at(k, place - k);
  });
}
