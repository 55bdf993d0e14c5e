import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import recall from '../../scenarios/bellec2018-recall.ts';
import evidence from '../../scenarios/bellec2020-evidence.ts';
import patterns from '../../scenarios/bellec2020-patterns.ts';
import type { Circuit } from '../../src/circuit/index.ts';
import { loadEngines, openSession, sessionOptions, type Scenario } from '../../src/training/index.ts';

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

interface Published {
  readonly problem: {
    readonly network: Readonly<
      Record<'lambda' | 'gain' | 'threshold' | 'refractory' | 'height' | 'width' | 'kappa' | 'rho', number>
    > & {
      readonly beta: readonly number[];
    };
    readonly learning: {
      readonly rates: { readonly w_rec: number };
      readonly regularisation: { readonly c: number; readonly target: number };
      readonly timesteps: number;
      readonly adam?: { readonly gradientOver: number };
    };
  };
}

const published = (task: string) =>
  (JSON.parse(readFileSync(new URL(`../golden/spiking/published-${task}.json`, import.meta.url), 'utf8')) as Published)
    .problem;

/** A parameter of a population, of its neurons from first to last. */
function parameter({ neurons }: Circuit, name: string): readonly number[] {
  const { size, params } = neurons['h'];
  const value: unknown = params[name];
  return Array.isArray(value) ? value.map(Number) : new Array<number>(size).fill(Number(value));
}

describe('at full size, scenarios are what NEST has published:', () => {
  it.each<[string, Scenario]>([
    ['sine-waves', patterns],
    ['evidence', evidence],
  ])('%s', (task, scenario) => {
    const { network, learning } = published(task);
    const { circuit } = scenario.plan();
    const all = (value: number) => network.beta.map(() => value);
    const near = (found: readonly number[], wanted: readonly number[]) => {
      expect(found).toHaveLength(wanted.length);
      wanted.forEach((value, i) => {
        expect(found[i]).toBeCloseTo(value, 14);
      });
    };
    for (const name of ['lambda', 'gain', 'refractory', 'height', 'width'] as const) {
      near(parameter(circuit, name), all(network[name]));
    }
    near(parameter(circuit, 'theta'), all(network.threshold));
    if (task === 'evidence') {
      near(parameter(circuit, 'beta'), network.beta);
      near(parameter(circuit, 'rho'), all(network.rho));
    }
    const { rule, optimiser } = circuit.synapses['recurrent'];
    const { rates, regularisation, timesteps, adam } = learning;
    expect(rule?.params['kappa']).toBeCloseTo(network.kappa, 14);
    expect(rule?.params['c']).toBeCloseTo(regularisation.c, 14);
    expect(rule?.params['target']).toBe(regularisation.target);
    expect(rule?.params['eta']).toBeCloseTo(adam ? timesteps / adam.gradientOver : rates.w_rec, 14);
    expect(optimiser?.params['eta']).toBe(adam ? rates.w_rec : undefined);
  });
});

describe('four ways of feedback are compared, and looked into:', () => {
  it.each<[string, Scenario, Readonly<Record<string, number>>]>([
    ['pattern generation', patterns, { units: 6, timesteps: 40 }],
    ['evidence accumulation', evidence, { units: 6, cues: 1, delay: 0 }],
    ['delayed recall', recall, { units: 6, symbols: 2, symbol: 20, command: 1 }],
  ])('%s', (_, scenario, settings) => {
    const plan = scenario.plan({ settings, engine: 'kernels' });
    expect(plan.learners.map(({ name }) => name)).toEqual([
      'e-prop random',
      'e-prop symmetric',
      'e-prop adaptive',
      'bptt',
    ]);
    const shown = plan.learners.map((learner) => {
      const session = openSession(sessionOptions(plan, learner));
      return [...(session.shown?.read(session.trialOf(1)).keys() ?? [])];
    });
    expect(shown[0]).toEqual(
      expect.arrayContaining(['voltage: v', 'pseudo-derivative', 'learning signal', 'eligibility']),
    );
    expect(shown.slice(1)).toEqual([shown[0], shown[0], shown[0].filter((name) => !/signal|eligibility/.test(name))]);
  });
});
