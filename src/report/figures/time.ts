import * as Plot from '@observablehq/plot';
import type { RunData } from '../../recording/index.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { linearLabel, significant } from '../drawing/numbers.ts';
import { learnerStyle } from '../drawing/palette.ts';
import { axes, panel } from '../drawing/panel.ts';
import { fitted, textWidth } from '../drawing/text.ts';

/** Wall-clock milliseconds a trial took, for each learner. */
export function timeFigure({ header, learners, summary }: RunData): Figure | null {
  const bars = learners.flatMap(({ name }, order) => {
    const time = summary?.learners.find(({ learner }) => learner === name)?.millisecondsPerTrial ?? null;
    return time === null ? [] : [{ name, label: fitted(name, 12, 150), time, colour: learnerStyle(order).colour }];
  });
  if (bars.length === 0) return null;
  const plot = panel({
    width: 860,
    height: 60 + 34 * bars.length,
    marginLeft: 30 + Math.max(...bars.map(({ label }) => textWidth(label, 12))),
    marginBottom: 44,
    marginTop: 4,
    marginRight: 90,
    x: { domain: [0, Math.max(...bars.map(({ time }) => time)) || 1] },
    y: { type: 'band', domain: bars.map(({ name }) => name), padding: 0.25 },
    marks: [
      Plot.barX(bars, { x: 'time', y: 'name', fill: 'colour' }),
      Plot.text(bars, {
        x: 'time',
        y: 'name',
        text: ({ time }: { time: number }) => `${significant(time)} ms`,
        textAnchor: 'start',
        dx: 6,
        fontSize: 12,
      }),
      ...axes({
        x: { label: 'Wall-clock time per trial (ms)', ticks: 6, tickFormat: linearLabel, labelOffset: 39 },
        y: {
          label: null,
          tickSize: 0,
          tickFormat: (name: string) => bars.find((bar) => bar.name === name)?.label ?? name,
        },
      }),
    ],
  });
  return {
    name: 'time',
    title: 'Time per trial',
    caption:
      'Mean wall-clock time of a trial, in milliseconds, on the machine that ran it. It depends on the machine and is not fixed by the seed.',
    svg: sheet(`${header.title}: time per trial`, [[plot]]),
  };
}
