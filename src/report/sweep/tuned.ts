import { bestCells, type SweepCellData, type SweepData } from '../../recording/index.ts';
import { escapeText } from '../drawing/text.ts';
import { table } from '../page/table.ts';
import { axesOf } from './layout.ts';
import { quantitiesOf } from './quantity.ts';
import { spread } from './spread.ts';

/** The part of a caption about the tuned axis; empty if there is none. */
export function tunedNote({ description: { best } }: SweepData): string {
  return best === null ? '' : ` Each cell at its own best ${best}.`;
}

/** The best value of the tuned axis for each combination of the other axes; empty if no axis is tuned. */
export function bestTable(sweep: SweepData): string {
  const { best, grid, score, scores } = sweep.description;
  if (best === null) return '';
  const others = axesOf(sweep).filter(({ name }) => name !== best && name !== 'learner');
  const [quantity] = quantitiesOf(sweep);
  const measure = score === null ? 'the lowest median final loss' : `the ${superlative(scores[score])} median ${score}`;
  return (
    `<section id="best"><h2>${escapeText(`Best ${best.endsWith('s') ? best : `${best}s`}`)}</h2>` +
    table<SweepCellData>(
      `Figures show each cell at its own best ${best} of ${grid[best].map(String).join(', ')}: the one with ${measure}. ` +
        'Medians over the seeds, with quartiles in brackets.',
      [
        { head: 'Learner', cell: ({ learner }) => learner },
        ...others.map(({ name }) => ({ head: name, cell: ({ values }: SweepCellData) => String(values[name]) })),
        { head: `Best ${best}`, cell: ({ values }) => String(values[best]), number: true },
        { head: quantity.title, cell: (cell) => spread(quantity.of(cell)), number: true },
      ],
      bestCells(sweep),
    ) +
    '</section>'
  );
}

function superlative({ better }: { readonly better: 'higher' | 'lower' }): string {
  return better === 'higher' ? 'highest' : 'lowest';
}
