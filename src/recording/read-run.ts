import { existsSync, statSync } from 'node:fs';
import { counted, InputError, oneOf } from '../errors/index.ts';
import { brief } from './check.ts';
import { onFile } from './file-errors.ts';
import { checkSameRun } from './same-run.ts';
import { readRecording } from './recording-reader.ts';
import { numbersOf, type HeaderRecord, type NumberArray, type RunRecord } from './records.ts';
import type { ActivityData, LearnerData, Numbers2D, ProbeColumns, RunData } from './run-data.ts';
import { runFiles } from './run-directory.ts';
import { readSummary } from './summary-file.ts';
import { holdsSweep } from './sweep/directory.ts';

/**
 * Reads a run directory: the recording, and the summary if the run has ended.
 *
 * @param keeps Whether to keep the readings of a probe in memory; by default all are kept. `readingsIn` reads them one by one.
 * @throws InputError if there is no run, or one of its files is damaged or not ours.
 */
export function readRun(
  directory: string,
  keeps: (probe: string, header: HeaderRecord) => boolean = () => true,
): RunData {
  const files = runFiles(directory);
  const found = onFile(directory, () => statSync(directory));
  if (!found.isDirectory()) {
    throw new InputError(directory, 'is not a directory; give the directory of a run');
  }
  if (holdsSweep(directory)) {
    throw new InputError(directory, 'holds a sweep, whose results are in its results.csv; give the directory of a run');
  }
  if (!existsSync(files.recording)) {
    throw new InputError(directory, 'holds no recording.msgpack; give the directory of a run');
  }
  const summary = existsSync(files.summary) ? readSummary(files.summary) : null;
  const recorded = collect(files.recording, keeps);
  if (summary) checkSameRun(files.summary, summary, recorded);
  return { directory, summary, ...recorded };
}

function collect(
  file: string,
  keeps: (probe: string, header: HeaderRecord) => boolean,
): Pick<RunData, 'header' | 'learners' | 'torn'> {
  const records = readRecording(file);
  let header: HeaderRecord | null = null;
  const learners = new Map<string, LearnerColumns>();
  let step = records.next();
  for (; !step.done; step = records.next()) {
    const record = step.value;
    if (record.kind === 'header') {
      if (header) throw new InputError(file, 'has a second header: two recordings in one; give each its own file');
      header = record;
      const keepsReadings = (probe: string) => keeps(probe, record);
      for (const name of header.learners) learners.set(name, new LearnerColumns(file, name, keepsReadings));
      continue;
    }
    const learner = learners.get(record.learner);
    if (!learner) {
      const known = oneOf([...learners.keys()]);
      throw new InputError(file, `has a record of learner ${brief(record.learner)}; its header names ${known}`);
    }
    learner.add(record);
  }
  if (!header) throw new InputError(file, 'has no header');
  return { header, learners: [...learners.values()].map((learner) => learner.data()), torn: step.value.torn };
}

/** Gathers the records of one learner into columns. */
class LearnerColumns {
  private readonly trial: number[] = [];
  private readonly loss: number[] = [];
  private readonly alignment: number[] = [];
  private readonly probes = new Map<string, ProbeReadings>();
  private readonly weights = { before: new Map<string, Numbers2D>(), after: new Map<string, Numbers2D>() };
  private readonly activity = { before: new Map<string, ActivityData>(), after: new Map<string, ActivityData>() };
  private readonly shown = { before: new Map<string, Numbers2D>(), after: new Map<string, Numbers2D>() };
  private scores: LearnerData['scores'] = null;
  private finished: LearnerData['finished'] = null;

  constructor(
    private readonly file: string,
    private readonly name: string,
    private readonly keeps: (probe: string) => boolean,
  ) {}

  add(record: Exclude<RunRecord, HeaderRecord>): void {
    switch (record.kind) {
      case 'trial':
        if (this.finished) this.goOn();
        this.trial.push(record.trial);
        this.loss.push(record.loss);
        this.alignment.push(record.alignment ?? NaN);
        return;
      case 'probe': {
        const { probe, trial, timestep } = record;
        const values = numbersOf(record.values);
        const readings = this.probes.get(probe) ?? new ProbeReadings(values.length);
        this.probes.set(probe, readings);
        if (values.length !== readings.width) {
          throw new InputError(
            `${this.file}: probe ${brief(probe)} of ${brief(this.name)}`,
            `reads ${counted(values.length, 'number')} in trial ${trial}, but ${readings.width} before; every reading must have the same length`,
          );
        }
        if (this.keeps(probe)) readings.add(trial, timestep, values);
        return;
      }
      case 'weights':
        this.weights[record.when].set(record.group, {
          shape: rowsAndColumns(record.values),
          values: numbersOf(record.values),
        });
        return;
      case 'activity': {
        const { rates, target } = record;
        const data = { shape: rowsAndColumns(rates), rates: numbersOf(rates), target: target && numbersOf(target) };
        this.activity[record.when].set(record.population, data);
        return;
      }
      case 'shown':
        this.shown[record.when].set(record.probe, {
          shape: rowsAndColumns(record.values),
          values: numbersOf(record.values),
        });
        return;
      case 'scores':
        this.scores = numbersOf(record.values);
        return;
      case 'finished':
        this.finished = { reason: record.reason, trials: record.trials };
    }
  }

  /** Continues a learner that had ended and was given more trials: what was recorded at its end no longer counts. */
  private goOn(): void {
    this.weights.after.clear();
    this.activity.after.clear();
    this.shown.after.clear();
    this.scores = null;
    this.finished = null;
  }

  data(): LearnerData {
    const { name, weights, activity, shown, scores, finished } = this;
    return {
      name,
      trials: {
        trial: Float64Array.from(this.trial),
        loss: Float64Array.from(this.loss),
        alignment: Float64Array.from(this.alignment),
      },
      read: [...this.probes.keys()],
      probes: new Map(
        [...this.probes].filter(([probe]) => this.keeps(probe)).map(([probe, readings]) => [probe, readings.columns()]),
      ),
      weights,
      activity,
      shown,
      scores,
      finished,
    };
  }
}

/** Gathers the readings of one probe. */
class ProbeReadings {
  private readonly trial: number[] = [];
  private readonly timestep: number[] = [];
  private readonly rows: Float64Array[] = [];

  constructor(readonly width: number) {}

  add(trial: number, timestep: number | null, row: Float64Array): void {
    this.trial.push(trial);
    this.timestep.push(timestep ?? NaN);
    this.rows.push(row);
  }

  columns(): ProbeColumns {
    const values = new Float64Array(this.rows.length * this.width);
    this.rows.forEach((row, i) => {
      values.set(row, i * this.width);
    });
    return {
      trial: Float64Array.from(this.trial),
      timestep: Float64Array.from(this.timestep),
      values,
      width: this.width,
    };
  }
}

function rowsAndColumns({ shape: [rows, columns] }: NumberArray): readonly [number, number] {
  return [rows, columns];
}
