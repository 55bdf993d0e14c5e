import { beforeAll, describe, expect, it } from 'vitest';
import problem from '../../scenarios/problems/rosenbaum-meta-plasticity.ts';
import {
  adapt,
  metaCircuit,
  THETA,
  trialOf,
  weightsOf,
  type Episode,
  type MetaNetwork,
} from '../../scenarios/systems/meta-plasticity.ts';
import { episodeTask, genome, overEpisodes } from '../../scenarios/systems/over-episodes.ts';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, withRules, type Axon, type BuiltCircuit, type Engine } from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import type { Numbers } from '../../src/local/index.ts';
import { certifyLearner, noninterference } from '../../src/locality/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { stream } from '../../src/random/index.ts';
import { eligibility, overTrials, plasticityRule, type OverTrials } from '../../src/rules/index.ts';
import { ThroughLearning } from '../../src/solvers/index.ts';
import { openSession } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { deviations, solved, vectorsOf } from '../support/problems.ts';
import { endOf, eventsOf } from '../support/sessions.ts';

beforeAll(loadKernels);

describe('meta-learned plasticity meets', () => {
  it.each(vectorsOf('rosenbaum', 'meta-'))('%s', async (_, vector) => {
    const got = await solved(problem, vector, 'kernels');
    expect(deviations(got, vector.expected, vector.tolerance)).toEqual([]);
  });
});

const draw = stream(11, 'meta');
const sizes = [4, 3, 2];
const network: MetaNetwork = { sizes, beta: 5, terms: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], feedback: 'fixed' };
const matrices = () => sizes.slice(1).map((rows, k) => drawn(rows, sizes[k]));
const drawn = (rows: number, columns: number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * draw() - 1));
const samples = (count: number) =>
  Array.from({ length: count }, (_, k) => ({ input: drawn(1, sizes[0])[0].map(Math.abs), label: k % 2 }));
const episode: Episode = { weights: matrices(), feedback: matrices(), samples: samples(5), query: samples(3) };
const theta = Object.fromEntries(THETA.map((name, k) => [name, 0.02 + 0.003 * k]));
const OPTIONS = { schedule: 'trial', feedback: 'random' } as const;
const ENGINES: Readonly<Record<string, (built: BuiltCircuit) => Engine>> = {
  actors: (built) => new ActorEngine(built, OPTIONS),
  kernels: (built) => new KernelEngine(built, { ...OPTIONS, algorithm: local() }),
};

