import type { Quartiles } from '../../analysis/index.ts';
import { learnerQuartiles, pairQuartiles, type AlignedLearner, type Alignment } from '../../recording/index.ts';
import type { Figure } from '../drawing/figure.ts';
import { escapeText } from '../drawing/text.ts';
import { figureSection, htmlDocument } from '../page/document.ts';
import { pairs, table } from '../page/table.ts';

/** The report of an alignment as one HTML document. */
export function alignmentPage(alignment: Alignment, figures: readonly Figure[]): string {
  const { title, learners, seeds, trials, settings, scenario, repeats } = alignment;
  const others =
    learners.length === 2 ? 'the other learner estimates' : `the other ${learners.length - 1} learners estimate`;
  const opening =
    `${learners[0].name} changes the weights for ${trials} trials of ${scenario}; ${others} the gradient on the same ` +
    `activity. Seeds: ${seeds.map(({ seed }) => seed).join(', ')}. Bias and noise: from ${repeats} estimates of the gradient of one trial.`;
  return htmlDocument(
    title,
    `<p>${escapeText(opening)}</p>\n${learnerTable(alignment)}\n${figures.map(figureSection).join('\n')}\n<p>Settings: ${escapeText(pairs(settings))}</p>`,
  );
}

interface Row extends AlignedLearner {
  readonly order: number;
}

function learnerTable(alignment: Alignment): string {
  const rows = alignment.learners.map((learner, order): Row => ({ ...learner, order }));
  const column = (head: string, cell: (row: Row) => Quartiles) => ({
    head,
    cell: (row: Row) => spread(cell(row)),
    number: true,
  });
  return table<Row>(
    'Median over the seeds, with quartiles in brackets. Cosine: with the learner that changes the weights. Operations: per update of one synapse. Bytes: stored per synapse.',
    [
      { head: 'Learner', cell: ({ name }) => name },
      { head: 'Class', cell: (row) => row.class },
      column('Cosine, timesteps', ({ order }) => pairQuartiles(alignment, 'timesteps', 0, order)),
      column('Cosine, trials', ({ order }) => pairQuartiles(alignment, 'trials', 0, order)),
      column('Bias', ({ order }) => learnerQuartiles(alignment, order).bias),
      column('Noise', ({ order }) => learnerQuartiles(alignment, order).noise),
      column('Final loss', ({ order }) => learnerQuartiles(alignment, order).loss),
      { head: 'Operations', cell: ({ operations }) => (operations === null ? '–' : shortOf(operations)), number: true },
      { head: 'Bytes', cell: ({ bytes }) => shortOf(bytes), number: true },
    ],
    rows,
  );
}

/** 0.59 [0.58, 0.61] */
export function spread({ low, median, high }: Quartiles): string {
  return `${shortOf(median)} [${shortOf(low)}, ${shortOf(high)}]`;
}

function shortOf(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–';
}
