import { expect, it } from 'vitest';
import { identityOf } from '../../src/recording/index.ts';
import { oja } from '../support/heart.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { scenario, Session, type LearnerChoice, type PlanOverrides } from '../../src/training/index.ts';

const compared = (overrides: PlanOverrides = {}) =>
  scenario({
    title: 'Evaluations',
    circuit: () => threeMatrices(),
    task: () => noise(),
    trials: 2,
    compare: ['rflo', 'bptt'],
  }).plan(overrides);

const sessionOf = (learner: LearnerChoice) => new Session({ circuit: threeMatrices(), task: noise(), learner });

it("the evaluation of a scenario is that of the learners that run the circuit's rules, and part of what a run is", () => {
  const [usual, byHistory] = [compared(), compared({ evaluation: 'history' })];
  expect(usual.learners.map(({ evaluation }) => evaluation)).toEqual([undefined, undefined]);
  expect(byHistory.learners.map(({ evaluation }) => evaluation)).toEqual(['history', undefined]);
  const [before, after] = [usual, byHistory].map(identityOf);
  expect(Object.keys(before).filter((name) => before[name] !== after[name])).toEqual(['learner rflo']);
});

it('a learner says so in its name, and its synapses hold no trace', () => {
  const { learner, engine } = sessionOf({ learner: 'rflo', evaluation: 'history' });
  expect(learner.name).toBe('rflo-history');
  expect(() => engine.reader({ synapses: 'recurrent', value: 'p' })).toThrow(/do not publish 'p'/);
});

it('an evaluation that cannot be is refused', () => {
  expect(() => sessionOf({ learner: 'rflo', evaluation: 'history', schedule: 'online' })).toThrow(
    "evaluation: is 'history', but with schedule 'online' changes are applied in every timestep; use 'trial', or leave it out",
  );
  expect(() => sessionOf({ learner: 'bptt', evaluation: 'history' })).toThrow(
    "evaluation: is 'history', but 'bptt' does not learn by the circuit's rules; leave it out",
  );
  expect(() => sessionOf({ rules: { recurrent: oja() }, evaluation: 'history' })).toThrow(
    "synapses.recurrent.evaluation: rule 'oja' cannot be evaluated by history: it reads w; give this group evaluation: 'trace'",
  );
});
