/**
 * A plasticity rule learned over episodes, after Shervani-Tabar & Rosenbaum, Nature Communications 14:1805 (2023): in each, a fresh network with fixed random
 * feedback learns some images of five classes, once, one at a time, and is asked about others; the coefficients of the rule descend the derivative of what it answers.
 *
 *     terms       which terms of the pool of ten the rule may use: '0' is the error alone, '0-2-9' adds error by error and Oja's rule, 'all' is the pool
 *     feedback    'fixed': random; 'learned': backprop
 *
 *     npm run -s rxflo -- run scenarios/rosenbaum-meta.ts --set terms=0-2-9
 *
 * A trial is an episode, its loss the mean cross-entropy of the query and l1 |theta|. The weights of `theta` are the coefficients.
 */
import { build, InputError, scenario, stream, ThroughLearning, type Task } from 'rxflo';
import { CLASSES, imagesOf, imageTask, PIXELS } from './systems/images.ts';
import { genome, metaCircuit, overEpisodes, THETA, type Episode, type Sample } from './systems/meta-plasticity.ts';

const SIZES = [PIXELS, 60, 40, 20, CLASSES];
const CHOSEN = 5;

function termsOf(terms: string): readonly number[] {
  const named = terms === 'all' ? THETA.map((_, term) => term) : terms.split('-').map(Number);
  if (named.length > 0 && named.every((term) => Number.isInteger(term) && term in THETA)) return named;
  throw new InputError('option terms', `'${terms}' is unknown; give all, or terms from 0 to 9, such as 0-2-9`);
}

function feedbackNamed(feedback: string): 'fixed' | 'learned' {
  if (feedback === 'fixed' || feedback === 'learned') return feedback;
  throw new InputError('option feedback', `'${feedback}' is none; there is fixed and learned`);
}

/** Draws classes, images of each to learn and to be asked about, and a network. */
function episodes(images: string, learned: number, asked: number, isFixed: boolean) {
  const [learn, task] = [imagesOf(images, 'train'), imageTask(images, 1)];
  const all = new Map<number, Sample[]>();
  // The first round of the task has every image once.
  const samples = Array.from({ length: learn.count }, (_, k): Sample => {
    const { input, target } = task.trial(k + 1, () => 0);
    return { input, label: target.indexOf(1) };
  });
  for (const sample of samples) all.set(sample.label, [...(all.get(sample.label) ?? []), sample]);
  return (number: number, seed: number): Episode => {
    const draw = stream(seed, 'episode', number);
    const take = <T>(from: readonly T[], count: number): T[] => {
      const left = [...from];
      return Array.from({ length: count }, () => left.splice(Math.floor(draw() * left.length), 1)[0]);
    };
    const chosen = take([...all.keys()].sort((a, b) => a - b), CHOSEN).map((label) => take(all.get(label) ?? [], learned + asked)); // prettier-ignore
    const matrices = () =>
      SIZES.slice(1).map((rows, k) => {
        const most = Math.sqrt(6 / (rows + SIZES[k]));
        return Array.from({ length: rows }, () => Array.from({ length: SIZES[k] }, () => most * (2 * draw() - 1)));
      });
    const known = chosen.flatMap((of) => of.slice(0, learned));
    return {
      weights: matrices(),
      ...(isFixed && { feedback: matrices() }),
      samples: take(known, known.length),
      query: chosen.flatMap((of) => of.slice(learned)),
    };
  };
}

const episodeTask = (coefficients: number): Task => ({
  ...{ name: 'episodes', inputs: coefficients, outputs: 1, settings: {} },
  trial: () => ({ timesteps: 1, input: new Float64Array(coefficients), target: Float64Array.of(NaN) }),
});

export default scenario({
  title: 'Meta-learned plasticity',
  options: { terms: 'all', feedback: 'fixed', l1: 0, rate: 0.001, first: 0.005, learned: 10, asked: 10, images: '' },
  circuit: ({ terms, l1, rate, first }) =>
    genome(termsOf(terms).map((term) => (term === 0 ? first : 0)), { l1, eta: rate }), // prettier-ignore
  task: ({ terms }) => episodeTask(termsOf(terms).length),
  trials: 250,
  compare: ({ terms, feedback, l1, learned, asked, images }) => {
    const [used, way] = [termsOf(terms), feedbackNamed(feedback)];
    const network = metaCircuit({ sizes: SIZES, beta: 10, terms: used, feedback: way });
    const through = new ThroughLearning(build(network, 1), used.map((term) => THETA[term])); // prettier-ignore
    return [{ learner: overEpisodes(through, episodes(images, learned, asked, way === 'fixed'), { l1 }) }];
  },
  probes: { theta: { synapses: 'theta', value: 'weight' } },
  quick: { trials: 3, settings: { terms: '0-2-9', learned: 5, asked: 2 } },
});
