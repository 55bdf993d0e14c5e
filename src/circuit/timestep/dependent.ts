import type { Row } from './step.ts';
import type { Timestep } from './timestep.ts';

/** The rows that depend on others or on weights with known derivatives, in the order in which they are computed. Derivatives run along these. */
export function dependentRows({ partials, steps }: Pick<Timestep, 'partials' | 'steps'>): readonly Row[] {
  const dependent = new Set(partials.map(({ of }) => of));
  return steps.flatMap((step) => {
    if (step.do === 'sum') return step.into.kind === 'port' ? [step.into] : [];
    if (step.do === 'total') return dependent.has(step.row) ? [step.into] : [];
    return step.do === 'compute' ? step.results.map(({ row }) => row).filter((row) => dependent.has(row)) : [];
  });
}
