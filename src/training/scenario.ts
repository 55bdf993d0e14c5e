import type { Circuit, Evaluation, LearningOptions } from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import type { Precision } from '../kernels/index.ts';
import { checkTask, type Task } from '../tasks/index.ts';
import { checkUnlike, comparedLearners } from './compare.ts';
import type { EngineChoice, EngineName } from './engine-for.ts';
import type { FallingRates, Learner, LearnerChoice, LearnerDefaults } from './learner.ts';
import { checkSweep, type Sweep, type SweepDefinition } from './grid.ts';
import type { Probe } from './probe/probe.ts';
import { checkQuick, type Quick, type QuickDefinition } from './quick.ts';
import { checkCarry, type SessionOptions, type StopRules } from './session-options.ts';
import { checkOptionDefaults, checkSettings, type Setting, type Settings, type Widened } from './settings.ts';

/** How a scenario runs by default. */
export interface ScenarioRun<O extends Settings> extends StopRules, Partial<LearningOptions>, EngineChoice {
  /** The number of trials in which all learning rates halve, unless a learner has its own; it may depend on the options. Default 0: never. */
  readonly rateHalfLife?: FallingRates['rateHalfLife'] | ((options: Widened<O>) => number);
  readonly seed?: number;
  /** Whether state carries on from trial to trial; see `SessionOptions`. */
  readonly carry?: boolean;
  /** What to record, by name; it may depend on the options. */
  readonly probes?: Readonly<Record<string, Probe>> | ((options: Widened<O>) => Readonly<Record<string, Probe>>);
  /** Seconds between checkpoints, the most that a crash can lose. Default 1. */
  readonly checkpointSeconds?: number;
  /** What `rxflo sweep` runs if no grid is given. */
  readonly sweep?: SweepDefinition<NoInfer<O>>;
  /** What `--quick` runs instead: a reduced size, to try it out. */
  readonly quick?: QuickDefinition<NoInfer<O>>;
}

/** The definition of a scenario with options O, rules named R and synapse groups named G. */
export interface ScenarioDefinition<
  O extends Settings,
  R extends string,
  G extends string = string,
> extends ScenarioRun<O> {
  readonly title: string;
  /** What can be set from outside (`--set units=100`), with defaults. */
  readonly options?: O;
  readonly circuit: (options: Widened<O>) => Circuit<R, G>;
  readonly task: (options: Widened<O>) => Task;
  readonly compare: Compare<O, R, G>;
}

/** The learners to compare; they may depend on the options. */
export type Compare<O extends Settings, R extends string, G extends string = string> =
  Compared<NoInfer<R>, NoInfer<G>> | ((options: Widened<O>) => Compared<NoInfer<R>, NoInfer<G>>);

type Compared<R extends string, G extends string> = readonly LearnerChoice<R, G>[];

/** A checked scenario: an experiment that can be planned for any settings. */
export interface Scenario {
  readonly title: string;
  readonly options: Settings;
  /** The sweep that it defines. */
  readonly sweep: Sweep | null;
  /** Its quick size. */
  readonly quick: Quick | null;
  plan(overrides?: PlanOverrides): Plan;
}

/** A scenario with its definition, for variations of it; its checked sweep and quick size are separate fields. */
export interface DefinedScenario<O extends Settings, R extends string, G extends string = string> extends Scenario {
  readonly definition: Omit<ScenarioDefinition<O, R, G>, 'sweep' | 'quick'>;
}

/** What a caller may change of a scenario. */
export interface PlanOverrides extends StopRules, Partial<LearningOptions> {
  /**
   * If there are several, every learner that uses the circuit's own rules runs once on each; other algorithms run on the last. An algorithm without
   * kernels always runs in its plain engine.
   */
  readonly engine?: EngineName | readonly EngineName[];
  readonly precision?: Precision;
  /** For learners that use the circuit's own rules. */
  readonly evaluation?: Evaluation;
  /** The engine if none was named. If something is opaque or a solver has no kernels, 'actors' takes its place. Default 'actors'. */
  readonly usualEngine?: EngineName;
  readonly settings?: Settings;
  readonly seed?: number;
  readonly carry?: boolean;
  readonly learners?: readonly string[];
  readonly checkpointSeconds?: number;
}

/** A scenario with all options resolved. */
export interface Plan extends StopRules {
  readonly title: string;
  readonly settings: Settings;
  readonly seed: number;
  readonly carry: boolean;
  readonly circuit: Circuit;
  readonly task: Task;
  readonly learners: readonly Learner[];
  readonly probes: Readonly<Record<string, Probe>>;
  readonly checkpointSeconds: number;
}

export const SCENARIO_FIELDS = [
  ...['title', 'options', 'circuit', 'task', 'compare', 'seed', 'carry', 'probes'],
  ...['checkpointSeconds', 'sweep', 'quick'],
  ...['trials', 'targetLoss', 'patience', 'seconds', 'schedule', 'batch', 'feedback', 'rateHalfLife'],
  ...['engine', 'precision', 'evaluation'],
];

/**
 * Defines an experiment: which circuit learns which task, and which learners are compared.
 *
 * @throws InputError naming the field that is wrong.
 */
export function scenario<
  const R extends string,
  // oxlint-disable-next-line typescript/no-generated-empty-object-type -- a scenario without options passes on an empty object
  O extends Settings = Record<never, Setting>,
  const G extends string = string,
