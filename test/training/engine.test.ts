import { lastValueFrom, toArray } from 'rxjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { local } from '../../src/algorithms/index.ts';
import { circuit } from '../../src/circuit/index.ts';
import { KernelEngine } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear, neuron, neuronModel } from '../../src/neurons/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import { bptt } from '../../src/solvers/index.ts';
import {
  createEngine,
  loadEngines,
  lackOf,
  opaqueParts,
  openSession,
  resolveLearner,
  scenario,
  whatFallsAway,
  type LearnerOptions,
  type PlanOverrides,
} from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { eventsOf, ofType, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

const options = { circuit: threeMatrices(), task: noise(), trials: 5 };

describe('a session with kernels', () => {
  it('cannot be opened before they are loaded; train loads them, however often it is subscribed to', async () => {
    // Modules of its own: in those of other tests the kernels may be loaded.
    vi.resetModules();
    const { openSession: open, train: run } = await import('../../src/training/index.ts');
    const { threeMatrices: matrices } = await import('../support/networks.ts');
    const learner = { learner: 'rflo', engine: 'kernels' } as const;
    const unloaded = { ...options, circuit: matrices(), learner };
    expect(() => open(unloaded)).toThrow('the kernels are not loaded yet');
    const events$ = run(unloaded);
    const [events, again] = [
      await lastValueFrom(events$.pipe(toArray())),
      await lastValueFrom(events$.pipe(toArray())),
    ];
    expect(trialsOf(events)).toEqual(trialsOf(await eventsOf({ ...options, learner: 'rflo' })));
    expect(trialsOf(again)).toEqual([]); // one session: it has ended
  });

  it.each(['rflo', 'bptt', 'rtrl'] as const)('has the bits of %s without them', async (learner) => {
    await loadEngines([{ engine: 'kernels' }]);
    const [kernels, plain] = await Promise.all([
      eventsOf({ ...options, learner: { learner, engine: 'kernels' } }),
      eventsOf({ ...options, learner }),
    ]);
    expect(trialsOf(kernels)).toEqual(trialsOf(plain));
    const [one, other] = [kernels, plain].map((events) => bytes(ofType(events, 'finished')[0].state.weights));
    expect(one).toBe(other);
  });

  it('has no actors to tap, and says whom to ask', async () => {
    await loadEngines([{ engine: 'kernels' }]);
    const session = openSession({ ...options, learner: { learner: 'rflo', engine: 'kernels' } });
    expect(session.engine).toBeInstanceOf(KernelEngine);
    expect(refusal(() => session.error$)).toBe("learner: 'rflo-kernels' has no actors to tap; give engine 'actors'");
  });

  it('in float32 has other bits, and says so in its name', async () => {
    const events = await eventsOf({ ...options, learner: { learner: 'rflo', engine: 'kernels', precision: 'f32' } });
    const exact = await eventsOf({ ...options, learner: 'rflo' });
    expect(ofType(events, 'finished')).toHaveLength(1);
    expect(trialsOf(events)).not.toEqual(trialsOf(exact));
    for (const [i, { loss }] of trialsOf(events).entries()) expect(loss).toBeCloseTo(trialsOf(exact)[i].loss, 3);
  });

  it('tells what is wrong with its circuit through its Observable', async () => {
    const wrong = { ...options, trials: -1, learner: { learner: 'rflo', engine: 'kernels' } } as const;
    await expect(eventsOf(wrong)).rejects.toThrow('trials: -1 is not a whole number above 0');
  });
});

describe('the engine of a learner', () => {
  const resolved = (learner: LearnerOptions, more: object = {}) =>
    resolveLearner(learner, options.circuit, { trials: 5, ...more });

  it.each<[LearnerOptions, object, object]>([
    [{ learner: 'rflo' }, {}, { name: 'rflo', engine: 'actors', precision: 'f64' }],
    [{ learner: 'rflo' }, { usualEngine: 'kernels' }, { name: 'rflo', engine: 'kernels' }],
    [{ learner: 'rflo' }, { usualEngine: 'kernels', engine: 'actors' }, { name: 'rflo', engine: 'actors' }],
    [{ learner: 'rflo', engine: 'actors' }, { engine: 'kernels' }, { name: 'rflo-actors', engine: 'actors' }],
    [{ learner: 'bptt', engine: 'kernels' }, {}, { name: 'bptt-kernels', engine: 'kernels' }],
    [
      { learner: 'rflo', schedule: 'online' },
      { engine: 'kernels', precision: 'f32' },
      { name: 'rflo-online-f32', engine: 'kernels', precision: 'f32' },
    ],
    [
      { learner: 'rflo', precision: 'f64' },
      { engine: 'kernels', precision: 'f32' },
      { name: 'rflo', precision: 'f64' },
    ],
  ])('of %o with %o', (learner, more, expected) => {
    expect(resolved(learner, more)).toMatchObject(expected);
  });

  it.each<[LearnerOptions, string]>([
    [
      { learner: 'rflo', precision: 'f32' },
      "precision: 'f32' is only for kernels: the actors and the plain solvers are float64; leave it out, or give engine 'kernels'",
    ],
    [{ learner: 'bptt', engine: 'actors', precision: 'f32' }, "precision: 'f32' is only for kernels"],
    [{ learner: 'rflo', engine: 'gpu' as 'actors' }, "engine: expected 'actors' or 'kernels', got 'gpu'"],
    [{ learner: 'rflo', precision: 'f16' as 'f32' }, "precision: expected 'f64' or 'f32', got 'f16'"],
  ])('is refused: %o', (learner, message) => {
    expect(refusal(() => resolved(learner))).toContain(message);
  });
});

describe('gates of synapses that differ in delay', () => {
  const burst = neuron({
    name: 'burst',
    ports: { u: 'v' },
    state: { v: 0 },
    step: ({ u }) => ({ v: u }),
    sends: ({ v }) => ({ out: v, burst: v * v }),
  });
  const reading = plasticityRule({
    name: 'reading',
    params: { eta: 1 },
    sees: { pre: ['burst'] },
    change: ({ pre, eta }) => eta * pre.burst,
  });
  const through = plasticityRule({
    name: 'through',
    params: { eta: 1 },
    change: ({ pre, post, eta }) => eta * post.signal * pre.out,
  });
  const gated = (delay: number | number[][], more: object) =>
    circuit<string, string, string>({
      neurons: { x: input(1), h: burst(2), y: linear(1) },
      synapses: {
        in: { from: 'x', to: 'h', weights: [[1], [1]] },
        out: { from: 'h', to: 'y', weights: [[1, 1]], delay, gate: { from: 'x' }, ...more },
      },
    });
  const resolvedOn = (wanted: LearnerOptions, ...what: Parameters<typeof gated>) => {
    const definition = gated(...what);
    const learner = resolveLearner(wanted, definition, { trials: 5, usualEngine: 'kernels' });
    return { engine: learner.engine, lack: lackOf(learner, { circuit: definition, carry: false }) };
  };
  const engineOf = (...what: Parameters<typeof resolvedOn>) => resolvedOn(...what).engine;

  it('leave references to their plain solvers where no engine was named', () => {
    expect(resolvedOn({ learner: 'bptt' }, 1, { rule: through() })).toEqual({ engine: 'kernels', lack: undefined });
    for (const learner of ['bptt', 'rtrl'] as const) {
      expect(resolvedOn({ learner }, [[0, 1]], { rule: through() })).toEqual({
        engine: 'actors',
        lack: 'no kernels for gradients through gates, pools or scalars of neurons',
      });
    }
  });

  it('leave rules that read past them to the actors', () => {
    expect(engineOf({ learner: 'local' }, 1, { rule: reading() })).toBe('kernels');
    expect(engineOf({ learner: 'local' }, [[0, 1]], { rule: through() })).toBe('kernels');
    expect(engineOf({ learner: 'local' }, [[0, 1]], { rule: reading() })).toBe('actors');
    expect(engineOf({ learner: 'local', engine: 'kernels' }, [[0, 1]], { rule: reading() })).toBe('kernels');
  });
});

it.each([
  ['x', 'kernels'],
  ['h', 'actors'],
] as const)('where neurons of %s make a scalar for a rule, references run on %s', (from, engine) => {
  const told = plasticityRule({
    name: 'told',
    params: { eta: 1 },
    globals: ['critic'],
    change: ({ pre, post, global, eta }) => eta * global.critic * post.signal * pre.rate,
  });
  const definition = circuit({
    neurons: { x: input(1), h: leakyTanh(1), y: linear(1) },
    synapses: {
      in: { from: 'x', to: 'h', weights: [[1]] },
      out: { from: 'h', to: 'y', weights: [[1]], rule: told() },
    },
    globals: { critic: { from } },
  });
  for (const learner of ['bptt', 'rtrl'] as const) {
    const resolved = resolveLearner({ learner }, definition, { trials: 5, usualEngine: 'kernels' });
    expect(resolved.engine).toBe(engine);
    expect(() => createEngine(definition, 1, resolved)).not.toThrow();
  }
});

describe('what is opaque', () => {
  const looking = plasticityRule({ name: 'looking', params: { eta: 0.1 }, opaque: true, change: () => 0 });
  const still = neuronModel({
    name: 'still',
    params: {},
    opaque: true,
    rate: ({ h }) => h,
    slope: () => 0,
    retention: () => 1,
  });
  const made = ({ rule = false, model = false }) =>
    circuit({
      neurons: { x: input(2), h: model ? still(2) : leakyTanh(2), y: linear(2) },
      synapses: {
        in: { from: 'x', to: 'h', weights: { kind: 'constant', value: 1 }, ...(rule && { rule: looking() }) },
        out: { from: 'h', to: 'y', weights: { kind: 'constant', value: 1 } },
      },
    });
  const engineOf = (learner: LearnerOptions, what: object, more: object = {}) =>
    resolveLearner(learner, made(what), { trials: 5, usualEngine: 'kernels', ...more }).engine;

  it('runs as actors where no engine was named', () => {
    expect(engineOf({ learner: 'local' }, {})).toBe('kernels');
    expect(engineOf({ learner: 'local' }, { rule: true })).toBe('actors');
    expect(engineOf({ learner: 'local' }, { model: true })).toBe('actors');
    expect(engineOf({ learner: 'bptt' }, { rule: true })).toBe('kernels'); // solvers run no rules
    expect(engineOf({ learner: 'bptt' }, { model: true })).toBe('actors');
  });

  it('is refused where kernels were asked for', () => {
    const mend = /leave opaque out, or run the actors/;
    expect(refusal(() => engineOf({ learner: 'local', engine: 'kernels' }, { rule: true }))).toMatch(mend);
    expect(refusal(() => engineOf({ learner: 'local' }, { rule: true }, { engine: 'kernels' }))).toContain(
      "rule 'looking': is opaque",
    );
    expect(refusal(() => engineOf({ learner: 'rtrl', engine: 'kernels' }, { model: true }))).toContain(
      "neuron model 'still': is opaque",
    );
    expect(refusal(() => engineOf({ learner: 'local' }, { rule: true }, { precision: 'f32' }))).toContain(
      "(rule 'looking' is opaque, so the actors run it)",
    );
  });

  it('is listed with what falls away', () => {
    const both = made({ rule: true, model: true });
    expect(opaqueParts(both, [{ algorithm: bptt() }]).map(({ name }) => name)).toEqual(['still']);
    expect(opaqueParts(both, [{ algorithm: bptt() }, { algorithm: local() }]).map(whatFallsAway)).toEqual([
      "rule 'looking' is opaque: it runs as actors; its locality is not certified, its cost and formula are unknown",
      "neuron model 'still' is opaque: it runs as actors, and in the plain solvers; its locality is not certified, its cost and formula are unknown",
    ]);
    expect(opaqueParts(threeMatrices(), [{ algorithm: local() }])).toEqual([]);
  });
});

describe('a scenario on several engines', () => {
  const learnersOf = (compare: readonly LearnerOptions[], overrides: PlanOverrides = {}, more: object = {}) =>
    scenario<string>({
      title: 'Engines',
      circuit: () => threeMatrices(),
      task: () => noise(),
      trials: 9,
      compare,
      ...more,
    })
      .plan(overrides)
      .learners.map(({ name, engine, precision }) => [name, engine, ...(precision === 'f32' ? ['f32'] : [])].join(' '));
  const all = [{ learner: 'rflo' }, { learner: 'bptt' }, { learner: 'rtrl', trials: 3 }];

  beforeAll(() => loadEngines([{ engine: 'kernels' }]));

  it('takes one engine as it takes the schedule', () => {
    expect(learnersOf(all)).toEqual(['rflo actors', 'bptt actors', 'rtrl actors']);
    expect(learnersOf(all, { usualEngine: 'kernels' })).toEqual(['rflo kernels', 'bptt kernels', 'rtrl kernels']);
    expect(learnersOf(all, { usualEngine: 'kernels' }, { engine: 'actors' })).toEqual([
      ...['rflo actors', 'bptt actors', 'rtrl actors'],
    ]);
    expect(learnersOf(all, { engine: 'kernels', precision: 'f32' }, { engine: 'actors' })).toEqual([
      ...['rflo-f32 kernels f32', 'bptt-f32 kernels f32', 'rtrl-f32 kernels f32'],
    ]);
  });

  it('runs local learners on each, and solvers on the last', () => {
    const engine = ['actors', 'kernels'] as const;
    const pair = ['rflo actors', 'rflo-kernels kernels'];
    expect(learnersOf(all, { engine })).toEqual([...pair, 'bptt kernels', 'rtrl kernels']);
    expect(learnersOf(all, { engine: ['kernels', 'actors'] })).toEqual([
      ...['rflo kernels', 'rflo-actors actors', 'bptt actors', 'rtrl actors'],
    ]);
    expect(learnersOf(all, { engine, learners: ['rflo'] })).toEqual(pair);
    expect(learnersOf(all, { engine, learners: ['rflo-kernels', 'rtrl'] })).toEqual([pair[1], 'rtrl kernels']);
    expect(learnersOf(all, { engine, learners: ['delta'] })).toEqual(['delta actors', 'delta-kernels kernels']);
    expect(learnersOf(all, { engine, precision: 'f32', learners: ['rflo'] })).toEqual([
      ...['rflo actors', 'rflo-f32 kernels f32'],
    ]);
    expect(learnersOf([{ learner: 'rflo', name: 'mine' }], { engine })).toEqual([
      'mine actors',
      'mine-kernels kernels',
    ]);
  });

  it('lets the comparison name them: a learner beside one with an engine of its own runs on the other', () => {
    const compare = [{ learner: 'rflo' }, { learner: 'rflo', engine: 'kernels' }, { learner: 'bptt' }] as const;
    const expected = ['rflo actors', 'rflo-kernels kernels'];
    expect(learnersOf(compare)).toEqual([...expected, 'bptt actors']);
    expect(learnersOf(compare, { usualEngine: 'kernels' })).toEqual([...expected, 'bptt kernels']);
    expect(learnersOf(compare, { engine: ['actors', 'kernels'] })).toEqual([...expected, 'bptt kernels']);
    expect(learnersOf(compare, { engine: 'actors' })).toEqual([...expected, 'bptt actors']);
  });

  it('refuses what cannot be', () => {
    expect(refusal(() => learnersOf(all, { engine: ['actors', 'actors'] }))).toBe(
      "engine: 'actors' is named twice; name it once",
    );
    expect(refusal(() => learnersOf(all, {}, { engine: 'fast' }))).toBe(
      "engine: expected 'actors' or 'kernels', got 'fast'",
    );
    const compare = [{ learner: 'rflo' }, { learner: 'rflo', engine: 'kernels' }] as const;
    expect(refusal(() => learnersOf(compare, { engine: 'kernels' }))).toContain(
      "'rflo' and 'rflo-kernels' are the same",
    );
  });
});
