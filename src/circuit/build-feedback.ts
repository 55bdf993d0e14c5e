import type { BuiltFeedback, BuiltGroup, BuiltPopulation, Carriage } from './built.ts';
import { carrier, readoutsOf, transposed, upright } from './carriage.ts';
import type { Circuit } from './circuit.ts';
import { builtBroadcast } from './dials/broadcast.ts';
import { former, formOf, keptOf, rotation } from './dials/feedback-weights.ts';
import { drawer } from './drawer.ts';
import type { CheckedFeedback } from './feedback.ts';
import type { CheckedWeights } from './initial-weights.ts';

/** Draws the numbers of a circuit's feedback, once its groups have theirs. @throws InputError if bits have no range to be spread over. */
export function buildFeedback(
  circuit: Circuit,
  seed: number,
  population: (name: string) => BuiltPopulation,
  groups: readonly BuiltGroup[],
  /** Whether the traces of relearned feedback are kept from trial to trial. */
  keepsTraces: boolean,
): readonly BuiltFeedback[] {
  const ends = ({ from, to }: CheckedFeedback) => ({ from: population(from), to: population(to) });
  const entries = Object.entries(circuit.feedback);
  const matrices = new Map(
    entries.flatMap(([name, entry], index) => {
      if (entry.weights === undefined) return [];
      const drawn = { ...ends(entry), name, index: groups.length + index, weights: entry.weights, keepsTraces };
      return [[name, feedbackMatrix(seed, groups, entry, drawn)] as const];
    }),
  );
  return entries.map(([name, entry], index): BuiltFeedback => {
    const { weights, carriage, synapses } = matrices.get(entry.shares ?? name) ?? missing(name);
    const broadcast = entry.broadcast && builtBroadcast(name, seed, entry.broadcast);
    return {
      ...{ name, index, ...ends(entry), weights },
      ...(carriage && { carriage }),
      ...(synapses && entry.shares === undefined && { synapses }),
      ...(broadcast && { broadcast }),
    };
  });
}

/** Feedback whose weights are its own. */
interface Drawn extends Pick<BuiltFeedback, 'name' | 'from' | 'to'> {
  /** Its place among all groups, if synapses relearn it. */
  readonly index: number;
  readonly weights: CheckedWeights;
  readonly keepsTraces: boolean;
}

/** B as learning begins, and how it then follows weights that learn. */
function feedbackMatrix(
  seed: number,
  groups: readonly BuiltGroup[],
  entry: CheckedFeedback,
  { name, index, from, to, weights, keepsTraces }: Drawn,
): Pick<BuiltFeedback, 'weights' | 'carriage' | 'synapses'> {
  const [rows, columns] = [to.size, from.size];
  const weight = drawer(weights, { rows, columns }, seed, 'feedback', name, 'weights');
  const drawn = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let k = 0; k < columns; k++) drawn[i * columns + k] = weight(i, k);
  const kept = keptOf(name, seed, drawn.length, entry);
  const { angle, rule, optimiser, broadcast } = entry;
  if (rule) {
    const synapses = {
      index,
      name: `feedback.${name}`,
      from,
      to,
      ...{ port: '', carries: 'error', message: 'rate' },
      delay: broadcast?.delay ?? 0,
      rule,
      ...(optimiser && { optimiser }),
      ...{ atOnce: false, keepsTraces },
      ...heard(drawn, rows, kept),
    };
    const form = formOf(name, entry, drawn);
    return { synapses, ...followed(columns, { sources: [upright(synapses)], ...(form && { form }) }, drawn.length) };
  }
  const form = formOf(name, entry, drawn, kept);
  if (angle !== undefined) {
    const sources = transposed(readoutsOf({ groups }, { from, to }));
    return followed(columns, { sources, rotation: rotation(angle, drawn), ...(form && { form }) }, drawn.length);
  }
  return { weights: form ? drawn.map(former(form)) : drawn };
}

/** B as computed from the initial weights of groups. */
function followed(columns: number, carriage: Carriage, size: number): { weights: Float64Array; carriage: Carriage } {
  const weights = new Float64Array(size);
  carrier(carriage, columns, (group) => (k) => group.weights[k])(weights);
  return { weights, carriage };
}

/** The entries of B that are not silent, as synapses. */
function heard(b: Float64Array, rows: number, kept?: Float64Array): Pick<BuiltGroup, 'rowStart' | 'pre' | 'weights'> {
  const columns = b.length / rows;
  const rowStart = new Int32Array(rows + 1);
  const [pre, weights]: [number[], number[]] = [[], []];
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < columns; k++) {
      if (kept?.[i * columns + k] === 0) continue;
      pre.push(k);
      weights.push(b[i * columns + k]);
    }
    rowStart[i + 1] = pre.length;
  }
  return { rowStart, pre: Int32Array.from(pre), weights: Float64Array.from(weights) };
}

function missing(name: string): never {
  throw new Error(`feedback '${name}' has no weights in a checked circuit`);
}
