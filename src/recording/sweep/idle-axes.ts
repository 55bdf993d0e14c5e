import { without } from './best.ts';
import type { RealizationData, SweepCellData, SweepData } from './read-sweep.ts';

interface Swept extends Pick<SweepData, 'cells'> {
  readonly description: Pick<SweepData['description'], 'grid'>;
}

/**
 * The axes that change nothing for a learner, a sentence for each: losses, alignments and answers after learning have the same bits at every
 * value, for each seed. Usually the scenario does not use the option. Only for learners whose realizations have all run to their end.
 */
export function idleAxes({ description, cells }: Swept): readonly string[] {
  const axes = Object.keys(description.grid).filter((axis) => axis !== 'learner');
  const learners = [...new Set(cells.map(({ learner }) => learner))];
  return axes.flatMap((axis) =>
    learners
      .filter((learner) => {
        const groups = alikeBut(
          axis,
          cells.filter((cell) => cell.learner === learner),
        );
        return groups.every(
          ([first, ...others]) => others.length > 0 && others.every((other) => sameBits(first, other)),
        );
      })
      .map((learner) => `'${axis}' changes nothing for '${learner}': every value of it gives the same bits`),
  );
}

/** The cells, in groups that differ only in this axis. */
function alikeBut(axis: string, cells: readonly SweepCellData[]): readonly (readonly SweepCellData[])[] {
  const groups = new Map<string, SweepCellData[]>();
  for (const cell of cells) {
    const others = JSON.stringify(without(cell.values, axis));
    groups.set(others, [...(groups.get(others) ?? []), cell]);
  }
  return [...groups.values()];
}

function sameBits(one: SweepCellData, other: SweepCellData): boolean {
  return one.realizations.every((realization, i) => {
    const [numbers, others] = [realization, other.realizations[i]].map(numbersOf);
    return (
      numbers !== null &&
      others !== null &&
      numbers.length === others.length &&
      numbers.every((x, k) => Object.is(x, others[k]))
    );
  });
}

/** All numbers of a realization that ran to its end; null for others. */
function numbersOf(realization: RealizationData | null): readonly number[] | null {
  if (!realization?.outputs) return null;
  const { losses, alignments, outputs } = realization;
  return [...losses, ...alignments, ...Object.values(outputs).flatMap(({ rates }) => [...rates])];
}
