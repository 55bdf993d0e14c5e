import { InputError, onlyFields } from '../errors/index.ts';
import {
  Analysis,
  checkLocalName,
  frozen,
  once,
  ownFunctions,
  parametersOf,
  readLocal,
  takeNumbers,
  tunableNames,
  type Given,
  type Numbers,
  type OwnFunctions,
  type Scope,
  type ViewShape,
} from '../local/index.ts';
import { eligibility, RATE_UNIT, written, type EligibleText, type Sensitivity } from './eligibility.ts';
import { LETTERS } from './letters.ts';
import { readAfter } from './after.ts';
import { enterRule, type PlasticityRule } from './plasticity-rule.ts';
import type { SynapseView } from './view.ts';
import { weight } from './weight.ts';

/** The initial state of a synapse, by name. */
type Starts = Readonly<Record<string, number | typeof eligibility | typeof weight>>;
type StateOf<S extends Starts> = Readonly<Record<keyof S, number>>;

/** The definition of a rule. */
export interface RuleDefinition<
  Name extends string,
  P extends Numbers,
  S extends Starts,
  A extends string = never,
  B extends string = never,
  G extends string = never,
> {
  readonly name: Name;
  /** Parameters and their defaults. One called `eta` is the learning rate, and the solvers use it too. */
  readonly params: P;
  /**
   * Parameters that may change while a session runs (`session.tune`, `overTrials`): both engines read them again in every trial, and kernels are
   * not recompiled for another value. All others are filled into the code. Default none.
   */
  readonly tunable?: readonly NoInfer<keyof P>[];
  /**
   * What it sees of its neurons besides what all of them have, by the names that the neurons use: messages under `pre.`, what a neuron shows
   * under `post.`. A circuit refuses the rule if the neurons do not have these.
   */
  readonly sees?: { readonly pre?: readonly A[]; readonly post?: readonly B[] };
  /** Global scalars that it reads, as `global.NAME`, by the names that the circuit gives them: `['reward']`. */
  readonly globals?: readonly G[];
  /**
   * State per synapse and its value at the start of a trial; or `eligibility`, which needs no trace written out; or `weight`: it begins as the
   * initial weight, only `after` changes it, and it is kept from trial to trial.
   */
  readonly state?: S;
  /** Functions of numbers that the texts here may call besides rxflo's, by the names that they call them by: `{ f: (u, gain) => tanh(gain * u) }`. */
  readonly functions?: OwnFunctions;
  /** The new state, without what is `eligibility` or `weight`. */
  readonly trace?: (view: SynapseView<P, StateOf<S>, A, B, G>) => {
    readonly [K in keyof S as S[K] extends number ? K : never]: number;
  };
  readonly change: (view: SynapseView<P, StateOf<S>, A, B, G>) => number;
  /**
   * The part of the state that is computed after a change was applied (at the end of a trial, or, online, of a timestep): `w` is then the new weight,
   * in its bounds and on its levels, and the rest is as in `change`. What it does not give is unchanged.
   */
  readonly after?: (view: SynapseView<P, StateOf<S>, A, B, G>) => {
    readonly [K in keyof S as S[K] extends typeof eligibility ? never : K]?: number;
  };
  /**
   * True: the functions may be any JavaScript, and their text is not read. Such a rule runs only on actors; its reads, cost and
   * formula are unknown, and nothing can certify that it is local. Default false.
   */
  readonly opaque?: boolean;
}

/** Makes a rule with some parameters changed: `rflo({ eta: 0.1 })`. */
export type RuleMaker<Name extends string, P extends Numbers> = (params?: Given<P>) => PlasticityRule<Name>;

/** What every view has, whatever the rule. */
const COMMON = {
  w: 'own weight',
  pre: { rate: 'presynaptic', out: 'presynaptic' },
  post: {
    ...{ rate: 'postsynaptic', slope: 'postsynaptic', retention: 'postsynaptic', signal: 'learning signal' },
    ...{ out: 'postsynaptic', here: 'postsynaptic' },
  },
} as const satisfies ViewShape;
const OWN_NAMES = [...Object.keys(COMMON), 'global'];

const FIELDS = [
  'name',
  'params',
  'tunable',
  'sees',
  'globals',
  'state',
  'functions',
  'trace',
  'change',
  'after',
  'opaque',
];

/**
 * Defines a plasticity rule: a local function over a synapse's view.
 *
 * At every timestep each synapse first replaces its state by `trace(view)`, then requests `change(view)`.
 * With schedule 'online' w grows by change/T at the end of the timestep, with 'trial' by their sum over T at the end of the trial.
 *
 * @example
 * const hebb = plasticityRule({
 *   name: 'hebb',
 *   params: { eta: 0.01 },
 *   change: ({ pre, post, eta }) => eta * post.rate * pre.rate,
 * });
 *
 * The functions are read when the rule is defined: docs/guide.md says what they may be made of.
 *
 * @throws InputError if a name is not an identifier, is used twice, a default is not a finite number, or, with line and column, where
 * a function is not in the local language.
 */
export function plasticityRule<
  const Name extends string,
  P extends Numbers,
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- a rule without state adds nothing to its view
  S extends Starts = Record<never, number>,
  const A extends string = never,
  const B extends string = never,
  const G extends string = never,
