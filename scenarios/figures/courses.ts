import { existsSync } from 'node:fs';
import * as Plot from '@observablehq/plot';
import { lastValueFrom } from 'rxjs';
import { quartiles, sweep, type SweepData, type SweepOptions } from 'rxflo';
import { T } from '../systems/unified.ts';
import { COLOURS, type Sheet } from './sheet.ts';

/** Losses over timesteps, for a sweep over endless streams. */

type Realizations = SweepData['cells'][number]['realizations'];

/** Runs the sweep of a scenario, or resumes it. */
export async function swept(
  name: string,
  { directory, ...how }: Omit<SweepOptions, 'scenario'> & { readonly directory: string },
): Promise<SweepData> {
  const scenario = new URL(`../${name}.ts`, import.meta.url);
  const done = await lastValueFrom(sweep({ scenario, directory, resume: existsSync(directory), ...how }));
  if (done.type !== 'done') throw new Error(`${directory}: the sweep did not finish`);
  return done.data;
}

/** The mean loss of each of `count` parts of a run; Infinity from where it diverged. */
export function parts(losses: Float64Array, trials: number, count: number): readonly number[] {
  const size = trials / count;
  return Array.from({ length: count }, (_, k) => {
    const part = losses.subarray(Math.round(k * size), Math.round((k + 1) * size));
    const isWhole = part.length === Math.round((k + 1) * size) - Math.round(k * size);
    return isWhole ? part.reduce((sum, loss) => sum + loss, 0) / part.length : Infinity;
  });
}

export interface Course {
  readonly name: string;
  readonly realizations: Realizations;
}

/** The number of points of a line. */
const POINTS = 30;

/** A panel with a line for each course, labelled at its end: medians over the seeds, with quartiles. Dotted: floors of the task. */
export function coursePanel(
  heading: string,
  courses: readonly Course[],
  { trials, floors }: { readonly trials: number; readonly floors: SweepData['description']['floors'] },
): Sheet['panels'][number] {
  const lines = courses.map(({ name, realizations }, order) => {
    const runs = realizations.flatMap((one) => (one ? [parts(one.losses, trials, POINTS)] : []));
    const points = Array.from({ length: POINTS }, (_, k) => ({
      timestep: ((k + 0.5) * trials * T) / POINTS,
      ...quartiles(runs.map((run) => run[k])),
    })).filter(({ median }) => median <= WORST);
    return { name, colour: COLOURS[order % COLOURS.length], points };
  });
  const [first, last] = [0, trials * T];
  const ends = apart(
    lines.flatMap(({ name, colour, points }) => points.slice(-1).map(({ median }) => ({ name, colour, at: median }))),
    (WORST - BEST) / 20,
  );
  return {
    heading,
    ...{ marginRight: 104, marginLeft: 54 },
    x: { label: 'Timesteps', domain: [first, last], ticks: 3, tickFormat: '~s' },
    y: { label: 'Loss (cross-entropy)', domain: [BEST, WORST] },
    marks: [
      Plot.ruleY(floors, { y: 'loss', strokeDasharray: '2,3', strokeOpacity: 0.6 }),
      ...lines.flatMap(({ colour, points }) => [
        Plot.areaY(points, {
          ...{ x: 'timestep', y1: 'low', y2: ({ high }: { high: number }) => Math.min(high, WORST) },
          ...{ fill: colour, fillOpacity: 0.14 },
        }),
        Plot.line(points, { x: 'timestep', y: 'median', stroke: colour, strokeWidth: 1.8 }),
      ]),
      Plot.text(ends, { x: last, y: 'at', text: 'name', fill: 'colour', textAnchor: 'start', dx: 5, fontSize: 11 }),
    ],
  };
}

/** The ends of the vertical axis, nats. */
const [BEST, WORST] = [0.44, 0.72];

/** Moves names upwards, so that they do not cover each other. */
export function apart<N extends { readonly at: number }>(names: readonly N[], least: number): readonly N[] {
  const moved: N[] = [];
  for (const name of [...names].sort((one, other) => one.at - other.at)) {
    const below = moved.at(-1)?.at ?? -Infinity;
    moved.push({ ...name, at: Math.max(name.at, below + least) });
  }
  return moved;
}
