import { InputError } from '../errors/index.ts';
import { readsOf, type Equation, type NeuronModel, type Pool, type Population } from '../neurons/index.ts';
import { closure } from './closure.ts';

/** The parts of a synapse group that the order depends on. */
interface Path {
  readonly from: string;
  readonly to: string;
  readonly delay: number;
  /** The ports that it ends on, and the number that it carries, by the names that they are kept under. */
  readonly ports: readonly string[];
  readonly carries: string;
  /** Of a group that learns at once: the numbers of this timestep that its rule reads. Absent: it learns when all else is done. */
  readonly learnsFrom?: readonly NumberOf[];
}

/** One of a population's numbers: the sum of a port, or the result of an equation. */
export interface NumberOf {
  readonly population: string;
  readonly name: string;
}

/** One act of a timestep: neurons sum up what comes to a port, compute a number, or pool one; or a group learns. */
export type Act = NeuronAct | { readonly group: string; readonly population?: never };
type NeuronAct = { readonly population: string; readonly group?: never } & (
  | { readonly port: string; readonly equation?: never; readonly pool?: never }
  | { readonly equation: Equation; readonly port?: never; readonly pool?: never }
  | { readonly pool: Pool; readonly port?: never; readonly equation?: never }
);

type Neurons = Readonly<Record<string, Pick<Population, 'model'>>>;
type Paths = Readonly<Record<string, Path>>;

/**
 * The order of a timestep, such that every delay-0 group carries numbers that have been computed. A population does all that it can before the
 * next one is taken; among those that are ready, the circuit's own order counts. Gates do not affect the order: what scales the axons of a
 * timestep was sent in the one before. After Kahn (1962).
 *
 * A group that learns at once does so as soon as everything that its rule reads is known, and a port that it ends on waits for that, unless what
 * the rule reads depends on the sum of the port.
 *
 * @throws InputError naming the groups of a loop without delay, or those that wait for one another to learn.
 */
export function forwardOrder(neurons: Neurons, synapses: Paths): readonly Act[] {
  const groups = Object.entries(synapses);
  const immediate = groups.filter(([, group]) => group.delay === 0 && neurons[group.from].model);
  const learning = learningOf(neurons, immediate, groups);
  const done = new Set<string>();
  const isReady = ({ act, of, name }: Waiting): boolean =>
    of.every((key) => done.has(key)) &&
    (act.port === undefined || learning.every(({ group, before }) => !before.includes(name) || done.has(group)));
  const order: Act[] = [];
  const learn = () => {
    for (const { group, from } of learning) {
      if (done.has(group) || !from.every((key) => done.has(key))) continue;
      done.add(group);
      order.push({ group });
    }
  };
  const waiting = Object.entries(neurons).flatMap(([population, { model }]) =>
    model ? [actsOf(population, model).map((act) => waitingFor(neurons, immediate, act))] : [],
  );
  learn();
  while (waiting.length > 0) {
    const next = waiting.findIndex((acts) => acts.some(isReady));
    if (next < 0) throw loop(neurons, synapses, immediate, done);
    const acts = waiting[next];
    for (let k = acts.findIndex(isReady); k >= 0; k = acts.findIndex(isReady)) {
      const [{ act, name }] = acts.splice(k, 1);
      done.add(name);
      order.push(act);
      learn();
    }
    if (acts.length === 0) waiting.splice(next, 1);
  }
  return order;
}

function keyOf(population: string, name: string): string {
  return `${population} ${name}`;
}

function nameOf({ port, pool, equation }: NeuronAct): string {
  return port ?? (pool ?? equation).name;
}

function actsOf(population: string, { ports, pools, equations }: NeuronModel): NeuronAct[] {
  return [
    ...ports.map(({ name }): NeuronAct => ({ population, port: name })),
    ...pools.map((pool): NeuronAct => ({ population, pool })),
    ...equations.map((equation): NeuronAct => ({ population, equation })),
  ];
}

