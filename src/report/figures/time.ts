import * as Plot from '@observablehq/plot';
import type { DrawnRun } from '../data/drawn.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { linearLabel, significant } from '../drawing/numbers.ts';
import { learnerStyle } from '../drawing/palette.ts';
import { axes, minorTicks, panel } from '../drawing/panel.ts';
import { figureWidth } from '../drawing/rows.ts';
import { fitted, textWidth } from '../drawing/text.ts';
import { logValueAxis } from '../drawing/value-axis.ts';

/** Wall-clock time per trial (ms) of each learner, including those with the same bits: dots on a logarithmic axis. */
export function timeFigure({ header, learners, summary }: DrawnRun): Figure | null {
  const dots = learners.flatMap(({ members }, order) =>
    members.flatMap((name) => {
      const time = summary?.learners.find(({ learner }) => learner === name)?.millisecondsPerTrial ?? 0;
      return time > 0 ? [{ name, label: fitted(name, 12, 150), time, colour: learnerStyle(order).colour }] : [];
    }),
  );
  if (dots.length === 0) return null;
  const axis = logValueAxis(dots.map(({ time }) => time));
  const plot = panel({
    width: figureWidth,
    height: 60 + 30 * dots.length,
    marginLeft: 30 + Math.max(...dots.map(({ label }) => textWidth(label, 12))),
    marginBottom: 44,
    marginTop: 4,
    marginRight: 90,
    x: axis.scale,
    y: { type: 'point', domain: dots.map(({ name }) => name), padding: 0.6 },
    marks: [
      Plot.gridX(axis.ticks, { strokeOpacity: 0.12 }),
      Plot.gridY({ strokeOpacity: 0.12 }),
      Plot.dot(dots, { x: 'time', y: 'name', fill: 'colour', r: 5 }),
      Plot.text(dots, {
        x: 'time',
        y: 'name',
        text: ({ time }: { time: number }) => `${significant(time)} ms`,
        textAnchor: 'start',
        dx: 10,
        fontSize: 12,
      }),
      ...axes({
        x: {
          label: 'Wall-clock time per trial (ms)',
          ticks: [...axis.ticks],
          tickFormat: linearLabel,
          labelOffset: 39,
        },
        y: {
          label: null,
          tickSize: 0,
          tickFormat: (name: string) => dots.find((dot) => dot.name === name)?.label ?? name,
        },
      }),
      ...minorTicks({ x: axis.minor }),
    ],
  });
  return {
    name: 'time',
    title: 'Time per trial',
    caption:
      'Mean wall-clock time of a trial in milliseconds, on a logarithmic axis. It depends on the machine and is not fixed by the seed.',
    svg: sheet(`${header.title}: time per trial`, [[plot]]),
  };
}
