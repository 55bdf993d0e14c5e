import * as Plot from '@observablehq/plot';
import type { SweepCellData, SweepData } from '../../recording/index.ts';
import type { Floor } from '../../training/index.ts';
import { sheet } from '../drawing/figure.ts';
import { floorMarks } from '../drawing/floors.ts';
import { logAxis } from '../drawing/log-axis.ts';
import { grouped } from '../drawing/numbers.ts';
import { keyOf, learnerStyle } from '../drawing/palette.ts';
import { axes, minorTicks, panel, textSize, type Panel } from '../drawing/panel.ts';
import { inRows } from '../drawing/rows.ts';
import type { CoursePoint } from './course.ts';
import { edgesOf } from '../drawing/edges.ts';
import { alongside } from '../drawing/text.ts';
import type { ValueAxis } from '../drawing/value-axis.ts';
import { axesOf, labelOf, mostColumns, mostPanels, panelSize, panelsNote, panelsOf } from './layout.ts';

/** The vertical axis of a figure of courses: bands that reach beyond it are cut off. */
export interface CourseAxis extends Omit<ValueAxis, 'ticks'> {
  readonly label: string;
  /** The positions of the ticks, or their number. */
  readonly ticks: readonly number[] | number;
  /** Floors of a loss. Default: none. */
  readonly floors?: readonly Floor[];
}

/** Lines over trials, with a panel for each combination of the axes that are not drawn as lines. */
export interface CourseFigure {
  readonly svg: string;
  /** A sentence that explains lines and bands. */
  readonly note: string;
}

/** The part of a caption that explains courses with a value for every trial. */
export const stretchNote =
  'Trials are grouped into intervals of equal width on the logarithmic axis; each seed contributes its median within an interval. ';

/**
 * Draws courses.
 *
 * @param courseOf The course of a cell.
 * @param isShown Whether a point has a place on the vertical axis.
 * @param verticalOf That axis, from all points that are shown. All panels share it, so that they can be compared.
 * @param emptyPanels Whether panels without points are drawn.
 * @returns null if there is nothing to draw.
 */
export function courseFigure(
  sweep: SweepData,
  courseOf: (cell: SweepCellData) => readonly CoursePoint[],
  isShown: (point: CoursePoint) => boolean,
  verticalOf: (points: readonly CoursePoint[]) => CourseAxis,
  description: string,
  emptyPanels = true,
): CourseFigure | null {
  const { line, panels } = panelsOf(sweep.cells, axesOf(sweep));
  const all = panels.map(({ label, cells }) => ({
    label,
    lines: cells.map((cell, order) => ({
      name: line === undefined ? cell.learner : labelOf(cell.values, [line]),
      ...learnerStyle(order),
      points: courseOf(cell).filter(isShown),
    })),
  }));
  const shown = all.filter(({ lines }) => emptyPanels || lines.some((each) => each.points.length > 0));
  const drawn = shown.slice(0, mostPanels);
  const points = drawn.flatMap(({ lines }) => lines.flatMap((each) => each.points));
  if (points.length === 0) return null;
  const keys = drawn[0].lines.filter((_, order) => drawn.some(({ lines }) => lines.at(order)?.points.length));
  const vertical = verticalOf(points);
  const { clamped, isInside } = edgesOf(vertical);
  const x = logAxis(Math.min(...points.map(({ trial }) => trial)), Math.max(...points.map(({ trial }) => trial)));
  const size = panelSize(drawn.length);
  const draw = ({ label, lines }: (typeof drawn)[number]): Panel =>
    panel({
      ...size,
      title: label,
      marginLeft: 64,
      marginBottom: 46,
      marginTop: 8,
      marginRight: 16,
      x: { type: 'log', domain: [...x.domain] },
      y: vertical.scale,
      marks: [
        ...floorMarks(vertical.floors ?? [], vertical.scale),
        ...axes({
          x: {
            label: 'Trial (number)',
            ticks: x.ticks.filter((_, i) => size.width > 300 || i % 2 === 0 || x.ticks.length < 4),
            tickFormat: grouped,
            labelOffset: 40,
          },
          y: {
            labelOffset: 58,
            label: alongside(vertical.label, textSize, size.height),
            ticks: typeof vertical.ticks === 'number' ? vertical.ticks : [...vertical.ticks],
            tickFormat: vertical.tickFormat,
          },
        }),
        ...minorTicks({ x: x.minorTicks, y: vertical.minor }),
        ...lines.map((each) =>
          Plot.areaY(each.points, {
            x: 'trial',
            y1: ({ low }: CoursePoint) => clamped(low),
            y2: ({ high }: CoursePoint) => clamped(high),
            fill: each.colour,
            fillOpacity: 0.16,
          }),
        ),
        ...lines.map((each) =>
          Plot.line(
            each.points.filter(({ median }) => isInside(median)),
            {
              x: 'trial',
              y: 'median',
              stroke: each.colour,
              strokeWidth: 2,
              strokeDasharray: each.dash,
            },
          ),
        ),
      ],
    });
  return {
    svg: sheet(`${sweep.description.title}: ${description}`, inRows(drawn.map(draw), mostColumns), keys.map(keyOf)),
    note: `Lines are medians over the seeds, bands reach from quartile to quartile.${panelsNote(shown)}`,
  };
}
