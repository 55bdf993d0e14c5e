import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import {
  build,
  circuit,
  clock,
  fromTask,
  mask,
  type Circuit,
  type Global,
  type SynapseGroup,
} from '../../src/circuit/index.ts';
import { exp, tanh } from '../../src/local/index.ts';
import {
  certifyDefinition,
  certifyLearner,
  certifyRule,
  crossesLine,
  isLessLocal,
  LOCALITY_CLASSES,
  referenceCircuit,
  type Certificate,
  type LocalityClass,
} from '../../src/locality/index.ts';
import { crossEntropy } from '../../src/losses/index.ts';
import { input, leakyTanh, linear, neuron, neuronModel } from '../../src/neurons/index.ts';
import { constant, normal } from '../../src/random/index.ts';
import { delta, kolenPollackFeedback, plasticityRule, rflo, type PlasticityRule } from '../../src/rules/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import { paperExample, threeMatrices } from '../support/networks.ts';
import { cook, recipesWithin } from '../support/random-circuit.ts';
import { anyRules } from '../support/rules.ts';

const audit = (
  definition: Circuit,
  algorithm: string,
  feedback: 'random' | 'symmetric' = algorithm === 'local' ? 'random' : 'symmetric',
): Certificate => certifyLearner(build(definition, 1), { name: algorithm, algorithm, feedback });

