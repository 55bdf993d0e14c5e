import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import type { Engine } from '../../src/circuit/index.ts';
import { Bptt, Rtrl } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { cook, recipes } from '../support/random-circuit.ts';

const options = { schedule: 'trial', feedback: 'random' } as const;

/** Everything that both actors and solvers publish, at every timestep of a trial, and the loss. */
function activityOf(engine: Engine, trial: Trial, learn: boolean): number[] {
  const readers = [
    ...engine.circuit.order.flatMap(({ name }) =>
      ['rate', 'potential', 'slope', 'retention'].map((value) => engine.reader({ neurons: name, value })),
    ),
    ...engine.circuit.inputs.map(({ name }) => engine.reader({ neurons: name, value: 'rate' })),
    ...engine.circuit.outputs.map(({ name }) => engine.reader({ error: name })),
    ...engine.circuit.groups.map(({ name }) => engine.reader({ synapses: name, value: 'weight' })),
  ];
  const all: number[] = [];
  const onTimestep = () => {
    for (const reader of readers) {
      const values = new Float64Array(reader.length);
      reader.read(values, 0);
      all.push(...values);
    }
  };
  const loss = engine.trial(trial, { learn, onTimestep });
  return [...all, loss];
}

describe('the solvers run a circuit as the actors do, bit for bit', () => {
  it('with the initial weights and with those that learning has left', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { built, trial } = cook(recipe);
        const actors = new ActorEngine(built, options);
        const solvers = [new Bptt(built, options), new Rtrl(built, options)];
        const before = activityOf(actors, trial, false);
        for (const solver of solvers) expect(activityOf(solver, trial, false)).toEqual(before);

        actors.trial(trial);
        const after = activityOf(actors, trial, false);
        for (const solver of solvers) {
          solver.setWeights(actors.weights());
          expect(activityOf(solver, trial, false)).toEqual(after);
        }
      }),
      { numRuns: 80 },
    );
  });

  it('and their loss is 1/(2T) of the squared errors', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const { built, trial } = cook(recipe);
        const engine = new ActorEngine(built, options);
        let squares = 0;
        engine.error$.subscribe((error) => {
          for (const e of error) squares += e * e;
        });
        expect(engine.trial(trial)).toBeCloseTo(squares / (2 * trial.timesteps), 12);
      }),
      { numRuns: 50 },
    );
  });
});