>(definition: RuleDefinition<Name, P, S, A, B, G>): RuleMaker<Name, P> {
  onlyFields('plasticityRule', definition, FIELDS);
  // Each field is read once: a getter could give another value the next time.
  const { name, params, tunable: tuned = [], sees = {}, globals: scalars = [] } = definition;
  const { state: first = {}, functions: own, change, trace, after, opaque } = definition;
  const place = `rule '${name}'`;
  checkLocalName('rule', name);
  const defaults = takeNumbers(`${place}.params`, params, OWN_NAMES);
  const tunable = tunableNames(`${place}.tunable`, defaults, tuned);
  const starts = Object.entries<Starts[string]>(first);
  const begun = (by: symbol) => starts.flatMap(([key, start]) => (start === by ? [key] : []));
  const [variables, lasting] = [begun(eligibility), begun(weight)];
  const numbers = Object.fromEntries(starts.map(([key, start]) => [key, typeof start === 'symbol' ? 0 : start]));
  const state = takeNumbers(`${place}.state`, numbers, OWN_NAMES);
  for (const key of Object.keys(state)) {
    if (Object.hasOwn(defaults, key))
      throw new InputError(`${place}.state.${key}`, 'is also the name of a parameter; rename one of them');
  }
  if (opaque === true && variables.length > 0) {
    throw new InputError(
      `${place}.state.${variables[0]}`,
      'is eligibility, which is derived from text; leave opaque out',
    );
  }
  const globals = namesOf(`${place}.globals`, scalars, []);
  const functions =
    opaque === true
      ? { state, change, ...(trace && { trace }), ...(after && { after }) }
      : readFunctions(place, {
          params: defaults,
          ...{ state, own, change, trace, after, variables, lasting },
          seen: { ...seenNames(`${place}.sees`, sees), globals },
        });
  const read = frozen({
    ...functions,
    ...(lasting.length > 0 && { lasting }),
    ...(globals.length > 0 && { globals }),
  });
  return (given = {}) => enterRule({ name, ...parametersOf(place, { defaults, tunable }, given), ...read });
}

/** The rule on neurons of this sensitivity, if some of its state is eligibility; otherwise the rule itself. */
export function ruleOn<R extends PlasticityRule>(rule: R, sensitivity: Sensitivity): R {
  return rule.eligible ? { ...rule, ...functionsOn(rule.eligible)(sensitivity) } : rule;
}

const functionsOn = once((eligible: EligibleText) =>
  once((sensitivity: Sensitivity) => {
    const { state, trace, analysis } = written(eligible, sensitivity);
    return { state, analysis, trace: trace.compileRecord() };
  }),
);

interface Functions {
  readonly params: Numbers;
  readonly state: Numbers;
  readonly own: OwnFunctions | undefined;
  readonly change: (view: never) => unknown;
  readonly trace: ((view: never) => unknown) | undefined;
  readonly after: ((view: never) => unknown) | undefined;
  /** The state variables that are eligibility. */
  readonly variables: readonly string[];
  /** Those that begin as the weight. */
  readonly lasting: readonly string[];
  /** What it sees of its neurons besides what all of them have, and the global scalars. */
  readonly seen: SeenNames & { readonly globals: readonly string[] };
}

interface SeenNames {
  readonly pre: readonly string[];
  readonly post: readonly string[];
}

/** @throws InputError if a name is not an identifier, or already exists. */
function seenNames(
  place: string,
  sees: { readonly pre?: readonly string[]; readonly post?: readonly string[] },
): SeenNames {
  onlyFields(place, sees, ['pre', 'post']);
  const names = (side: 'pre' | 'post') => namesOf(`${place}.${side}`, sees[side] ?? [], Object.keys(COMMON[side]));
  return { pre: names('pre'), post: names('post') };
}

/** A copy. @throws InputError if a name is not an identifier, or is one of `taken`. */
function namesOf(place: string, names: readonly string[], taken: readonly string[]): readonly string[] {
  const copy = [...names];
  takeNumbers(place, Object.fromEntries(copy.map((name) => [name, 0])), taken);
  return copy;
}

/** The functions, compiled from what was read of their text, so that nothing else can take part. */
function readFunctions(
  place: string,
  { params, state, own, change, trace, after, variables, lasting, seen }: Functions,
): Required<Pick<PlasticityRule, 'state' | 'change' | 'analysis'>> &
  Pick<PlasticityRule, 'trace' | 'after' | 'eligible'> {
  const all = (numbers: Numbers, scope: 'parameter' | 'own state') =>
    Object.fromEntries(Object.keys(numbers).map((name) => [name, scope]));
  const named = (names: readonly string[], scope: Scope) => Object.fromEntries(names.map((name) => [name, scope]));
  const shape: ViewShape = {
    ...all(params, 'parameter'),
    ...all(state, 'own state'),
    w: COMMON.w,
    pre: { ...COMMON.pre, ...named(seen.pre, 'presynaptic') },
    post: { ...COMMON.post, ...named(seen.post, 'postsynaptic') },
    ...(seen.globals.length > 0 && { global: named(seen.globals, 'global') }),
  };
  const expected = { shape, callable: ownFunctions(place, own) };
  const names = Object.keys(state).filter((name) => !variables.includes(name));
  const traced = names.filter((name) => !lasting.includes(name));
  const traceRead = trace && readLocal(place, 'trace', trace, { ...expected, results: traced });
  const changeRead = readLocal(place, 'change', change, expected);
  const afterRead = readAfter(place, after, expected, names);
  const others = afterRead ? [afterRead] : [];
  const compiled = {
    state,
    change: changeRead.compileNumber(),
    ...(afterRead && { after: afterRead.compileRecord() }),
  };
  if (variables.length > 0) {
    const eligible = { variables, lasting, state, ...(traceRead && { trace: traceRead }), change: changeRead, others };
    const { trace: whole, ...rest } = written(eligible, RATE_UNIT);
    return { ...compiled, ...rest, trace: whole.compileRecord(), eligible };
  }
  return {
    ...compiled,
    ...(traceRead && { trace: traceRead.compileRecord() }),
    analysis: new Analysis([...(traceRead ? [traceRead] : []), changeRead, ...others], 1 + names.length, LETTERS),
  };
}
