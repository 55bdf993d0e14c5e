import { build, problemFormat, ThroughLearning, type ProblemFields } from 'rxflo';
import { metaCircuit, THETA, type Adapted, type Episode, type MetaNetwork } from '../systems/meta-plasticity.ts';
import { episodeTask, genome, overEpisodes } from '../systems/over-episodes.ts';

/** Coefficients of a plasticity rule, learned over episodes from the derivative of each episode's loss. */
export default problemFormat({
  format: 'rosenbaum-meta-plasticity/1',
  read: (problem) => {
    const sizes = problem.numbers('sizes', { range: { least: 1, most: 100_000, whole: true } });
    if (sizes.length < 2) problem.refuse('sizes', `has ${sizes.length} layers; give 2 or more`);
    const activation = problem.part('activation');
    activation.choice('name', ['softplus']);
    const beta = activation.number('beta', { least: Number.MIN_VALUE });
    const terms = problem.numbers('terms', { range: { least: 0, most: THETA.length - 1, whole: true } });
    if (terms.length === 0) problem.refuse('terms', 'is empty; give at least one term');
    const twice = terms.find((term, k) => terms.indexOf(term) < k);
    if (twice !== undefined) problem.refuse('terms', `lists term ${twice} twice; give each term once`);
    const theta = problem.numbers('theta', { size: { length: terms.length, each: 'term' } });
    const l1 = problem.number('l1', { least: 0 });
    const adam = problem.part('adam');
    const below1 = { least: 0, most: 1 - Number.EPSILON / 2 };
    const outer = {
      ...{ l1, eta: adam.number('rate') },
      ...{ beta1: adam.number('beta1', below1), beta2: adam.number('beta2', below1) },
      epsilon: adam.number('epsilon', { least: 0 }),
    };
    const given = problem.several('episodes');
    if (given.length === 0) problem.refuse('episodes', 'is empty; give at least one');
    const isLearned = given[0].isWord('feedback');
    const network: MetaNetwork = { sizes, beta, terms, feedback: isLearned ? 'learned' : 'fixed' };
    const episodes = given.map((one) => episodeOf(one, network));
    const task = episodeTask(terms.map((term) => THETA[term]));
    return async (run) => {
      const through = new ThroughLearning(
        build(metaCircuit(network), 1),
        terms.map((term) => THETA[term]),
      );
      const adapted: Adapted[] = [];
      const course: number[][] = [[...theta]];
      const { loss } = await run({
        ...{ circuit: genome(theta, outer), task, trials: episodes.length },
        learner: {
          learner: overEpisodes(through, (number) => episodes[number - 1], {
            l1,
            seen: (one) => {
              adapted.push(one);
            },
          }),
        },
        probes: { theta: { synapses: 'theta', value: 'weight' } },
        watch: (event) => {
          if (event.type === 'probe') course.push([...event.values]);
        },
      });
      return {
        samples_loss: adapted.map(({ samplesLoss }) => samplesLoss),
        query_loss: adapted.map(({ queryLoss }) => queryLoss),
        meta_loss: loss,
        accuracy: adapted.map(({ accuracy }) => accuracy),
        gradient: adapted.map(({ gradient }, k) =>
          through.by.map((name, c) => gradient[name] + l1 * Math.sign(course[k][c])),
        ),
        theta: course.slice(1),
        first_weights: sizes.slice(1).map((size, k) => {
          const w = adapted[0].weights[`forward${k + 1}`];
          return Array.from({ length: size }, (_, i) => [...w.subarray(i * sizes[k], (i + 1) * sizes[k])]);
        }),
      };
    };
  },
});

function episodeOf(given: ProblemFields, { sizes, feedback }: MetaNetwork): Episode {
  const layer = (l: number) => ({ length: sizes[l], each: `neuron of layer ${l}` });
  const shapes = sizes.slice(1).map((_, k) => ({ rows: layer(k + 1), columns: layer(k) }));
  const each = 'layer but the first';
  const samples = (name: string) =>
    given.several(name).map((sample) => ({
      input: sample.numbers('input', { size: layer(0) }),
      label: sample.number('label', { least: 0, most: sizes[sizes.length - 1] - 1, whole: true }),
    }));
  const weights = given.matrices('weights', shapes, each);
  if (feedback === 'fixed' && given.isWord('feedback'))
    given.refuse('feedback', 'is a word, but episodes[0].feedback is not; give matrices, or the word in every episode');
  if (feedback === 'learned') given.choice('feedback', ['symmetric']);
  const own = feedback === 'fixed' ? { feedback: given.matrices('feedback', shapes, each) } : {};
  const query = samples('query');
  if (query.length === 0) given.refuse('query', 'is empty; give at least one');
  return { weights, ...own, samples: samples('samples'), query };
}
