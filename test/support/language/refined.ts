import {
  build,
  circuit,
  historyOf,
  isArrayLike,
  type BuiltCircuit,
  type BuiltGroup,
  type Circuit,
  type CircuitDefinition,
  type Evaluation,
  type SynapseGroup,
} from '../../../src/circuit/index.ts';
import type { Draw } from './draw.ts';

interface Refining {
  readonly k: number;
  readonly carry: boolean;
  /** How rules are evaluated that can be evaluated in both ways. */
  readonly evaluation: Evaluation;
  /** Whether it stays as it is. */
  readonly asItIs: boolean;
}

/**
 * The circuit with what can only be said when it has been built once: some groups have the weights that they drew written out, as a matrix or edge
 * by edge, and rules that are linear in their traces may go by history.
 */
export function refined(
  draw: Draw,
  definition: CircuitDefinition<string, string, string>,
  { k, carry, evaluation, asItIs }: Refining,
): { readonly definition: Circuit; readonly built: BuiltCircuit } {
  const { has, chance } = draw;
  const first = circuit(definition);
  const goesByHistory = evaluation === 'history';
  // Of all groups that can, or of those that say so.
  const all = chance(0.5);
  const built = build(first, k, { carry });
  if (asItIs || (!goesByHistory && !has(0.4))) return { definition: first, built };
  const synapses = built.groups.map((group): [string, SynapseGroup] => {
    const written = withWeights(draw, group, definition.synapses[group.name]);
    if (!goesByHistory) return [group.name, written];
    const linear = isLinear(group);
    if (all) return [group.name, { ...written, ...(!linear && group.rule && { evaluation: 'trace' }) }];
    return [group.name, { ...written, ...(linear && has(0.8) && { evaluation: 'history' }) }];
  });
  const made = circuit({ ...definition, synapses: Object.fromEntries(synapses) });
  return { definition: made, built: build(made, k, { carry, evaluation: all ? evaluation : 'trace' }) };
}

function isLinear(group: BuiltGroup): boolean {
  const { rule, atOnce } = group;
  return rule !== undefined && !atOnce && !('obstacle' in historyOf({ ...group, rule }));
}

/** A group whose synapses have the weights, written out, that they would have drawn: legal ones, whatever its dials. */
function withWeights(
  { has, chance }: Draw,
  { from, rowStart, pre, weights }: BuiltGroup,
  group: SynapseGroup,
): SynapseGroup {
  if (pre.length === 0 || !has(0.5)) return group;
  const { weights: _drawn, edges, ...rest } = group;
  if (edges) {
    const drawn = Array.from(weights);
    if (!isArrayLike(edges)) return { ...rest, edges: { ...edges, weights: drawn } };
    const { delay, ...others } = rest;
    const late = isArrayLike(delay) ? Array.from(delay, Number) : [];
    const backwards = drawn.toReversed();
    const ofEdge = (k: number) => [backwards[k], ...(late.length > 0 ? [late[k]] : [])];
    return { ...others, edges: Array.from(edges, (ends, k) => [...Array.from(ends), ...ofEdge(k)]) };
  }
  const missing = chance(0.5) ? NaN : null;
  const matrix = Array.from({ length: rowStart.length - 1 }, (_, i) => {
    const row = new Array<number | null>(from.size).fill(missing);
    for (let k = rowStart[i]; k < rowStart[i + 1]; k++) row[pre[k]] = weights[k];
    return row;
  });
  return { ...group, weights: chance(0.5) ? matrix : matrix.flat() };
}
