import type { SweepCellData, SweepData } from '../../recording/index.ts';
import { columnsOf, panelWidth } from '../drawing/rows.ts';
import type { Cell, Setting } from '../../training/index.ts';

/** An axis of a grid that takes more than one value. */
export interface Axis {
  readonly name: string;
  readonly values: readonly Setting[];
}

/** Cells that share a panel, or a line. */
export interface Group {
  /** What they have in common: `period = 100, schedule = online`; may be empty. */
  readonly label: string;
  readonly cells: readonly SweepCellData[];
}

/** The most panels that a figure has. */
export const mostPanels = 24;

/** The most panels side by side. */
export const mostColumns = 3;

/** The size of each of `panels` panels, px: together they fill the width of a figure. */
export function panelSize(panels: number): { readonly width: number; readonly height: number } {
  const columns = columnsOf(panels, mostColumns);
  return { width: panelWidth(columns), height: [420, 300, 240][columns - 1] };
}

/** The most lines that a panel has. */
const mostLines = 8;

/** The axes along which the cells of a sweep differ, in the grid's order. */
export function axesOf({ description: { grid } }: SweepData): readonly Axis[] {
  return Object.entries(grid)
    .map(([name, values]) => ({ name, values }))
    .filter(({ values }) => values.length > 1);
}

/** Whether all values of an axis are numbers. */
export function isNumeric({ values }: Axis): boolean {
  return values.every((value) => typeof value === 'number');
}

/** The axis whose values are the lines of a panel: the learner, or else the last axis; undefined if it has too many values. */
function lineAxis(axes: readonly Axis[]): Axis | undefined {
  const axis = axes.find(({ name }) => name === 'learner') ?? axes.at(-1);
  return axis && axis.values.length > mostLines ? undefined : axis;
}

/** Groups cells by their values along some axes, in the order of the first cell of each group. */
export function groupedBy(cells: readonly SweepCellData[], axes: readonly Axis[]): readonly Group[] {
  const groups = new Map<string, SweepCellData[]>();
  for (const cell of cells) {
    const label = labelOf(cell.values, axes);
    const group = groups.get(label);
    if (group === undefined) groups.set(label, [cell]);
    else group.push(cell);
  }
  return [...groups].map(([label, held]) => ({ label, cells: held }));
}

/** Cells by panels, and the axis whose values are the lines of each. */
export function panelsOf(
  cells: readonly SweepCellData[],
  axes: readonly Axis[],
): { readonly line: Axis | undefined; readonly panels: readonly Group[] } {
  const line = lineAxis(axes);
  return {
    line,
    panels: groupedBy(
      cells,
      axes.filter((axis) => axis !== line),
    ),
  };
}

/** `period = 100, learner rflo` of a cell, along some axes. */
export function labelOf(values: Cell, axes: readonly Axis[]): string {
  return axes
    .map(({ name }) => (name === 'learner' ? String(values[name]) : `${name} = ${String(values[name])}`))
    .join(', ');
}

/** The part of a caption that mentions panels that are left out. */
export function panelsNote(panels: readonly unknown[]): string {
  return panels.length > mostPanels ? ` The first ${mostPanels} of ${panels.length} panels.` : '';
}
