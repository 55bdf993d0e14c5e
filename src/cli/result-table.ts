import Table from 'cli-table3';
import type { Summary } from '../recording/index.ts';

/** The results of a run, a line for each learner. */
export function resultTable({ title, seed, learners }: Summary): string {
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
      learner.engine,
      learner.schedule,
      learner.feedback === 'symmetric' && learner.engine === 'actors' ? 'symmetric*' : learner.feedback,
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
    ...(learners.some(({ feedback, engine }) => feedback === 'symmetric' && engine === 'actors')
      ? ['* weight transport: the readout transposed; not local.']
      : []),
  ];
  return `${title}, seed ${seed}\n${table.toString()}\n${notes.join('\n')}`;
}
