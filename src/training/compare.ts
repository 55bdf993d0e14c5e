import type { Circuit } from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import { isSnap } from '../solvers/index.ts';
import { algorithmOf } from './algorithm.ts';
import { sameRules } from './own-rules.ts';
import {
  resolveLearner,
  type EngineName,
  type Learner,
  type LearnerDefaults,
  type LearnerName,
  type LearnerOptions,
} from './learner.ts';

/** What is compared, and on what. */
export interface Comparison {
  readonly compare: readonly (LearnerName | LearnerOptions)[];
  /** Several: every learner that runs the circuit's own rules and names no engine runs once on each, the solvers on the last that can run them. */
  readonly engines: readonly EngineName[];
  /** Only these of the compared learners, and others by what they are. */
  readonly asked: readonly string[] | undefined;
}

/**
 * The learners of a comparison, in its order, each with everything decided.
 *
 * A learner that names no engine, beside one that is the same but names one, runs on the other: that is what they are compared for.
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
  const given = compare.map((one) => (typeof one === 'string' ? { learner: one } : one));
  const withOwn = given
    .filter(({ engine }) => engine !== undefined)
    .map((options) => [options, resolveLearner(options, circuit, defaults)] as const);
  const own = new Map<LearnerOptions, Learner>(withOwn);
  const like = (learner: Learner) =>
    withOwn.map(([, other]) => other).find((other) => sameOn(learner, other) && other.engine === learner.engine);

  /** A learner on each engine that it is to run on; the first has the plain name. */
  const each = (options: LearnerOptions): readonly Learner[] => {
    const known = own.get(options);
    if (known) return [known];
    const [first] = engines;
    if (engines.length < 2) {
      const learner = resolveLearner(options, circuit, { ...defaults, ...(engines.length > 0 && { engine: first }) });
      const engine = learner.engine === 'actors' ? 'kernels' : 'actors';
      const beside = engines.length === 0 && !isSnap(learner.algorithm) && like(learner) !== undefined;
      return [beside ? resolveLearner(options, circuit, { ...defaults, engine }) : learner];
    }
    const on = (engine: EngineName, more: Partial<LearnerOptions> = {}) => {
      const { precision, ...others } = defaults;
      const exact = engine === 'actors' || precision === undefined ? others : { ...others, precision };
      return resolveLearner({ ...options, ...more }, circuit, { ...exact, engine });
    };
    const last = on(isSnap(options.learner ?? 'local') ? 'actors' : engines[engines.length - 1]);
    if (last.algorithm !== 'local') return [last];
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
    algorithmOf(
      name,
      circuit,
      flat.map((learner) => learner.name),
    );
    return each({ learner: name });
  });
}

/** @throws InputError if a name is there twice, or two names are one and the same learner. */
export function checkUnlike(learners: readonly Learner[], asked: boolean): void {
  learners.forEach(({ name }, i) => {
    if (learners.findIndex((other) => other.name === name) !== i) {
      if (asked) throw new InputError('learner', `${show(name)} is named twice; name it once`);
      throw new InputError(
        'compare',
        `two learners are called ${show(name)}; give one another name: { ..., name: '${name}-2' }`,
      );
    }
    const same = learners.slice(0, i).find((other) => sameLearner(other, learners[i]));
    if (same) {
      const why = same.algorithm === 'local' ? ": a rule's name means all the rules of the circuit" : '';
      throw new InputError(
        'compare',
        `${show(same.name)} and ${show(name)} are one and the same learner${why}; leave one out`,
      );
    }
  });
}

/** Whether two learners do the same, on whatever engine and however long: in float64 to the same bits. */
export function sameOn(one: Learner, other: Learner): boolean {
  return (
    one.algorithm === other.algorithm &&
    one.schedule === other.schedule &&
    one.feedback === other.feedback &&
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
