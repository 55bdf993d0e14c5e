import type { ActivityData } from '../../recording/index.ts';
import type { DrawnRun } from '../data/drawn.ts';
import { namesOf, sameNumbers, sideBySide, type Shown } from '../data/side-by-side.ts';
import { timeCourse } from '../data/time-course.ts';
import { sheet, type Figure, type Key } from '../drawing/figure.ts';
import { outputPanel, targetKey } from '../drawing/output-panel.ts';
import { learnerStyle } from '../drawing/palette.ts';
import type { Panel } from '../drawing/panel.ts';
import { columnsOf, inRows, panelWidth } from '../drawing/rows.ts';

const mostChannels = 4;
const mostColumns = 3;
const before: Key = { label: 'output before learning', colour: 'currentColor', dash: 'none' };

/** One output unit. */
interface Channel {
  readonly population: string;
  readonly unit: number;
}

/** The output units and their targets in one trial, before and after learning. */
export function outputFigure(run: DrawnRun): Figure | null {
  const channels = channelsOf(run);
  if (channels.length === 0) return null;
  const rows = channels.slice(0, mostChannels).flatMap((channel) => {
    const shown = sideBySide(
      run,
      ({ activity }, when) => activity[when].get(channel.population),
      (one, other) => sameNumbers(one.rates, other.rates),
    );
    return inRows(channelPanels(channel, shown, channels.length > 1), mostColumns);
  });
  const learners = run.learners
    .map(({ label, activity }, order) => ({
      after: activity.after.size,
      label: `after ${label}`,
      ...learnerStyle(order),
      dash: 'none',
    }))
    .filter(({ after }) => after > 0);
  return {
    name: 'output',
    title: 'Output and target',
    caption:
      'The output (thin line) and its target (broad grey line) in one trial that is run without learning, in the units of the target.' +
      (channels.length > mostChannels ? ` The first ${mostChannels} of ${channels.length} output units.` : ''),
    svg: sheet(`${run.header.title}: output and target`, rows, [targetKey, before, ...learners]),
  };
}

function channelsOf(run: DrawnRun): Channel[] {
  return namesOf(run, ({ activity }, when) => activity[when]).flatMap((population) => {
    const recorded = run.learners.flatMap(({ activity }) => [activity.before, activity.after]);
    const data = recorded.map((moment) => moment.get(population)).find((each) => each !== undefined);
    const units = data?.target == null ? 0 : data.shape[1];
    return Array.from({ length: units }, (_, unit) => ({ population, unit }));
  });
}

/** The panels of one channel, on the same axes so that they can be compared. */
function channelPanels({ population, unit }: Channel, shown: readonly Shown<ActivityData>[], named: boolean): Panel[] {
  const lines = shown.map(({ value: { shape, rates, target: wanted }, ...rest }) => ({
    ...rest,
    output: timeCourse({ shape, values: rates }, unit),
    wanted: wanted === null ? [] : timeCourse({ shape, values: wanted }, unit),
    steps: shape[0],
  }));
  const values = lines.flatMap(({ output, wanted }) => [...output, ...wanted].map(({ value }) => value));
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const margin = (high - low || 1) * 0.05;
  const width = panelWidth(columnsOf(shown.length, mostColumns));
  return lines.map(({ title, when, order, output, wanted, steps }) =>
    outputPanel(
      named ? `${population} ${unit}, ${title}` : title,
      [{ wanted, output, colour: when === 'before' ? before.colour : learnerStyle(order).colour }],
      { timesteps: steps, vertical: [low - margin, high + margin], width },
    ),
  );
}
