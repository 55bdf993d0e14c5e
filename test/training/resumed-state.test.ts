import { beforeAll, describe, expect, it } from 'vitest';
import { circuit, type SynapseGroup } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal, uniform } from '../../src/random/index.ts';
import { delta, kolenPollackFeedback, rflo } from '../../src/rules/index.ts';
import { periodic } from '../../src/tasks/index.ts';
import { openSession, train, type SessionOptions, type SessionState } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { endOf, eventsOf } from '../support/sessions.ts';

beforeAll(loadKernels);

const options = (group: Partial<SynapseGroup<'h'>> = {}, excitatory?: number): SessionOptions => ({
  circuit: circuit({
    neurons: { h: leakyTanh(3, { initial: 0.1 }), y: linear(1) },
    synapses: {
      r: { from: 'h', to: 'h', weights: normal({ sd: 0.3 }), rule: rflo(), ...group },
      o: { from: 'h', to: 'y', weights: normal(), rule: delta() },
    },
    feedback: { e: { from: 'y', to: 'h', weights: normal(), rule: kolenPollackFeedback() } },
    ...(excitatory !== undefined && { axons: { h: { excitatory } } }),
  }),
  task: periodic({ period: 10 }),
  trials: 3,
});

const state = openSession(options({ traces: { keep: true } })).state();
const nine = (k: number, w: number) => Float64Array.from({ length: 9 }, (_, at) => (at === k ? w : 0));

describe('a state that is resumed', () => {
  it.each<[string, SessionOptions, object, string]>([
    ['NaN', options(), { r: nine(5, NaN) }, 'resume.weights.r[5]: NaN is not a finite number'],
    ['infinite', options(), { r: nine(5, Infinity) }, 'resume.weights.r[5]: Infinity is not a finite number'],
    [
      'too large',
      options({ bounds: [-1, 1] }),
      { r: nine(5, 5) },
      'resume.weights.r[5]: (onto neuron 1 from neuron 2)',
    ],
    ['of the wrong sign', options({}, 1), { r: nine(3, -1) }, 'resume.weights.r[3]: (onto neuron 1 from neuron 0) -1'],
    ['off the levels', options({ bounds: [-1, 1], bits: 3 }), { r: nine(0, 0.5) }, 'resume.weights.r[0]'],
    ['no number', options(), { r: ['1', 2, 3, 4, 5, 6, 7, 8, 9] }, "resume.weights.r[0]: '1' is not a finite number"],
    ['no list', options(), { r: 3 }, 'resume.weights.r: expected a list of numbers, got 3'],
    ['of no group', options(), { q: nine(0, 0) }, 'resume.weights.q: unknown synapse group'],
  ])('is refused with a weight that is %s', (_, wanted, weights, message) => {
    const plain = openSession(wanted).state();
    const resume = { ...plain, weights: { ...plain.weights, ...weights } };
    expect(refusal(() => openSession({ ...wanted, resume }))).toContain(message);
  });

  it.each([null, 3, 'r'])('is refused with %j in place of its weights', (weights) => {
    const resume = { ...openSession(options()).state(), weights: weights as never };
    expect(refusal(() => openSession({ ...options(), resume }))).toContain('resume.weights:');
  });

  it('may have its weights in any array-like', () => {
    const list = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    for (const engine of ['actors', 'kernels'] as const) {
      const plain = openSession(options()).state();
      const resume = { ...plain, weights: { ...plain.weights, r: list as never } };
      const session = openSession({ ...options(), learner: { learner: 'rflo', engine }, resume });
      expect([...session.state().weights['r']]).toEqual(list);
    }
  });

  it.each(['trial', 'weights', 'best', 'last', 'elapsed'] as const)('is refused without %s', (field) => {
    const rest = Object.entries(openSession(options()).state()).filter(([name]) => name !== field);
    const resume = Object.fromEntries(rest) as unknown as SessionState;
    expect(refusal(() => openSession({ ...options(), resume }))).toContain(`resume.${field}: is missing`);
  });

  it('with weights alone is refused where the session is opened, and by the first field that is missing', () => {
    const resume = { weights: state.weights } as never;
    expect(refusal(() => train({ ...options(), resume }))).toContain('resume.trial: is missing');
  });

  it.each<[string, object, string]>([
    ['a trial that is none', { trial: -1 }, 'resume.trial: -1'],
    ['a best that is none', { best: 3 }, 'resume.best: expected { loss, trial }, got 3'],
    ['a best without loss', { best: { trial: 1 } }, 'resume.best.loss: undefined'],
    ['a last loss that is NaN', { last: { loss: NaN, alignment: null } }, 'resume.last.loss: NaN'],
    ['a time that is none', { elapsed: 'long' }, "resume.elapsed: 'long'"],
    ['a misspelled field', { wieghts: {} }, 'resume.wieghts: unknown field'],
    [
      'traces that are not finite',
      { carried: { ...state.carried, 'synapses.r.p': nine(2, NaN) } },
      'resume.carried.synapses.r.p[2]: NaN',
    ],
    [
      'feedback that is not finite',
      { carried: { ...state.carried, 'feedback.e': [0, Infinity, 0] } },
      'resume.carried.feedback.e[1]: Infinity',
    ],
  ])('is refused with %s', (_, wrong, message) => {
    const resume = { ...state, ...wrong };
    expect(refusal(() => openSession({ ...options({ traces: { keep: true } }), resume }))).toContain(message);
  });

  it.each(['f64', 'f32'] as const)('is what the same circuit came to, in %s, whatever its dials', async (precision) => {
    const learner = { learner: 'rflo', engine: 'kernels', precision } as const;
    for (const dials of [
      { bounds: [-0.4, 0.7] },
      { bounds: [-0.4, 0.7], bits: 4 },
      { bounds: [-0.7, 0.7], bits: 1 },
    ] as const) {
      for (const excitatory of [undefined, 0.5]) {
        const wide = { weights: uniform(-1, 1), rule: rflo({ eta: 3 }), ...dials };
        const whole = { ...options(wide, excitatory), learner };
        const { state: end } = endOf(await eventsOf(whole));
        const resumed = openSession({ ...whole, resume: end });
        expect(resumed.state().weights).toEqual(end.weights);
      }
    }
  });
});
