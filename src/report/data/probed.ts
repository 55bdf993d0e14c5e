import { show } from '../../errors/index.ts';
import type { DrawnRun } from './drawn.ts';

/** What the columns of a probe's readings are of, as the summary has it: 'neuron 3', 'synapse 1→3'; without one, by number. */
export function columnNames(run: DrawnRun, probe: string, width: number): string[] {
  const { neurons, synapses, only } = definitionOf(run, probe);
  const listed = Array.isArray(only) ? (only as readonly unknown[]) : undefined;
  return Array.from({ length: width }, (_, k) => {
    const one = listed?.at(k);
    if (synapses !== undefined && Array.isArray(one)) return `synapse ${text(one[1])}→${text(one[0])}`;
    if (neurons !== undefined) return `neuron ${text(one ?? k)}`;
    return `column ${k}`;
  });
}

/** What a probe reads, as part of a sentence. */
export function sentenceOf(run: DrawnRun, probe: string): string {
  const { neurons, synapses, error, global, value } = definitionOf(run, probe);
  const what = `‘${text(value)}’`;
  if (neurons !== undefined) return `${what} of population ${text(neurons)}`;
  if (synapses !== undefined) return `${what} of the synapses ${text(synapses)}`;
  if (error !== undefined) return `the error of ${text(error)}`;
  return global === undefined ? 'what its probe read' : `global.${text(global)}`;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : show(value);
}

/** A summary may hold anything as a probe. */
function definitionOf({ summary }: DrawnRun, probe: string): Readonly<Record<string, unknown>> {
  const found = summary?.probes[probe];
  return typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : {};
}
