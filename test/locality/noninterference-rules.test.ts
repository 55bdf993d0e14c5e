import { beforeAll, describe, expect, it } from 'vitest';
import { circuit } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { tanh } from '../../src/local/index.ts';
import { expectLocal } from '../../src/locality/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal, type Distribution } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo, type RuleDefinition } from '../../src/rules/index.ts';
import { customRules } from '../support/rules.ts';

type Change = RuleDefinition<string, { eta: number }, Record<string, number>>['change'];

/** An opaque rule: any JavaScript. */
const opaque = (change: Change) => plasticityRule({ name: 'mine', params: { eta: 1 }, opaque: true, change })();

const weights: Distribution = normal({ sd: 1 });

describe('a rule that cheats is caught', () => {
  it.each<[string, () => Change]>([
    [
      'by the mean of all weights that it ever saw',
      () => {
        const seen: number[] = [];
        return ({ w, post, eta }) => {
          seen.push(w);
          return (eta * post.signal * seen.reduce((sum, one) => sum + one, 0)) / seen.length;
        };
      },
    ],
    [
      'by the rates of the last synapses before it',
      () => {
        const last = [0, 0, 0];
        return ({ pre, post, eta }) => {
          last.shift();
          last.push(pre.rate);
          return eta * post.signal * (last[0] + last[1] + last[2]);
        };
      },
    ],
    [
      "by the last neuron's learning signal",
      () => {
        let last = 0;
        return ({ pre, post, eta }) => {
          const change = eta * (post.signal - last) * pre.rate;
          last = post.signal;
          return change;
        };
      },
    ],
    [
      'by what others told long ago',
      () => {
        const told = new Array<number>(7).fill(0);
        return ({ pre, post, eta }) => {
          told.push(post.rate);
          return eta * post.signal * pre.rate + 1e-9 * (told.shift() ?? 0);
        };
      },
    ],
    [
      'by one bit, and only where a weight is large',
      () => {
        let large = 0;
        return ({ w, pre, post, eta }) => {
          const change = eta * post.signal * pre.rate * (1 + large * Number.EPSILON);
          large = w > 1 ? 1 : 0;
          return change;
        };
      },
    ],
    [
      'by counting',
      () => {
        let calls = 0;
        return ({ eta }) => eta * ++calls;
      },
    ],
    [
      'by chance',
      () =>
        ({ post }) =>
          post.signal * Math.random(),
    ],
  ])('%s', (_, make) => {
    expect(() => expectLocal(opaque(make()))).toThrow(
      /^rule 'mine' is not local: synapse \d+→\d+ of `\w+` changed when /,
    );
  });

  it('but finds no neuron at which to leave notes: it is shown numbers', () => {
    const noting = opaque(({ w, pre, post, eta }) => {
      const note = pre as { sum?: number; readonly rate: number };
      const before = note.sum ?? 0;
      note.sum = w;
      return eta * post.signal * before;
    });
    expect(expectLocal(noting, { circuits: 3, timesteps: 30 }).moves).toEqual([]);
  });

  it('and not looked into any further where its update is another one each time', () => {
    let calls = 0;
    const counting = opaque(({ eta }) => eta * ++calls);
    expect(() => expectLocal(counting)).toThrow('synapse 0→0 of `recurrent` changed when nothing was changed at all');
    // One circuit of two synapses, a few trials of two timesteps.
    expect(calls).toBeLessThan(100);
  });

  it('and told which weight it was', () => {
    let last = 0;
    const rule = opaque(({ w, pre, eta }) => {
      const change = eta * last * pre.rate;
      last = w;
      return change;
    });
    const two = circuit({
      neurons: { h: leakyTanh(2, { initial: 0.5 }), y: linear(1) },
      synapses: { recurrent: { from: 'h', to: 'h', weights, rule }, readout: { from: 'h', to: 'y', weights } },
    });
    expect(() => expectLocal(rule, { circuit: two })).toThrow(
      "rule 'mine' is not local: synapse 1→0 of `recurrent` changed when the weight of 0→0 was changed",
    );
  });

  it('where something outlasts the trial, and nothing was changed', () => {
    let trials = 0;
    const rule = plasticityRule({
      name: 'trials',
      params: { eta: 1 },
      state: { first: 1 },
      opaque: true,
      trace: ({ first }) => {
        trials += first;
        return { first: 0 };
      },
      change: ({ eta }) => eta * trials,
    })();
    expect(() => expectLocal(rule)).toThrow(
      /changed when (nothing was changed except what had run before|.* was changed)/,
    );
  });
});

