import { quartiles, type Quartiles } from '../analysis/index.ts';
import type { LocalityClass } from '../locality/index.ts';
import type { BesideResult } from '../training/index.ts';
import { csvTable } from './csv.ts';
import type { FileParts } from './files.ts';
import type { LearnerCost } from './sweep/description.ts';

/** A learner of an alignment: what it needs, and what it costs. */
export interface AlignedLearner extends Omit<LearnerCost, 'learner' | 'reads'> {
  readonly name: string;
  readonly class: LocalityClass;
}

/** `alignment.json`: how similar learners' estimates are on one learner's activity, over seeds. */
export interface Alignment {
  readonly format: 'rxflo-alignment/1';
  readonly title: string;
  readonly scenario: string;
  readonly settings: Readonly<Record<string, string | number | boolean>>;
  readonly trials: number;
  /** How many estimates learners made of the same trial. */
  readonly repeats: number;
  /** The first drives the weights. */
  readonly learners: readonly AlignedLearner[];
  readonly seeds: readonly BesideResult[];
}

/** The values of a pair of learners. */
export const PAIRED = ['timesteps', 'weighted', 'trials'] as const;

/** Quartiles over the seeds of a pair of learners. */
export function pairQuartiles({ seeds }: Alignment, what: (typeof PAIRED)[number], i: number, j: number): Quartiles {
  return quartiles(seeds.map((one) => one[what][i][j]));
}

/** The same for the values of one learner; Infinity for a loss that became non-finite. */
export function learnerQuartiles(
  { seeds }: Alignment,
  i: number,
): Readonly<Record<'loss' | 'bias' | 'noise', Quartiles>> {
  return {
    loss: quartiles(seeds.map(({ finalLosses }) => finalLosses[i])),
    bias: quartiles(seeds.map(({ spreads }) => spreads[i].bias)),
    noise: quartiles(seeds.map(({ spreads }) => spreads[i].noise)),
  };
}

/** `alignment.json`, and `alignment.csv`: a row for each pair, with quartiles. */
export function alignmentFiles(alignment: Alignment): readonly FileParts[] {
  const names = alignment.learners.map(({ name }) => name);
  const rows = names.flatMap((one, i) =>
    names.map((other, j) => {
      const values = PAIRED.flatMap((what) => {
        const { low, median, high } = pairQuartiles(alignment, what, i, j);
        return [median, low, high];
      });
      return [one, other, ...values];
    }),
  );
  const columns = PAIRED.flatMap((what) => [what, `${what} low`, `${what} high`]);
  return [
    { name: 'alignment.json', parts: [`${JSON.stringify(alignment, null, 1)}\n`] },
    { name: 'alignment.csv', parts: csvTable(['learner', 'other', ...columns], rows) },
  ];
}