describe('the derivative of an episode', () => {
  const through = new ThroughLearning(build(metaCircuit(network), 1), THETA);

  it('is that of central differences, by each of the ten coefficients', () => {
    const { gradient } = adapt(through, episode, theta);
    const size = 1e-5;
    for (const name of THETA) {
      const [more, less] = [size, -size].map((by) => adapt(through, episode, { ...theta, [name]: theta[name] + by }));
      const slope = (more.queryLoss - less.queryLoss) / (2 * size);
      expect(Math.abs(gradient[name] - slope) / Math.max(1, Math.abs(slope)), name).toBeLessThan(1e-7);
    }
  });

  it('at coefficients of 0 no weight moves, and the derivative is that by the terms, all at W(0)', () => {
    const { gradient, weights } = adapt(through, episode, Object.fromEntries(THETA.map((name) => [name, 0])));
    expect(weights).toMatchObject(weightsOf(episode, through.circuit));
    const alone = episode.samples.map((sample) => adapt(through, { ...episode, samples: [sample] }, zero()).gradient);
    for (const name of THETA)
      expect(gradient[name]).toBeCloseTo(
        alone.reduce((sum, one) => sum + one[name], 0),
        12,
      );
  });

  it.each(Object.entries(ENGINES))('is of what %s learn, in every bit', (_, open) => {
    const engine = open(built());
    engine.setWeights({ ...engine.weights(), ...weightsOf(episode, engine.circuit) });
    for (const group of engine.circuit.groups) if (group.rule) engine.tune?.(group.name, theta);
    const losses = episode.samples.map((sample) => engine.trial(trialOf(sample, 2)));
    const { samplesLoss, weights } = adapt(through, episode, theta);
    expect(samplesLoss).toEqual(losses);
    expect(weights).toEqual(engine.weights());
  });

  it('follows traces, too: what an eligibility of one timestep hands to the next', () => {
    const traced = plasticityRule({
      name: 'traced',
      params: { a: 0.1, b: 0.5 },
      sees: { post: [] },
      state: { p: 0 },
      trace: ({ p, pre, b }) => ({ p: b * p + pre.out }),
      change: ({ p, w, post, a }) => a * (post.out * p - w),
    });
    const recurrent = new ThroughLearning(
      build(
        circuit({
          neurons: { x: input(2), h: leakyTanh(3, { tau: 3, initial: 0.1 }), y: linear(1) },
          synapses: {
            in: { from: 'x', to: 'h', weights: drawn(3, 2), rule: traced() },
            recurrent: { from: 'h', to: 'h', weights: drawn(3, 3), rule: traced() },
            out: { from: 'h', to: 'y', weights: drawn(1, 3) },
          },
          outputs: ['y'],
        }),
        1,
      ),
      ['a', 'b'],
    );
    const trial = {
      timesteps: 4,
      input: Float64Array.from(drawn(4, 2).flat()),
      target: Float64Array.from([0, NaN, 1, 0.5]),
    };
    const played = (a: number, b: number) => {
      recurrent.begin({ a, b });
      recurrent.trial(trial);
      recurrent.trial(trial);
      return recurrent.trial(trial, { learn: false });
    };
    const { gradient } = played(0.1, 0.5);
    const slope = (by: readonly [number, number]) =>
      (played(0.1 + by[0], 0.5 + by[1]).loss - played(0.1 - by[0], 0.5 - by[1]).loss) / 2e-5;
    expect(gradient['a']).toBeCloseTo(slope([1e-5, 0]), 8);
    expect(gradient['b']).toBeCloseTo(slope([0, 1e-5]), 8);
  });

  it('is refused where something has none', () => {
    const plain = metaCircuit(network);
    expect(refusal(() => new ThroughLearning(build(plain, 1), ['t10']))).toMatch(/unknown parameter 't10'/);
    const signalled = plasticityRule({
      name: 'signalled',
      params: { eta: 1 },
      state: { p: eligibility },
      change: ({ p, post, eta }) => eta * post.signal * p,
    });
    const learning = withRules(plain, { forward1: signalled() });
    expect(refusal(() => new ThroughLearning(build(learning, 1), ['eta']))).toMatch(/^synapses.forward1.rule: reads /);
  });

  const simple = (parts: { readonly b?: OverTrials; readonly axon?: Axon; readonly tau?: OverTrials } = {}) => {
    const { b = 0.5, axon, tau = 3 } = parts;
    return build(
      circuit({
        neurons: { x: input(1), h: leakyTanh(1, { tau, tunable: ['tau'] }), y: linear(1) },
        synapses: {
          in: { from: 'x', to: 'h', weights: [[0.5]], rule: decaying({ b }) },
          out: { from: 'h', to: 'y', weights: [[0.5]] },
        },
        outputs: ['y'],
        ...(axon && { axons: { h: axon } }),
      }),
      1,
    );
  };
  const falling = (start: number) => overTrials(start, ({ start, trial }) => start / trial);

  it.each([
    ['a rule', { b: falling(0.5) }, /^synapses\.in\.rule\.b: changes over the trials/],
    ['neurons', { tau: falling(30) }, /^neurons\.h\.tau: changes over the trials/],
    ['an axon', { axon: { noise: falling(0.1), tunable: ['noise'] } }, /^axons\.h\.noise: changes over the trials/],
    ['an axon that jumps', { axon: { threshold: 0.1 } }, /^axons\.h\.threshold: makes what is sent jump/],
  ] as const)('is refused where a number of %s has another value in every trial, or none', (_, parts, message) => {
    expect(refusal(() => new ThroughLearning(simple(parts), ['a']))).toMatch(message);
  });

  it('has each coefficient once, and begins with no other', () => {
    expect(refusal(() => new ThroughLearning(simple(), ['a', 'a']))).toMatch(/: 'a' is listed twice/);
    // A coefficient is told, as by session.tune.
    const through = new ThroughLearning(simple({ b: falling(0.5) }), ['b']);
    expect(refusal(() => { through.begin({ b: 1, c: 2 }); })).toMatch(/^coefficients\.c: unknown field; expected one of b/); // prettier-ignore
    expect(refusal(() => { through.begin({ b: 1 }, { inn: Float64Array.of(1) }); })).toMatch(/^weights\.inn: unknown field; expected one of in, out/); // prettier-ignore
  });
});

const decaying = plasticityRule({
  name: 'decaying',
  params: { a: 0.1, b: 0.5 },
  tunable: ['b'],
  change: ({ w, pre, post, a, b }) => a * post.out * pre.out - b * w,
});

function zero(): Readonly<Record<string, number>> {
  return Object.fromEntries(THETA.map((name) => [name, 0]));
}

function built(of: Partial<MetaNetwork> = {}): BuiltCircuit {
  return build(metaCircuit({ ...network, ...of }), 1);
}