const groupOf = ({ synapses }: Certificate, name: string) => {
  const found = synapses.find(({ group }) => group === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};

describe('the audit of eleven rules', () => {
  const BROADCAST = 'three-factor, broadcast vector through fixed feedback';

  it.each<[Certificate['class'], PlasticityRule]>([
    [
      'two-factor local',
      plasticityRule({
        name: 'hebb',
        params: { eta: 1 },
        change: ({ pre, post, eta }) => eta * pre.rate * post.rate,
      })(),
    ],
    ['two-factor local', anyRules.oja()],
    [
      'two-factor local',
      plasticityRule({
        name: 'trace',
        params: {},
        state: { x: 0 },
        trace: ({ x, pre }) => ({ x: 0.9 * x + pre.rate }),
        change: ({ x, w, post }) => x * tanh(post.rate) - 0.01 * w,
      })(),
    ],
    [BROADCAST, rflo()],
    [
      BROADCAST,
      plasticityRule({
        name: 'through-trace',
        params: {},
        state: { m: 0 },
        trace: ({ m, post }) => ({ m: 0.5 * m + post.signal }),
        change: ({ m, pre }) => m * pre.rate,
      })(),
    ],
  ])('says %s of a local one', (expected, rule) => {
    const certificate = certifyRule(rule);
    expect(certificate).toMatchObject({ class: expected, causal: true, crossing: [] });
    expect(certificate.verdict.startsWith(`Local: ${expected}. It reads `)).toBe(true);
  });

  const decay = 0.1;
  const everyWeight = [0.1, 0.2];
  const readout = { weight: 0.3 };

  it('names what crosses the line: a closure', () => {
    const cheat = certifyDefinition(() =>
      plasticityRule({ name: 'cheat', params: {}, change: ({ pre, post }) => decay * pre.rate * post.rate }),
    );
    expect(cheat).toMatchObject({ kind: 'rule', name: 'cheat', class: 'not certified', causal: null });
    expect(cheat.crossing).toEqual([
      expect.stringMatching(/^rule 'cheat'\.change, line 1, column \d+: `decay` comes from outside the function/),
    ]);
    expect(cheat.verdict).toMatch(/^Not certified: rule 'cheat'\.change.*`decay`.*\.$/);
    expect(cheat.verdict).not.toContain('\n');
  });

  it.each<[string, string, () => ReturnType<typeof plasticityRule>]>([
    [
      'a global array',
      '`everyWeight[0]` comes from outside',
      () => plasticityRule({ name: 'cheat', params: {}, change: ({ pre }) => everyWeight[0] * pre.rate }),
    ],
    [
      'weight transport',
      '`readout.weight` comes from outside',
      () =>
        plasticityRule({
          name: 'cheat',
          params: {},
          state: { p: 0 },
          trace: ({ p, pre }) => ({ p: p + pre.rate * readout.weight }),
          change: ({ p }) => p,
        }),
    ],
    [
      'another neuron',
      '`post` has no `neighbour`; expected ',
      () =>
        // @ts-expect-error -- no neuron publishes another
        plasticityRule({ name: 'cheat', params: {}, change: ({ post, pre }) => post.neighbour * pre.rate }),
    ],
    [
      'a future error',
      'the view has no `next`; expected ',
      () =>
        // @ts-expect-error -- nothing of a later timestep is in a view
        plasticityRule({ name: 'cheat', params: {}, change: ({ next, pre }) => next * pre.rate }),
    ],
  ])('names what crosses the line: %s', (_, what, define) => {
    const { class: of, crossing, synapses } = certifyDefinition(define);
    expect(of).toBe('not certified');
    expect(crossing).toEqual([expect.stringContaining(what)]);
    expect(synapses).toMatchObject([{ reads: null, stores: null, computes: null, causal: null, loihi: null }]);
  });

  it('says of an opaque one that it is not certified, and why', () => {
    const opaque = plasticityRule({ name: 'opaque', params: {}, change: ({ pre }) => pre.rate * decay, opaque: true });
    expect(certifyDefinition(() => opaque)).toMatchObject({
      class: 'not certified',
      crossing: ["rule 'opaque' is opaque: only the dynamic test can say more"],
      synapses: [{ reads: null, computes: null }],
    });
  });

  it('passes on what is no refusal', () => {
    expect(() => certifyDefinition(() => plasticityRule({ name: '2', params: {}, change: () => 0 }))).toThrow(
      "rule name: '2' is not a valid name",
    );
  });
});

describe('the classes', () => {
  it('hold one for rules that read global scalars, found by what they read', () => {
    const rewarded = plasticityRule({
      name: 'rewarded',
      params: { eta: 0.1 },
      globals: ['reward', 'unread'],
      change: ({ pre, post, global, eta }) => eta * global.reward * pre.rate * post.rate,
    })();
    expect(certifyRule(rewarded)).toMatchObject({
      class: 'three-factor, global scalar',
      crossing: [],
      synapses: [{ reads: { global: ['global.reward'] }, loihi: { equations: ['dw = 0.1 * y2 * y1 * x1'] } }],
    });
    const scopes = certifyRule(anyRules.everything()).synapses.flatMap(({ reads }) => Object.keys(reads ?? {}));
    expect(scopes).not.toContain('global');
  });

  it('say on a circuit where a scalar comes from, and say nothing where an opaque neuron sends it', () => {
    const rule = plasticityRule({
      name: 'r',
      params: {},
      globals: ['m'],
      change: ({ pre, global }) => global.m * pre.out,
    });
    const opaque = neuronModel({
      name: 'opaque',
      params: {},
      rate: ({ u }) => u,
      slope: () => 1,
      retention: () => 0,
      opaque: true,
    });
    const audited = (m: Global<'x' | 'c' | 'y'>) =>
      audit(
        circuit({
          neurons: { x: input(1), c: opaque(1), y: linear(1) },
          synapses: {
            xy: { from: 'x', to: 'y', weights: normal(), rule: rule() },
            xc: { from: 'x', to: 'c', weights: normal() },
          },
          globals: { m },
          outputs: ['y'],
        }),
        'local',
      );
    const needs = (m: Global<'x' | 'c' | 'y'>) =>
      audited(m).synapses.flatMap((one) => one.needs.map(({ what }) => what));
    expect(needs(fromTask())).toContain('global.m (what the task answers), the same for every synapse');
    expect(needs(clock(({ t }) => t))).toContain('global.m (a clock), the same for every synapse');
    expect(needs({ from: 'x' })).toContain(
      "global.m (what neuron 0 of 'x' sent in the timestep before), the same for every synapse",
    );
    expect(audited({ from: 'x' }).class).toBe('three-factor, global scalar');
    expect(audited({ from: 'c' }).class).toBe('not certified');
  });

  it('are defined in the docs in one sentence each, in their order', () => {
    const page = readFileSync('docs/locality.md', 'utf8').replaceAll(/ +/g, ' ');
    const places = Object.entries(LOCALITY_CLASSES).map(([name, sentence]) => {
      expect(sentence).toMatch(/^[^.]*\.$/);
      return page.indexOf(`| ${name} | ${sentence} |`);
    });
    expect(places[0]).toBeGreaterThan(0);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it('are ordered from most to least local, hops within them', () => {
    const ordered: LocalityClass[] = [
      'two-factor local',
      'three-factor, gating neuron',
      'three-factor, global scalar',
      'three-factor, broadcast vector through fixed feedback',
      'needs weight transport',
      'needs all readout weights',
      'needs sibling weights',
      'spatially nonlocal within 0 hops',
      'spatially nonlocal within 1 hop',
      'spatially nonlocal within 12 hops',
      'fully nonlocal',
      'acausal',
      'not certified',
    ];
    ordered.forEach((one, i) => {
      ordered.forEach((other, j) => {
        expect(isLessLocal(one, other)).toBe(i > j);
      });
      expect(crossesLine(one)).toBe(i >= 4);
    });
  });
});

describe('what a rule reads, keeps and computes', () => {
  it('is told by scope', () => {
    const [synapses] = certifyRule(anyRules.everything()).synapses;
    expect(synapses.reads).toEqual({
      'own weight': ['w'],
      'own state': ['p', 'q'],
      presynaptic: ['pre.rate'],
      postsynaptic: expect.arrayContaining(['post.rate', 'post.slope', 'post.retention']) as string[],
      'learning signal': ['post.signal'],
      parameter: ['eta'],
    });
    expect(synapses.stores).toEqual({ numbers: 3, bytes: 24, perNeuronAndTimestep: 0 });
    expect(synapses.computes?.total).toBe(anyRules.everything().analysis?.cost.total);
  });
});

describe('learners on the paper’s network', () => {
  const network = threeMatrices({ units: 4 });

  it('RFLO: its broadcast comes through fixed feedback, and the readout learns from its own error', () => {
    const certificate = audit(network, 'local');
    expect(certificate.verdict).toBe(
      "Local: three-factor, broadcast vector through fixed feedback. Each synapse of 'recurrent' and 'input' reads a learning signal, the error of 'y' through the fixed weights of feedback 'error'.",
    );
    expect(certificate.crossing).toEqual([]);
    expect(groupOf(certificate, 'readout')).toMatchObject({
      class: 'two-factor local',
      notes: ["its learning signal is its own neuron's error, which that output neuron has itself"],
    });
  });

  it('an error that takes sums over all outputs, and neurons that do, are said to', () => {
    const softmax = neuron({
      name: 'softmax',
      ports: { u: null },
      pools: { top: { largest: ({ u }) => u }, z: { sum: ({ u, top }) => exp(u - top) } },
      state: { p: 0 },
      step: ({ u, top, z }) => ({ p: exp(u - top) / z }),
      sends: ({ p }) => ({ out: p, rate: p }),
    });
    const hebb = plasticityRule({
      name: 'hebb',
      params: { eta: 0.01 },
      change: ({ pre, post, eta }) => eta * post.out * pre.rate,
    });
    const shared = circuit({
      neurons: { h: softmax(3), y: linear(2) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal(), rule: hebb() },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
      },
      losses: { y: crossEntropy },
    });
    const certificate = audit(shared, 'local');
    expect(groupOf(certificate, 'recurrent').notes).toContain(
      "its neuron uses top and z, which are computed from all neurons of 'h'",
    );
    expect(groupOf(certificate, 'readout').notes).toEqual([
      "its learning signal is its own neuron's error, which that output neuron has itself, made with sums over all neurons of 'y': z and d_loss_d_z",
    ]);
  });

  it('RFLO with symmetric feedback needs weight transport', () => {
    const certificate = audit(network, 'local', 'symmetric');
    expect(certificate.class).toBe('needs weight transport');
    expect(certificate.crossing).toEqual([
      "needs weight transport: each synapse of 'recurrent' and 'input' reads the current weights of 'readout', which end on neurons of 'y', transposed in place of feedback 'error'",
    ]);
    expect(groupOf(certificate, 'readout').class).toBe('two-factor local');
  });

  it('feedback held at an angle to the readout needs weight transport at 0 degrees and all readout weights above, for RFLO and for references', () => {
    const { neurons, synapses } = network;
    for (const [angle, wanted] of [
      [0, 'needs weight transport'],
      [30, 'needs all readout weights'],
      [90, 'needs all readout weights'],
    ] as const) {
      const held = circuit({
        neurons,
        synapses,
        feedback: { error: { from: 'y', to: 'h', weights: normal(), angle } },
      });
      const certificate = audit(held, 'local');
      expect(certificate.class).toBe(wanted);
      expect(certificate.crossing[0]).toContain(
        "the current weights of 'readout', which end on neurons of 'y', to which feedback 'error' is held at an angle",
      );
      const needs = groupOf(audit(held, 'snap-1', 'random'), 'recurrent').needs.map((need) => need.class);
      expect(needs).toContain(wanted);
      expect(needs).not.toContain('three-factor, broadcast vector through fixed feedback');
    }
  });

  it('relearned feedback is broadcast through weights learned on the neuron, and the synapses that relearn are audited too', () => {
    const { neurons, synapses } = network;
    const feedback = { from: 'y', to: 'h', weights: normal(), rule: kolenPollackFeedback() } as const;
    const certificate = audit(circuit({ neurons, synapses, feedback: { error: feedback } }), 'local');
    expect(certificate).toMatchObject({
      class: 'three-factor, broadcast vector through fixed feedback',
      verdict:
        "Local: three-factor, broadcast vector through fixed feedback. Each synapse of 'recurrent' and 'input' reads a learning signal, the error of 'y' through the weights of feedback 'error', which the synapses of 'feedback.error' on its own neuron relearn.",
      crossing: [],
      causal: true,
    });
    expect(groupOf(certificate, 'feedback.error')).toMatchObject({
      rule: 'kolen-pollack-feedback',
      class: 'two-factor local',
      needs: [{ class: 'two-factor local', what: 'post.rate, pre.rate and w' }],
      reads: { presynaptic: ['pre.rate'], 'own weight': ['w'], postsynaptic: ['post.rate'] },
      notes: ["its presynaptic rate is the error of 'y', as feedback 'error' brings it"],
    });
    // What cannot be read is not certified, in feedback as elsewhere.
    const hidden = plasticityRule({ name: 'hidden', params: {}, opaque: true, change: () => 0 })();
    const opaque = audit(circuit({ neurons, synapses, feedback: { error: { ...feedback, rule: hidden } } }), 'local');
    expect(opaque.class).toBe('not certified');
    expect(groupOf(opaque, 'feedback.error').class).toBe('not certified');
    const symmetric = audit(circuit({ neurons, synapses, feedback: { error: feedback } }), 'local', 'symmetric');
    expect(symmetric.crossing).toEqual([expect.stringContaining("'readout', which end on neurons of 'y', transposed")]);
  });

  it('relearned feedback shared with another population is weight transport, and only there', () => {
    const shared = circuit({
      neurons: { h: leakyTanh(3), g: leakyTanh(3), y: linear(2) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo() },
        across: { from: 'h', to: 'g', weights: normal(), rule: rflo() },
        readout: { from: 'g', to: 'y', weights: normal(), rule: delta() },
      },
      feedback: {
        error: { from: 'y', to: 'h', weights: normal(), rule: kolenPollackFeedback() },
        other: { from: 'y', to: 'g', shares: 'error' },
      },
    });
    const certificate = audit(shared, 'local');
    expect(certificate.crossing).toEqual([
      "needs weight transport: each synapse of 'across' reads the current weights of 'feedback.error', which end on neurons of 'h' and are shared by feedback 'other'",
    ]);
    expect(groupOf(certificate, 'recurrent').class).toBe('three-factor, broadcast vector through fixed feedback');
  });

  it('an error that comes late is noted where it is heard', () => {
    const { neurons, synapses } = network;
    const late = (delay: number) => {
      const error = {
        from: 'y',
        to: 'h',
        weights: normal(),
        rule: kolenPollackFeedback(),
        broadcast: { delay },
      } as const;
      const certificate = audit(circuit({ neurons, synapses, feedback: { error } }), 'local');
      return ['recurrent', 'readout', 'feedback.error'].map((name) =>
        groupOf(certificate, name).notes.filter((note) => note.includes('late')),
      );
    };
    const note = (when: string) => [`through feedback 'error' the error arrives ${when} late`];
    expect(late(0)).toEqual([[], [], []]);
    expect(late(1)).toEqual([note('1 timestep'), [], note('1 timestep')]);
    expect(late(5)).toEqual([note('5 timesteps'), [], note('5 timesteps')]);
  });

  it('a gate is a third factor of the group that it gates, where that reads what its axon brings; a solver reads what it gates', () => {
    const { neurons, synapses, feedback } = network;
    const behindGate = (rule: PlasticityRule, others: Readonly<Record<string, SynapseGroup>> = {}) =>
      circuit<string, string, string>({
        neurons: { ...neurons, thalamus: linear(3) },
        synapses: {
          ...others,
          ...synapses,
          recurrent: { ...synapses['recurrent'], rule, gate: { from: 'thalamus', neuron: 2 } },
        },
        feedback,
      });
    const gated = behindGate(rflo({ eta: 0.5 }));
    const [certificate, plain] = [audit(gated, 'local'), audit(network, 'local')];
    const { needs, ...others } = groupOf(plain, 'recurrent');
    const gate = {
      class: 'three-factor, gating neuron',
      what: "its presynaptic rate times what neuron 2 of 'thalamus' sent in the timestep before, which gates its axon: only this product, and nothing else of the gate",
    };
    expect(groupOf(certificate, 'recurrent')).toEqual({ ...others, needs: [needs[0], gate, needs[1]] });
    const hebb = plasticityRule({ name: 'hebb', params: {}, change: ({ pre, post }) => pre.rate * post.rate });
    expect(groupOf(audit(behindGate(hebb()), 'local'), 'recurrent').class).toBe('three-factor, gating neuron');
    const homeostatic = plasticityRule({ name: 'homeostatic', params: {}, change: ({ w, post }) => -w * post.rate });
    expect(groupOf(audit(behindGate(homeostatic()), 'local'), 'recurrent').class).toBe('two-factor local');
    expect(groupOf(certificate, 'input')).toEqual(groupOf(plain, 'input'));
    const toGate = { from: 'h', to: 'thalamus', weights: constant(0.1), delay: 1, rule: delta({ eta: 0.1 }) };
    const learning = behindGate(rflo({ eta: 0.5 }), { toGate });
    for (const solver of ['bptt', 'rtrl']) {
      const ofGate = groupOf(audit(learning, solver), 'toGate');
      expect(ofGate.reads?.['other weights']).toContain('recurrent');
      expect(ofGate.needs.map(({ what }) => what).join()).toContain("what was sent along the axons of 'recurrent'");
    }
  });

  it('a population without feedback learns nothing', () => {
    const { neurons, synapses } = network;
    const deaf = circuit({ neurons, synapses, outputs: ['y'] });
    const certificate = audit(deaf, 'local');
    expect(certificate.class).toBe('two-factor local');
    expect(groupOf(certificate, 'recurrent').notes).toEqual([
      "its learning signal is always 0: 'h' is not an output and hears no feedback",
      'it learns nothing: its change is always 0',
    ]);
    expect(groupOf(audit(deaf, 'rtrl', 'random'), 'recurrent')).toMatchObject({
      class: 'two-factor local',
      notes: ['it learns nothing: no credit reaches its neurons'],
    });
  });

  it('RTRL is fully nonlocal, and causal', () => {
    for (const feedback of ['random', 'symmetric'] as const) {
      const certificate = audit(paperExample(6), 'rtrl', feedback);
      expect(certificate).toMatchObject({ class: 'fully nonlocal', causal: true });
      const { needs, reads } = groupOf(certificate, 'recurrent');
      expect(needs.map((need) => need.class)).toEqual([
        'two-factor local',
        ...(feedback === 'random' ? ['three-factor, broadcast vector through fixed feedback'] : []),
        'needs weight transport',
        'spatially nonlocal within 0 hops',
        'fully nonlocal',
      ]);
      expect(reads).toMatchObject({
        'other neurons': ['up to 5 of h'],
        'other weights': feedback === 'random' ? ['recurrent'] : ['recurrent', 'readout'],
      });
    }
  });

  it('BPTT is acausal, and keeps the trial', () => {
    const certificate = audit(paperExample(6), 'bptt');
    expect(certificate).toMatchObject({ class: 'acausal', causal: false });
    expect(certificate.crossing[0]).toMatch(/^acausal: each synapse of 'recurrent' reads .* at later timesteps/);
    expect(groupOf(certificate, 'recurrent').stores).toEqual({ numbers: 1, bytes: 8, perNeuronAndTimestep: 5 });
    expect(groupOf(certificate, 'readout').causal).toBe(true);
  });

  it('what RTRL keeps for a synapse grows with N, and what it computes with N squared', () => {
    const of = (units: number) => groupOf(audit(paperExample(units), 'rtrl', 'random'), 'recurrent');
    // Two timesteps of N influences and the weight; N times N products, and three sums and products more for each neuron and one.
    for (const units of [4, 8, 16]) {
      expect(of(units).stores?.numbers).toBe(2 * units + 1);
      expect(of(units).computes?.operations).toEqual({
        '*': units * units + 3 * units,
        '+': units * units + 2 * units + 1,
      });
    }
  });
});

describe('SnAp-n', () => {
  const ring = referenceCircuit();

  it.each([
    [1, 'spatially nonlocal within 0 hops'],
    [2, 'spatially nonlocal within 1 hop'],
    [3, 'spatially nonlocal within 2 hops'],
    [11, 'spatially nonlocal within 10 hops'],
    [12, 'fully nonlocal'],
    [100, 'fully nonlocal'],
  ])('on a ring of 12, SnAp-%i is %s', (n, expected) => {
    for (const feedback of ['random', 'symmetric'] as const) {
      const certificate = audit(ring, `snap-${n}`, feedback);
      expect(certificate).toMatchObject({ class: expected, causal: true });
      const { needs, stores } = groupOf(certificate, 'recurrent');
      expect(stores?.numbers).toBe(1 + 2 * Math.min(n, 12));
      const transport = needs.find((need) => need.class === 'needs weight transport');
      // Through the ring to others it reads their weights; with symmetric feedback the readout's in addition.
      const read = [...(n > 1 ? ["'recurrent'"] : []), ...(feedback === 'symmetric' ? ["'readout'"] : [])];
      expect(transport?.what.includes(`of ${read.join(' and ')} that leave`)).toBe(read.length > 0 ? true : undefined);
    }
  });

  it('on a dense network, SnAp-2 reads all that RTRL does', () => {
    expect(audit(paperExample(6), 'snap-1', 'random').class).toBe('spatially nonlocal within 0 hops');
    expect(audit(paperExample(6), 'snap-2', 'random').class).toBe('fully nonlocal');
    const of = (algorithm: string) => groupOf(audit(paperExample(6), algorithm, 'random'), 'recurrent');
    expect(of('snap-2')).toEqual(of('rtrl'));
  });

  it('without synapses onto themselves, SnAp-1 reads what RFLO does', () => {
    const { neurons, feedback, synapses } = paperExample(4);
    const apart = mask(Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (__, j) => i !== j)));
    const recurrent = { ...synapses['recurrent'], connect: apart };
    const certificate = audit(circuit({ neurons, feedback, synapses: { ...synapses, recurrent } }), 'snap-1', 'random');
    expect(certificate.class).toBe('three-factor, broadcast vector through fixed feedback');
    expect(certificate.crossing).toEqual([]);
  });
});

