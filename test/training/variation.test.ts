import { describe, expect, it } from 'vitest';
import { circuit, type Circuit } from '../../src/circuit/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { identityOf } from '../../src/recording/index.ts';
import { delta, plasticityRule, rflo, type PlasticityRule } from '../../src/rules/index.ts';
import { periodic, type Task } from '../../src/tasks/index.ts';
import { scenario, variation } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';

const decaying = plasticityRule({
  name: 'decaying',
  params: { eta: 0.1, decay: 0 },
  change: ({ w, pre, post, eta, decay }) => eta * post.signal * pre.rate - decay * w,
});

/** One is to be held. */
const hold = (timesteps: number): Task => ({
  name: 'hold',
  inputs: 0,
  outputs: 1,
  settings: { timesteps },
  trial: () => ({ timesteps, input: new Float64Array(0), target: new Float64Array(timesteps).fill(1) }),
});

function network<N extends string>(units: number, rate: number, rule: PlasticityRule<N>): Circuit<N | 'delta'> {
  return circuit<'h' | 'y', 'recurrent' | 'readout', N | 'delta'>({
    neurons: { h: leakyTanh(units, { tau: 3, initial: 0.1 }), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.4 }), rule },
      readout: { from: 'h', to: 'y', weights: normal({ sd: 0.2 }), rule: delta({ eta: rate }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}

const original = scenario({
  title: 'Original',
  options: { units: 4, period: 6, rate: 0.1 },
  circuit: ({ units, rate }) => network(units, rate, rflo({ eta: rate })),
  task: ({ period }) => periodic({ period }),
  trials: 5,
  seed: 3,
  compare: ['rflo', 'bptt', { learner: 'rflo', feedback: 'symmetric' }],
  sweep: { grid: { period: [6, 12], learner: ['rflo', 'bptt'], rate: [0.1, 0.2] }, best: 'rate', seeds: 3 },
  quick: { trials: 2, seeds: 1, settings: { units: 3 }, grid: { learner: ['rflo'], period: [6] } },
});

describe('a variation', () => {
  it('is the original where nothing is otherwise', () => {
    const same = variation(original, { title: 'Original' });
    expect(identityOf(same.plan())).toEqual(identityOf(original.plan()));
    const { options, sweep, quick } = original;
    expect(same).toMatchObject({ options, sweep, quick });
  });

  it('is the scenario that had been written so: another target, another N, a rule and learners of its own', () => {
    const varied = variation(original, {
      title: 'Otherwise',
      options: { units: 7 },
      newOptions: { decay: 0.2 },
      task: ({ period }) => hold(period),
      rules: ({ rate, decay }) => ({ recurrent: decaying({ eta: rate, decay }) }),
      compare: ['decaying', 'rtrl'],
      trials: 9,
    });
    const written = scenario({
      title: 'Otherwise',
      options: { units: 7, period: 6, rate: 0.1, decay: 0.2 },
      circuit: ({ units, rate, decay }) => network(units, rate, decaying({ eta: rate, decay })),
      task: ({ period }) => hold(period),
      trials: 9,
      seed: 3,
      compare: ['decaying', 'rtrl'],
    });
    for (const settings of [{}, { units: 5, period: 4, rate: 0.3, decay: 0.1 }]) {
      expect(identityOf(varied.plan({ settings }))).toEqual(identityOf(written.plan({ settings })));
    }
  });

  it('can be varied again', () => {
    const varied = variation(original, {
      title: 'Once',
      newOptions: { decay: 0.2 },
      rules: ({ rate, decay }) => ({ recurrent: decaying({ eta: rate, decay }) }),
      compare: ['decaying'],
    });
    const again = variation(varied, { title: 'Twice', options: { decay: 0.4 }, compare: ['bptt', 'decaying'] });
    const { circuit, settings, learners } = again.plan({ settings: { rate: 0.3 } });
    expect(settings).toEqual({ units: 4, period: 6, rate: 0.3, decay: 0.4 });
    expect(circuit.synapses['recurrent'].rule).toMatchObject({ name: 'decaying', params: { eta: 0.3, decay: 0.4 } });
    expect(learners.map(({ name }) => name)).toEqual(['bptt', 'decaying']);
    expect(again.sweep?.grid['learner']).toEqual(['bptt', 'decaying']);
  });

  it('is swept as the original, over the learners that it compares', () => {
    const { sweep, quick } = variation(original, {
      title: 'Other learners',
      compare: [{ learner: 'rflo', feedback: 'symmetric' }, { learner: 'rtrl', name: 'exact' }, 'bptt'],
    });
    const learner = ['rflo-weight-transport', 'exact', 'bptt'];
    expect(sweep).toEqual({ ...original.sweep, grid: { ...original.sweep?.grid, learner } });
    expect(quick).toEqual({ ...original.quick, grid: { ...original.quick?.grid, learner } });
    const { sweep: chosen } = variation(original, {
      title: 'As its options say',
      newOptions: { exact: true },
      compare: ({ exact }) => [exact ? 'rtrl' : 'rflo'],
    });
    expect(chosen?.grid['learner']).toEqual(['rtrl']);
  });

  it("leaves an axis that is the original's own option as it is", () => {
    const named = scenario({
      ...original.definition,
      options: { units: 4, period: 6, rate: 0.1, learner: 'fast' },
      sweep: { grid: { learner: ['fast', 'slow'] } },
    });
    const { sweep, quick } = variation(named, { title: 'Other learners', compare: ['rtrl'] });
    expect(sweep).toEqual(named.sweep);
    expect(quick).toBeNull();
  });

  it('has its own sweep and quick size where they are given', () => {
    const { sweep, quick } = variation(original, {
      title: 'Own sizes',
      newOptions: { decay: 0 },
      compare: ['bptt'],
      sweep: { grid: { decay: [0, 0.1], units: [4] } },
      quick: { trials: 3 },
    });
    expect(sweep).toMatchObject({ grid: { decay: [0, 0.1], units: [4] }, best: null, seeds: [1, 2, 3, 4, 5] });
    expect(quick).toEqual({ trials: 3, settings: {} });
  });

  it('that is wrong says where, in the editor and when it runs', () => {
    const title = 'Wrong';
    // @ts-expect-error -- it has another learner
    expect(refusal(() => variation(original, { title, compare: ['decaying'] }))).toMatch(
      /^learner: unknown learner 'decaying'; /,
    );
    // @ts-expect-error -- units is a number
    expect(refusal(() => variation(original, { title, options: { units: '4' } }))).toBe(
      "options units: expected a finite number, such as the default 4, got '4'",
    );
    // @ts-expect-error -- there is no option unit
    expect(refusal(() => variation(original, { title, options: { unit: 4 } }))).toBe(
      "options unit: unknown option; expected 'units', 'period' or 'rate'",
    );
    // @ts-expect-error -- nor one called decay
    expect(refusal(() => variation(original, { title, sweep: { grid: { decay: [1] } } }))).toMatch(
      /^grid decay: unknown option; /,
    );
    // @ts-expect-error -- a title is needed
    expect(refusal(() => variation(original, { trials: 3 }))).toBe('title: is missing; give one');
    // @ts-expect-error -- another circuit is another scenario
    expect(refusal(() => variation(original, { title, circuit: () => network(3, 1, rflo()) }))).toMatch(
      /^variation.circuit: unknown field; expected one of title, options, task, .*, newOptions, rules$/,
    );
    // @ts-expect-error -- a plan is no scenario
    expect(refusal(() => variation(original.plan(), { title }))).toMatch(
      /^variation: .* is not a scenario; import one/,
    );
    const rules = () => ({ recurrent: decaying() });
    // @ts-expect-error -- the rule has another name
    expect(refusal(() => variation(original, { title, rules, compare: ['decays'] }))).toMatch(
      /^learner: unknown learner 'decays'/,
    );
  });

  it('that is wrong where no type can tell says so', () => {
    const title = 'Wrong';
    expect(refusal(() => variation(original, { title, newOptions: { rate: 0.2 } }))).toBe(
      'newOptions.rate: is an option of the scenario; give its default in options',
    );
    const misspelled = variation(original, { title, rules: () => ({ recurent: decaying() }) });
    expect(refusal(() => misspelled.plan())).toBe(
      "rules.recurent: unknown synapse group; expected 'recurrent', 'readout' or 'feedback.error'",
    );
    const replaced = variation(original, { title, rules: () => ({ recurrent: decaying() }) });
    expect(refusal(() => replaced.plan())).toMatch(
      /^learner: unknown learner 'rflo'; expected 'decaying', 'delta', 'local', /,
    );
  });
});
