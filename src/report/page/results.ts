import { finalLoss } from '../../analysis/index.ts';
import { finalScores, lastGradientAlignment, type LearnerSummary, type RunData } from '../../recording/index.ts';

/** A learner's row in the table of results: from the summary, or from the recording while there is no summary. */
export interface Result {
  readonly learner: string;
  readonly trials: number;
  readonly firstLoss: number | null;
  readonly lastLoss: number | null;
  readonly finalLoss: number | null;
  readonly alignment: number | null;
  readonly gradientAlignment: number | null;
  readonly scores: LearnerSummary['scores'];
  readonly millisecondsPerTrial: number | null;
  /** In words. */
  readonly ended: string;
  readonly error: string | null;
  /** Its own rules, engine, precision, schedule, feedback and half-life of the learning rates; null without a summary. */
  readonly how: Pick<
    LearnerSummary,
    'rules' | 'engine' | 'precision' | 'schedule' | 'evaluation' | 'batch' | 'feedback' | 'rateHalfLife'
  > | null;
}

/** The engine, as named in tables. */
export function engineNamed({ how }: Result): string {
  if (how === null) return '–';
  return how.precision === 'f64' ? how.engine : `${how.engine}, float32`;
}

const reasons: ReadonlyMap<string, string> = new Map([
  ['trials', 'all trials done'],
  ['loss', 'target loss reached'],
  ['patience', 'no new lowest loss for too long'],
  ['time', 'time limit reached'],
  ['stopped', 'stopped on request'],
  ['failed', 'failed'],
]);

/** One result per learner, in the run's order. */
export function resultsOf({ header, learners, summary }: RunData): Result[] {
  return learners.map((learner) => {
    const { name, trials, finished } = learner;
    const known = summary?.learners.find((each) => each.learner === name);
    if (known !== undefined) return { ...known, ended: reasons.get(known.ended) ?? known.ended, how: known };
    const alignment = trials.alignment.at(-1) ?? NaN;
    return {
      learner: name,
      trials: trials.loss.length,
      firstLoss: trials.loss.at(0) ?? null,
      lastLoss: trials.loss.at(-1) ?? null,
      finalLoss: trials.loss.length > 0 ? finalLoss(trials.loss) : null,
      alignment: Number.isNaN(alignment) ? null : alignment,
      gradientAlignment: lastGradientAlignment(header, learner),
      scores: finalScores(header, learner),
      millisecondsPerTrial: null,
      ended: finished !== null ? (reasons.get(finished.reason) ?? finished.reason) : beganOrNot(trials.loss.length),
      error: null,
      how: null,
    };
  });
}

function beganOrNot(trials: number): string {
  return trials > 0 ? 'not finished' : 'not begun';
}
