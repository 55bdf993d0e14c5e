import { bestCells, type SweepData } from '../../recording/index.ts';
import { axesOf, groupedBy, labelOf } from './layout.ts';

/** The most cells that a caption names. */
const mostNamed = 24;

/** What a caption says of the axis that everything else is tuned over, and which value won where; empty where there is none. */
export function tunedNote(sweep: SweepData): string {
  const { best, grid, score, scores } = sweep.description;
  if (best === null) return '';
  const others = axesOf(sweep).filter(({ name }) => name !== best);
  const won = groupedBy(bestCells(sweep), [{ name: best, values: grid[best] }]).map(({ label, cells }) => {
    const named = cells.map(({ values }) => labelOf(values, others));
    return { label, cells: named.join('; ') };
  });
  const measure = score === null ? 'the lowest median final loss' : `the ${superlative(scores[score])} median ${score}`;
  const opening = ` Everything at its own best ${best} (of ${grid[best].map(String).join(', ')}), that of ${measure}: `;
  if (won.length === 1) return `${opening}${won[0].label}${others.length > 0 ? ' in all cases' : ''}.`;
  if (bestCells(sweep).length > mostNamed) return `${opening}the table of cells says which.`;
  return `${opening}${won.map(({ label, cells }) => `${label} (${cells})`).join(', ')}.`;
}

function superlative({ better }: { readonly better: 'higher' | 'lower' }): string {
  return better === 'higher' ? 'highest' : 'lowest';
}