describe('a solver is judged by what it runs, not by its name', () => {
  const chain = (tau: number, recurrent: boolean): Circuit =>
    circuit({
      neurons: { x: input(2), h: leakyTanh(3, { tau }), y: linear(2) },
      synapses: {
        afferent: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
        recurrent: {
          from: 'h',
          to: 'h',
          weights: normal(),
          connect: mask([
            [0, recurrent ? 1 : 0, 0],
            [0, 0, 0],
            [0, 0, 0],
          ]),
        },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
      },
      outputs: ['y'],
    });

  it('BPTT through one layer that keeps nothing is backpropagation: causal, with weight transport', () => {
    for (const solver of ['bptt', 'rtrl']) {
      expect(audit(chain(1, false), solver)).toMatchObject({
        class: 'needs weight transport',
        causal: true,
        crossing: [
          "needs weight transport: each synapse of 'afferent' reads the current weights of synapses of 'readout' that leave its own neuron and end on others",
        ],
      });
    }
  });

  it('neurons that keep something of themselves make it acausal, and so does a late synapse', () => {
    expect(audit(chain(2, false), 'bptt').class).toBe('acausal');
    expect(audit(chain(1, true), 'bptt').class).toBe('acausal');
    expect(audit(chain(2, true), 'rtrl').causal).toBe(true);
  });

  it('an output with a slope of its own tells more than its error', () => {
    const { synapses } = chain(1, false);
    const neurons: Circuit['neurons'] = { x: input(2), h: leakyTanh(3, { tau: 1 }), y: leakyTanh(2) };
    const curved = circuit({ neurons, synapses, outputs: ['y'] });
    expect(groupOf(audit(curved, 'rtrl'), 'afferent').class).toBe('fully nonlocal');
  });

  it('only an autapse: the weights of other synapses on the same neuron', () => {
    const alone = (rows: (0 | 1)[][]) =>
      audit(
        circuit({
          neurons: { x: input(1), h: leakyTanh(2), y: linear(1) },
          synapses: {
            afferent: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
            autapses: { from: 'h', to: 'h', weights: normal(), connect: mask(rows), rule: rflo() },
            readout: { from: 'h', to: 'y', weights: normal() },
          },
          feedback: { error: { from: 'y', to: 'h', weights: normal() } },
        }),
        'rtrl',
        'random',
      );
    const certificate = alone([
      [1, 0],
      [0, 1],
    ]);
    expect(certificate.class).toBe('spatially nonlocal within 0 hops');
    expect(groupOf(certificate, 'afferent').needs.at(-1)?.what).toBe(
      "the current weight of its own neuron's synapse onto itself, of 'autapses', and of no other neuron",
    );
    // An autapse is no other synapse to itself.
    expect(groupOf(certificate, 'autapses').class).toBe('three-factor, broadcast vector through fixed feedback');
    expect(
      alone([
        [0, 0],
        [0, 0],
      ]).class,
    ).toBe('three-factor, broadcast vector through fixed feedback');
  });

  it('a group that the solver does not change is not in it', () => {
    const { synapses } = chain(1, false);
    const { neurons } = chain(1, false);
    const fixed = circuit({
      neurons,
      synapses: { ...synapses, afferent: { ...synapses['afferent'], rule: rflo({ eta: 0 }) } },
      outputs: ['y'],
    });
    expect(audit(fixed, 'rtrl').synapses.map(({ group }) => group)).toEqual(['readout']);
  });

  it('the reference circuit tells near from far: no neuron reaches all others in a few steps', () => {
    expect(audit(referenceCircuit(), 'rtrl').crossing[0]).toContain('up to 11 other neurons');
  });

  it('no such solver is an input error', () => {
    expect(() => audit(referenceCircuit(), 'uoor')).toThrow("learner.algorithm: unknown learner 'uoor'");
  });
});