describe("a term of the user's own", () => {
  const own = plasticityRule({
    name: 'own',
    params: { cubic: 0.01, crossed: 0.02, kept: -0.01 },
    sees: { pre: ['residual'], post: ['crossing', 'error'] },
    change: ({ pre, post, cubic, crossed, kept }) =>
      cubic * post.out * post.out * pre.rate + crossed * post.crossing * post.error + kept * post.out * pre.residual,
  })();
  const by = ['t0', ...Object.keys(own.params)];
  const given: Numbers = { t0: 0.05, ...own.params };

  it('has a derivative through an episode, by each of its coefficients', () => {
    const through = new ThroughLearning(built({ terms: [0], own }), by);
    const { gradient } = adapt(through, episode, given);
    const size = 1e-5;
    for (const name of by) {
      const moved = (step: number) => adapt(through, episode, { ...given, [name]: given[name] + step }).queryLoss;
      const slope = (moved(size) - moved(-size)) / (2 * size);
      expect(Math.abs(gradient[name] - slope), name).toBeLessThan(1e-7 * Math.max(1, Math.abs(slope)));
      expect(gradient[name], name).not.toBe(0);
    }
  });

  it('is given the synapses that it needs, which mirror W in every bit', () => {
    const engine = ENGINES['actors'](built({ terms: [0], own }));
    engine.setWeights({ ...engine.weights(), ...weightsOf(episode, engine.circuit) });
    for (const sample of episode.samples) engine.trial(trialOf(sample, 2));
    const weights = engine.weights();
    sizes.slice(1).forEach((rows, k) => {
      const [w, columns] = [weights[`forward${k + 1}`], sizes[k]];
      expect([...weights[`crossed${k + 1}`]]).toEqual([...w]);
      expect([...weights[`back${k + 1}`]]).toEqual(
        Array.from(w, (_, at) => w[(at % rows) * columns + Math.floor(at / rows)]),
      );
    });
  });
});

describe('the outer loop', () => {
  it('has diverged where the derivative of an episode overflows, though its loss is finite', async () => {
    const one = { input: [1], label: 1 };
    const [small, weights] = [built({ sizes: [1, 1, 2], terms: [2] }), [[[1]], [[1], [0]]]];
    const steep = { weights, feedback: [[[1e200]], weights[1]], samples: [one, one], query: [one] };
    const through = new ThroughLearning(small, ['t2']);
    const events = await eventsOf(
      openSession({
        ...{ circuit: genome([0], { l1: 0 }), task: episodeTask(['t2']), trials: 1 },
        learner: { learner: overEpisodes(through, () => steep, { l1: 0 }) },
      }),
    );
    const last = events.at(-1);
    if (last?.type !== 'failed' || !(last.error instanceof RunError)) throw new Error('the session did not fail');
    const { kind, trial, actor } = last.error;
    expect([kind, trial, actor]).toEqual(['diverged', 1, 'coefficient t2']);
  });

  it('goes on where it was stopped, with the same bits', async () => {
    const l1 = 0.01;
    const session = (trials: number, resume?: ReturnType<typeof endOf>['state']) =>
      openSession({
        circuit: genome(Object.values(theta), { l1 }),
        task: episodeTask(THETA),
        ...{ trials, learner: { learner: overEpisodes(new ThroughLearning(built(), THETA), () => episode, { l1 }) } },
        ...(resume && { resume }),
      });
    const whole = endOf(await eventsOf(session(4))).state;
    const half = endOf(await eventsOf(session(2))).state;
    const resumed = endOf(await eventsOf(session(4, half))).state;
    expect(resumed.weights).toEqual(whole.weights);
    expect(whole.weights['theta']).not.toEqual(half.weights['theta']);
  });
});

describe.each(['fixed', 'learned'] as const)('the circuit of the pool, its feedback %s', (feedback) => {
  it('is certified as what it reads', () => {
    const { class: found } = certifyLearner(built({ feedback }), {
      name: 'pool',
      algorithm: 'local',
      feedback: 'random',
    });
    expect(found).toBe(
      feedback === 'fixed' ? 'three-factor, broadcast vector through fixed feedback' : 'two-factor local',
    );
  });

  it('learns from nothing but what its synapses are entitled to, and mirrors what it is to mirror, in every bit', () => {
    const engine = ENGINES['actors'](built({ feedback }));
    engine.setWeights({ ...engine.weights(), ...weightsOf({ ...episode, feedback: episode.weights }, engine.circuit) });
    for (const group of engine.circuit.groups) if (group.rule) engine.tune?.(group.name, theta);
    const { counterexample } = noninterference(engine, trialOf(episode.samples[0], 2), { updates: 20 });
    expect(counterexample?.message).toBeUndefined();
    for (const sample of episode.samples) engine.trial(trialOf(sample, 2));
    const weights = engine.weights();
    sizes.slice(1).forEach((rows, k) => {
      const [w, columns] = [weights[`forward${k + 1}`], sizes[k]];
      const mirrored = Array.from(w, (_, at) => w[(at % rows) * columns + Math.floor(at / rows)]);
      expect([...weights[`crossed${k + 1}`]]).toEqual([...w]);
      expect([...weights[`back${k + 1}`]]).toEqual(mirrored);
      if (feedback === 'learned') expect([...weights[`errors${k + 1}`]]).toEqual(mirrored);
    });
  });
});
