/**
 * Learning with compartments on the Add task with lags 3 and 5 (Marschall, Cho & Savin 2019). Measures the circuit while it learns, with V that
 * learns to mirror F and with V that does so from the start: how well V mirrors F, how well F predicts rates, and how similar the apical voltage is
 * to exact credit. Then runs or resumes the sweep of marschall2019.ts over its learners, and draws losses over timesteps.
 *
 *     npx tsx scenarios/figures/marschall2019.ts runs/compartments
 *     npx tsx scenarios/figures/marschall2019.ts runs/compartments --seeds 3 --learner RFLO,compartments
 *     npx tsx scenarios/figures/marschall2019.ts runs/compartments-quick --quick
 */
import { join } from 'node:path';
import * as Plot from '@observablehq/plot';
import { lastValueFrom, tap } from 'rxjs';
import { quartiles, train, type Probe, type Quartiles } from 'rxflo';
import scenario from '../marschall2019.ts';
import { T } from '../systems/unified.ts';
import { asked } from './asked.ts';
import { coursePanel, swept, type Course } from './courses.ts';
import { broadcast, exactCredit, length, meanCosine } from './credit.ts';
import { COLOURS, write } from './sheet.ts';

const { directory, size, learners = ['readout only', 'RFLO', 'compartments', 'tied', 'DNI', 'RTRL'] } = asked('runs/compartments', ['quick', 'seeds', 'learner']); // prettier-ignore

const trials = (size.quick ? scenario.quick?.trials : undefined) ?? scenario.plan().trials ?? 1;

/** One in this many trials is measured. The credit of its last timesteps is left out, since their errors come in the next trial. */
const [EVERY, LAST] = [Math.max(1, Math.round(trials / 40)), 20];

interface Reading {
  readonly timestep: number;
  /** |V - F^T| / |F|. */
  readonly asymmetry: number;
  /** |h - F h(t-1)| / |h|, over the trial. */
  readonly mispredicted: number;
  /** Mean cosine of the apical voltage with exact credit, and with credit through the exact Jacobian but from errors through B. */
  readonly exact: number;
  readonly throughB: number;
}

const VOLTAGES = { h: ['h', 'h'], s: ['h', 's'], c: ['h', 'c'], m: ['h', 'm'], e: ['e', 'e'] } as const;
const WEIGHTS = { W: 'recurrent', Wout: 'readout', B: 'feedback', F: 'predict', V: 'backward' } as const;
type Found = Record<keyof typeof VOLTAGES | keyof typeof WEIGHTS, Float64Array[]>;

const nothing = (): Found => ({ h: [], s: [], c: [], m: [], e: [], W: [], Wout: [], B: [], F: [], V: [] });
const isPart = (name: string): name is keyof Found => Object.hasOwn(VOLTAGES, name) || Object.hasOwn(WEIGHTS, name);

/** Smaller values are rounding errors, drawn at the edge. */
const LEAST = 1e-17;

/** Runs the circuit and measures it at intervals. */
async function lookedInto(learner: string, seed: number): Promise<readonly Reading[]> {
  const { circuit, task, settings } = scenario.plan({ settings: { learner }, seed });
  const probes: Record<string, Probe> = {};
  for (const [name, [neurons, value]] of Object.entries(VOLTAGES)) probes[name] = { neurons, value, everyTimesteps: 1, everyTrials: EVERY }; // prettier-ignore
  for (const [name, synapses] of Object.entries(WEIGHTS)) probes[name] = { synapses, value: 'weight', everyTrials: EVERY }; // prettier-ignore
  const how = { learner: 'local', schedule: 'online', feedback: 'random', engine: 'kernels' } as const;
  const readings: Reading[] = [];
  let found = nothing();
  await lastValueFrom(
    train({ circuit, task, seed, trials, carry: true, learner: how, probes }).pipe(
      tap((event) => {
        if (event.type === 'failed') throw event.error;
        if (event.type === 'probe' && isPart(event.probe)) found[event.probe].push(event.values);
        if (event.type !== 'trial' || event.trial % EVERY !== 0) return;
        readings.push(reading(event.trial * T, 1 - 1 / Number(settings['tau']), found));
        found = nothing();
      }),
    ),
  );
  return readings;
}

