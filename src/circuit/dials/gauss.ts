import type { Graph, Value } from '../../local/index.ts';

/** Coefficients of P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution function" (2003), highest power first. */
const CENTRE = {
  above: [
    -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
    2.506628277459239,
  ],
  below: [
    -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1,
  ],
};
const TAIL = {
  above: [
    -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
    2.938163982698783,
  ],
  below: [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1],
};
/** Below this probability, and above 1 minus it, is a tail. */
const BREAK = 0.02425;

/**
 * A standard normal number from one `draw` that is uniform on (0, 1): the normal quantile, by a ratio of polynomials in the centre and another
 * in each tail. Its relative error is below 1.2e-9; two draws at the same distance from 0.5 give opposite numbers.
 */
export function gauss(graph: Graph, draw: Value): Value {
  const constant = graph.constant.bind(graph);
  const ratio = ({ above, below }: typeof CENTRE, x: Value) =>
    graph.arithmetic('/', polynomial(graph, above, x), polynomial(graph, below, x));
  const fromCentre = graph.arithmetic('-', draw, constant(0.5));
  const square = graph.arithmetic('*', fromCentre, fromCentre);
  const centre = graph.arithmetic('*', fromCentre, ratio(CENTRE, square));
  const nearer = graph.call('min', [draw, graph.arithmetic('-', constant(1), draw)]);
  const log = graph.arithmetic('*', constant(-2), graph.call('log', [nearer]));
  const lower = ratio(TAIL, graph.call('sqrt', [log]));
  const tail = graph.arithmetic('*', lower, graph.call('sign', [graph.negate(fromCentre)]));
  return graph.choose(graph.compare('<', nearer, constant(BREAK)), tail, centre);
}

/** By Horner's scheme. */
function polynomial(graph: Graph, [first, ...others]: readonly number[], x: Value): Value {
  const add = (sum: Value, term: number) => graph.arithmetic('+', graph.arithmetic('*', sum, x), graph.constant(term));
  return others.reduce(add, graph.constant(first));
}
