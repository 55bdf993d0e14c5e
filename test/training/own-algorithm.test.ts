import { lastValueFrom, toArray } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { learningAlgorithm, local, type AlgorithmDefinition } from '../../src/algorithms/index.ts';
import { build } from '../../src/circuit/index.ts';
import { certifyLearner, ledger } from '../../src/locality/index.ts';
import { stream } from '../../src/random/index.ts';
import { Bptt, bptt, rtrl, snap } from '../../src/solvers/index.ts';
import {
  loadEngines,
  openSession,
  realizations,
  scenario,
  sessionOptions,
  type LearnerChoice,
  type PlanOverrides,
} from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import perturbed, { perturbation } from '../support/perturbation.ts';
import { endOf, eventsOf, statesOf, trialsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

/** An algorithm that is BPTT under another name, with some fields changed. */
const own = (fields: Partial<AlgorithmDefinition> = {}) =>
  learningAlgorithm({
    name: 'own',
    feedback: 'symmetric',
    open: (circuit, how) => bptt().open(circuit, how),
    ...fields,
  });

const plan = (compare: readonly LearnerChoice<'rflo' | 'delta'>[], overrides: PlanOverrides = {}) =>
  scenario<'rflo' | 'delta'>({ title: 'Own', circuit: () => threeMatrices(), task: () => noise(), trials: 4, compare })
    .plan(overrides)
    .learners.map(({ name, algorithm, engine }) => `${name}: ${algorithm.name} on ${engine}`);

describe('weight perturbation, an algorithm of one’s own', () => {
  it('changes the weights along its direction by what BPTT says the loss changes by', () => {
    const { circuit, task, seed } = perturbed.plan();
    const built = build(circuit, seed);
    const trial = task.trial(1, stream(seed, 'task', 1));
    const how = { schedule: 'trial', feedback: 'symmetric', seed } as const;
    const descent = new Bptt(built, how).descent(trial);
    const engine = perturbation(1e-6).open(built, how);
    const before = engine.weights();
    engine.trial(trial, { number: 1 });
    const after = engine.weights();
    let slope = 0;
    const sizes: number[] = [];
    for (const { name, rule } of built.groups) {
      const rate = rule?.params['eta'] ?? NaN;
      after[name].forEach((w, k) => {
        const change = (w - before[name][k]) / rate;
        sizes.push(Math.abs(change));
        slope += (Math.sign(change) * descent[name][k]) / rate;
      });
    }
    for (const size of sizes) expect(Math.abs(size / slope - 1)).toBeLessThan(1e-4);
  });

  it('learns in a session, and goes on where it stopped with the same bits', async () => {
    const { circuit, task } = perturbed.plan();
    const options = { circuit, task, trials: 6, checkpointSeconds: 1e-9, learner: perturbation() } as const;
    const whole = await eventsOf(options);
    const resumed = await eventsOf({ ...options, resume: statesOf(whole)[2] });
    expect(trialsOf(resumed)).toEqual(trialsOf(whole).slice(3));
    expect(bytes(endOf(resumed).state.weights)).toBe(bytes(endOf(whole).state.weights));
    const other = await eventsOf({ ...options, seed: 2 });
    expect(bytes(endOf(other).state.weights)).not.toBe(bytes(endOf(whole).state.weights));
  });

  it('learns in realizations with the bits that it has alone', async () => {
    const { circuit, task } = perturbed.plan();
    const options = { circuit, task, trials: 3, learner: perturbation() } as const;
    const events = await lastValueFrom(realizations({ ...options, seeds: [1, 2] }).pipe(toArray()));
    const second = events.filter(({ seed }) => seed === 2).map(({ event }) => event);
    expect(trialsOf(second)).toEqual(trialsOf(await eventsOf({ ...options, seed: 2 })));
  });

  it('has no ports, and says so', () => {
    const { circuit, task } = perturbed.plan();
    const session = openSession({ circuit, task, learner: perturbation() });
    expect(refusal(() => session.neuron('h', 0))).toContain("'perturbation' has no actors to tap");
  });

  it('is counted in the memory that it is given', () => {
    const counted = { circuit: () => threeMatrices(), task: noise, units: [4], timesteps: [5] };
    const [{ bytes: kept, reads }] = ledger({ ...counted, learners: [perturbation()] }).rows;
    expect([kept > 0, reads]).toEqual([true, expect.any(Number)]);
    const deaf = own({ open: (circuit, { schedule, feedback }) => new Bptt(circuit, { schedule, feedback }) });
    expect(refusal(() => ledger({ ...counted, learners: [deaf] }))).toContain(
      "algorithm 'own': takes no array from the memory",
    );
  });
});

describe('algorithms in compare', () => {
  it('are names and values, side by side', () => {
    expect(plan(['rflo', bptt(), snap(2), { learner: rtrl(), schedule: 'online' }, own()])).toEqual([
      'rflo: local on actors',
      'bptt: bptt on actors',
      'snap-2: snap-2 on actors',
      'rtrl-online: rtrl on actors',
      'own: own on actors',
    ]);
  });

  it('of the same name and settings are the same, given by name or as a value', () => {
    expect(refusal(() => plan(['bptt', bptt()]))).toContain("two learners are called 'bptt'");
    expect(refusal(() => plan(['snap-2', { learner: snap(2), name: 'twice' }]))).toContain('are the same learner');
    expect(refusal(() => plan(['rflo', local()]))).toContain('are the same learner');
    const two = [own(), { learner: own({ settings: { n: 2 } }), name: 'two' }];
    expect(plan(two)).toEqual(['own: own on actors', 'two: own on actors']);
  });

  it('have their usual feedback, and are called by the other one', () => {
    const random = own({ feedback: 'random' });
    expect(plan([random, { learner: random, feedback: 'symmetric' }])).toEqual([
      'own: own on actors',
      'own-weight-transport: own on actors',
    ]);
  });

  it('are asked for by their own name, too', () => {
    const mine = { learner: own(), name: 'mine', schedule: 'online' } as const;
    expect(plan([mine, 'rflo'], { learners: ['mine'] })).toEqual(['mine: own on actors']);
    expect(plan([mine, 'rflo'], { learners: ['own', 'bptt'] })).toEqual(['own: own on actors', 'bptt: bptt on actors']);
    expect(refusal(() => plan(['rflo'], { learners: ['own'] }))).toContain("learner: unknown learner 'own'");
    const other = { learner: own({ settings: { n: 2 } }), name: 'other' };
    expect(refusal(() => plan([mine, other], { learners: ['own'] }))).toContain(
      "learner: 'own' is compared with several settings; give one of 'mine' or 'other'",
    );
  });

  it('run in their plain engine where kernels are named for all, and are refused where they name kernels themselves', () => {
    expect(plan(['rflo', own(), snap(1)], { engine: 'kernels' })).toEqual([
      'rflo: local on kernels',
      'own: own on actors',
      'snap-1: snap-1 on actors',
    ]);
    expect(refusal(() => plan([{ learner: own(), engine: 'kernels' }]))).toContain(
      "engine: 'kernels' cannot run 'own'",
    );
    expect(refusal(() => plan([own()], { engine: 'kernels', precision: 'f32' }))).toContain("'own' has no kernels");
    expect(plan(['rflo', own()], { engine: ['actors', 'kernels'], precision: 'f32' })).toEqual([
      ...['rflo: local on actors', 'rflo-f32: local on kernels', 'own: own on actors'],
    ]);
  });

  it('that are acausal do not learn online', () => {
    const learner = { learner: own({ causal: false }), schedule: 'online' } as const;
    expect(refusal(() => openSession({ circuit: threeMatrices(), task: noise(), learner }))).toContain(
      "schedule: own cannot learn 'online': it is acausal",
    );
    // A schedule for all is refused only where such a learner runs.
    const causal = scenario<'rflo' | 'delta'>({
      ...{
        title: 'Own',
        circuit: () => threeMatrices(),
        task: () => noise(),
        compare: ['rflo', own({ causal: false })],
      },
    }).plan({ schedule: 'online', learners: ['rflo'] });
    expect(causal.learners).toHaveLength(1);
  });

  it('have other names than the rules of the circuit', () => {
    expect(refusal(() => plan([own({ name: 'delta' })]))).toContain("algorithm 'delta': has the name of a rule");
  });

  it('reach a session as a plan has them', async () => {
    const planned = perturbed.plan({ learners: ['perturbation'], trials: 2 });
    expect(trialsOf(await eventsOf(sessionOptions(planned, planned.learners[0])))).toHaveLength(2);
  });
});

describe('what an algorithm reads', () => {
  const built = build(threeMatrices(), 1);
  const certified = (fields: Partial<AlgorithmDefinition>) =>
    certifyLearner(built, { name: 'own', algorithm: own(fields), feedback: 'symmetric' });

  it('is not certified where it is not stated', () => {
    const { class: found, causal, verdict, synapses } = certified({});
    expect([found, causal, synapses.map(({ group }) => group)]).toEqual([
      ...['not certified', null, ['recurrent', 'input', 'readout']],
    ]);
    expect(verdict).toContain("algorithm 'own' does not state what its updates read");
  });

  it('is certified as it is stated, with a note that nothing has checked it', () => {
    const stated = certified({ footprint: (circuit, how) => Bptt.footprint(circuit, how) });
    const { synapses, ...exact } = certifyLearner(built, { name: 'own', algorithm: bptt(), feedback: 'symmetric' });
    expect(stated).toMatchObject(exact);
    expect(stated.synapses.map(({ notes }) => notes.length)).toEqual(synapses.map(({ notes }) => notes.length + 1));
    expect(stated.synapses[0].notes.at(-1)).toContain('not checked here');
  });
});

describe('a wrong definition', () => {
  const untyped = (fields: object) => () => own(fields);

  it.each<readonly [object, string]>([
    [{ name: 'bptt' }, "algorithm 'bptt': has the name of a built-in algorithm"],
    [{ name: 'local' }, "algorithm 'local': has the name of a built-in algorithm"],
    [{ name: 'snap-3' }, "algorithm 'snap-3': has the name of a built-in algorithm"],
    [{ name: 'snap-x' }, "algorithm 'snap-x': has the name of a built-in algorithm"],
    [{ name: 'two words' }, "algorithm name: 'two words' is not a valid name"],
    [{ name: 7 }, 'algorithm name: 7 is not a valid name'],
    [{ title: '' }, "algorithm 'own'.title: expected text, got ''"],
    [{ causal: 1 }, "algorithm 'own'.causal: expected true or false, got 1"],
    [{ exact: 'no' }, "algorithm 'own'.exact: expected true or false, got 'no'"],
    [{ feedback: 'none' }, "algorithm 'own'.feedback: expected 'random' or 'symmetric', got 'none'"],
    [{ open: 3 }, "algorithm 'own'.open: expected a function, got 3"],
    [{ footprint: {} }, "algorithm 'own'.footprint: expected a function"],
    [{ outside: [] }, "algorithm 'own'.outside: expected a function"],
    [{ kernel: 'backward' }, 'learningAlgorithm.kernel: unknown field'],
    [{ settings: [1] }, "algorithm 'own'.settings: expected named values"],
    [{ settings: { a: { b: [NaN] } } }, "algorithm 'own'.settings.a.b[0]: NaN is not plain data"],
    [{ settings: { f: () => 1 } }, "algorithm 'own'.settings.f: a function is not plain data"],
    [{ settings: { m: new Map() } }, "algorithm 'own'.settings.m: {} is not plain data"],
  ])('is refused with the field: %o', (fields, message) => {
    expect(refusal(untyped(fields))).toContain(message);
  });

  it('is refused when it opens, where it gives no engine of this circuit', () => {
    const [built, another] = [1, 2].map((seed) => build(threeMatrices(), seed));
    const how = { schedule: 'trial', feedback: 'symmetric', seed: 1 } as const;
    const opened = (open: () => unknown) => () => untyped({ open })().open(built, how);
    const engine = bptt().open(built, how);
    expect(refusal(opened(() => undefined))).toBe(
      "algorithm 'own'.open: expected it to return an engine, got undefined",
    );
    expect(refusal(opened(() => ({ circuit: built, trial: () => 0 })))).toContain("without a method 'weights'");
    expect(refusal(opened(() => bptt().open(another, how)))).toContain('returned an engine of another circuit');
    expect(opened(() => engine)()).toBe(engine);
  });

  it('is refused with the field of its footprint', () => {
    const built = build(threeMatrices(), 1);
    const stated = (more: object) => () =>
      untyped({ footprint: () => ({ ...Bptt.footprint(built, { feedback: 'random' }), ...more }) })().footprint?.(
        built,
        {
          feedback: 'random',
        },
      );
    expect(refusal(stated({ carrying: 3 }))).toBe(
      "algorithm 'own'.footprint.carrying: expected a list of synapse groups, got 3",
    );
    expect(refusal(stated({ reads: 3 }))).toContain("algorithm 'own'.footprint.reads: unknown field");
  });

  it('is refused with the field of what it brings from outside', () => {
    const built = build(threeMatrices(), 1);
    const right = { group: 'recurrent', brings: 'siblings', of: 'recurrent' };
    const stated = (more: object) => () => untyped({ outside: () => [{ ...right, ...more }] })().outside?.(built);
    expect(stated({})()).toEqual([right]);
    expect(refusal(stated({ group: 'hidden' }))).toContain(
      "algorithm 'own'.outside.group: unknown synapse group 'hidden'",
    );
    expect(refusal(stated({ of: 'hidden' }))).toContain("algorithm 'own'.outside.of: unknown synapse group 'hidden'");
    expect(refusal(stated({ brings: 'all' }))).toContain("algorithm 'own'.outside.brings: expected 'mirrored' or");
    expect(refusal(stated({ from: 'h' }))).toContain("algorithm 'own'.outside.from: unknown field");
    const both = { footprint: () => Bptt.footprint(built, { feedback: 'random' }), outside: () => [] };
    expect(refusal(untyped(both))).toContain(
      "algorithm 'own'.outside: is for an algorithm that runs the circuit's own",
    );
  });

  it('is refused as a copy, which may not be what it was', () => {
    const copy = { ...own() };
    const options = { circuit: threeMatrices(), task: noise() };
    for (const learner of [copy, { learner: copy }]) {
      expect(refusal(() => openSession({ ...options, learner }))).toContain('learner: is an algorithm that was copied');
    }
    expect(Object.isFrozen(own().settings)).toBe(true);
  });
});

it('a loss that is not finite ends the session, and says whose it was', async () => {
  const broken = own({ open: (circuit, how) => Object.assign(bptt().open(circuit, how), { trial: () => NaN }) });
  const events = await eventsOf({ circuit: threeMatrices(), task: noise(), learner: broken, trials: 3 });
  expect(events.at(-1)).toMatchObject({
    type: 'failed',
    error: { message: 'learner own (trial 1): its loss became NaN', kind: 'diverged' },
  });
});
