import { withKernels, type AlgorithmName } from '../algorithms/index.ts';
import {
  build,
  partsOf,
  refuseOnline,
  type Circuit,
  type Engine,
  type Evaluation,
  type FeedbackKind,
  type GroupRule,
  type LearningOptions,
  type Schedule,
} from '../circuit/index.ts';
import { InputError, onlyFields } from '../errors/index.ts';
import { KernelEngine, loadKernels, type Precision } from '../kernels/index.ts';
import { isAlgorithm, refuseCopy, type LearningAlgorithm } from '../solvers/index.ts';
import { algorithmOf } from './algorithm.ts';
import { choice } from './choice.ts';
import { engineFor, type EngineChoice, type EngineDefaults, type EngineName } from './engine-for.ts';
import { checkLabel } from './label.ts';
import { learnedCircuit, type OwnRules } from './own-rules.ts';
import { checkHalfLife } from './pace.ts';
import { positive } from './positive.ts';
import { given } from './settings.ts';

/**
 * The name of a learner: that of a built-in algorithm, or of one of the circuit's rules, such as 'rflo', which means all of the rules, as
 * 'local' does.
 */
export type LearnerName<R extends string = string> = AlgorithmName | R;

/** A learner as it may be given: by name, as an algorithm, or with options. */
export type LearnerChoice<R extends string = string, G extends string = string> =
  LearnerName<R> | LearningAlgorithm | LearnerOptions<R, G>;

/** Learning rates that fall over the trials. */
export interface FallingRates {
  /**
   * The number of trials in which every learning rate halves, whatever learns: the changes of trial n are multiplied by
   * 2^(-(n - 1) / rateHalfLife). It need not be whole; with 0, rates stay constant. Default 0.
   */
  readonly rateHalfLife?: number;
}

/** A learner of a circuit with rules named R and synapse groups named G, and how it learns. */
export interface LearnerOptions<R extends string = string, G extends string = string>
  extends Partial<LearningOptions>, FallingRates, EngineChoice {
  /** What learns. Default 'local': the circuit's own rules. */
  readonly learner?: LearnerName<R> | LearningAlgorithm;
  /**
   * Rules that replace the circuit's own, by the name of the synapse group: `{ recurrent: hebb() }`, or with an optimiser that replaces the group's,
   * `{ recurrent: { rule: hebb(), optimiser: adam() } }`; `'feedback.error'` for the synapses that relearn a feedback. Other groups keep theirs.
   * The bits are those on a circuit with these rules. A solver takes its learning rates from them.
   */
  readonly rules?: Readonly<Partial<Record<G | `feedback.${string}`, GroupRule>>>;
  /** Its name in results; by default the learner's name, or those of its own rules, followed by the options that differ from its defaults. */
  readonly name?: string;
  /** It stops after this many trials even if others continue: for a learner that takes too long. */
  readonly trials?: number;
}

/** A learner with all options resolved. */
export interface Learner extends Required<LearningOptions>, Required<FallingRates> {
  readonly name: string;
  readonly algorithm: LearningAlgorithm;
  /** Rules that replace the circuit's own. Absent: it learns the circuit as it is. */
  readonly rules?: OwnRules;
  readonly trials: number;
  readonly engine: EngineName;
  readonly precision: Precision;
  /** Absent: that of each synapse group. */
  readonly evaluation?: Evaluation;
}

/** The values of options that a learner leaves out. */
export interface LearnerDefaults extends Partial<LearningOptions>, FallingRates, EngineChoice, EngineDefaults {
  readonly trials: number;
}

const FIELDS = [
  ...['learner', 'rules', 'name', 'trials', 'schedule', 'batch', 'feedback', 'rateHalfLife', 'engine', 'precision'],
  'evaluation',
];

/** The options that a name, or an algorithm alone, means. */
export function learnerOptions<R extends string, G extends string>(choice: LearnerChoice<R, G>): LearnerOptions<R, G> {
  return typeof choice === 'string' || isAlgorithm(choice) ? { learner: choice } : choice;
}

