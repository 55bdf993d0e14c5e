import { readRecording } from './recording-reader.ts';
import { numbersOf, type HeaderRecord, type ProbeRecord } from './records.ts';
import { runFiles } from './run-directory.ts';

/** A reading of a probe. */
export interface Reading extends Omit<ProbeRecord, 'kind' | 'values'> {
  readonly values: Float64Array;
}

/** All readings of a run in the order in which they were taken, from its file, with one at a time in memory. */
export function* readingsIn(directory: string): Generator<Reading, void, undefined> {
  for (const record of readRecording(runFiles(directory).recording)) {
    if (record.kind === 'probe') yield { ...record, values: numbersOf(record.values) };
  }
}

/**
 * Whether a probe measures something that summaries report and figures draw: gradient alignment, or the scores of a test.
 * Its readings are a few numbers wide, whatever the size of the network.
 */
export function isMeasure(probe: string, { gradientAlignment = {}, test }: HeaderRecord): boolean {
  return Object.hasOwn(gradientAlignment, probe) || (test?.probes.includes(probe) ?? false);
}
