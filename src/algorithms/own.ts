import type { BuiltCircuit, Engine, FeedbackKind } from '../circuit/index.ts';
import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { checkLocalName } from '../local/index.ts';
import {
  BROUGHT,
  makeAlgorithm,
  type AlgorithmFields,
  type Footprint,
  type LearningAlgorithm,
  type Outside,
} from '../solvers/index.ts';
import { algorithmNamed, builtInAlgorithms } from './built-in.ts';
import { plainCopy } from './plain.ts';

/** The definition of a user's own learning algorithm. */
export type AlgorithmDefinition<Name extends string = string> = Pick<AlgorithmFields<Name>, 'name' | 'open'> &
  Partial<
    Pick<AlgorithmFields<Name>, 'title' | 'settings' | 'causal' | 'exact' | 'feedback' | 'footprint' | 'outside'>
  >;

const FIELDS = ['name', 'title', 'settings', 'causal', 'exact', 'feedback', 'open', 'footprint', 'outside'];
const FEEDBACKS: readonly FeedbackKind[] = ['random', 'symmetric'];

/** What an engine must have. */
const METHODS = ['trial', 'weights', 'setWeights', 'carried', 'setCarried', 'reader', 'held'] as const;

type Optional = 'scalars' | 'mirrored';

const FOOTPRINT: Readonly<Record<Exclude<keyof Footprint, Optional>, string>> = {
  neurons: 'function',
  carrying: 'object',
  transposed: 'object',
  credited: 'function',
  backward: 'boolean',
  numbers: 'function',
  numbersPerTimestep: 'number',
  operations: 'function',
};

/** What a footprint may leave out. */
const OPTIONAL: Readonly<Record<Optional, string>> = { scalars: 'function', mirrored: 'function' };

/**
 * Defines your own learning algorithm, for use in `compare` or as a session's `learner`. It runs in its own engine, has no kernels,
 * and takes its learning rates from the rules' parameter `eta`.
 *
 * Defaults: `title` is the name, `settings` are empty, `causal` is true, `exact` false, `feedback` 'random'. Without `footprint` or `outside` the
 * learner is not certified, because it is not known what its updates read.
 *
 * @example
 * const halfGradient = learningAlgorithm({
 *   name: 'half-gradient',
 *   feedback: 'symmetric',
 *   open: (circuit, options) => new HalfGradient(circuit, options),
 * });
 *
 * @throws InputError naming the field that is wrong. What `open` and `footprint` return is checked when they are called.
 */
export function learningAlgorithm<const Name extends string>(
  definition: AlgorithmDefinition<Name>,
): LearningAlgorithm<Name> {
  onlyFields('learningAlgorithm', definition, FIELDS);
  // Each field is read once: a getter could give another value the next time.
  const { name, open, footprint, outside, title = name, settings = {} } = definition;
  const { causal = true, exact = false, feedback = 'random' } = definition;
  checkLocalName('algorithm', name);
  const place = `algorithm '${name}'`;
  if (algorithmNamed(name) ?? builtInAlgorithms.some(({ wrong }) => wrong?.(name))) {
    throw new InputError(place, 'has the name of a built-in algorithm; give it another name');
  }
  if (typeof title !== 'string' || title.trim() === '') {
    throw new InputError(`${place}.title`, `expected text, got ${show(title)}`);
  }
  for (const [field, value] of Object.entries({ causal, exact })) {
    if (typeof value !== 'boolean')
      throw new InputError(`${place}.${field}`, `expected true or false, got ${show(value)}`);
  }
  if (!FEEDBACKS.includes(feedback)) {
    throw new InputError(`${place}.feedback`, `expected ${oneOf(FEEDBACKS)}, got ${show(feedback)}`);
  }
  checkFunction(`${place}.open`, open);
  if (footprint !== undefined) checkFunction(`${place}.footprint`, footprint);
  if (outside !== undefined) checkFunction(`${place}.outside`, outside);
  if (footprint && outside) {
    const problem =
      "is for an algorithm that runs the circuit's own rules, and footprint for one that does not; give only one of them";
    throw new InputError(`${place}.outside`, problem);
  }
  return makeAlgorithm({
    ...{ name, title, causal, exact, feedback },
    settings: plainCopy(`${place}.settings`, settings),
    open: (circuit, options) => checkedEngine(`${place}.open`, open(circuit, options), circuit),
    ...(footprint && {
      footprint: (circuit, options) => checkedFootprint(`${place}.footprint`, footprint(circuit, options)),
    }),
    ...(outside && { outside: (circuit) => checkedOutside(`${place}.outside`, outside(circuit), circuit) }),
  });
}

function checkFunction(place: string, value: unknown): void {
  if (typeof value !== 'function') throw new InputError(place, `expected a function, got ${show(value)}`);
}

function checkedEngine(place: string, engine: Engine, circuit: BuiltCircuit): Engine {
  const given: unknown = engine;
  if (typeof given !== 'object' || given === null) {
    throw new InputError(place, `expected it to return an engine, got ${show(given)}`);
  }
  const missing = METHODS.find((method) => typeof (engine as Partial<Engine>)[method] !== 'function');
  if (missing !== undefined) throw new InputError(place, `returned an engine without a method '${missing}'; write one`);
  if (engine.circuit !== circuit) {
    throw new InputError(
      place,
      "returned an engine of another circuit; its 'circuit' must be the one that open was given",
    );
  }
  return engine;
}

function checkedFootprint(place: string, footprint: Footprint): Footprint {
  onlyFields(place, footprint, Object.keys({ ...FOOTPRINT, ...OPTIONAL }));
  for (const [field, type] of Object.entries({ ...FOOTPRINT, ...OPTIONAL })) {
    const value: unknown = Reflect.get(footprint, field);
    if (value === undefined && field in OPTIONAL) continue;
    if (typeof value !== type || (type === 'object' && !Array.isArray(value))) {
      const wanted = type === 'object' ? 'a list of synapse groups' : `a ${type}`;
      throw new InputError(`${place}.${field}`, `expected ${wanted}, got ${show(value)}`);
    }
  }
  return footprint;
}

function checkedOutside(place: string, given: readonly Outside[], { groups }: BuiltCircuit): readonly Outside[] {
  const names = groups.map(({ name }) => name);
  for (const one of given) {
    onlyFields(place, one, ['group', 'brings', 'of']);
    for (const field of ['group', 'of'] as const) {
      if (names.includes(one[field])) continue;
      throw new InputError(`${place}.${field}`, `unknown synapse group ${show(one[field])}; expected ${oneOf(names)}`);
    }
    if (!BROUGHT.includes(one.brings)) {
      throw new InputError(`${place}.brings`, `expected ${oneOf(BROUGHT)}, got ${show(one.brings)}`);
    }
  }
  return given;
}
