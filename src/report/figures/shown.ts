import * as Plot from '@observablehq/plot';
import { InputError, show } from '../../errors/index.ts';
import type { DrawnRun } from '../data/drawn.ts';
import { envelope } from '../data/envelope.ts';
import { namesOf, sameNumbers, sideBySide } from '../data/side-by-side.ts';
import { columnNames, sentenceOf } from '../data/probed.ts';
import { transpose } from '../data/grid.ts';
import { sheet, type Figure, type Key } from '../drawing/figure.ts';
import { heatmapNote, heatmapRows, roomFor } from '../drawing/heatmap-rows.ts';
import { linearLabel } from '../drawing/numbers.ts';
import { learnerStyle } from '../drawing/palette.ts';
import { axes, panel, type Panel } from '../drawing/panel.ts';
import { columnsOf, inRows, panelWidth } from '../drawing/rows.ts';

const mostColumns = 2;
/** A probe with more columns is drawn as a heatmap. */
const mostLines = 6;
/** Separates the name of a shared figure from a probe's own name. */
const TOGETHER = ': ';

/** What the probes read in one trial, before and after learning: a figure for each; probes named `together: one`, `together: two` share a figure. */
export function shownFigures(run: DrawnRun): Figure[] {
  const names = namesOf(run, ({ shown }, when) => shown[when]);
  const titleOf = (name: string) => name.split(TOGETHER)[0];
  return [...new Set(names.map(titleOf))].map((title) =>
    figureOf(
      run,
      title,
      names.filter((name) => titleOf(name) === title),
    ),
  );
}

function figureOf(run: DrawnRun, title: string, probes: readonly string[]): Figure {
  const widths = probes.map((probe) => widthOf(run, probe));
  const sentences = probes.map((probe) => `${ownName(probe)} is ${sentenceOf(run, probe)}`).join('; ');
  const caption = `In one trial, in which a copy of the network learns: ${sentences}.`;
  const common = { name: `shown-${title}`, title: capital(title) };
  const description = `${run.header.title}: ${title}`;
  if (widths.reduce((sum, width) => sum + width, 0) > mostLines) {
    const rows = probes.map((probe) => heatmapOf(run, probe));
    const note = heatmapNote(rows.map(({ panels }) => ({ panels })));
    return {
      ...common,
      caption: `${caption} ${note}`,
      svg: sheet(
        description,
        rows.flatMap(({ drawn }) => drawn),
      ),
    };
  }
  const lines = probes.flatMap((probe, p) =>
    columnNames(run, probe, widths[p]).map((label, column) => ({
      probe,
      column,
      label: `${ownName(probe)} of ${label}`,
    })),
  );
  const keys = lines.map(({ label }, k): Key => ({ label, ...learnerStyle(k) }));
  return {
    ...common,
    caption,
    svg: sheet(description, inRows(linePanels(run, common.title, lines), mostColumns), keys),
  };
}

interface Line {
  readonly probe: string;
  readonly column: number;
}

/** One panel for each learner and moment (before or after learning), all on the same axes. */
function linePanels(run: DrawnRun, label: string, lines: readonly Line[]): Panel[] {
  const read = sideBySide(
    run,
    ({ shown }, when) => {
      const all = lines.map(({ probe }) => shown[when].get(probe));
      return all.every((one) => one !== undefined) ? all : undefined;
    },
    (one, other) => one.every(({ values }, k) => sameNumbers(values, other[k].values)),
  );
  const drawn = read.map(({ title, value }) => ({
    title,
    timesteps: value[0].shape[0],
    courses: lines.map(({ column }, k) => envelope(value[k], column).map((instant) => ({ ...instant, k }))),
  }));
  const finite = drawn.flatMap(({ courses }) => courses.flat().map(({ value }) => value)).filter(Number.isFinite);
  const [low, high] = finite.reduce(([least, most], value) => [Math.min(least, value), Math.max(most, value)], [0, 0]);
  const margin = 0.05 * (high - low || 1);
  return drawn.map(({ title, timesteps, courses }) =>
    panel({
      title,
      width: panelWidth(columnsOf(drawn.length, mostColumns)),
      height: 190,
      marginLeft: 68,
      marginBottom: 42,
      marginTop: 4,
      marginRight: 10,
      x: { domain: [1, Math.max(2, timesteps)] },
      y: { domain: [low - margin, high + margin] },
      marks: [
        Plot.ruleY([0], { strokeOpacity: 0.2 }),
        ...axes({
          x: { label: 'Time (timesteps)', ticks: 4, tickFormat: linearLabel, labelOffset: 38 },
          y: { label, ticks: 5, tickFormat: linearLabel, labelOffset: 62 },
        }),
        ...courses.map((course, k) => {
          const { colour, dash } = learnerStyle(k);
          return Plot.line(course, {
            x: 'timestep',
            y: 'value',
            stroke: colour,
            strokeWidth: 1.25,
            strokeDasharray: dash,
          });
        }),
      ],
    }),
  );
}

function heatmapOf(run: DrawnRun, probe: string) {
  const panels = sideBySide(
    run,
    ({ shown }, when) => shown[when].get(probe),
    (one, other) => sameNumbers(one.values, other.values),
  ).map((each) => ({ ...each, value: transpose(each.value) }));
  const drawn = heatmapRows({
    ...{ name: ownName(probe), panels, label: capital(ownName(probe)) },
    rows: { label: 'Column (number)', first: 0, size: Math.max(40, Math.min(200, 8 * panels[0].value.shape[0])) },
    columns: { label: 'Time (timesteps)', first: 1, size: roomFor(panels.length) },
  });
  return { panels, drawn };
}

/** The number of columns of a probe. @throws InputError if it differs between readings. */
function widthOf(run: DrawnRun, probe: string): number {
  const found = run.learners.flatMap(({ name, shown: { before, after } }) =>
    [before, after].flatMap((all) => {
      const width = all.get(probe)?.shape[1];
      return width === undefined ? [] : [{ name, width }];
    }),
  );
  const [first] = found;
  const other = found.find(({ width }) => width !== first.width);
  if (!other) return first.width;
  throw new InputError(
    `${run.directory}: probe ${show(probe)} of ${show(other.name)}`,
    `has ${other.width} columns, but ${first.width} for ${show(first.name)}; expected the same number in all readings`,
  );
}

function ownName(probe: string): string {
  return probe.split(TOGETHER).at(-1) ?? probe;
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
