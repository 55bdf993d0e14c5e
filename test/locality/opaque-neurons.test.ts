import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { noninterference } from '../../src/locality/index.ts';
import type { Numbers } from '../../src/local/index.ts';
import { leakyTanh, linear, neuronModel, type ModelDefinition, type PopulationMaker } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { Rtrl } from '../../src/solvers/index.ts';
import { randomTrial } from '../support/random-circuit.ts';

type Parts = Partial<Pick<ModelDefinition<Numbers>, 'rate' | 'slope' | 'retention'>>;

/** An opaque model: any JavaScript. */
const opaque = (parts: Parts) =>
  neuronModel({
    ...{ name: 'odd', params: {}, opaque: true },
    ...{ rate: ({ u }) => u / 2, slope: () => 0.5, retention: () => 0 },
    ...parts,
  });

const network = (model: PopulationMaker<Numbers>) => {
  const definition = circuit({
    neurons: { h: model(2, { initial: 0.3 }), g: leakyTanh(2, { tau: 2 }), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo() },
      forward: { from: 'h', to: 'g', weights: normal(), rule: rflo() },
      readout: { from: 'g', to: 'y', weights: normal(), rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
  return build(definition, 1);
};

const how = { schedule: 'trial', feedback: 'random' } as const;

/** What a model could get at that knows the engine in which it runs; nothing, before it does. */
interface Around {
  readonly runs: boolean;
  readonly weight: number;
  readonly rate: number;
}

const found = (make: (around: () => Around) => Parts) => {
  const known: { engine?: ActorEngine } = {};
  const around = (): Around => {
    const rates = new Float64Array(2);
    known.engine?.reader({ neurons: 'g', value: 'rate' }).read(rates, 0);
    return { runs: known.engine !== undefined, weight: known.engine?.weights()['readout'][0] ?? 0, rate: rates[1] };
  };
  const built = network(opaque(make(around)));
  known.engine = new ActorEngine(built, how);
  return noninterference(known.engine, randomTrial(built, 4, 1));
};

describe('an opaque neuron that publishes what is not its own is found out:', () => {
  const weight = 'the weight of 0→0 of `readout` was changed';
  it.each<[string, Parameters<typeof found>[0], string]>([
    ['as its slope', (around) => ({ slope: () => 0.5 + around().weight }), weight],
    ['as its retention', (around) => ({ retention: () => around().weight }), weight],
    ['in its rate', (around) => ({ rate: ({ u }) => u / 2 + around().weight }), weight],
    [
      'the rate of a neuron',
      (around) => ({ rate: ({ u }) => u / 2 + around().rate }),
      'the rate of neuron 1 of `g` was changed',
    ],
    [
      'what the neuron before was told',
      (around) => {
        let last = 0;
        return {
          rate: ({ u }) => {
            const before = around().runs ? last : 0;
            last = u;
            return u / 2 + before;
          },
        };
      },
      'nothing was changed at all', // it also goes on from the run before
    ],
    [
      'how often it was asked',
      (around) => {
        let times = 0;
        return { rate: ({ u }) => u / 2 + (around().runs ? times++ : 0) };
      },
      'nothing was changed at all',
    ],
  ])('%s', (_, make, what) => {
    const { counterexample, neurons } = found(make);
    expect(counterexample?.message).toBe(`neuron 0 of \`h\` published something different when ${what}`);
    expect(counterexample).toMatchObject({ population: 'h', neuron: 0 });
    expect(neurons).toBe(0);
  });
});

describe('opaque neurons that publish what is their own pass', () => {
  const honest: Parts = {
    rate: ({ h, u }) => Math.atan(u) / 2 + h / 2,
    slope: ({ u }) => 0.5 / (1 + u * u),
    retention: () => 0.5,
  };

  it('and it is said how many were tried', () => {
    const { counterexample, neurons, updates } = found(() => honest);
    expect(counterexample).toBeUndefined();
    expect(neurons).toBe(2);
    expect(updates).toBe(4 * (4 + 4 + 2));
  });

  it('but none is tried on a solver, which has no neurons that could be stopped, or where all models were read', () => {
    const built = network(opaque(honest));
    expect(noninterference(new Rtrl(built, how), randomTrial(built, 2, 1)).neurons).toBe(0);
    const read = network(leakyTanh);
    expect(noninterference(new ActorEngine(read, how), randomTrial(read, 2, 1)).neurons).toBe(0);
  });
});
