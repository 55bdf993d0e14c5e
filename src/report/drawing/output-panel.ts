import * as Plot from '@observablehq/plot';
import type { Instant } from '../data/time-course.ts';
import type { Key } from './figure.ts';
import { linearLabel } from './numbers.ts';
import { axes, panel, type Panel } from './panel.ts';

/** How targets are drawn. */
export const targetKey: Key = { label: 'target', colour: '#b4b4b4', dash: 'none', width: 5 };

/** An output unit in one trial, and its target: NaN at timesteps without a target, which leaves a gap in the line. */
export interface OutputTrace {
  readonly wanted: readonly Instant[];
  readonly output: readonly Instant[];
  readonly colour: string;
}

export interface OutputPanelOptions {
  readonly timesteps: number;
  /** The ends of the vertical axis. */
  readonly vertical: readonly [number, number];
  /** Pixels. */
  readonly width: number;
}

/** Outputs over the time of one trial, drawn over their targets. */
export function outputPanel(
  title: string,
  traces: readonly OutputTrace[],
  { timesteps, vertical, width }: OutputPanelOptions,
): Panel {
  return panel({
    title,
    width,
    height: 190,
    marginLeft: 52,
    marginBottom: 42,
    marginTop: 4,
    marginRight: 10,
    x: { domain: timesteps > 1 ? [1, timesteps] : [0, 2] },
    y: { domain: [...vertical] },
    marks: [
      Plot.ruleY([0], { strokeOpacity: 0.2 }),
      ...axes({
        x: { label: 'Time (timesteps)', ticks: timesteps > 1 ? 4 : [1], tickFormat: linearLabel, labelOffset: 38 },
        y: { label: 'Output', ticks: 5, tickFormat: linearLabel, labelOffset: 46 },
      }),
      ...traces.map(({ wanted }) =>
        Plot.line(wanted, { x: 'timestep', y: 'value', stroke: targetKey.colour, strokeWidth: targetKey.width ?? 2 }),
      ),
      ...traces.map(({ wanted }) =>
        Plot.dot(alone(wanted), { x: 'timestep', y: 'value', fill: targetKey.colour, r: targetKey.width ?? 2 }),
      ),
      ...traces.map(({ output, colour }) =>
        Plot.line(output, { x: 'timestep', y: 'value', strokeWidth: 1.75, stroke: colour }),
      ),
      ...traces.map(({ output, colour }) =>
        Plot.dot(alone(output), { x: 'timestep', y: 'value', fill: colour, r: 2.5 }),
      ),
    ],
  });
}

/** Values without a neighbour before or after them, which no line shows. */
function alone(course: readonly Instant[]): readonly Instant[] {
  const isThere = (k: number) => Number.isFinite(course.at(k)?.value) && k >= 0;
  return course.filter((_, k) => isThere(k) && !isThere(k - 1) && !isThere(k + 1));
}