describe('opaque neurons', () => {
  const opaque = neuronModel({
    name: 'odd',
    params: {},
    rate: ({ u }) => u,
    slope: () => 1,
    retention: () => 0,
    opaque: true,
  });
  const why = /neuron model 'odd' is opaque/;

  it('leave nothing certified of what they publish', () => {
    const { synapses, feedback } = threeMatrices();
    const neurons: Circuit['neurons'] = { x: input(2), h: opaque(4), y: linear(2) };
    const odd = circuit({ neurons, synapses, feedback });
    for (const algorithm of ['local', 'rtrl', 'bptt']) {
      const certificate = audit(odd, algorithm);
      expect(certificate.class).toBe('not certified');
      expect(certificate.crossing[0]).toMatch(why);
    }
  });

  it('nor of what they gate', () => {
    const { neurons, synapses, feedback } = threeMatrices();
    const gated = circuit<string, string, string>({
      neurons: { ...neurons, g: opaque(1) },
      synapses: { ...synapses, recurrent: { ...synapses['recurrent'], gate: { from: 'g' } } },
      feedback,
    });
    const certificate = audit(gated, 'local');
    expect(certificate.crossing).toEqual([expect.stringMatching(why)]);
    expect(groupOf(certificate, 'recurrent').class).toBe('not certified');
    expect(groupOf(certificate, 'input').class).toBe('three-factor, broadcast vector through fixed feedback');
  });

  it('nor of what hears their error, or relearns feedback by it', () => {
    const { neurons, synapses, feedback } = threeMatrices();
    const ending = (rule?: PlasticityRule) =>
      circuit<string, string, string>({
        neurons: { ...neurons, y: opaque(2) },
        synapses: {
          ...synapses,
          readout: { from: 'h', to: 'y', weights: normal() },
          fixed: { from: 'h', to: 'h', weights: normal(), rule: anyRules.oja() },
        },
        feedback: { error: { ...feedback['error'], ...(rule && { rule }) } },
      });
    for (const kind of ['random', 'symmetric'] as const) {
      const certificate = audit(ending(), 'local', kind);
      expect(groupOf(certificate, 'recurrent').class).toBe('not certified');
      expect(groupOf(certificate, 'fixed').class).toBe('two-factor local'); // it hears no error
      for (const solver of ['rtrl', 'bptt', 'snap-1', 'snap-2']) {
        const solved = audit(ending(), solver, kind);
        expect([solver, solved.class]).toEqual([solver, 'not certified']);
        expect(solved.crossing[0]).toMatch(why);
      }
    }
    const relearned = audit(ending(kolenPollackFeedback()), 'local');
    expect(groupOf(relearned, 'feedback.error').class).toBe('not certified');
  });
});

