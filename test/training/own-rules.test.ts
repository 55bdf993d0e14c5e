import { describe, expect, it } from 'vitest';
import { circuit, withRules } from '../../src/circuit/index.ts';
import { ledger } from '../../src/locality/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { adam } from '../../src/optimisers/index.ts';
import { normal } from '../../src/random/index.ts';
import { certificatesOf, identityOf, localParts } from '../../src/recording/index.ts';
import { delta, kolenPollackFeedback, plasticityRule, rflo } from '../../src/rules/index.ts';
import {
  learnedCircuits,
  loadEngines,
  opaqueParts,
  openSession,
  scenario,
  sessionOptions,
  type Learner,
  type Plan,
  type PlanOverrides,
} from '../../src/training/index.ts';
import { describeSweep } from '../../src/sweep/describe.ts';
import { refusal } from '../refusal.ts';
import { noise } from '../support/networks.ts';
import { endOf, eventsOf } from '../support/sessions.ts';
import { bytes } from '../support/weights.ts';

const hebb = plasticityRule({
  name: 'hebb',
  params: { eta: 0.5, decay: 0.1 },
  change: ({ w, pre, post, eta, decay }) => eta * post.rate * pre.rate - decay * w,
});
const opaque = plasticityRule({ name: 'opaque', params: {}, change: () => 0, opaque: true });

const network = (rate: number) =>
  circuit({
    neurons: { x: input(2), h: leakyTanh(4, { tau: 2, initial: 0.1 }), y: linear(2) },
    synapses: {
      afferent: { from: 'x', to: 'h', weights: normal({ sd: 0.8 }) },
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.8 }), rule: rflo({ eta: rate }) },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta({ eta: rate }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });

const definition = {
  title: 'Two rules',
  options: { rate: 0.5 },
  circuit: ({ rate }: { rate: number }) => network(rate),
  task: () => noise(5),
  trials: 4,
};
const twoRules = scenario({
  ...definition,
  compare: ({ rate }) => ['rflo', { rules: { recurrent: hebb({ eta: rate }) } }, 'bptt'],
});

/** Scenarios that the types refuse, too. */
const compared = (compare: unknown, overrides?: PlanOverrides): Plan =>
  scenario({ ...definition, compare: compare as ['rflo'] }).plan(overrides);
const namesOf = ({ learners }: Pick<Plan, 'learners'>) => learners.map(({ name }) => name);

/** All bits that a learner comes to. */
function learned(plan: Plan, learner: Learner): Promise<string> {
  const session = openSession(sessionOptions(plan, learner));
  return new Promise((resolve) => {
    session.run().subscribe({
      complete: () => {
        resolve(bytes(session.state().weights));
      },
    });
  });
}

