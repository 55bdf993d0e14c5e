import { Graph, specialise, type LocalFunction, type Value } from '../../local/index.ts';

/** A number times `factor`, if the output has a target; else 0. */
export function asked(local: LocalFunction, factor = 1): Value {
  const graph = new Graph();
  const value = specialise(graph, local.value, ({ path, scope }) => graph.read(path, scope));
  const scaled = factor === 1 ? value : graph.arithmetic('*', graph.constant(factor), value);
  return whereAsked(graph, scaled, 0);
}

/** The output, if it has a target; else -Infinity. */
export function outputGraph(): Value {
  const graph = new Graph();
  return whereAsked(graph, graph.read('y', 'own state'), -Infinity);
}

function whereAsked(graph: Graph, value: Value, otherwise: number): Value {
  const target = graph.read('target', 'learning signal');
  return graph.choose(graph.compare('===', target, target), value, graph.constant(otherwise));
}