type Named = readonly [string, Path];

/** An act that computes the number `name`, and waits for the numbers `of`, which it needs. */
interface Waiting {
  readonly act: NeuronAct;
  readonly name: string;
  readonly of: readonly string[];
}

function waitingFor(neurons: Neurons, immediate: readonly Named[], act: NeuronAct): Waiting {
  return { act, name: keyOf(act.population, nameOf(act)), of: madeOf(neurons, immediate, act) };
}

/** The numbers of this timestep that a number is made of. */
function madeOf(neurons: Neurons, immediate: readonly Named[], act: NeuronAct): readonly string[] {
  const { population } = act;
  if (act.pool) return [keyOf(population, act.pool.adds)];
  if (act.port !== undefined) {
    return immediate.flatMap(([, { from, to, ports, carries }]) =>
      to === population && ports.includes(act.port) ? [keyOf(from, carries)] : [],
    );
  }
  const { model } = neurons[population];
  const reads = model ? [...readsOf(model, act.equation).values()] : [];
  return reads.flatMap((reading) => {
    const isNow = reading.of === 'port' || reading.of === 'pool' || (reading.of === 'own' && reading.late === 0);
    return isNow ? [keyOf(population, reading.name)] : [];
  });
}

/** A group that learns at once: what it waits for, and the ports that wait for it. */
interface Learning {
  readonly group: string;
  readonly from: readonly string[];
  readonly before: readonly string[];
}

function learningOf(neurons: Neurons, immediate: readonly Named[], groups: readonly Named[]): readonly Learning[] {
  if (groups.every(([, { learnsFrom }]) => !learnsFrom)) return [];
  const made = new Map<string, readonly string[]>();
  for (const [population, { model }] of Object.entries(neurons)) {
    for (const act of model ? actsOf(population, model) : []) {
      const { name, of } = waitingFor(neurons, immediate, act);
      made.set(name, of);
    }
  }
  return groups.flatMap(([group, { to, ports, learnsFrom }]) => {
    if (!learnsFrom) return [];
    const from = learnsFrom.map(({ population, name }) => keyOf(population, name));
    const behind = closure(from, (key) => made.get(key) ?? []);
    const before = ports.map((port) => keyOf(to, port)).filter((port) => !behind.has(port));
    return [{ group, from, before }];
  });
}

/** The error of a loop. It names the groups on loops without delay; or, if there are none, the groups that wait for one another to learn. */
function loop(neurons: Neurons, synapses: Paths, immediate: readonly Named[], done: ReadonlySet<string>): InputError {
  const learning = Object.entries(synapses).flatMap(([name, { learnsFrom }]) => (learnsFrom ? [name] : []));
  if (learning.length > 0) {
    // If there is a loop even without learning, this throws.
    const paths = Object.entries(synapses).map(([name, { from, to, delay, ports, carries }]): Named => {
      return [name, { from, to, delay, ports, carries }];
    });
    forwardOrder(neurons, Object.fromEntries(paths));
    const waiting = learning.filter((name) => !done.has(name)).map((name) => `'${name}'`);
    const problem = `${waiting.join(', ')} learn at once, but each waits for a number that follows the learning of another`;
    return new InputError('synapses', `${problem}; leave 'learns' out of one of them`);
  }
  const waiting = immediate.filter(([, { from, carries }]) => !done.has(keyOf(from, carries)));
  const through = onLoops(waiting).map(([name, { from, to }]) => `'${name}' (${from} to ${to})`);
  return new InputError('synapses', `a loop without delay through ${through.join(', ')}; give one of them delay: 1`);
}

/** The groups that remain after dropping, repeatedly, those that lead to a population which no group leaves. */
function onLoops(groups: readonly Named[]): readonly Named[] {
  const goOn = groups.filter(([, { to }]) => groups.some(([, { from }]) => from === to));
  return goOn.length === groups.length ? groups : onLoops(goOn);
}
