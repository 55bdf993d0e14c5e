import * as Plot from '@observablehq/plot';
import { cellStatistics, type LearnerCost, type SweepData } from '../../recording/index.ts';
import { sheet, type Figure } from '../drawing/figure.ts';
import { lossLabel } from '../drawing/loss-label.ts';
import { logAxis } from '../drawing/log-axis.ts';
import { keyOf, learnerStyle, type LineStyle } from '../drawing/palette.ts';
import { axes, minorTicks, panel, type Panel } from '../drawing/panel.ts';
import { panelWidth } from '../drawing/rows.ts';
import { logValueAxis, type ValueAxis } from '../drawing/value-axis.ts';

/** The costs, in the order of the panels. */
const quantities = {
  bytes: 'Bytes kept to learn, for one synapse',
  reads: 'Values read, for one update of a synapse',
  operations: 'Operations, for one update of a synapse',
} as const satisfies Partial<Record<keyof LearnerCost, string>>;

/** A learner's cells: their cost and their final losses. */
interface Cells extends LineStyle {
  readonly name: string;
  readonly cost: LearnerCost;
  /** Median final losses, the lowest first. */
  readonly losses: readonly number[];
}

/** Final loss against the cost of the learner, counted by the ledger: a dot for each cell, a large one for the best cell of each learner. */
export function costFigure(sweep: SweepData): Figure | null {
  const learners = sweep.description.costs.map((cost, order): Cells => {
    const own = sweep.cells.filter(({ learner }) => learner === cost.learner);
    const losses = own
      .map((cell) => cellStatistics(cell).finalLoss.median)
      .filter((loss) => loss > 0 && loss < Infinity);
    return { name: cost.learner, cost, ...learnerStyle(order), losses: losses.sort((a, b) => a - b) };
  });
  const all = learners.flatMap(({ losses }) => losses);
  if (all.length === 0) return null;
  const vertical = { ...logValueAxis(all), label: lossLabel(sweep.description.loss, 'Final loss') };
  const drawn = (['bytes', 'reads', 'operations'] as const).flatMap((quantity) => {
    const counted = learners.filter(({ cost }) => (cost[quantity] ?? 0) > 0);
    return counted.length === 0 ? [] : [{ quantity, counted }];
  });
  const panels = drawn.map(({ quantity, counted }) => plot(quantity, counted, vertical, drawn.length));
  return {
    name: 'cost',
    title: 'Cost and loss',
    caption:
      'Median final loss against the cost of the learner, counted while it ran one trial (see the ledger in docs/locality.md). Each dot is a ' +
      'cell of the grid; the large dots are the best cell of each learner.',
    svg: sheet(`${sweep.description.title}: final loss against cost`, [panels], learners.map(keyOf)),
  };
}

function plot(
  quantity: keyof typeof quantities,
  learners: readonly Cells[],
  vertical: ValueAxis & { readonly label: string },
  columns: number,
): Panel {
  const dots = learners.flatMap(({ cost, colour, losses }) =>
    losses.map((loss, rank) => ({ cost: cost[quantity] ?? 0, loss, colour, best: rank === 0 })),
  );
  const costs = dots.map(({ cost }) => cost);
  const across = logAxis(Math.min(...costs) / 1.3, Math.max(...costs) * 1.3);
  return panel({
    width: panelWidth(columns),
    height: 280,
    marginLeft: 64,
    marginBottom: 46,
    marginTop: 12,
    marginRight: 16,
    x: { type: 'log', domain: [...across.domain] },
    y: vertical.scale,
    marks: [
      ...axes({
        x: {
          label: quantities[quantity],
          ticks: [...across.ticks],
          tickFormat: across.tickFormat,
          labelOffset: 40,
        },
        y: {
          label: vertical.label,
          ticks: [...vertical.ticks],
          tickFormat: vertical.tickFormat,
          labelOffset: 58,
        },
      }),
      ...minorTicks({ x: across.minorTicks, y: vertical.minor }),
      Plot.dot(
        dots.filter(({ best }) => !best),
        { x: 'cost', y: 'loss', stroke: 'colour', r: 2.5 },
      ),
      Plot.dot(
        dots.filter(({ best }) => best),
        { x: 'cost', y: 'loss', fill: 'colour', r: 6 },
      ),
    ],
  });
}
