import { dependencesOf, readsOf, type Population } from '../neurons/index.ts';
import { closure } from './closure.ts';

type Modelled = Pick<Population, 'model'>;

/** The name of the number whose equation computes a row: the row's own, or, for a derivative, the number it is a derivative of. */
export function computedWith({ model }: Modelled, row: string): string {
  const derived = model?.equations.flatMap((equation) => dependencesOf(model, equation)) ?? [];
  return derived.find(({ name }) => name === row)?.of ?? row;
}

/** The ports on which some of a neuron's numbers depend, within the neuron, in this timestep or a later one. */
export function portsBehind({ model }: Modelled, rows: readonly string[]): ReadonlySet<string> {
  if (!model) return new Set();
  const first = rows.map((row) => computedWith({ model }, row));
  const all = closure(first, (name) => {
    const equation = model.equations.find((one) => one.name === name);
    const pool = model.pools.find((one) => one.name === name);
    if (pool) return [pool.adds];
    const reads = equation ? [...readsOf(model, equation).values()] : [];
    return reads.flatMap((reading) =>
      reading.of === 'own' || reading.of === 'port' || reading.of === 'pool' ? [reading.name] : [],
    );
  });
  return new Set(model.ports.flatMap(({ name }) => (all.has(name) ? [name] : [])));
}
