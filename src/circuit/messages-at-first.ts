import type { Numbers, View } from '../local/index.ts';
import type { Equation, NeuronModel } from '../neurons/index.ts';

type Own = Readonly<Record<string, number | Float64Array>>;

/**
 * What the axons would send at t = 0, [size] for each message, computed from the state at that time. Pools take ports, noise and
 * earlier messages as 0.
 *
 * @param own The neurons' parameters and states, by name.
 * @param globals The global scalars at that time.
 */
export function messagesAtFirst(
  model: NeuronModel,
  size: number,
  own: Own,
  globals: Numbers,
): Readonly<Record<string, Float64Array>> {
  const nothing = Object.entries(model.readings).flatMap(([path, { of }]) =>
    of === 'port' || of === 'noise' ? [[path, 0] as const] : [],
  );
  const known: Record<string, number | Float64Array> = { ...Object.fromEntries(nothing), ...own };
  const numbers = ({ computed: { local, result } }: Equation): Float64Array | undefined => {
    if (!local) return undefined;
    const compute = result === undefined ? local.compileNumber() : (view: View) => local.compileRecord()(view)[result];
    return Float64Array.from({ length: size }, (_, i) => compute({ ...viewOf(known, i), global: globals }));
  };
  const named = new Map(model.equations.map((equation) => [equation.name, equation]));
  for (const { name, of, adds } of model.pools) {
    const equation = named.get(adds);
    known[name] = pooled(of, (equation && numbers(equation)) ?? new Float64Array(size));
  }
  return Object.fromEntries(
    model.equations.flatMap((equation) => {
      const sent = equation.kind === 'message' ? numbers(equation) : undefined;
      return sent ? [[equation.name, sent] as const] : [];
    }),
  );
}

function viewOf(known: Own, i: number): View {
  const own = Object.entries(known).map(
    ([name, value]) => [name, typeof value === 'number' ? value : value[i]] as const,
  );
  return { ...Object.fromEntries(own), last: { out: 0 } };
}

function pooled(of: 'sum' | 'largest', numbers: Float64Array): number {
  return of === 'sum'
    ? numbers.reduce((sum, number) => sum + number, 0)
    : numbers.reduce((most, number) => Math.max(most, number));
}