describe('a trial of known length', () => {
  it('is noted of what learns online, where 1/T counts from the first timestep on, and of nothing else', () => {
    const built = build(threeMatrices(), 1);
    const notes = (algorithm: string, schedule?: 'online' | 'trial') =>
      certifyLearner(built, { name: 'x', algorithm, feedback: 'random', ...(schedule && { schedule }) }).synapses.map(
        (each) => each.notes.filter((note) => note.includes('how long the trial will be')).length,
      );
    for (const algorithm of ['local', 'rtrl', 'snap-1']) {
      expect(notes(algorithm, 'online')).toEqual([1, 1, 1]);
      expect(notes(algorithm, 'trial')).toEqual([0, 0, 0]);
      expect(notes(algorithm)).toEqual([0, 0, 0]);
    }
  });
});

describe('on random circuits', () => {
  const circuits = recipesWithin({
    rules: ['rflo', 'delta', 'oja', 'decay', 'postOnly', 'everything', 'choosy', 'exchange'],
  });

  it('local rules never cross the line, and what is said to learn nothing changes no bit', () => {
    fc.assert(
      fc.property(circuits, (recipe) => {
        const { built, trial } = cook(recipe);
        const certificate = certifyLearner(built, { name: 'local', algorithm: 'local', feedback: 'random' });
        expect(certificate.crossing).toEqual([]);
        expect(crossesLine(certificate.class)).toBe(false);
        const engine = new ActorEngine(built, { schedule: 'trial', feedback: 'random' });
        const before = engine.weights();
        engine.trial(trial);
        for (const { group, notes } of certificate.synapses) {
          if (group !== null && notes.some((note) => note.startsWith('it learns nothing'))) {
            expect(engine.weights()[group]).toEqual(before[group]);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('a solver’s class is the least local of its needs, and what is said to learn nothing changes no bit', () => {
    fc.assert(
      fc.property(recipesWithin({}), fc.constantFrom('random', 'symmetric'), (recipe, feedback) => {
        const { built, trial } = cook(recipe);
        const how = { schedule: 'trial', feedback } as const;
        const solvers = {
          bptt: () => new Bptt(built, how),
          rtrl: () => new Rtrl(built, how),
          // With symmetric feedback, SnAp refuses feedback to what is not read out.
          ...(feedback === 'random' && { 'snap-1': () => new Snap(built, { ...how, n: 1 }) }),
          ...(feedback === 'random' && { 'snap-2': () => new Snap(built, { ...how, n: 2 }) }),
        };
        for (const [algorithm, open] of Object.entries(solvers)) {
          const certificate = certifyLearner(built, { name: algorithm, algorithm, feedback });
          const needs = certificate.synapses.flatMap((each) => each.needs.map((need) => need.class));
          expect(needs.some((need) => isLessLocal(need, certificate.class))).toBe(false);
          if (needs.length > 0) expect(needs).toContain(certificate.class);
          expect(certificate.crossing.length > 0).toBe(crossesLine(certificate.class));
          if (algorithm !== 'bptt') expect(certificate.causal).toBe(true);
          if (algorithm === 'snap-1')
            expect(isLessLocal(certificate.class, 'spatially nonlocal within 0 hops')).toBe(false);
          const solver = open();
          const before = solver.weights();
          solver.trial(trial);
          for (const { group, notes } of certificate.synapses) {
            if (group !== null && notes.length > 0) expect(solver.weights()[group]).toEqual(before[group]);
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});
