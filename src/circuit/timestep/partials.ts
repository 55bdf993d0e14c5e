import type { LocalFunction, Value } from '../../local/index.ts';
import { newRow } from './rows.ts';
import type { PartialDerivative, Row, Source } from './step.ts';

/** A derivative, and how it is computed into its row. */
export interface DerivedPartial {
  readonly partial: PartialDerivative;
  readonly value: Value;
}

/** How a row that a step computes depends on each row that it reads, without those that are always 0 or that no weight can change. */
export function partialsOf(
  of: Row,
  local: LocalFunction,
  reads: Readonly<Record<string, Source>>,
): readonly DerivedPartial[] {
  return local.reads.flatMap(({ path }): DerivedPartial[] => {
    const source = reads[path];
    if ((source.kind !== 'row' && source.kind !== 'element') || !varies(source.row)) return [];
    const { row: by, late } = source;
    const name = `d_${of.name}_d_${path}`;
    const { value } = local.derivative(name, path);
    if (value.kind === 'constant' && value.value === 0) return [];
    const row = newRow(of.population, name, 'derivative');
    const partial = { of, by, late, value: row, ...(source.kind === 'element' && { neuron: source.neuron }) };
    return [{ partial, value }];
  });
}

/** Whether weights can change the numbers of a row: not those that input neurons send. */
function varies({ population }: Row): boolean {
  return population.model !== undefined;
}