describe('a learner with rules of its own', () => {
  it('goes by their names, and takes what options say', () => {
    const plan = twoRules.plan({ settings: { rate: 0.25 } });
    expect(namesOf(plan)).toEqual(['rflo', 'hebb', 'bptt']);
    expect(plan.learners[1]).toMatchObject({ algorithm: { name: 'local' }, feedback: 'random', trials: 4 });
    expect(plan.learners[1].rules?.['recurrent']).toMatchObject({ params: { eta: 0.25, decay: 0.1 } });
    const names = (...compare: readonly object[]) => namesOf(compared(compare));
    expect(names({ rules: { recurrent: hebb(), readout: rflo() } })).toEqual(['hebb+rflo']);
    expect(names({ rules: { recurrent: hebb() }, schedule: 'online', feedback: 'symmetric' })).toEqual([
      'hebb-online-weight-transport',
    ]);
    expect(names({ rules: { recurrent: hebb() }, name: 'Hebb, 1949' })).toEqual(['Hebb, 1949']);
    expect(names({ learner: 'bptt', rules: { recurrent: hebb() } }, { schedule: 'online' })).toEqual([
      'bptt',
      'local-online',
    ]);
  });

  it.each(['actors', 'kernels'] as const)(
    'has the bits of a circuit with these rules, and so have the others: %s',
    async (engine) => {
      await loadEngines([{ engine }]);
      const plan = twoRules.plan({ engine });
      const alone = scenario({
        ...definition,
        circuit: ({ rate }) => withRules(network(rate), { recurrent: hebb({ eta: rate }) }),
        compare: ['hebb'],
      });
      const other = alone.plan({ engine });
      const plain = compared(['rflo', 'bptt'], { engine });
      const bits = await Promise.all(plan.learners.map((learner) => learned(plan, learner)));
      expect(bits).toEqual([
        await learned(plain, plain.learners[0]),
        await learned(other, other.learners[0]),
        await learned(plain, plain.learners[1]),
      ]);
      expect(new Set(bits).size).toBe(3);
    },
  );

  it.each(['actors', 'kernels'] as const)(
    'may bring an optimiser, and rules for feedback: the bits of a circuit that has them: %s',
    async (engine) => {
      await loadEngines([{ engine }]);
      const [rule, optimiser] = [kolenPollackFeedback({ eta: 0.4 }), adam({ eta: 0.05, decay: 0.1 })];
      const rules = { readout: { rule: rflo({ eta: 0.5 }), optimiser }, 'feedback.error': { rule, optimiser } };
      const plan = compared([{ rules, name: 'both' }, { rules: { 'feedback.error': rule }, name: 'rule' }, 'rflo'], {
        engine,
      });
      const { neurons, synapses, feedback } = network(0.5);
      const [{ from, to, weights }, { error }] = [synapses.readout, feedback];
      const whole = circuit({
        neurons,
        synapses: { ...synapses, readout: { from, to, weights: weights ?? normal(), ...rules.readout } },
        feedback: { error: { from: error.from, to: error.to, weights: error.weights ?? normal(), rule, optimiser } },
      });
      const other = scenario({ ...definition, circuit: () => whole, compare: ['local'] }).plan({ engine });
      const ends = [...plan.learners, other.learners[0]].map((learner, k) => {
        const session = openSession(sessionOptions(k === 3 ? other : plan, learner));
        return eventsOf(session).then((events) => endOf(events).state);
      });
      const [both, alone, plain, defined] = await Promise.all(ends);
      expect(bytes(both.weights)).toBe(bytes(defined.weights));
      expect(bytes(both.carried ?? {})).toBe(bytes(defined.carried ?? {}));
      expect(Object.keys(both.carried ?? {})).toContain('feedback.error.optimiser.q');
      expect(new Set([both, alone, plain].map(({ weights: end }) => bytes(end))).size).toBe(3);
      const changed = { ...rules, readout: { rule: rules.readout.rule, optimiser: adam({ eta: 0.06 }) } };
      expect(() =>
        compared([
          { rules, name: 'one' },
          { rules: changed, name: 'other' },
        ]),
      ).not.toThrow();
      expect(
        refusal(() =>
          compared([
            { rules, name: 'one' },
            { rules: { ...rules }, name: 'other' },
          ]),
        ),
      ).toMatch(/'one' and 'other' are the same learner/);
    },
  );

  it('is refused rules for feedback that is not there, and an optimiser that is none', () => {
    const rule = kolenPollackFeedback();
    const refused = (rules: object) => refusal(() => compared([{ rules }]));
    expect(refused({ 'feedback.eror': rule })).toMatch(/^rules\.feedback\.eror: unknown .*'feedback\.error'/);
    expect(refused({ 'feedback.error': 3 })).toMatch(/^rules\.feedback\.error: /);
    expect(refused({ readout: { rule: rflo(), optimiser: 3 } })).toMatch(/^rules\.readout\.optimiser: /);
    expect(refused({ readout: { rule: rflo(), optimizer: adam() } })).toMatch(/^rules\.readout\.optimizer: /);
    expect(refused({ readout: { optimiser: adam() } })).toMatch(/^rules\.readout: /);
  });

  it('may let a group learn that has no rule, and give a solver rates of its own', async () => {
    const plan = compared([
      { rules: { afferent: hebb() } },
      'bptt',
      { learner: 'bptt', rules: { recurrent: rflo({ eta: 0.1 }) }, name: 'slow' },
    ]);
    const afferent = await Promise.all(plan.learners.map((learner) => learned(plan, learner)));
    const start = bytes(openSession(sessionOptions(plan, plan.learners[0])).state().weights).split('\n')[0];
    expect(afferent.map((bits) => bits.startsWith(start))).toEqual([false, true, true]);
    expect(afferent[1]).not.toBe(afferent[2]);
  });

  it('is run on each engine that is named, and is what it is by its rules', () => {
    expect(namesOf(twoRules.plan({ engine: ['actors', 'kernels'] }))).toEqual([
      ...['rflo', 'rflo-kernels', 'hebb', 'hebb-kernels', 'bptt'],
    ]);
    const twice = (rule = hebb(), other = hebb()) =>
      compared([{ rules: { recurrent: rule } }, { rules: { recurrent: other }, engine: 'kernels' }]).learners;
    expect(twice().map(({ name, engine }) => [name, engine])).toEqual([
      ['hebb', 'actors'],
      ['hebb-kernels', 'kernels'],
    ]);
    const named = (rule: object) => [{ rules: { recurrent: hebb() } }, { rules: { recurrent: rule }, name: 'other' }];
    expect(refusal(() => compared(named(hebb())))).toMatch(/^compare: 'hebb' and 'other' are the same/);
    expect(namesOf(compared(named(hebb({ decay: 0 }))))).toEqual(['hebb', 'other']);
  });

  it('is chosen by its name', () => {
    expect(namesOf(twoRules.plan({ learners: ['hebb', 'delta'] }))).toEqual(['hebb', 'delta']);
    expect(refusal(() => twoRules.plan({ learners: ['heb'] }))).toMatch(
      /^learner: unknown learner 'heb'; expected .*'hebb'/,
    );
  });

  it('is certified by its own rules, described with them, and costs what they cost', () => {
    const plan = twoRules.plan();
    const recurrent = certificatesOf(plan).map(
      ({ synapses }) => synapses.find(({ group }) => group === 'recurrent')?.class,
    );
    expect(recurrent.slice(0, 2)).toEqual([
      'three-factor, broadcast vector through fixed feedback',
      'two-factor local',
    ]);
    const parts = localParts(...learnedCircuits(plan.circuit, plan.learners)).map(({ name }) => name);
    expect(parts).toEqual(['rflo', 'delta', 'hebb', 'leaky-tanh', 'linear']);
    const sizes = { circuit: () => plan.circuit, task: () => plan.task, units: [4], timesteps: [5] };
    const { rows } = ledger({ ...sizes, learners: plan.learners.slice(0, 2) });
    const alone = ledger({
      ...sizes,
      circuit: () => withRules(plan.circuit, { recurrent: hebb() }),
      learners: ['hebb'],
    });
    expect(rows[1]).toEqual(alone.rows[0]);
    expect(rows[1]).not.toEqual({ ...rows[0], learner: 'hebb' });
  });

  it('makes another run where its rules are others', () => {
    const identity = (rule: object) => identityOf(compared([{ rules: { recurrent: rule } }]));
    expect(identity(hebb())).toEqual(identity(hebb()));
    const [one, other] = [identity(hebb()), identity(hebb({ decay: 0.2 }))];
    expect(Object.keys(one).filter((name) => one[name] !== other[name])).toEqual(['learner hebb']);
  });

  it('alone is opaque where a rule of its own is', () => {
    const { circuit, learners } = compared(['rflo', { rules: { recurrent: opaque() } }], { usualEngine: 'kernels' });
    expect(learners.map(({ engine }) => engine)).toEqual(['kernels', 'actors']);
    expect(opaqueParts(circuit, learners).map(({ name }) => name)).toEqual(['opaque']);
    expect(opaqueParts(circuit, learners.slice(0, 1))).toEqual([]);
  });

  it('is swept by its name, with what it costs', async () => {
    const swept = scenario({
      ...definition,
      compare: ({ rate }) => ['rflo', { rules: { recurrent: hebb({ eta: rate }) }, name: 'Hebb' }],
      sweep: { grid: { learner: ['rflo', 'Hebb'], rate: [0.1, 0.5] }, best: 'rate', costs: true, seeds: 1 },
    });
    const loaded = { scenario: swept, name: 'x', within: <T>(run: () => T | Promise<T>) => Promise.resolve(run()) };
    const wishes = {
      file: 'x.ts',
      grid: undefined,
      seeds: undefined,
      best: undefined,
      score: undefined,
      overrides: {},
    };
    const { learners, costs } = await describeSweep(loaded, wishes);
    expect(learners.map(({ name }) => name)).toEqual(['rflo', 'rflo', 'Hebb', 'Hebb']);
    expect(costs.map(({ learner }) => learner)).toEqual(['rflo', 'Hebb']);
  });

  it('that is wrong says where, in the editor and when it runs', () => {
    const [title, task] = ['Wrong', () => noise(5)];
    const wrong = scenario({
      title,
      task,
      circuit: () => network(1),
      // @ts-expect-error -- there is no such synapse group
      compare: ['rflo', { rules: { recurent: hebb() } }],
    });
    expect(refusal(() => wrong.plan())).toBe(
      "rules.recurent: unknown synapse group; expected 'afferent', 'recurrent', 'readout' or 'feedback.error'",
    );
    expect(
      refusal(() =>
        // @ts-expect-error -- nor one to open a session with
        openSession({ circuit: network(1), task: task(), learner: { rules: { y: hebb() } } }),
      ),
    ).toMatch(/^rules\.y: /);
    expect(refusal(() => compared(['hebb']))).toMatch(
      /^learner: unknown learner 'hebb'; expected .*give \{ rules: \{ recurrent: .* in compare \(docs\/guide\.md#two-rules-side-by-side\)$/,
    );
    expect(refusal(() => compared([{ rules: {} }]))).toMatch(/^learner\.rules: is empty; /);
    expect(refusal(() => compared([{ rules: { recurrent: 3 } }]))).toMatch(/^rules\.recurrent: /);
    expect(refusal(() => compared([{ rules: [hebb()] }]))).toMatch(/^rules/);
    expect(refusal(() => compared(['rflo', { rules: { recurrent: rflo({ eta: 1 }) } }]))).toMatch(
      /^compare: two learners are called 'rflo'; .* name: 'rflo-2' \}$/,
    );
  });
});
