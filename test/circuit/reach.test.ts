import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryingGroups, reachWithin, type BuiltCircuit, type BuiltPopulation } from '../../src/circuit/index.ts';
import { cook, recipesWithin } from '../support/random-circuit.ts';

/** With gates. */
const recipes = recipesWithin({ dialled: true });

const named = ({ name }: BuiltPopulation, neuron: number) => `${name} ${neuron}`;

/** The same by the definition: a neuron is reached in a step from what is reached already, if a synapse or a gate leads there. */
function reachedFrom({ groups, order }: BuiltCircuit, start: string, steps: number): ReadonlySet<string> {
  let reached = new Set([start]);
  for (let step = 1; step < steps; step++) {
    const next = new Set(reached);
    for (const { from, to, pre, rowStart, gate } of groups) {
      for (let i = 0; i < to.size; i++) {
        for (const j of pre.subarray(rowStart[i], rowStart[i + 1])) {
          if (order.includes(from) && reached.has(named(from, j))) next.add(named(to, i));
          if (gate && reached.has(named(gate.from, gate.neuron))) next.add(named(to, i));
        }
      }
    }
    reached = next;
  }
  return reached;
}

describe('the neurons within so many steps', () => {
  it('are those that a walk over synapses and gates meets, in the order of running', () => {
    fc.assert(
      fc.property(recipes, fc.integer({ min: 1, max: 5 }), (recipe, steps) => {
        const { built } = cook(recipe);
        const reach = reachWithin(built, carryingGroups(built, 'symmetric'), steps);
        for (const population of built.order) {
          for (let neuron = 0; neuron < population.size; neuron++) {
            const reached = reach(population, neuron);
            const expected = reachedFrom(built, named(population, neuron), steps);
            const inOrder = built.order.flatMap((each) =>
              Array.from({ length: each.size }, (_, i) => named(each, i)).filter((name) => expected.has(name)),
            );
            expect(reached.flatMap((each) => Array.from(each.neurons, (i) => named(each.population, i)))).toEqual(
              inOrder,
            );
            expect(reach(population, neuron)).toEqual(reached);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
