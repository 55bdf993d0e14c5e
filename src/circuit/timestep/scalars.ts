import { Graph, LocalFunction, nodesOf, type Value } from '../../local/index.ts';
import type { BuiltCircuit, BuiltGlobal, BuiltPopulation } from '../built.ts';
import { sentName } from './rows.ts';
import type { Row, Source } from './step.ts';

/** How a global scalar gets its number: from a clock, or from what a neuron sent in the timestep before; else it waits for the task's answer. */
export function scalarStep(
  one: BuiltGlobal,
  row: Row,
  rowOf: (population: BuiltPopulation, name: string) => Row,
  repeats: boolean,
): { readonly local: LocalFunction; readonly reads: Readonly<Record<string, Source>> } {
  const graph = new Graph();
  switch (one.kind) {
    case 'clock': {
      const { local } = one;
      const times: readonly (readonly [string, Source])[] = [
        ['t', { kind: 'timestep' }],
        ['count', { kind: 'count' }],
        ['sweep', repeats ? { kind: 'sweep' } : { kind: 'number', value: 0 }],
        ['last', repeats ? { kind: 'last' } : { kind: 'number', value: 1 }],
      ];
      return { local, reads: Object.fromEntries(times.filter(([path]) => readsIn(local.value).includes(path))) };
    }
    case 'neuron': {
      const source = rowOf(one.from, sentName(one.from, one.row));
      return {
        local: new LocalFunction('scalar', graph, graph.read('sent', 'presynaptic')),
        reads: { sent: { kind: 'element', row: source, neuron: one.neuron, late: 1 } },
      };
    }
    case 'task':
      return {
        local: new LocalFunction('scalar', graph, graph.read('last', 'global')),
        reads: { last: { kind: 'row', row, late: 1 } },
      };
  }
}

/** Whether a clock of the circuit counts the timesteps of the session. */
export function countsTimesteps({ globals }: BuiltCircuit): boolean {
  return globals.some((one) => one.kind === 'clock' && readsIn(one.local.value).includes('count'));
}

/** Where synapses find a global scalar. */
export function scalarSource(row: Row): Source {
  return { kind: 'element', row, neuron: 0, late: 0 };
}

/** Where neurons find it. They compute before the task answers, so they see its answer of the previous timestep. */
export function scalarForNeurons({ globals }: BuiltCircuit, row: Row): Source {
  const isAnswered = globals.some(({ name, kind }) => name === row.name && kind === 'task');
  return { kind: 'element', row, neuron: 0, late: isAnswered ? 1 : 0 };
}

function readsIn(value: Value): readonly string[] {
  return nodesOf([value]).flatMap((node) => (node.kind === 'read' ? [node.path] : []));
}