function reading(timestep: number, retention: number, { h, s, c, m, e, ...weights }: Found): Reading {
  const [W, Wout, B, F, V] = [weights.W, weights.Wout, weights.B, weights.F, weights.V].map(([first]) => first);
  const units = h[0].length;
  const asymmetry = V.map((v, k) => v - F[(k % units) * units + Math.floor(k / units)]);
  const known = c.slice(0, -LAST);
  const likeness = (signals: readonly Float64Array[]) =>
    meanCosine(known, exactCredit(signals, s, W, retention).slice(0, -LAST));
  return {
    ...{ timestep, asymmetry: Math.max(LEAST, length([asymmetry]) / length([F])), mispredicted: length(m) / length(h) },
    ...{ exact: likeness(broadcast(Wout, e, true)), throughB: likeness(broadcast(B, e)) },
  };
}

const seeds = size.quick ? [1] : Array.from({ length: size.seeds ?? 5 }, (_, k) => k + 1);
const kinds = [
  ['mirror', 'compartments'],
  ['tied', 'tied'],
] as const;
const points: (Quartiles & { kind: string; what: keyof Reading; timestep: number })[] = [];
for (const [kind, learner] of kinds) {
  const runs: (readonly Reading[])[] = [];
  for (const seed of seeds) runs.push(await lookedInto(learner, seed));
  for (const what of ['asymmetry', 'mispredicted', 'exact', 'throughB'] as const) {
    runs[0].forEach(({ timestep }, k) => {
      points.push({ kind, what, timestep, ...quartiles(runs.map((run) => run[k][what])) });
    });
    const { low, median, high } = points[points.length - 1];
    console.log(`${kind}: ${what} at the end ${median.toPrecision(3)} [${low.toPrecision(3)}, ${high.toPrecision(3)}]`);
  }
}

const colour = { domain: kinds.map(([kind]) => kind), range: COLOURS.slice(0, kinds.length) };
const x = { label: 'Timesteps', ticks: 3, tickFormat: '~s' } as const;
const lines = (what: keyof Reading, strokeDasharray = 'none') => {
  const shown = points.filter((one) => one.what === what);
  return [
    Plot.areaY(shown, { x: 'timestep', y1: 'low', y2: 'high', fill: 'kind', fillOpacity: 0.14 }),
    Plot.line(shown, { x: 'timestep', y: 'median', stroke: 'kind', strokeDasharray }),
  ];
};

write(join(directory, 'inside'), {
  title: 'Learning with compartments: what is in it',
  caption:
    'Median and quartiles over the seeds. Left: the distance of V from the transpose of F, |V - F^T| / |F|. Middle: the error of F in predicting the rates, |h - F h(t-1)| / |h|. ' +
    'Right: the mean cosine between the apical voltage and exact credit (solid), or credit through the exact Jacobian from errors that come through B (dashed).',
  keys: colour.domain,
  panels: [
    { heading: 'V against F transposed', x, y: { type: 'log', label: '|V - Fᵀ| / |F|', domain: [LEAST, 10], ticks: 5, tickFormat: '~e' }, color: colour, marks: lines('asymmetry') },
    { heading: 'Prediction of rates', x, y: { label: '|h - F h(t-1)| / |h|', zero: true }, color: colour, marks: lines('mispredicted') },
    {
      heading: 'Apical voltage and credit',
      ...{ x, y: { label: 'Cosine' }, color: colour },
      marks: [Plot.ruleY([0], { strokeOpacity: 0.4 }), ...lines('exact'), ...lines('throughB', '5,4')],
    },
  ], // prettier-ignore
});

const { cells, description } = await swept('marschall2019', {
  ...{ directory: join(directory, 'losses'), ...size, settings: { lags: '3 5' }, grid: { learner: learners } },
});
const courses = cells.map(({ values, realizations }): Course => ({ name: String(values['learner']), realizations }));
write(join(directory, 'losses'), {
  title: 'Learning with compartments: losses',
  caption:
    'Add task, lags 3 and 5: the mean loss of each thirtieth of the run, median and quartiles over the seeds. Dotted: the floors if neither bit, one of them, or ' +
    'both are known.',
  ...{ width: 560, height: 360 },
  panels: [coursePanel('Add task, lags 3 and 5', courses, { trials, floors: description.floors })],
});
