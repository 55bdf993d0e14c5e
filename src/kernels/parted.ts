import { nodesOf, type Node, type Value } from '../local/index.ts';
import type { Parts } from './doubles.ts';
import type { Lanes, Operand } from './lanes.ts';
import { partsOf, takesLong } from './library.ts';
import type { Expression } from './wat.ts';

/** A vector of neurons. */
interface Neurons {
  /** The offset of their numbers within their population, bytes. */
  readonly at: () => Expression;
}

/** How all neurons of a population are visited. */
interface Sweeping<N extends Neurons> {
  readonly lanes: Lanes;
  /** Room for a number of every neuron. */
  readonly reserve: () => number;
  /** Visits all, vector after vector. */
  readonly sweep: (visit: (neurons: N) => void) => void;
  readonly compute: (neurons: N, value: Value) => Operand;
}

/** Functions that compute the last part of each call. */
export type LastParts<N> = ReadonlyMap<Value, (neurons: N) => Expression>;

/**
 * Writes the calls of functions with parts that `values` need: all neurons go through a part before any goes through the next, and intermediate
 * results wait in memory. A processor looks some 200 operations ahead. In a long chain of operations that wait for each other, it finds few that it
 * can already do; in short chains, it finds those of the next neurons.
 */
export function writeParts<N extends Neurons>(
  values: readonly Value[],
  known: ReadonlySet<Node>,
  sweeping: Sweeping<N>,
): LastParts<N> {
  const calls = nodesOf(values, known).flatMap((node) => {
    if (node.kind !== 'call' || known.has(node) || takesLong(node.args, known)) return [];
    const parts = partsOf(sweeping.lanes, node.name);
    return parts ? [[node, writeAllButLast(parts, node.args[0], sweeping)] as const] : [];
  });
  return new Map(calls);
}

function writeAllButLast<N extends Neurons>(
  parts: Parts,
  argument: Value,
  { lanes, reserve, sweep, compute }: Sweeping<N>,
): (neurons: N) => Expression {
  const load = (neurons: N) => (row: number) => lanes.load(neurons.at(), row);
  let argumentOf = (neurons: N) => lanes.read(compute(neurons, argument));
  if (argument.kind !== 'read') {
    const row = reserve();
    const computed = argumentOf;
    sweep((neurons) => {
      lanes.store(neurons.at(), row, computed(neurons));
    });
    argumentOf = (neurons) => load(neurons)(row);
  }
  const rows: number[] = [];
  let waiting: readonly number[] = [];
  for (const part of parts.slice(0, -1)) {
    const given = waiting;
    lanes.writer.sharingAhead(() => {
      sweep((neurons) => {
        const found = part(argumentOf(neurons), given.map(load(neurons)));
        waiting = found.map((number, k) => {
          const row = (rows[k] ??= reserve());
          lanes.store(neurons.at(), row, number);
          return row;
        });
      });
    });
  }
  return (neurons) => parts[parts.length - 1](argumentOf(neurons), waiting.map(load(neurons)))[0];
}
