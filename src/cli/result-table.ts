import Table from 'cli-table3';
import { whetherSame, type LearnerSummary, type Summary } from '../recording/index.ts';

/** The results of a run, a line for each learner. */
export function resultTable({ title, seed, learners, comparisons }: Summary): string {
  const table = new Table({
    head: [
      'learner',
      'engine',
      'schedule',
      'feedback',
      'trials',
      'first loss',
      'mean final loss',
      'alignment',
      'ms/trial',
      'ended',
    ],
    style: { head: [], border: [] },
    colAligns: ['left', 'left', 'left', 'left', 'right', 'right', 'right', 'right', 'right', 'left'],
  });
  const scientific = (value: number | null) => (value === null ? '-' : value.toExponential(2));
  for (const learner of learners) {
    table.push([
      learner.learner,
      learner.precision === 'f64' ? learner.engine : `${learner.engine} ${learner.precision}`,
      learner.schedule,
      isWeightTransport(learner) ? 'symmetric*' : learner.feedback,
      learner.trials,
      scientific(learner.firstLoss),
      scientific(learner.meanFinalLoss),
      learner.alignment === null ? '-' : learner.alignment.toFixed(3),
      learner.millisecondsPerTrial === null ? '-' : learner.millisecondsPerTrial.toFixed(2),
      learner.ended,
    ]);
  }
  const notes = [
    'Mean final loss: over the last tenth of the trials, at most 100.',
    ...(learners.some(isWeightTransport) ? ['* weight transport: the readout transposed; not local.'] : []),
    ...comparisons.map((comparison) => whetherSame(comparison, learners).sentence),
  ];
  return `${title}, seed ${seed}\n${table.toString()}\n${notes.join('\n')}`;
}

function isWeightTransport({ feedback, algorithm }: LearnerSummary): boolean {
  return feedback === 'symmetric' && algorithm === 'local';
}
