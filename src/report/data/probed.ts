import type { DrawnRun } from './drawn.ts';

/** Names of the columns of a probe's readings, from the summary: 'neuron 3', 'synapse 1→3'; without a summary, numbers. */
export function columnNames(run: DrawnRun, probe: string, width: number): string[] {
  const read = definitionOf(run, probe);
  const only = read('only');
  const listed: readonly unknown[] = Array.isArray(only) ? only : [];
  return Array.from({ length: width }, (_, k) => {
    const one = listed.at(k) ?? k;
    if (read('synapses') !== undefined && Array.isArray(one)) return `synapse ${textOf(one[1])}→${textOf(one[0])}`;
    return read('neurons') === undefined ? `column ${k}` : `neuron ${textOf(one)}`;
  });
}

/** What a probe reads, as part of a sentence. */
export function sentenceOf(run: DrawnRun, probe: string): string {
  const read = definitionOf(run, probe);
  const of = (field: string) => textOf(read(field));
  if (read('neurons') !== undefined) return `‘${of('value')}’ of population ${of('neurons')}`;
  if (read('synapses') !== undefined) return `‘${of('value')}’ of the synapses ${of('synapses')}`;
  if (read('error') !== undefined) return `the error of ${of('error')}`;
  return read('global') === undefined ? 'what its probe read' : `global.${of('global')}`;
}

/** The fields of a probe in the summary, which may hold anything. */
function definitionOf({ summary }: DrawnRun, probe: string): (field: string) => unknown {
  const found = summary?.probes[probe];
  const fields = typeof found === 'object' && found !== null ? (found as Readonly<Record<string, unknown>>) : {};
  return (field) => fields[field];
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '?';
}
