import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit, type Circuit, type SynapseGroup } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { max, min } from '../../src/local/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { adam, momentum, optimiser } from '../../src/optimisers/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, eligibility, plasticityRule, rflo, weight, type PlasticityRule } from '../../src/rules/index.ts';
import { Bptt } from '../../src/solvers/index.ts';
import { expectBits, Pair } from '../support/agreement.ts';
import { bothEngines, byTrial, online, played } from '../support/dialled.ts';
import { takingUp } from '../support/take-up.ts';
import { refusal } from '../refusal.ts';

beforeAll(loadKernels);

const trial = played([0.3, -0.7, 0.9, 0.1, -0.2, 0.6, 0.5, 0.4], 4, [1, 0.5, -1, 0.2]);
const longer = played([0.1, 0.2, -0.4, 0.8, 0.3, -0.9, 0.7, 0.2, 0.6, -0.3, 0.4, 0.1], 6, [0, 1, 0.3, -0.4, 0.2, 0.9]);

/** A small recurrent network whose recurrent synapses learn by this rule. */
const network = (rule: PlasticityRule, more: Partial<SynapseGroup> = {}): Circuit =>
  circuit<string, string, string>({
    neurons: { x: input(2), h: leakyTanh(5, { tau: 3, initial: 0.2 }), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule, ...more },
      input: { from: 'x', to: 'h', weights: normal({ sd: 1 }) },
      readout: { from: 'h', to: 'y', weights: normal({ sd: 0.5 }), rule: delta({ eta: 0.5 }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
  });

/** Keeps a copy of its weight, which moves half of the way to it with every change. */
const slow = plasticityRule({
  name: 'slow',
  params: { eta: 2, part: 0.5 },
  state: { held: weight, e: eligibility },
  change: ({ e, post, eta }) => eta * post.signal * e,
  after: ({ w, held, part }) => ({ held: held + part * (w - held) }),
});

describe.each([byTrial, online])('a copy of the weight, %o', (how) => {
  it('begins once as the initial weight, and goes on from trial to trial', () => {
    const definition = network(slow());
    const first = build(definition, 1).groups[0].weights;
    const seen = Object.values(bothEngines(definition, how)).map((engine) => {
      expectBits('held', engine.carried()['synapses.recurrent.held'], first);
      return [trial, longer].flatMap((played) => {
        let held = engine.carried()['synapses.recurrent.held'];
        engine.trial(played, {
          onTimestep: (timestep) => {
            const before = held;
            held = engine.carried()['synapses.recurrent.held'];
            if (how.schedule === 'trial' && timestep < played.timesteps) expectBits('before', held, before);
            else {
              const w = engine.weights()['recurrent'];
              const wanted = w.map((now, k) => before[k] + 0.5 * (now - before[k]));
              expectBits(`at ${timestep}`, held, wanted);
              expect(held).not.toEqual(w);
            }
          },
        });
        return [engine.weights()['recurrent'], held];
      });
    });
    expect(seen[1]).toEqual(seen[0]);
  });

  it('is the weight in its bounds and on its levels', () => {
    const copy = plasticityRule({
      name: 'copy',
      params: { eta: 5 },
      state: { held: weight },
      change: ({ pre, post, eta }) => eta * post.signal * pre.rate,
      after: ({ w }) => ({ held: w }),
    });
    for (const engine of Object.values(bothEngines(network(copy(), { bounds: [-0.4, 0.4], bits: 4 }), how))) {
      const before = engine.weights()['recurrent'];
      engine.trial(trial);
      const after = engine.weights()['recurrent'];
      expect(after).not.toEqual(before);
      expectBits('held', engine.carried()['synapses.recurrent.held'], after);
    }
  });

  it('may follow what its two neurons show', () => {
    const seeing = plasticityRule({
      name: 'seeing',
      params: { eta: 1 },
      state: { held: weight, count: 0, untouched: weight },
      trace: ({ count }) => ({ count: count + 1 }),
      change: ({ held, pre, post, eta }) => eta * post.signal * pre.rate * held,
      after: ({ held, pre, post, count }) => ({ held: held + 0.01 * pre.rate * post.rate, count: count + 0.5 }),
    });
    const definition = network(seeing(), { traces: { keep: true } });
    const first = build(definition, 1).groups[0].weights;
    const pair = new Pair(build(definition, 1), how);
    for (const played of [trial, longer]) pair.watchedTrial(played);
    for (const engine of pair.engines) {
      const { ['synapses.recurrent.count']: count, ...others } = engine.carried();
      expect([...count]).toEqual(new Array(25).fill(how.schedule === 'online' ? 15 : 11));
      expectBits('untouched', others['synapses.recurrent.untouched'], first);
      expect(others['synapses.recurrent.held']).not.toEqual(first);
    }
  });

  it('is that of a rule whose text is not read', () => {
    const opaque = plasticityRule({
      name: 'slow',
      params: { eta: 2, part: 0.5 },
      state: { held: weight, p: 0 },
      trace: ({ p, pre, post }) => ({ p: post.retention * p + post.slope * pre.rate }),
      change: ({ p, post, eta }) => eta * post.signal * p,
      after: ({ w, held, part }) => ({ held: held + part * (w - held) }),
      opaque: true,
    });
    const [read, run] = [slow(), opaque()].map((rule) => {
      const engine = bothEngines(network(slow()), how).actors;
      const own = rule.analysis ? engine : openActors(network(rule), how);
      for (const played of [trial, longer]) own.trial(played);
      return [own.weights(), own.carried()];
    });
    expect(run).toEqual(read);
  });
});

/** The actors alone: an opaque rule has no kernels. */
function openActors(definition: Circuit, how: typeof online) {
  return new ActorEngine(build(definition, 1), how);
}

describe('what a rule computes after a change', () => {
  it('has its formula, and is no part of what a timestep costs', () => {
    const { analysis } = slow();
    const plain = plasticityRule({
      name: 'plain',
      params: { eta: 2 },
      state: { e: eligibility },
      change: ({ e, post, eta }) => eta * post.signal * e,
    });
    expect(analysis?.formulas.at(-1)?.text).toBe('held_ij(new) = held_ij(t) + part * (W_ij(new) - held_ij(t))');
    expect(analysis?.cost.operations).toEqual(plain().analysis?.cost.operations);
    expect(analysis?.cost.bytes).toBe(24);
  });

  it('is refused where it gives what is not in the state, or its eligibility', () => {
    const define = (after: object) => () =>
      plasticityRule({
        name: 'wrong',
        params: { eta: 1 },
        state: { held: weight, e: eligibility },
        change: ({ e }) => e,
        after: after as () => { held: number },
      });
    expect(refusal(define(() => ({ other: 1 })))).toMatch(/^rule 'wrong'.after: .*'other'/);
    expect(refusal(define(() => ({ e: 1 })))).toMatch(/^rule 'wrong'.after: .*'e'/);
  });
});

describe('an optimiser', () => {
  /** What a fixed number asked for in every timestep makes of a weight that begins at 0. */
  const push = plasticityRule({ name: 'push', params: { eta: 1, by: 0.3 }, change: ({ eta, by }) => eta * by });
  const pushed = (by: number, given: SynapseGroup['optimiser']): Circuit =>
    circuit<string, string, string>({
      neurons: { x: input(2), y: linear(1) },
      synapses: {
        all: { from: 'x', to: 'y', weights: [[0, 0]], rule: push({ by }), ...(given && { optimiser: given }) },
      },
    });

  it('adam is that of the paper', () => {
    const [eta, beta1, beta2, epsilon] = [0.01, 0.8, 0.95, 1e-3];
    for (const engine of Object.values(bothEngines(pushed(0.3, adam({ eta, beta1, beta2, epsilon })), byTrial))) {
      let [w, m, q] = [0, 0, 0];
      for (let n = 1; n <= 5; n++) {
        engine.trial(trial);
        m = beta1 * m + (1 - beta1) * 0.3;
        q = beta2 * q + (1 - beta2) * 0.09;
        w += (((eta * Math.sqrt(1 - beta2 ** n)) / (1 - beta1 ** n)) * m) / (Math.sqrt(q) + epsilon);
        expect(engine.weights()['all'][1]).toBeCloseTo(w, 14);
      }
      expect(Object.keys(engine.carried())).toEqual(
        ['m', 'q', 'b1', 'b2'].map((name) => `synapses.all.optimiser.${name}`),
      );
    }
  });

  it('adam with decay takes of the weight as well, whatever its gradient', () => {
    const [plain, decaying] = [0, 0.25].map((decay) => bothEngines(pushed(0.3, adam({ eta: 0.01, decay })), byTrial));
    for (const engine of ['actors', 'kernels'] as const) {
      let w = 0;
      let before = 0;
      for (let n = 1; n <= 3; n++) {
        for (const one of [plain, decaying]) one[engine].trial(trial);
        const after = plain[engine].weights()['all'][1];
        w += after - before - 0.25 * w;
        before = after;
        expect(decaying[engine].weights()['all'][1]).toBeCloseTo(w, 14);
      }
    }
  });

  it('momentum is velocity', () => {
    for (const engine of Object.values(bothEngines(pushed(0.3, momentum({ eta: 0.1, mu: 0.5 })), byTrial))) {
      let [w, v] = [0, 0];
      for (let n = 1; n <= 4; n++) {
        engine.trial(trial);
        v = 0.5 * v + 0.3;
        w += 0.1 * v;
        expect(engine.weights()['all'][0]).toBeCloseTo(w, 14);
      }
    }
  });

  it('sees changes as they were asked for; a falling rate is that of its steps', () => {
    const fixed = optimiser({
      name: 'fixed',
      params: { eta: 1 },
      step: ({ change, eta }) => ({ change: change > 0 ? eta : -eta }),
    });
    for (const engine of Object.values(bothEngines(pushed(0.001, fixed()), byTrial))) {
      engine.trial(trial, { pace: 0.25 });
      expect(engine.weights()['all'][0]).toBe(0.25);
    }
  });

  it('may read the weight, and comes before the dials', () => {
    const decaying = optimiser({
      name: 'decaying',
      params: { eta: 1, decay: 0.1, most: 0.2 },
      step: ({ change, w, eta, decay, most }) => ({ change: max(-most, min(most, eta * change)) - decay * w }),
    });
    const definition = network(rflo({ eta: 40 }), { optimiser: decaying(), bounds: [-0.45, 0.45] });
    const pair = new Pair(build(definition, 3), byTrial);
    for (const played of [trial, longer, trial]) pair.trial(played);
    const weights = pair.kernels.weights()['recurrent'];
    expect(Math.max(...weights.map(Math.abs))).toBe(0.45);
  });

  it('is refused where nothing learns, where it is copied, and where it gives what it does not keep', () => {
    expect(refusal(() => network(rflo(), { optimiser: { ...adam() } }))).toMatch(/^synapses.recurrent.optimiser: /);
    const still = () =>
      circuit({
        neurons: { x: input(1), y: linear(1) },
        synapses: { all: { from: 'x', to: 'y', weights: [[0]], optimiser: adam() } },
      });
    expect(refusal(still)).toMatch(/^synapses.all.optimiser: /);
    const extra = () =>
      optimiser({
        name: 'extra',
        params: {},
        step: ({ change }) => ({ change, m: 1 }) as unknown as { change: number },
      });
    expect(refusal(extra)).toMatch(/^optimiser 'extra'.step.*`m`/);
  });
});

describe('on circuits over the whole language, kernels take up changes with every bit of', () => {
  it.each(['bptt', 'rtrl'] as const)('the plain solver %s', (solver) => {
    for (let k = 1; k <= 20; k++) {
      const { definition, trial } = takingUp(k, true);
      const pair = new Pair(build(definition, k), { schedule: 'trial', feedback: 'symmetric', batch: 2 }, solver);
      for (let n = 0; n < 4; n++) pair.trial(trial);
    }
  });
});

describe('a batch', () => {
  it('takes up the mean of what its trials asked for, in the last of them', () => {
    const definition = network(rflo({ eta: 3 }));
    for (const engine of [
      ...Object.values(bothEngines(definition, { ...byTrial, batch: 2 })),
      openBptt(definition, 2),
    ]) {
      const start = engine.weights();
      engine.trial(trial, { number: 1 });
      expect(engine.weights()).toEqual(start);
      engine.trial(longer, { number: 2 });
      const alone = [trial, longer].map((played) => {
        const single = engine instanceof Bptt ? openBptt(definition, 1) : bothEngines(definition, byTrial).actors;
        single.trial(played);
        return single.weights();
      });
      for (const [name, weights] of Object.entries(engine.weights())) {
        weights.forEach((w, k) => {
          const changes = alone.map((each) => each[name][k] - start[name][k]);
          expect(w).toBeCloseTo(start[name][k] + (changes[0] + changes[1]) / 2, 14);
        });
      }
    }
  });

  it('is gone on with where it was, on either engine', () => {
    const definition = network(slow(), { optimiser: adam({ eta: 0.1 }) });
    const how = { ...byTrial, batch: 3 };
    const whole = bothEngines(definition, how).actors;
    for (let number = 1; number <= 7; number++) whole.trial(number % 2 ? trial : longer, { number });
    for (const stop of [1, 2, 3, 4, 5]) {
      const [first, second] = [bothEngines(definition, how).kernels, bothEngines(definition, how)];
      for (let number = 1; number <= stop; number++) first.trial(number % 2 ? trial : longer, { number });
      for (const engine of Object.values(second)) {
        engine.setWeights(first.weights());
        engine.setCarried(first.carried());
        for (let number = stop + 1; number <= 7; number++) engine.trial(number % 2 ? trial : longer, { number });
        expect([engine.weights(), engine.carried()]).toEqual([whole.weights(), whole.carried()]);
      }
    }
  });
});

function openBptt(definition: Circuit, batch: number): Bptt {
  return new Bptt(build(definition, 1), { schedule: 'trial', feedback: 'symmetric', batch });
}
