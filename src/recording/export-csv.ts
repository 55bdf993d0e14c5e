import { csvTable, type CsvCell } from './csv.ts';
import type { FileParts } from './files.ts';
import { freeName } from './free-name.ts';
import { readingsIn } from './readings.ts';
import type { HeaderRecord } from './records.ts';
import type { LearnerData, RunData } from './run-data.ts';

/** The files of an export for pandas and spreadsheets. */
export function csvFiles(run: RunData): FileParts[] {
  const { learners } = run;
  return [
    { name: 'trials.csv', parts: csvTable(['learner', 'trial', 'loss', 'alignment'], trialRows(learners)) },
    ...probeFiles(run),
    ...(run.header.test
      ? [{ name: 'scores.csv', parts: csvTable(['learner', 'score', 'value'], scoreRows(run)) }]
      : []),
    {
      name: 'weights.csv',
      parts: csvTable(['learner', 'when', 'group', 'post', 'pre', 'weight'], weightRows(learners)),
    },
    {
      name: 'activity.csv',
      parts: csvTable(
        ['learner', 'when', 'population', 'timestep', 'neuron', 'rate', 'target'],
        activityRows(learners),
      ),
    },
    ...(learners.some(({ shown }) => shown.before.size + shown.after.size > 0)
      ? [
          {
            name: 'shown.csv',
            parts: csvTable(['learner', 'when', 'probe', 'timestep', 'column', 'value'], shownRows(learners)),
          },
        ]
      : []),
  ];
}

function* trialRows(learners: readonly LearnerData[]): Generator<CsvCell[]> {
  for (const { name, trials } of learners) {
    for (const [i, trial] of trials.trial.entries()) yield [name, trial, trials.loss[i], trials.alignment[i]];
  }
}

/** The most columns of a probe without readings, whose width only the header states. */
const MOST_UNREAD = 10_000;

/**
 * One file for each probe, with the readings of every learner that has any; only the header row if there are none. Readings are streamed, not
 * kept in memory.
 */
function probeFiles({ directory, header }: RunData): FileParts[] {
  const unread = Object.entries(header.probes ?? {}).map(
    ([probe, width]) => [probe, Math.min(width, MOST_UNREAD)] as const,
  );
  const widths = new Map(unread);
  for (const { probe, values } of readingsIn(directory)) {
    widths.set(probe, Math.max(values.length, widths.get(probe) ?? 0));
  }
  const taken = new Set<string>();
  return [...widths].map(([probe, width]) => {
    const { gradientAlignment = {} } = header;
    const groups = Object.hasOwn(gradientAlignment, probe) ? gradientAlignment[probe] : null;
    const numbered = Array.from({ length: width }, (_, i) => `v${i}`);
    const scores = header.test?.probes.includes(probe) ? scoreNames(header) : null;
    const values = groups ? ['all groups', ...groups] : (scores ?? numbered);
    return {
      name: `${freeName(`probe-${probe}`, taken)}.csv`,
      parts: csvTable(['learner', 'trial', 'timestep', ...values], probeRows(directory, probe)),
    };
  });
}

function* probeRows(directory: string, probe: string): Generator<CsvCell[]> {
  for (const { learner, probe: own, trial, timestep, values } of readingsIn(directory)) {
    if (own === probe) yield [learner, trial, timestep ?? NaN, ...values];
  }
}

function scoreNames({ test }: HeaderRecord): readonly string[] {
  return test?.scores.map(({ name }) => name) ?? [];
}

function* scoreRows({ learners, header }: RunData): Generator<CsvCell[]> {
  for (const { name, scores } of learners) {
    for (const [i, score] of scoreNames(header).entries()) if (scores) yield [name, score, scores[i]];
  }
}

/** One row for each synapse. */
function* weightRows(learners: readonly LearnerData[]): Generator<CsvCell[]> {
  for (const { name, weights } of learners) {
    for (const when of ['before', 'after'] as const) {
      for (const [group, { shape, values }] of weights[when]) {
        for (const [i, weight] of values.entries()) {
          const pre = i % shape[1];
          if (!Number.isNaN(weight)) yield [name, when, group, (i - pre) / shape[1], pre, weight];
        }
      }
    }
  }
}

function* activityRows(learners: readonly LearnerData[]): Generator<CsvCell[]> {
  for (const { name, activity } of learners) {
    for (const when of ['before', 'after'] as const) {
      for (const [population, { shape, rates, target }] of activity[when]) {
        for (const [i, rate] of rates.entries()) {
          const neuron = i % shape[1];
          yield [name, when, population, (i - neuron) / shape[1] + 1, neuron, rate, target ? target[i] : NaN];
        }
      }
    }
  }
}

function* shownRows(learners: readonly LearnerData[]): Generator<CsvCell[]> {
  for (const { name, shown } of learners) {
    for (const when of ['before', 'after'] as const) {
      for (const [probe, { shape, values }] of shown[when]) {
        for (const [i, value] of values.entries()) {
          const column = i % shape[1];
          yield [name, when, probe, (i - column) / shape[1] + 1, column, value];
        }
      }
    }
  }
}
