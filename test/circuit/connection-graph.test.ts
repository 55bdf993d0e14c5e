import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConnectionGraph, reachWithin, type BuiltCircuit } from '../../src/circuit/index.ts';
import { cook, recipesWithin } from '../support/random-circuit.ts';

/** With gates. */
const recipes = recipesWithin({ dialled: true });

/** Steps between all neurons, by Floyd and Warshall; Infinity where there is no way. */
function distances({ populations, groups }: BuiltCircuit): number[][] {
  const first = populations.map((_, p) => populations.slice(0, p).reduce((sum, { size }) => sum + size, 0));
  const size = populations.reduce((sum, population) => sum + population.size, 0);
  const steps = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) => (i === j ? 0 : Infinity)),
  );
  for (const { from, to, pre, rowStart, gate } of groups) {
    for (let i = 0; i < to.size; i++) {
      for (const j of pre.subarray(rowStart[i], rowStart[i + 1])) {
        const ways = [first[from.index] + j, ...(gate ? [first[gate.from.index] + gate.neuron] : [])];
        for (const a of ways) if (a !== first[to.index] + i) steps[a][first[to.index] + i] = 1;
      }
    }
  }
  for (let k = 0; k < size; k++) {
    for (const row of steps) for (let j = 0; j < size; j++) row[j] = Math.min(row[j], row[k] + steps[k][j]);
  }
  return steps;
}

describe('the connection graph', () => {
  it('has the distances that all ways together have, on random circuits', () => {
    fc.assert(
      fc.property(recipes, fc.nat(4), (recipe, most) => {
        const { built } = cook(recipe);
        const graph = new ConnectionGraph(built, built.groups);
        const expected = distances(built);
        expected.forEach((row, neuron) => {
          expect([...graph.stepsFrom(neuron)]).toEqual(row.map((step) => (step === Infinity ? -1 : step)));
          expect([...graph.stepsFrom(neuron, most)]).toEqual(row.map((step) => (step > most ? -1 : step)));
          const next = row.flatMap((step, other) => (step === 1 ? [other] : []));
          const after = [...new Set(graph.after(neuron))].filter((other) => other !== neuron);
          expect(after.sort((a, b) => a - b)).toEqual(next);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('reaches, population by population, what is fewer steps away', () => {
    fc.assert(
      fc.property(recipes, fc.integer({ min: 1, max: 4 }), (recipe, steps) => {
        const { built } = cook(recipe);
        const carrying = built.groups.filter(({ from }) => from.model);
        const reach = reachWithin(built, carrying, steps);
        const graph = new ConnectionGraph(built, carrying);
        const expected = distances({ ...built, groups: carrying });
        for (const population of built.order) {
          for (let i = 0; i < population.size; i++) {
            const found = reach(population, i).flatMap((each) =>
              [...each.neurons].map((other) => graph.number(each.population, other)),
            );
            const row = expected[graph.number(population, i)];
            expect(found.sort((a, b) => a - b)).toEqual(row.flatMap((step, other) => (step < steps ? [other] : [])));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});
