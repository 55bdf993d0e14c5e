import * as Plot from '@observablehq/plot';
import type { DrawnRun } from '../data/drawn.ts';
import { largest, transpose } from '../data/grid.ts';
import type { HiddenPopulation } from '../data/hidden.ts';
import { hiddenByKind } from '../data/spiking.ts';
import { timeCourse } from '../data/time-course.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { linearLabel } from '../drawing/numbers.ts';
import { learnerStyle } from '../drawing/palette.ts';
import { axes, panel, type Panel } from '../drawing/panel.ts';
import { columnsOf, inRows, panelWidth } from '../drawing/rows.ts';

const mostUnits = 12;
const mostPopulations = 2;
const mostColumns = 3;

/** Rates of a few units over one trial, one above the other, before and after learning. */
export function ratesFigure(run: DrawnRun): Figure | null {
  const { graded: populations } = hiddenByKind(run);
  if (populations.length === 0) return null;
  const shown = populations.slice(0, mostPopulations);
  const distances = shown.map((population) => `${linearLabel(distanceOf(population))} in ${population.name}`);
  return {
    name: 'rates',
    title: 'Rates of single units',
    caption:
      `Rates (dimensionless) of up to ${mostUnits} units of each population in one trial that is run without learning. The units are evenly ` +
      `spaced in the order of the heatmaps above and labelled by their numbers. Each unit has its own zero line; the distance from ` +
      `one zero line to the next is a rate of ${distances.join(', ')}.` +
      (populations.length > mostPopulations
        ? ` The first ${mostPopulations} of ${populations.length} populations.`
        : ''),
    svg: sheet(
      `${run.header.title}: rates of single units`,
      shown.flatMap((population) => inRows(populationPanels(population), mostColumns)),
    ),
  };
}

/** The rate from one zero line to the next: somewhat more than the largest rate, so that lines seldom meet. */
function distanceOf({ panels }: HiddenPopulation): number {
  return Number((1.4 * largest(panels.map(({ value }) => value))).toPrecision(2)) || 1;
}

function populationPanels(population: HiddenPopulation): Panel[] {
  const { name, panels, order } = population;
  const distance = distanceOf(population);
  const count = Math.min(mostUnits, order.length);
  const rows = Array.from({ length: count }, (_, i) => Math.round((i * (order.length - 1)) / Math.max(1, count - 1)));
  return panels.map(({ title, when, order: learner, value }) => {
    const byTime = transpose(value);
    const lines = rows.flatMap((row, line) =>
      timeCourse(byTime, row).map((each) => ({ ...each, line, height: -line + each.value / distance })),
    );
    return panel({
      title: `${name}, ${title}`,
      width: panelWidth(columnsOf(panels.length, mostColumns)),
      height: 46 + 24 * (count + 1),
      marginLeft: 52,
      marginBottom: 42,
      marginTop: 4,
      marginRight: 10,
      x: { domain: [1, Math.max(2, value.shape[1])] },
      y: { domain: [-count, 1] },
      marks: [
        Plot.ruleY(
          rows.map((_, line) => -line),
          { strokeOpacity: 0.15 },
        ),
        ...axes({
          x: { label: 'Time (timesteps)', ticks: 4, tickFormat: linearLabel, labelOffset: 38 },
          y: {
            label: 'Unit (number)',
            ticks: rows.map((_, line) => -line),
            tickFormat: (height: number) => String(order[rows[-height]]),
            labelOffset: 46,
          },
        }),
        Plot.line(lines, {
          x: 'timestep',
          y: 'height',
          z: 'line',
          strokeWidth: 1.5,
          stroke: when === 'before' ? 'currentColor' : learnerStyle(learner).colour,
        }),
      ],
    });
  });
}
