/**
 * A plasticity rule learned over episodes, after Shervani-Tabar & Rosenbaum, Nature Communications 14:1805 (2023). In each episode a new network with
 * fixed random feedback learns images of five classes, once, one at a time, and classifies others (the query); the coefficients of the rule descend
 * the gradient of the query's loss.
 *
 *     rule        the terms, of the pool of ten, that it may use, and how errors come back: RULES
 *     l1          the L1 penalty on coefficients
 *     shrink      images are 28 / shrink pixels wide
 *
 *     npm run -s rxflo -- sweep scenarios/rosenbaum-meta.ts
 *
 * A trial is an episode; its loss is the mean cross-entropy of the query plus l1 |theta|. The weights of `theta` are the coefficients. The test has
 * separate episodes, in which the coefficients do not change.
 */
import { build, InputError, scenario, stream, ThroughLearning, type PlasticityRule, type Scenario } from 'rxflo';
import { classesOf, imagesOf, imageTask, SIDE } from './systems/images.ts';
import { metaCircuit, THETA, type Episode, type MetaNetwork, type Sample } from './systems/meta-plasticity.ts';
import { episodeTask, genome, overEpisodes, type OverEpisodes } from './systems/over-episodes.ts';
import { whole } from './systems/whole.ts';

const HIDDEN = [40, 30, 20];
const CHOSEN = 5;

const ALL = THETA.map((_, term) => term);
const [ERROR, HEBBIAN_ERROR, OJA] = [0, 2, 9];

/** The terms and feedback of each rule. Term 0 is the error term, 2 error by error, 9 Oja's rule. */
const RULES = {
  'random feedback': { terms: [ERROR], feedback: 'fixed' },
  'and error by error': { terms: [ERROR, HEBBIAN_ERROR], feedback: 'fixed' },
  'and Oja': { terms: [ERROR, OJA], feedback: 'fixed' },
  'all three': { terms: [ERROR, HEBBIAN_ERROR, OJA], feedback: 'fixed' },
  'all ten': { terms: ALL, feedback: 'fixed' },
  backprop: { terms: [ERROR], feedback: 'learned' },
} as const;

function ruleNamed(name: string): Pick<MetaNetwork, 'terms' | 'feedback'> {
  const found = Object.entries(RULES).find(([one]) => one === name)?.[1];
  if (found) return found;
  const terms = name.split('-').map(Number);
  if (/^\d(-\d)*$/.test(name) && new Set(terms).size === terms.length) return { terms, feedback: 'fixed' };
  const names = Object.keys(RULES).join(', ');
  throw new InputError(
    'option rule',
    `'${name}' is unknown; give one of ${names}, or terms from 0 to 9, each once, such as 0-2-9`,
  );
}

/** The names of a rule's coefficients, with their initial values. */
function coefficientsOf(rule: string, first: number, own?: PlasticityRule): Readonly<Record<string, number>> {
  const ofPool = ruleNamed(rule).terms.map((term) => [THETA[term], term === ERROR ? first : 0] as const);
  return { ...Object.fromEntries(ofPool), ...own?.params };
}

function penalty(l1: number): number {
  if (l1 >= 0) return l1;
  throw new InputError('option l1', `expected a number from 0, got ${l1}`);
}

/** The sizes of the layers of an episode's network, from the input to the output. */
export function sizesOf({ images, shrink }: Pick<Shown, 'images' | 'shrink'>): readonly number[] {
  if (!Number.isInteger(SIDE / shrink))
    throw new InputError('option shrink', `expected a divisor of ${SIDE}, got ${shrink}`);
  return [(SIDE / shrink) ** 2, ...HIDDEN, classesOf(imagesOf(images, 'train'))];
}

interface Shown {
  readonly images: string;
  readonly shrink: number;
  /** Images of each class to learn. */
  readonly learned: number;
  readonly asked: number;
}

