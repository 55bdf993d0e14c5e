import { algorithmNamed, sameAlgorithm } from '../algorithms/index.ts';
import type { Circuit } from '../circuit/index.ts';
import { InputError, oneOf, show } from '../errors/index.ts';
import type { LearningAlgorithm } from '../solvers/index.ts';
import { algorithmOf } from './algorithm.ts';
import type { EngineName } from './engine-for.ts';
import { sameRules } from './own-rules.ts';
import {
  learnerOptions,
  resolveLearner,
  type Learner,
  type LearnerChoice,
  type LearnerDefaults,
  type LearnerOptions,
} from './learner.ts';

/** What is compared, and on what. */
export interface Comparison {
  readonly compare: readonly LearnerChoice[];
  /**
   * The engines for learners that name none. If there are several, the circuit's own rules run once on each, other algorithms on the last.
   * An algorithm without kernels always runs in its plain engine.
   */
  readonly engines: readonly EngineName[];
  /** The names of the learners to run: compared ones, rules or built-in algorithms. Undefined: all compared ones. */
  readonly asked: readonly string[] | undefined;
}

/**
 * The learners of a comparison, in its order, each with all options resolved.
 *
 * If two learners differ only in that one names an engine, the other runs on the other engine: that is what they are compared for.
 *
 * @throws InputError naming what is wrong.
 */
export function comparedLearners(
  { compare, engines, asked }: Comparison,
  circuit: Circuit,
  defaults: Omit<LearnerDefaults, 'engine'>,
): readonly Learner[] {
  const twice = engines.find((engine, i) => engines.indexOf(engine) !== i);
  if (twice !== undefined) throw new InputError('engine', `${show(twice)} is named twice; name it once`);
  const given = compare.map(learnerOptions);
  const withOwn = given
    .filter(({ engine }) => engine !== undefined)
    .map((options) => [options, resolveLearner(options, circuit, defaults)] as const);
  const own = new Map<LearnerOptions, Learner>(withOwn);
  const like = (learner: Learner) =>
    withOwn.map(([, other]) => other).find((other) => sameOn(learner, other) && other.engine === learner.engine);

  /** A learner on each engine that it must run on; the first has the plain name. */
  const each = (options: LearnerOptions): readonly Learner[] => {
    const known = own.get(options);
    if (known) return [known];
    const [first] = engines;
    if (engines.length < 2) {
      const learner = resolveLearner(options, circuit, { ...defaults, ...(engines.length > 0 && { engine: first }) });
      const engine = learner.engine === 'actors' ? 'kernels' : 'actors';
      const beside = engines.length === 0 && learner.algorithm.kernel !== undefined && like(learner) !== undefined;
      return [beside ? resolveLearner(options, circuit, { ...defaults, engine }) : learner];
    }
    const on = (engine: EngineName, more: Partial<LearnerOptions> = {}) => {
      const { precision, ...others } = defaults;
      const wanted = { ...options, ...more };
      const exact = resolveLearner(wanted, circuit, { ...others, engine });
      const isExact = exact.engine === 'actors' || precision === undefined;
      return isExact ? exact : resolveLearner(wanted, circuit, { ...defaults, engine });
    };
    const last = on(engines[engines.length - 1]);
    if (!last.algorithm.rules) return [last];
    const others = engines.slice(1).map((engine) => {
      const learner = on(engine, { engine, ...(options.name !== undefined && { name: `${options.name}-${engine}` }) });
      return like(learner) ?? learner;
    });
    return [on(first), ...others];
  };

  const all = given.map(each);
  const flat = [...new Set(all.flat())];
  if (asked === undefined) return flat;
  return asked.flatMap((name) => {
    const group = all.find(([first]) => first.name === name);
    const one = flat.find((learner) => learner.name === name);
    if (group ?? one) return group ?? one ?? [];
    return each({ learner: ownAlgorithm(name, flat) ?? builtIn(name, circuit, flat) });
  });
}

/** The algorithm with this name, not built in, that is compared under another name. @throws InputError if there are several. */
function ownAlgorithm(name: string, learners: readonly Learner[]): LearningAlgorithm | undefined {
  const own = learners.filter(({ algorithm }) => algorithm.name === name && algorithmNamed(name) === undefined);
  if (own.every(({ algorithm }) => sameAlgorithm(algorithm, own[0].algorithm))) return own.at(0)?.algorithm;
  throw new InputError(
    'learner',
    `${show(name)} is compared with several settings; give one of ${oneOf(own.map((one) => one.name))}`,
  );
}

/** The name of a built-in algorithm, or of a rule. @throws InputError if it is neither. */
function builtIn(name: string, circuit: Circuit, learners: readonly Learner[]): string {
  algorithmOf(
    name,
    circuit,
    learners.map((learner) => learner.name),
  );
  return name;
}

/** @throws InputError if two learners have the same name, or are the same learner under two names. */
export function checkUnlike(learners: readonly Learner[], asked: boolean): void {
  learners.forEach(({ name }, i) => {
    if (learners.findIndex((other) => other.name === name) !== i) {
      if (asked) throw new InputError('learner', `${show(name)} is named twice; name it once`);
      throw new InputError(
        'compare',
        `two learners are called ${show(name)}; give one of them a different name: { ..., name: '${name}-2' }`,
      );
    }
    const same = learners.slice(0, i).find((other) => sameLearner(other, learners[i]));
    if (same) {
      const why = same.algorithm.rules ? ": a rule's name means all the rules of the circuit" : '';
      throw new InputError('compare', `${show(same.name)} and ${show(name)} are the same learner${why}; leave one out`);
    }
  });
}

/** Whether two learners do the same, whatever their engines and numbers of trials: in float64 to the same bits. */
export function sameOn(one: Learner, other: Learner): boolean {
  return (
    sameAlgorithm(one.algorithm, other.algorithm) &&
    one.schedule === other.schedule &&
    one.batch === other.batch &&
    one.feedback === other.feedback &&
    one.evaluation === other.evaluation &&
    one.rateHalfLife === other.rateHalfLife &&
    sameRules(one.rules, other.rules)
  );
}

function sameLearner(one: Learner, other: Learner): boolean {
  return (
    sameOn(one, other) &&
    one.trials === other.trials &&
    one.engine === other.engine &&
    one.precision === other.precision
  );
}
