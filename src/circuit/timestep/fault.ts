import { NotFinite } from '../../errors/index.ts';
import type { ComputeStep, Row } from './step.ts';

/** Whether the numbers of a step are checked when they are computed: only those of neurons that integrate. */
export function isChecked({ stage }: ComputeStep): boolean {
  return stage.phase === 'integrate';
}

/** The rows in which a step can meet a number that is not finite: its neurons' ports, then its results. */
export function checkedRows({ reads, results }: ComputeStep): readonly Row[] {
  const ports = [...reads.values()].flatMap((source) =>
    source.kind === 'row' && source.row.kind === 'port' ? [source.row] : [],
  );
  return [...ports, ...results.map(({ row }) => row)];
}

/**
 * What is wrong with a neuron that has computed a number that is not finite; undefined if all are finite.
 *
 * @param value The neuron's number in each of the step's checked rows.
 */
export function faultOf(step: ComputeStep, value: (row: Row) => number): NotFinite | string | undefined {
  const rows = checkedRows(step);
  const wrong = rows.find((row) => !Number.isFinite(value(row)));
  if (!wrong) return undefined;
  if (wrong.kind === 'port') return new NotFinite('its summed input', value(wrong));
  if (!step.population.model?.derivatives.some(({ name }) => name === wrong.name))
    return new NotFinite(`its ${wrong.name}`, value(wrong));
  // Then the network has not diverged; the model's derivative is wrong there.
  const ports = rows.filter(({ kind }) => kind === 'port').map((port) => `u = ${value(port)}`);
  return `its ${wrong.name} is ${value(wrong)} at ${ports.join(', ')}, though its rate is finite`;
}
