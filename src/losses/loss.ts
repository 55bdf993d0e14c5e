import { InputError, onlyFields } from '../errors/index.ts';
import {
  checkLocalName,
  copied,
  Graph,
  LocalFunction,
  readLocal,
  register,
  simplified,
  specialise,
  takeNumbers,
  type Numbers,
  type Value,
  type ViewShape,
} from '../local/index.ts';
import { checkError } from './check-error.ts';
import type { Loss, OutputSum } from './read.ts';

type Of<K extends PropertyKey> = Readonly<Record<K, number>>;

/** What one output gives at a timestep, and the largest of its population. */
export type OutputView = Of<'y' | 'top'>;

/** A loss at every timestep, output by output. */
export interface LossDefinition<A extends string> {
  readonly name: string;
  /** Sums over the outputs of a population, in their order, by name; all outputs see them. */
  readonly sums?: Readonly<Record<A, (view: OutputView) => number>>;
  /** What one output adds to the loss of a timestep. The trial's is the mean over its timesteps. */
  readonly loss: (view: OutputView & Of<'target' | A>) => number;
  /** -d loss/dy of the whole population's loss. Absent: derived, with `top` held fixed. If stated, it is checked against finite differences. */
  readonly error?: (view: OutputView & Of<'target' | A>) => number;
}

const COMMON = { y: 'own state', top: 'over outputs' } as const satisfies ViewShape;

const made = register<Loss>();

/** Whether `loss` made this. */
export function isLoss(value: unknown): value is Loss {
  return made.has(value);
}

/**
 * Defines a loss.
 *
 * @example
 * const absolute = loss({ name: 'absolute', loss: ({ y, target }) => abs(target - y) });
 *
 * @throws InputError if a name is taken, a stated error does not fit the loss, or, with line and column, where a function is not in the
 * local language.
 */
export function loss<const A extends string = never>(definition: LossDefinition<A>): Loss {
  onlyFields('loss', definition, ['name', 'sums', 'loss', 'error']);
  const taken = copied(definition, () => false);
  const place = `loss '${taken.name}'`;
  checkLocalName('loss', taken.name);
  const given = Object.entries<(view: OutputView) => number>(taken.sums ?? {});
  takeNumbers(`${place}.sums`, zeros(given.map(([name]) => name)), ['y', 'top', 'target']);
  const sums = given.map(([name, adds]) => ({ name, adds: readLocal(place, `sums.${name}`, adds, { shape: COMMON }) }));
  const shape: ViewShape = {
    ...COMMON,
    target: 'learning signal',
    ...Object.fromEntries(sums.map(({ name }) => [name, 'over outputs' as const])),
  };
  const whole = readLocal(place, 'loss', taken.loss, { shape });
  const read: Loss = taken.error
    ? { name: taken.name, sums, loss: whole, error: readLocal(place, 'error', taken.error, { shape }) }
    : { name: taken.name, ...derived(sums, whole) };
  const wrong = checkError(read);
  if (wrong !== undefined && taken.error) {
    throw new InputError(
      `${place}.error`,
      `gives ${wrong}; state -dloss/dy of the sum over all outputs, or leave error out to have it derived`,
    );
  }
  if (wrong !== undefined) {
    throw new InputError(
      `${place}.loss`,
      `its derived error is ${wrong}: the derivative treats top and detach as constant, and that of spike is declared; ` +
        'write the loss so that they do not change its value, as exp(y - top) / z in a softmax, or state the error',
    );
  }
  return made.enter(read);
}

/** The error derived from the loss: through an output's own part, and through the sums that all parts depend on. */
function derived(sums: readonly OutputSum[], whole: LocalFunction): Omit<Loss, 'name'> {
  const graph = new Graph();
  const { add, times, negative } = simplified(graph);
  const copy = (local: LocalFunction): Value =>
    specialise(graph, local.value, ({ path, scope }) => graph.read(path, scope));
  // How the loss depends on each sum: a sum itself, over what each output adds.
  const slopes = sums.map(({ name }) => ({
    name: `d_loss_d_${name}`,
    adds: whole.derivative(`d_loss_d_${name}`, name),
  }));
  const own = copy(whole.derivative('error', 'y'));
  const total = sums.reduce<Value>((sum, { adds }, k) => {
    const slope = graph.read(slopes[k].name, 'over outputs');
    return add(sum, times(slope, copy(adds.derivative('error', 'y'))));
  }, own);
  return { sums: [...sums, ...slopes], loss: whole, error: new LocalFunction('error', graph, negative(total)) };
}

function zeros(names: readonly string[]): Numbers {
  return Object.fromEntries(names.map((name) => [name, 0]));
}
