import type { DrawnRun } from '../data/drawn.ts';
import { hiddenByKind } from '../data/spiking.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { heatmapNote, heatmapRows, roomFor } from '../drawing/heatmap-rows.ts';

const mostPopulations = 4;

/** Rates of all units of each population that has no target, over one trial, before and after learning. */
export function activityFigure(run: DrawnRun): Figure | null {
  const { graded: populations } = hiddenByKind(run);
  if (populations.length === 0) return null;
  const shown = populations.slice(0, mostPopulations);
  const rows = shown.flatMap(({ name, order, panels }) =>
    heatmapRows({
      name,
      panels,
      label: 'Rate',
      rows: { label: 'Unit (by peak)', first: 0, size: Math.max(40, Math.min(200, 8 * order.length)) },
      columns: { label: 'Time (timesteps)', first: 1, size: roomFor(panels.length) },
    }),
  );
  return {
    name: 'activity',
    title: 'Unit activity',
    caption:
      'Rates of the units (dimensionless) in one trial that is run without learning. Units are in the same order in all panels of ' +
      'a population: by the timestep of their largest rate after learning. ' +
      heatmapNote(shown) +
      (populations.length > mostPopulations
        ? ` The first ${mostPopulations} of ${populations.length} populations.`
        : ''),
    svg: sheet(`${run.header.title}: unit activity`, rows),
  };
}
