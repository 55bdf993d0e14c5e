import { describe, expect, it } from 'vitest';
import { build, circuit, copyOf, probability, transposeOf, type SynapseGroup } from '../../src/circuit/index.ts';
import { leakyTanh } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { refusal } from '../refusal.ts';

function made(weights: SynapseGroup['weights'], ends = { from: 'b', to: 'a' }, more: Partial<SynapseGroup> = {}) {
  const group: SynapseGroup = { ...ends, ...(weights && { weights }), delay: 1 };
  return circuit<string, string, string>({
    neurons: { a: leakyTanh(3), b: leakyTanh(2) },
    outputs: ['b'],
    // The copy comes first: what it copies is drawn all the same.
    synapses: { again: group, forward: { from: 'a', to: 'b', weights: normal({ sd: 1 }), ...more } },
  });
}

const weightsOf = (of: ReturnType<typeof made>, seed: number) =>
  Object.fromEntries(build(of, seed).groups.map(({ name, weights }) => [name, [...weights]]));

describe('weights that begin as those of another group', () => {
  it.each([1, 2])('are the same, or their transpose, whatever the seed draws: %i', (seed) => {
    const { again, forward } = weightsOf(made(transposeOf('forward')), seed);
    expect(again).toEqual([0, 3, 1, 4, 2, 5].map((k) => forward[k]));
    const copy = weightsOf(made(copyOf('forward'), { from: 'a', to: 'b' }), seed);
    expect(copy['again']).toEqual(forward);
  });

  it('change no weights of the group that they are of', () => {
    expect(weightsOf(made(transposeOf('forward')), 1)['forward']).toEqual(weightsOf(made(normal()), 1)['forward']);
  });

  it.each([
    [copyOf('other'), {}, /^synapses.again.weights: unknown synapse group 'other'; expected 'again' or 'forward'/],
    [copyOf('again'), {}, /^synapses.again.weights: are copied from 'again', itself a copy; copy 'again'/],
    [
      copyOf('forward'),
      {},
      /^synapses.again.weights: copied from 'forward', they join 3 neurons to 2, but this group joins 2 to 3; copy a group from 2 neurons to 3$/,
    ],
    [transposeOf('forward'), { connect: probability(0.5) }, /'forward' does not join all neurons with all/],
    [
      { kind: 'copy', of: 'forward' } as unknown as SynapseGroup['weights'],
      {},
      /^synapses.again.weights: expected a distribution, such as .*, got /,
    ],
  ])('are refused where they cannot be: %#', (weights, more, message) => {
    expect(refusal(() => made(weights, undefined, more))).toMatch(message);
  });
});