>(definition: ScenarioDefinition<O, R, G>): DefinedScenario<O, R, G> {
  for (const key of Object.keys(definition)) {
    if (!SCENARIO_FIELDS.includes(key))
      throw new InputError(key, `unknown field; expected one of ${SCENARIO_FIELDS.join(', ')}`);
  }
  const { sweep, quick, ...planned } = definition;
  const { title, compare } = planned;
  checkTitle(title);
  for (const field of ['circuit', 'task'] as const) {
    if (typeof definition[field] !== 'function') {
      throw new InputError(field, `${show(definition[field])} is not a function; write ${field}: () => ...`);
    }
  }
  if (typeof compare !== 'function') checkCompared(compare);
  const options: Settings = definition.options ?? {};
  checkOptionDefaults(options);
  return {
    title,
    options,
    sweep: sweep === undefined ? null : checkSweep(sweep, options),
    quick: quick === undefined ? null : checkQuick(quick, options),
    plan: (overrides = {}) => plan(planned, overrides),
    definition: planned,
  };
}

function checkTitle(title: unknown): void {
  if (title === undefined || (typeof title === 'string' && title.trim() === ''))
    throw new InputError('title', 'is missing; give one');
  if (typeof title !== 'string') throw new InputError('title', `expected text, got ${show(title)}`);
}

/** @throws InputError if a scenario's circuit is not a circuit. */
function checkCircuit(circuit: unknown): void {
  if (typeof circuit === 'object' && circuit !== null && 'neurons' in circuit) return;
  throw new InputError(
    'circuit',
    `gives ${show(circuit)}, which is not a circuit; write circuit: () => circuit({ ... })`,
  );
}

function checkCompared(compare: unknown): void {
  if (!Array.isArray(compare) || compare.length === 0) {
    throw new InputError('compare', `expected a list of learners, such as ['rflo', 'bptt'], got ${show(compare)}`);
  }
  compare.forEach((learner: unknown, at) => {
    const isPromise = learner instanceof Promise;
    if (typeof learner === 'string' || (typeof learner === 'object' && learner !== null && !isPromise)) return;
    throw new InputError(
      `compare[${at}]`,
      `${isPromise ? 'a promise' : show(learner)} is not a learner; give a name, such as 'rflo', an algorithm, such as bptt(), or { learner: 'rflo' }`,
    );
  });
}

function plan<O extends Settings, R extends string, G extends string>(
  definition: DefinedScenario<O, R, G>['definition'],
  overrides: PlanOverrides,
): Plan {
  const settings = settingsOf(definition.options, overrides.settings ?? {});
  const circuit = definition.circuit(settings);
  checkCircuit(circuit);
  const task = definition.task(settings);
  checkTask(task);
  const stops = { ...pickStops(definition), ...pickStops(overrides) };
  const trials = stops.trials ?? 1000;
  const compare = typeof definition.compare === 'function' ? definition.compare(settings) : definition.compare;
  checkCompared(compare);
  const { rateHalfLife = 0 } = definition;
  const carry = overrides.carry ?? definition.carry ?? false;
  checkCarry(carry);
  const learners = comparedLearners(
    {
      compare,
      engines: [overrides.engine ?? definition.engine ?? []].flat(),
      asked: overrides.learners,
    },
    circuit,
    {
      trials,
      carry,
      rateHalfLife: typeof rateHalfLife === 'function' ? rateHalfLife(settings) : rateHalfLife,
      ...pickLearning(definition),
      ...pickLearning(overrides),
    },
  );
  checkUnlike(learners, overrides.learners !== undefined);
  return {
    ...stops,
    trials,
    title: definition.title,
    settings,
    seed: overrides.seed ?? definition.seed ?? 1,
    carry,
    circuit,
    task,
    learners,
    probes: typeof definition.probes === 'function' ? definition.probes(settings) : (definition.probes ?? {}),
    checkpointSeconds: overrides.checkpointSeconds ?? definition.checkpointSeconds ?? 1,
  };
}

/** The defaults, replaced by what was set. @throws InputError for an unknown option, or a value of the wrong type. */
function settingsOf<O extends Settings>(defaults: O | undefined, set: Settings): Widened<O> {
  const known: Settings = defaults ?? {};
  checkSettings('option', set, known);
  // Every value has just been checked to have its default's type, as Widened requires.
  return { ...known, ...set } as Widened<O>;
}

/** The session of one of a plan's learners. */
export function sessionOptions(plan: Plan, { algorithm, ...how }: Learner): SessionOptions {
  const { circuit, task, seed, carry, probes, checkpointSeconds } = plan;
  return {
    circuit,
    task,
    seed,
    carry,
    probes,
    ...pickStops(plan),
    checkpointSeconds,
    learner: { learner: algorithm, ...how },
  };
}

function pickStops({ trials, targetLoss, patience, seconds }: StopRules): StopRules {
  return {
    ...(trials !== undefined && { trials }),
    ...(targetLoss !== undefined && { targetLoss }),
    ...(patience !== undefined && { patience }),
    ...(seconds !== undefined && { seconds }),
  };
}

type Learning = Omit<LearnerDefaults, 'trials' | 'engine' | 'rateHalfLife'>;

function pickLearning(from: Learning): Learning {
  const { schedule, batch, feedback, precision, evaluation, usualEngine } = from;
  return {
    ...(schedule && { schedule }),
    ...(batch !== undefined && { batch }),
    ...(feedback && { feedback }),
    ...(precision && { precision }),
    ...(evaluation && { evaluation }),
    ...(usualEngine && { usualEngine }),
  };
}