describe('a rule that cheats now and then', () => {
  /** Every 20th timestep it takes off each weight some of what it is above the mean of all: scaling over a list that they share. */
  const scaling = () => {
    let [sum, count] = [0, 0];
    return plasticityRule({
      name: 'scaling',
      params: { eta: 0.03 },
      state: { t: 0 },
      trace: ({ t }) => ({ t: t + 1 }),
      opaque: true,
      change: ({ t, w, pre, post, eta }) => {
        if (t === 1) [sum, count] = [0, 0]; // as it were a new list in each trial
        if (t % 20 === 19) [sum, count] = [sum + w, count + 1];
        return t % 20 === 0 ? -0.1 * (w - sum / count) : eta * post.signal * pre.rate;
      },
    })();
  };

  it('is caught in a trial that is long enough, and told when', () => {
    expect(() => expectLocal(scaling(), { circuits: 1 })).toThrow(
      /^rule 'scaling' is not local: synapse 0→0 of `recurrent` changed when .* \(timestep 20 of 500\)$/,
    );
    const own = circuit({
      neurons: { h: leakyTanh(8, { initial: 0.3 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights, rule: scaling() },
        readout: { from: 'h', to: 'y', weights },
      },
    });
    expect(() => expectLocal(scaling(), { circuit: own, circuits: 1, updates: 1, timesteps: 30 })).toThrow(
      'timestep 20 of 30',
    );
    expect(expectLocal(scaling(), { circuits: 1, timesteps: 10 }).timesteps).toBe(10);
  });

  it('and a rule that does not stay finite for so long is tried for as long as it does', () => {
    const rule = plasticityRule({
      name: 'explosive',
      params: { eta: 1 },
      state: { p: 1 },
      trace: ({ p, pre }) => ({ p: 10 * p + pre.rate }),
      change: ({ p, post, eta }) => eta * post.signal * p,
    })();
    expect(expectLocal(rule, { circuits: 1 }).timesteps).toBe(250);
  });
});

describe('a rule that is local passes', () => {
  beforeAll(loadKernels);

  it('though it is opaque; what it reads is what the test saw', () => {
    const { moves, circuits, updates } = expectLocal(
      plasticityRule({
        name: 'mine',
        params: { eta: 1 },
        state: { p: 0 },
        opaque: true,
        trace: ({ p, pre, post }) => ({ p: Math.fround(post.retention * p + post.slope * pre.rate) }),
        change: ({ p, post, eta }) => eta * post.signal * p,
      })(),
    );
    expect([...moves].sort()).toEqual(['p', 'post.retention', 'post.signal', 'post.slope', 'pre.rate']);
    expect(circuits).toBe(20);
    expect(updates).toBeGreaterThan(500);
  });

  it.each(Object.entries(customRules))('%s', (name, make) => {
    const rule = make({ eta: 0.5 });
    const few = name === 'transcendental' ? 1 : 2;
    expect(expectLocal(rule, { circuits: 4, timesteps: 20 }).moves).toEqual(
      expect.arrayContaining(
        name === 'constant'
          ? []
          : ['pre.rate'].filter(() => rule.analysis?.reads.some(({ path }) => path === 'pre.rate')),
      ),
    );
    expect(() => expectLocal(rule, { circuits: few, engine: 'kernels', updates: 20, timesteps: 20 })).not.toThrow(
      /not local/,
    );
  });

  it('in a circuit of the user, beside other rules', () => {
    const rule = rflo();
    const own = circuit({
      neurons: { h: leakyTanh(3, { initial: 0.5 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights, rule },
        readout: { from: 'h', to: 'y', weights, rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights } },
    });
    // 9 synapses in each timestep of three trials of 2, 3 and 4.
    expect(expectLocal(rule, { circuit: own, circuits: 3, updates: 1000, timesteps: 30 }).updates).toBe(
      9 * (2 + 3 + 4),
    );
  });

  it('but not one that reads what never matters', () => {
    const rule = plasticityRule({
      name: 'idle',
      params: { eta: 1 },
      change: ({ w, pre, eta }) => eta * tanh(pre.rate) + 0 * w,
    })();
    expect(() => expectLocal(rule, { circuits: 4, timesteps: 10 })).toThrow(
      "rule 'idle' reads w, but no update changed with it",
    );
  });
});

describe('what cannot be tried is said:', () => {
  const other = circuit({
    neurons: { h: leakyTanh(2), y: linear(1) },
    synapses: { readout: { from: 'h', to: 'y', weights, rule: delta() } },
  });
  it.each<[string, () => unknown, string]>([
    [
      'no rule',
      () => expectLocal(rflo as never),
      'expectLocal: expected a plasticity rule, such as rflo(), got a function',
    ],
    [
      'nothing',
      () => expectLocal(undefined as never),
      'expectLocal: expected a plasticity rule, such as rflo(), got undefined',
    ],
    ['another field', () => expectLocal(rflo(), { seeds: 3 } as never), 'expectLocal.seeds: unknown field'],
    [
      'no circuits',
      () => expectLocal(rflo(), { circuits: 0 }),
      'expectLocal.circuits: 0 is not a whole number, 1 or more',
    ],
    ['no timesteps', () => expectLocal(rflo(), { timesteps: 0 }), 'expectLocal.timesteps: 0 is not a whole number'],
    ['half an update', () => expectLocal(rflo(), { updates: 0.5 }), 'expectLocal.updates: 0.5 is not a whole number'],
    ['no seed', () => expectLocal(rflo(), { seed: NaN }), 'expectLocal.seed: NaN is not a whole number'],
    [
      'no engine',
      () => expectLocal(rflo(), { engine: 'gpu' as never }),
      "expectLocal.engine: expected 'actors' or 'kernels', got 'gpu'",
    ],
    [
      'not its circuit',
      () => expectLocal(rflo(), { circuit: other }),
      "expectLocal.circuit: has no synapses that learn by 'rflo'",
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
  });
});
