import type { DrawnRun } from '../data/drawn.ts';
import { mostGroups, weightGroups } from '../data/weight-groups.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { heatmapNote, heatmapRows, roomFor } from '../drawing/heatmap-rows.ts';

/** The longer side of a matrix and the minimum of its shorter side, px. */
const [longest, shortest] = [165, 36];

/** The weights of each synapse group as matrices, before and after learning. */
export function weightsFigure(run: DrawnRun): Figure | null {
  const groups = weightGroups(run);
  if (groups.length === 0) return null;
  const shown = groups.slice(0, mostGroups);
  const rows = shown.flatMap(({ name, panels }) => {
    const [post, pre] = panels[0].value.shape;
    const longer = Math.min(longest, roomFor(panels.length));
    const side = (units: number, others: number): number =>
      Math.max(shortest, Math.min(longer, (longer * units) / others));
    return heatmapRows({
      name,
      panels,
      label: 'Weight',
      rows: { label: 'To unit', first: 0, size: side(post, pre) },
      columns: { label: 'From unit', first: 0, size: side(pre, post) },
    });
  });
  return {
    name: 'weights',
    title: 'Weights',
    caption:
      'Weights (dimensionless) of each synapse group: a row is a postsynaptic unit, a column a presynaptic one; ' +
      'grey where there is no synapse. ' +
      heatmapNote(shown) +
      (groups.length > mostGroups ? ` The first ${mostGroups} of ${groups.length} synapse groups.` : ''),
    svg: sheet(`${run.header.title}: weights before and after learning`, rows),
  };
}