/** Draws classes, images of each class for learning and for the query, and a network. */
function episodes({ images, shrink, learned, asked }: Shown, isFixed: boolean) {
  const learn = imagesOf(images, 'train');
  const task = imageTask(images, 1, { shrink, classes: classesOf(learn) });
  const sizes = sizesOf({ images, shrink });
  const all = new Map<number, Sample[]>();
  // The first round of the task has every image once.
  const samples = Array.from({ length: learn.count }, (_, k): Sample => {
    const { input, target } = task.trial(k + 1, () => 0);
    return { input, label: target.indexOf(1) };
  });
  for (const sample of samples) all.set(sample.label, [...(all.get(sample.label) ?? []), sample]);
  const enough = learned + asked;
  for (const [option, count] of Object.entries({ learned, asked })) whole(option, count);
  const known = [...all.keys()].filter((label) => (all.get(label) ?? []).length >= enough).sort((a, b) => a - b);
  if (known.length < CHOSEN) {
    const problem = `${learned} and ${asked} images per class are requested, but only ${known.length} classes have that many; give fewer, so that at least ${CHOSEN} do`;
    throw new InputError('options learned and asked', problem);
  }
  return (number: number, seed: number): Episode => {
    const draw = stream(seed, 'episode', number);
    const take = <T>(from: readonly T[], count: number): T[] => {
      const left = [...from];
      return Array.from({ length: count }, () => left.splice(Math.floor(draw() * left.length), 1)[0]);
    };
    const chosen = take(known, CHOSEN).map((label) => take(all.get(label) ?? [], enough));
    const matrices = () =>
      sizes.slice(1).map((rows, k) => {
        const most = Math.sqrt(6 / (rows + sizes[k]));
        return Array.from({ length: rows }, () => Array.from({ length: sizes[k] }, () => most * (2 * draw() - 1)));
      });
    const shown = chosen.flatMap((of) => of.slice(0, learned));
    return {
      weights: matrices(),
      ...(isFixed && { feedback: matrices() }),
      samples: take(shown, shown.length),
      query: chosen.flatMap((of) => of.slice(learned)),
    };
  };
}

/**
 * The scenario with a user-defined term, added to those that `rule` names. Its parameters are coefficients; their defaults are the initial values.
 *
 * @param seen Called with the result of each episode of learning.
 * @throws InputError if the term cannot be added to the pool; see `sumOfRules`.
 */
export function metaScenario(own?: PlasticityRule, seen?: OverEpisodes['seen']): Scenario {
  const names = (rule: string) => Object.keys(coefficientsOf(rule, 0, own));
  return scenario({
    title: own ? `Meta-learned plasticity with ${own.name}` : 'Meta-learned plasticity',
    options: {
      ...{ rule: 'all ten', l1: 0, rate: 0.001, first: 0.005, learned: 10, asked: 10 },
      ...{ images: '', shrink: 4, tests: 20 },
    },
    circuit: ({ rule, l1, rate, first }) =>
      genome(Object.values(coefficientsOf(rule, first, own)), { l1: penalty(l1), eta: rate }),
    task: ({ rule, tests }) => episodeTask(names(rule), tests),
    trials: 250,
    compare: ({ rule, l1, ...shown }) => {
      const { terms, feedback } = ruleNamed(rule);
      const sizes = sizesOf(shown);
      const network = metaCircuit({ ...{ sizes, beta: 10, terms, feedback }, ...(own && { own }) });
      const through = new ThroughLearning(build(network, 1), names(rule));
      return [{ learner: overEpisodes(through, episodes(shown, feedback === 'fixed'), { l1, own, seen }) }];
    },
    probes: { theta: { synapses: 'theta', value: 'weight' } },
    sweep: { grid: { rule: Object.keys(RULES) }, score: 'accuracy', seeds: 5 },
    quick: { trials: 3, seeds: 1, grid: { rule: ['all three'] }, settings: { learned: 5, asked: 2, tests: 1 } },
  });
}

export default metaScenario();