/** Completes a learner's options. @throws InputError naming what is wrong. */
export function resolveLearner(wanted: LearnerChoice, circuit: Circuit, defaults: LearnerDefaults): Learner {
  const options = learnerOptions(wanted);
  refuseCopy('learner', options);
  onlyFields('learner', options, FIELDS);
  const { learner = 'local', trials = Infinity } = options;
  const rules = options.rules && given(options.rules);
  if (options.trials !== undefined) positive('learner.trials', trials, true);
  const learned = learnedCircuit(circuit, rules);
  const algorithm = algorithmOf(learner, learned);
  const usual = algorithm.feedback;
  const feedback = choice('feedback', options.feedback ?? defaults.feedback ?? usual, ['random', 'symmetric'] as const);
  const schedule = choice('schedule', options.schedule ?? defaults.schedule ?? 'trial', ['trial', 'online'] as const);
  const batch = options.batch ?? defaults.batch ?? 1;
  checkBatch(batch, schedule);
  const rateHalfLife = options.rateHalfLife ?? defaults.rateHalfLife ?? 0;
  checkHalfLife(rateHalfLife);
  const precision = choice('precision', options.precision ?? defaults.precision ?? 'f64', ['f64', 'f32'] as const);
  const asked = options.evaluation ?? (algorithm.rules ? defaults.evaluation : undefined);
  const evaluation = asked === undefined ? undefined : choice('evaluation', asked, ['history', 'trace'] as const);
  checkEvaluated(evaluation, schedule, algorithm);
  const engine = engineFor(algorithm, precision, learned, options.engine, defaults);
  const own = precision === 'f32' ? precision : options.engine;
  const called = options.learner ?? (rules ? namesOf(rules) : learner);
  const base = typeof called === 'string' ? called : called.name;
  const name =
    options.name ??
    label(
      base,
      {
        feedback,
        schedule,
        batch: options.batch ?? 1,
        halfLife: options.rateHalfLife ?? 0,
        evaluation: options.evaluation,
      },
      usual,
      own,
    );
  checkLabel('learner.name', name);
  return {
    ...{ name, algorithm, feedback, schedule, batch, rateHalfLife },
    ...(rules && { rules }),
    ...{ trials: Math.min(trials, defaults.trials), engine, precision },
    ...(evaluation && { evaluation }),
  };
}

/** The name of a learner with rules of its own: 'hebb', or 'hebb+decay'. @throws InputError if it has none. */
function namesOf(rules: OwnRules): string {
  const names = [...new Set(Object.values(rules).map((one) => partsOf(one).rule.name))];
  if (names.length > 0) return names.join('+');
  throw new InputError('learner.rules', 'is empty; give a rule by its synapse group, such as { recurrent: rflo() }');
}

/** Loads what these learners' engines need. Resolves at once if there is nothing to load. */
export async function loadEngines(
  learners: readonly (Pick<Learner, 'engine'> & Partial<Pick<Learner, 'algorithm'>>)[],
): Promise<void> {
  if (learners.some(({ engine, algorithm }) => engine === 'kernels' || algorithm?.arithmetic)) await loadKernels();
}

/** Builds a learner's engine for a circuit drawn from a seed. `carry`: trials carry on. @throws InputError if they do not fit. */
export function createEngine(definition: Circuit, seed: number, learner: Learner, carry = false): Engine {
  const { algorithm, engine, rules, schedule, batch, feedback, evaluation } = learner;
  if (!algorithm.causal) refuseOnline(schedule, algorithm.name);
  const circuit = build(learnedCircuit(definition, rules), seed, { carry, ...(evaluation && { evaluation }) });
  if (engine === 'kernels') return new KernelEngine(circuit, learner);
  const how = { schedule, batch, feedback, seed };
  return algorithm.open(circuit, algorithm.arithmetic ? withKernels(circuit, how) : how);
}

/** The name in tables of what runs a learner: that of its engine, or of the algorithm for a plain solver. */
export function engineOf({ algorithm, engine }: Learner): string {
  return engine === 'kernels' || algorithm.rules ? engine : algorithm.name;
}

/**
 * Symmetric feedback is named weight transport, so that no learner that needs it can pass for a local one.
 * Engine and half-life are named if the learner itself gives them, and 'f32' always, since its results differ.
 */
function label(
  learner: string,
  {
    feedback,
    schedule,
    batch,
    halfLife,
    evaluation,
  }: Required<LearningOptions> & { readonly halfLife: number; readonly evaluation: Evaluation | undefined },
  usual: FeedbackKind,
  engine: EngineName | 'f32' | undefined,
): string {
  const unusual = feedback === 'symmetric' ? 'weight-transport' : 'random';
  return [
    learner,
    ...(schedule === 'online' ? ['online'] : []),
    ...(batch === 1 ? [] : [`batch-${batch}`]),
    ...(feedback === usual ? [] : [unusual]),
    ...(evaluation === undefined ? [] : [evaluation]),
    ...(halfLife === 0 ? [] : [`half-life-${halfLife}`]),
    ...(engine === undefined ? [] : [engine]),
  ].join('-');
}

/** @throws InputError if a batch is not a number of trials, or its changes would be applied before it ends. */
function checkBatch(batch: number, schedule: Schedule): void {
  positive('batch', batch, true);
  if (batch === 1 || schedule === 'trial') return;
  throw new InputError(
    'batch',
    `is ${batch}, but with schedule 'online' changes are applied in every timestep; use 'trial', or leave batch out`,
  );
}

/** @throws InputError if evaluation by history does not fit: changes are applied before the trial ends, or do not come from rules. */
function checkEvaluated(
  evaluation: Evaluation | undefined,
  schedule: Schedule,
  { name, rules }: LearningAlgorithm,
): void {
  if (evaluation !== 'history' || (schedule === 'trial' && rules)) return;
  const [why, fix] = rules
    ? ["with schedule 'online' changes are applied in every timestep", "use 'trial', or leave it out"]
    : [`'${name}' does not learn by the circuit's rules`, 'leave it out'];
  throw new InputError('evaluation', `is 'history', but ${why}; ${fix}`);
}
