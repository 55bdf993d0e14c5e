import { isArrayLike, wrongWeights, type BuiltGroup, type Circuit, type Engine } from '../circuit/index.ts';
import { counted, InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import type { SessionState } from './events.ts';

const NEEDED = ['trial', 'weights', 'best', 'last', 'elapsed', 'inTrials'] as const;

/**
 * The state that a session resumes from, checked against its circuit: it must be one that the circuit could have reached.
 *
 * @throws InputError naming the field, or the number, that is missing or wrong.
 */
export function checkedState(state: SessionState, circuit: Circuit, engine: Engine): SessionState {
  onlyFields('resume', state, [...NEEDED, 'carried', 'tuned']);
  const missing = NEEDED.find((field) => (state[field] as unknown) === undefined);
  if (missing !== undefined) {
    throw new InputError(`resume.${missing}`, "is missing; give a session's whole state, from state() or an event");
  }
  checkCourse(state);
  if (typeof state.weights !== 'object' || (state.weights as unknown) === null) {
    throw new InputError('resume.weights', `expected weights by synapse group, got ${show(state.weights)}`);
  }
  const { groups } = engine.circuit;
  const weights = Object.fromEntries(
    groups.map((group) => [group.name, weightsOf(group, state.weights, wrongWeights(circuit, group.name))]),
  );
  const stranger = Object.keys(state.weights).find((name) => !Object.hasOwn(weights, name));
  if (stranger !== undefined)
    throw new InputError(
      `resume.weights.${stranger}`,
      `unknown synapse group; expected ${oneOf(Object.keys(weights))}`,
    );
  return { ...state, weights, carried: carriedOf(state.carried ?? {}, engine) };
}

/** Checks how far the session had come. */
function checkCourse({ trial, best, last, elapsed, inTrials }: SessionState): void {
  if (!Number.isSafeInteger(trial) || trial < 0) {
    throw new InputError('resume.trial', `${show(trial)} is not a number of trials; give a whole number, 0 or more`);
  }
  if (best !== null) {
    onlyFields('resume.best', best, ['loss', 'trial']);
    checkFinite('resume.best.loss', best.loss);
    checkFinite('resume.best.trial', best.trial);
  }
  if (last !== null) {
    onlyFields('resume.last', last, ['loss', 'alignment']);
    checkFinite('resume.last.loss', last.loss);
  }
  checkFinite('resume.elapsed', elapsed);
  checkFinite('resume.inTrials', inTrials);
}

/** The weights of a group, from any array-like of numbers. */
function weightsOf(
  { name, pre, rowStart }: BuiltGroup,
  weights: Readonly<Record<string, ArrayLike<number>>>,
  wrong: (w: number, pre: number) => string | undefined,
): Float64Array {
  const place = `resume.weights.${name}`;
  const found = Object.hasOwn(weights, name) ? numbersAt(place, weights[name]) : new Float64Array(0);
  if (found.length !== pre.length) {
    throw new InputError(
      place,
      `has ${found.length} weights, but the circuit has ${pre.length} synapses; give one for each`,
    );
  }
  found.forEach((w, k) => {
    const problem = wrong(w, pre[k]);
    if (problem === undefined) return;
    const post = rowStart.findIndex((start) => start > k) - 1;
    throw new InputError(`${place}[${k}]`, `(onto neuron ${post} from neuron ${pre[k]}) ${problem}`);
  });
  return found;
}

/** What else is carried from trial to trial. */
function carriedOf(
  carried: Readonly<Record<string, ArrayLike<number>>>,
  engine: Engine,
): Readonly<Record<string, Float64Array>> {
  const wanted = engine.carried();
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(carried)])];
  return Object.fromEntries(
    names.map((name) => {
      const place = `resume.carried.${name}`;
      const found = Object.hasOwn(carried, name) ? numbersAt(place, carried[name]) : new Float64Array(0);
      const own = Object.hasOwn(wanted, name) ? wanted[name].length : 0;
      if (found.length !== own) {
        throw new InputError(
          place,
          `has ${counted(found.length, 'number')}, but the circuit carries ${own} of that name`,
        );
      }
      return [name, found];
    }),
  );
}

function numbersAt(place: string, given: unknown): Float64Array {
  if (!isArrayLike(given)) throw new InputError(place, `expected a list of numbers, got ${show(given)}`);
  return Float64Array.from(given, (value, k) => checkFinite(`${place}[${k}]`, value));
}

function checkFinite(place: string, value: unknown): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new InputError(place, `${show(value)} is not a finite number`);
}
