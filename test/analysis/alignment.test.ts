import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { alignment, alignmentMeter } from '../../src/analysis/index.ts';
import { build, circuit, mask, type BuiltCircuit, type Feedback, type SynapseGroup } from '../../src/circuit/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';

/** h (3 neurons) and y (2), z (1) with these synapses and this feedback. */
function built(synapses: Record<string, SynapseGroup>, feedback: Record<string, Feedback>): BuiltCircuit {
  const neurons = { h: leakyTanh(3), y: linear(2), z: linear(1) };
  return build(circuit<string, string, string>({ neurons, synapses, feedback, outputs: ['y', 'z'] }), 1);
}

const readout = [
  [1, 2, 3],
  [4, 5, 6],
];
const transposed = [
  [1, 4],
  [2, 5],
  [3, 6],
];
const b = [
  [2, -1],
  [0, 1],
  [1, 3],
];

function aligned(synapses: Record<string, SynapseGroup>, feedback: Record<string, Feedback>): number | null {
  const circuit = built(synapses, feedback);
  return alignment(circuit, Object.fromEntries(circuit.groups.map(({ name, weights }) => [name, weights])));
}
const norm = (...values: number[]) => Math.hypot(...values);

describe('feedback alignment', () => {
  const out = { from: 'h', to: 'y', weights: readout };

  it('is the cosine between B transposed and the readout, over all entries', () => {
    const dot = 2 * 1 - 1 * 4 + 0 * 2 + 1 * 5 + 1 * 3 + 3 * 6;
    expect(aligned({ out }, { error: { from: 'y', to: 'h', weights: b } })).toBeCloseTo(
      dot / (norm(...readout.flat()) * norm(...b.flat())),
      14,
    );
  });

  it('is 1 where B is the readout transposed, at any scale, and -1 where it is its opposite', () => {
    const scaled = (by: number) => transposed.map((row) => row.map((value) => by * value));
    expect(aligned({ out }, { error: { from: 'y', to: 'h', weights: scaled(7) } })).toBeCloseTo(1, 14);
    expect(aligned({ out }, { error: { from: 'y', to: 'h', weights: scaled(-0.1) } })).toBeCloseTo(-1, 14);
  });

  it('counts absent synapses as 0, and adds up several groups between the same populations', () => {
    const connect = mask([
      [1, 0, 1],
      [0, 0, 1],
    ]);
    const sparse = { ...out, connect };
    const dot = 2 * 1 + 1 * 3 + 3 * 6;
    const feedback = { error: { from: 'y', to: 'h', weights: b } };
    expect(aligned({ sparse }, feedback)).toBeCloseTo(dot / (norm(1, 3, 6) * norm(...b.flat())), 14);

    const whole = aligned({ out }, feedback);
    const rest = mask([
      [0, 1, 0],
      [1, 1, 0],
    ]);
    expect(aligned({ sparse, rest: { ...out, connect: rest, delay: 2 } }, feedback)).toBeCloseTo(whole ?? NaN, 14);

    const plusOne = readout.map((row) => row.map((value) => value + 1));
    const sum = readout.map((row) => row.map((value) => 2 * value + 1));
    expect(aligned({ out, again: { ...out, weights: plusOne } }, feedback)).toBeCloseTo(
      aligned({ out: { ...out, weights: sum } }, feedback) ?? NaN,
      14,
    );
  });

  it('is taken over every feedback to a population that is read out', () => {
    const toZ = { from: 'h', to: 'z', weights: [[7, 8, 9]] };
    const feedback = {
      y: { from: 'y', to: 'h', weights: b },
      z: { from: 'z', to: 'h', weights: [[1], [0], [-2]] },
    };
    const dot = 2 - 4 + 5 + 3 + 18 + 7 - 18;
    expect(aligned({ out, toZ }, feedback)).toBeCloseTo(
      dot / (norm(...readout.flat(), 7, 8, 9) * norm(...b.flat(), 1, 0, -2)),
      14,
    );
  });

  it('leaves out feedback to a population that is not read out', () => {
    const feedback = { error: { from: 'y', to: 'h', weights: b } };
    const other = { from: 'z', to: 'h', weights: [[5], [6], [7]] };
    expect(aligned({ out }, { ...feedback, other })).toBe(aligned({ out }, feedback));
  });

  it('follows the weights it is given, not the initial ones', () => {
    const circuit = built({ out }, { error: { from: 'y', to: 'h', weights: transposed } });
    expect(alignment(circuit, { out: Float64Array.of(1, 2, 3, 4, 5, 6) })).toBeCloseTo(1, 14);
    expect(alignment(circuit, { out: Float64Array.of(-1, -2, -3, -4, -5, -6) })).toBeCloseTo(-1, 14);
  });

  it('is null without feedback, without a readout, and where either is all 0', () => {
    const error = { from: 'y', to: 'h', weights: normal() };
    const zeros = [
      [0, 0, 0],
      [0, 0, 0],
    ];
    expect(aligned({ out }, {})).toBeNull();
    expect(aligned({}, { error })).toBeNull();
    expect(aligned({ out: { ...out, weights: zeros } }, { error })).toBeNull();
  });
});

describe('an alignment meter', () => {
  it('reads the same bits from an engine that learns, and the readouts alone', () => {
    const engine = new ActorEngine(build(threeMatrices(), 3), { schedule: 'trial', feedback: 'random' });
    const read: string[] = [];
    const measure = alignmentMeter(engine.circuit, ({ name }) => {
      read.push(name);
      return engine.reader({ synapses: name, value: 'weight' });
    });
    const seen = Array.from({ length: 5 }, (_, i) => {
      engine.trial(noiseTrial(6, i));
      const measured = measure();
      expect(measured).toBe(alignment(engine.circuit, engine.weights()));
      return measured;
    });
    expect(new Set(seen).size).toBe(5);
    expect(read).toEqual(['readout']);
  });
});
