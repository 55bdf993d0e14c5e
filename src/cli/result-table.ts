import Table from 'cli-table3';
import { FINAL_TRIALS } from '../analysis/index.ts';
import { whetherSame, type LearnerSummary, type Summary } from '../recording/index.ts';

/** The results of a run, a row for each learner. */
export function resultTable({ title, seed, learners, comparisons }: Summary): string {
  const measured = learners.some(({ gradientAlignment }) => gradientAlignment !== null);
  const scores = [...new Set(learners.flatMap((learner) => Object.keys(learner.scores)))];
  const table = new Table({
    head: [
      'learner',
      'engine',
      'schedule',
      'feedback',
      'trials',
      'first loss',
      'final loss',
      'alignment',
      ...(measured ? ['gradient'] : []),
      ...scores,
      'ms/trial',
      'ended',
    ],
    style: { head: [], border: [] },
    colAligns: [
      ...Array<'left'>(4).fill('left'),
      ...Array<'right'>(scores.length + (measured ? 6 : 5)).fill('right'),
      'left',
    ],
  });
  const scientific = (value: number | null) => (value === null ? '-' : value.toExponential(2));
  const cosine = (value: number | null) => (value === null ? '-' : value.toFixed(3));
  for (const learner of learners) {
    table.push([
      learner.learner,
      learner.precision === 'f64' ? learner.engine : `${learner.engine} ${learner.precision}`,
      learner.schedule,
      isWeightTransport(learner) ? 'symmetric*' : learner.feedback,
      learner.trials,
      scientific(learner.firstLoss),
      scientific(learner.finalLoss),
      cosine(learner.alignment),
      ...(measured ? [cosine(learner.gradientAlignment)] : []),
      ...scores.map((name) => scoreOf(learner, name)),
      learner.millisecondsPerTrial === null ? '-' : learner.millisecondsPerTrial.toFixed(2),
      learner.ended,
    ]);
  }
  const notes = [
    `Final loss: mean over ${FINAL_TRIALS}.`,
    ...(measured
      ? ['Gradient: cosine between the last measured weight update and exact gradient descent, over all weights.']
      : []),
    ...(scores.length > 0 ? ['Scores: from the test after learning.'] : []),
    ...(learners.some(isWeightTransport)
      ? ['* Weight transport: feedback is the transposed readout, which is not local.']
      : []),
    ...comparisons.map((comparison) => whetherSame(comparison, learners).sentence),
  ];
  return `${title}, seed ${seed}\n${table.toString()}\n${notes.join('\n')}`;
}

function scoreOf({ scores }: LearnerSummary, name: string): string {
  const value = Object.hasOwn(scores, name) ? scores[name] : null;
  return typeof value === 'number' ? String(Number(value.toPrecision(3))) : (value ?? '-');
}

/** The exact gradient is global anyway; for all other learners weight transport must be stated. */
function isWeightTransport({ feedback, exact }: LearnerSummary): boolean {
  return feedback === 'symmetric' && !exact;
}
