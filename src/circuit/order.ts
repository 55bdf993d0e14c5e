import { InputError } from '../errors/index.ts';
import { readsOf, type Equation, type NeuronModel, type Pool, type Population } from '../neurons/index.ts';

/** What the order depends on of a synapse group. */
interface Path {
  readonly from: string;
  readonly to: string;
  readonly delay: number;
  /** The port that it ends on, and the number that it carries, by the names that they are kept under. */
  readonly port: string;
  readonly carries: string;
}

/** What neurons do in a timestep, one thing after another: they sum up what comes to a port, compute a number, or pool one. */
export type Act = { readonly population: string } & (
  | { readonly port: string; readonly equation?: never; readonly pool?: never }
  | { readonly equation: Equation; readonly port?: never; readonly pool?: never }
  | { readonly pool: Pool; readonly port?: never; readonly equation?: never }
);

/**
 * The order of a timestep: so that every delay-0 group brings what has been computed. A population goes on as long as it can; among those that
 * are ready, the circuit's own order counts. Gates put nothing in order: what scales the axons of a timestep was sent in the one before.
 * After Kahn (1962).
 *
 * @throws InputError naming the groups of a loop without delay.
 */
export function forwardOrder(
  neurons: Readonly<Record<string, Pick<Population, 'model'>>>,
  synapses: Readonly<Record<string, Path>>,
): readonly Act[] {
  const immediate = Object.entries(synapses).filter(([, group]) => group.delay === 0 && neurons[group.from].model);
  const done = new Set<string>();
  const key = (population: string, name: string) => `${population} ${name}`;
  const isReady = (act: Act): boolean => {
    const { population } = act;
    if (act.port !== undefined) {
      return immediate.every(
        ([, { from, to, port, carries }]) => to !== population || port !== act.port || done.has(key(from, carries)),
      );
    }
    if (act.pool) return done.has(key(population, act.pool.adds));
    const { model } = neurons[population];
    const reads = model ? [...readsOf(model, act.equation).values()] : [];
    return reads.every((reading) => {
      if (reading.of === 'port' || reading.of === 'pool') return done.has(key(population, reading.name));
      return reading.of !== 'own' || reading.late > 0 || done.has(key(population, reading.name));
    });
  };
  const waiting = Object.entries(neurons).flatMap(([population, { model }]) =>
    model ? [{ population, acts: actsOf(population, model) }] : [],
  );
  const order: Act[] = [];
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ acts }) => acts.some(isReady));
    if (next < 0) throw loop(immediate, (population, name) => done.has(key(population, name)));
    const { population, acts } = waiting[next];
    for (let k = acts.findIndex(isReady); k >= 0; k = acts.findIndex(isReady)) {
      const [act] = acts.splice(k, 1);
      done.add(key(population, act.port ?? (act.pool ?? act.equation).name));
      order.push(act);
    }
    if (acts.length === 0) waiting.splice(next, 1);
  }
  return order;
}

function actsOf(population: string, { ports, pools, equations }: NeuronModel): Act[] {
  return [
    ...ports.map(({ name }): Act => ({ population, port: name })),
    ...pools.map((pool): Act => ({ population, pool })),
    ...equations.map((equation): Act => ({ population, equation })),
  ];
}

type Named = readonly [string, Path];

/** A loop: of the groups that wait for what they carry, those that lie on one. */
function loop(immediate: readonly Named[], isDone: (population: string, name: string) => boolean): InputError {
  const waiting = immediate.filter(([, { from, carries }]) => !isDone(from, carries));
  const through = onLoops(waiting).map(([name, { from, to }]) => `'${name}' (${from} to ${to})`);
  return new InputError('synapses', `a loop without delay through ${through.join(', ')}; give one of them delay: 1`);
}

/** What is left of groups when those are dropped, again and again, that lead where no group goes on. */
function onLoops(groups: readonly Named[]): readonly Named[] {
  const goOn = groups.filter(([, { to }]) => groups.some(([, { from }]) => from === to));
  return goOn.length === groups.length ? groups : onLoops(goOn);
}
