import type { Graph, Value } from '../graph/graph.ts';
import { mayOverflow } from './overflow.ts';
import { inwardDerivative } from './inward.ts';
import { textbookDerivative } from './textbook.ts';

/** A derivative as it is shown in formulas, and as it is computed. */
export interface Derivative {
  readonly written: Value;
  readonly computed: Value;
}

/**
 * The derivative of a number with respect to one that it reads: by the rules of the textbook, or, if that is not finite (0 times infinity, infinity
 * over infinity), by reverse accumulation. Mathematically both are the same.
 */
export function derivative(graph: Graph, value: Value, by: string): Derivative {
  const written = textbookDerivative(graph, value, by);
  if (!mayOverflow(written)) return { written, computed: written };
  // x - x is 0 for a finite x and NaN for any other.
  const finite = graph.compare('===', graph.arithmetic('-', written, written), graph.constant(0));
  return { written, computed: graph.choose(finite, written, inwardDerivative(graph, value, by)) };
}
