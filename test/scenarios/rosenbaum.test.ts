import { beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from '../../src/kernels/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import { lossName, openSession, sessionOptions, type Scenario, type Settings } from '../../src/training/index.ts';
import fixedPoints from '../../scenarios/rosenbaum-fixed-points.ts';
import mapMovement from '../../scenarios/rosenbaum-map-movement.ts';
import map from '../../scenarios/rosenbaum-map.ts';
import meta, { metaScenario } from '../../scenarios/rosenbaum-meta.ts';
import oja from '../../scenarios/rosenbaum-oja.ts';
import parkinson from '../../scenarios/rosenbaum-parkinson.ts';
import predictiveCoding from '../../scenarios/rosenbaum-predictive-coding.ts';
import singularities from '../../scenarios/rosenbaum-singularities.ts';
import supertrex from '../../scenarios/rosenbaum-supertrex.ts';
import { butterfly } from '../../scenarios/systems/plants.ts';
import { refusal } from '../refusal.ts';
import { endOf, eventsOf, trialsOf } from '../support/sessions.ts';

beforeAll(loadKernels);

const CARRYING: readonly Scenario[] = [supertrex, mapMovement, parkinson];

const grown = plasticityRule({
  name: 'grown',
  params: { grown: 0 },
  change: ({ w, post, grown: g }) => g * w * post.out,
});

/** The losses of the first trials, and which weights have changed. */
async function begun(scenario: Scenario, settings: Settings, trials: number) {
  const plan = scenario.plan({ settings, trials, carry: CARRYING.includes(scenario) });
  const session = openSession(sessionOptions(plan, plan.learners[0]));
  const before = session.state().weights;
  const events = await eventsOf(session);
  const after = endOf(events).state.weights;
  const changed = Object.keys(after).filter((group) => after[group].some((w, k) => w !== before[group][k]));
  return { losses: trialsOf(events).map(({ loss }) => loss), changed };
}

describe("the scenarios of Rosenbaum's group", () => {
  it.each([
    ['Oja', oja, { network: '5 layers random feedback', tests: 2 }, 2, ['forward1', 'back5']],
    [
      'Oja, given the sum',
      oja,
      { network: '5 layers random feedback', reconstruction: 'siblings', tests: 2 },
      2,
      ['forward1'],
    ],
    ['fixed points', fixedPoints, { units: 10, tests: 2 }, 20, ['recurrent', 'errors', 'back']],
    ['dW2', singularities, { rule: 'dW2', units: 4, samples: 2 }, 2, ['recurrent']],
    ['dW1 by its formula', singularities, { rule: 'dW1', by: 'formulas', units: 4, samples: 2 }, 2, ['recurrent']],
    ['predictive coding', predictiveCoding, { algorithm: 'Strict', sweeps: 5, tests: 1 }, 2, ['w1', 'v4']],
    ['images by RFLO', map, { system: 'RFLO', tests: 1 }, 2, ['input', 'recurrent', 'readout']],
    ['a movement by RFLO', mapMovement, { units: 10, timesteps: 30 }, 2, ['recurrent', 'readout']],
    ['after surgery', parkinson, { condition: 'surgery', units: 10, timesteps: 30 }, 11, ['exploring']],
    ['FORCE', supertrex, { units: 10, timesteps: 30, pathways: 'FORCE' }, 2, ['mastery', 'correlation']],
    ['SUPERTREX, task 3', supertrex, { units: 10, timesteps: 30, task: 3 }, 2, ['exploring']],
    ['meta-plasticity', meta, { rule: '0-2', learned: 1, asked: 1, tests: 1 }, 1, ['theta']],
    ["a term of one's own", metaScenario(grown()), { rule: '0', learned: 1, asked: 1, tests: 1 }, 1, ['theta']],
  ] as const)('learn: %s', async (_, scenario, settings, trials, learning) => {
    const { losses, changed } = await begun(scenario, settings, trials);
    expect(losses).toHaveLength(trials);
    expect(losses.every(Number.isFinite)).toBe(true);
    for (const group of learning) expect(changed).toContain(group);
  });

  it('the squared distance of SUPERTREX remembers nothing of the trial before', async () => {
    const settings = { measure: 'squared distance', units: 10, timesteps: 30 };
    const plan = supertrex.plan({ settings, trials: 2 });
    const probes = { distance: { global: 'distance', everyTimesteps: 1 } };
    const events = await eventsOf(openSession(sessionOptions({ ...plan, probes }, plan.learners[0])));
    // The judge hears what the task answers a timestep late.
    const heard = [0, ...events.flatMap((event) => (event.type === 'probe' ? [...event.values] : []))];
    expect(heard).toHaveLength(61);
    trialsOf(events).forEach(({ loss }, k) => {
      const distances = heard.slice(30 * k, 30 * k + 30);
      expect(loss).toBeCloseTo(distances.reduce((sum, distance) => sum + distance, 0) / 30, 12);
    });
  });

  it.each(['learned', 'new'])(
    'after surgery the reservoir is shown the %s movement, where it hears its target',
    (movement) => {
      const [units, timesteps] = [2, 30];
      const heard = (hears: string) => {
        const settings = { condition: 'surgery', movement, hears, units, timesteps };
        const { task, circuit } = parkinson.plan({ settings });
        const { input } = task.trial(11, () => 0.5);
        const places = Array.from({ length: timesteps }, (_, t) =>
          input.slice(t * task.inputs + 4, t * task.inputs + 6),
        );
        return { places: places.map((place) => [...place]), from: circuit.synapses['forced'].from };
      };
      const aims = butterfly(timesteps, movement === 'new' ? 1 : 0).map((aim) => [...aim]);
      expect(heard('target')).toEqual({ places: aims, from: 'forced' });
      expect(heard('itself')).toEqual({ places: aims.map(() => [0, 0]), from: 'z' });
    },
  );

  it('surgery on the learned movement, where the reservoir hears its target, is the test of SUPERTREX', async () => {
    const settings = { units: 10, timesteps: 30 };
    const { losses } = await begun(parkinson, { ...settings, condition: 'surgery', hears: 'target' }, 12);
    expect(losses).toEqual((await begun(supertrex, settings, 12)).losses);
  });

  it('show each episode that was learned, with its weights', async () => {
    const groups: string[][] = [];
    const shown = metaScenario(undefined, ({ weights }, { query }) => {
      groups.push(Object.keys(weights));
      expect(query).toHaveLength(5);
    });
    await begun(shown, { rule: 'random feedback', learned: 1, asked: 1, tests: 1 }, 2);
    expect(groups).toHaveLength(2);
    expect(groups[0]).toEqual(expect.arrayContaining(['forward1', 'forward4', 'errors2', 'errors4']));
  });

  it("the weights of Oja's networks are recorded as often as they are asked for", () => {
    const probes = (measured: number) => oja.plan({ settings: { network: '5 layers', measured } }).probes;
    expect(probes(0)).toEqual({});
    expect(Object.keys(probes(20))).toHaveLength(9);
    expect(probes(20)['errors5']).toEqual({ synapses: 'errors5', value: 'weight', everyTrials: 200 });
  });

  it('say what the loss of an episode is', () => {
    expect(lossName(meta.plan({}).circuit)).toBe('query-cross-entropy');
    expect(lossName(meta.plan({ settings: { l1: 0.1 } }).circuit)).toBe('query-cross-entropy-and-penalty');
  });

  it.each([
    [oja, { network: '6 layers' }, /option network: '6 layers' is unknown; give one of 5 layers, /],
    [oja, { reconstruction: 'none' }, /option reconstruction: 'none' is unknown; give learned, tied or siblings/],
    [oja, { reconstruction: 'tied' }, /option reconstruction: 'tied' needs random feedback, /],
    [oja, { measured: 0.5 }, /option measured: expected a whole number from 0 to 4000, got 0.5/],
    [fixedPoints, { rule: 'dW2' }, /option rule: 'dW2' is unknown; give one of dW1, dW3, dW4/],
    [map, { system: 'DNI' }, /option system: 'DNI' is unknown; give one of errors, backprop; /],
    [mapMovement, { system: 'DNI' }, /option system: 'DNI' is unknown; give one of SUPERTREX, /],
    [parkinson, { condition: 'tired' }, /option condition: 'tired' is unknown; give one of healthy, /],
    [parkinson, { hears: 'nothing' }, /option hears: 'nothing' is unknown; give one of itself, target/],
    [singularities, { rule: 'dW5' }, /option rule: 'dW5' is unknown; give one of dW1, dW2, dW3/],
    [singularities, { by: 'hand' }, /option by: 'hand' is unknown; give settling or formulas/],
    [
      singularities,
      { rule: 'dW4', by: 'formulas' },
      /option rule: 'dW4' has no formula of its own; give one of dW1, dW2, dW3/,
    ],
    [predictiveCoding, { algorithm: 'Lax' }, /option algorithm: 'Lax' is unknown; give Exact, FixedPred or Strict/],
    [supertrex, { measure: 'time' }, /option measure: 'time' is unknown; give deviation or squared distance/],
    [supertrex, { task: 4 }, /option task: expected 1, 2 or 3, got 4/],
    [meta, { shrink: 5 }, /option shrink: expected a divisor of 28, got 5/],
    [supertrex, { timesteps: -1 }, /option timesteps: expected a whole number from 1, got -1/],
    [parkinson, { timesteps: 0.5 }, /option timesteps: expected a whole number from 1, got 0.5/],
    [mapMovement, { system: 'RMHL', units: 0 }, /option units: expected a whole number from 1, got 0/],
    [fixedPoints, { units: 0 }, /option units: expected a whole number from 1, got 0/],
    [singularities, { units: -1 }, /option units: expected a whole number from 1, got -1/],
    [singularities, { samples: 0 }, /option samples: expected a whole number from 1, got 0/],
    [meta, { asked: 0 }, /option asked: expected a whole number from 1, got 0/],
    [
      meta,
      { learned: 80 },
      /options learned and asked: 80 and 10 images per class are requested, but only 0 classes have that many; /,
    ],
    [meta, { l1: -0.1 }, /option l1: expected a number from 0, got -0.1/],
    [meta, { rule: '0-0' }, /option rule: '0-0' is unknown; .* each once/],
    [meta, { rule: '' }, /option rule: '' is unknown/],
    [meta, { rule: '0-10' }, /option rule: '0-10' is unknown; give one of random feedback, .* or terms from 0 to 9/],
  ])('say which options there are: %#', (scenario, settings, message) => {
    expect(refusal(() => scenario.plan({ settings }))).toMatch(message);
  });
});
