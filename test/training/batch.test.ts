import { lastValueFrom } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { circuit, type Circuit } from '../../src/circuit/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { adam } from '../../src/optimisers/index.ts';
import { normal, uniform } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { periodic } from '../../src/tasks/index.ts';
import { loadEngines, openSession, scenario, train, type SessionOptions } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';

beforeAll(() => loadEngines([{ engine: 'kernels' }]));

const network = (): Circuit =>
  circuit<string, string, string>({
    neurons: { h: leakyTanh(6, { initial: 0.2 }), y: linear(1) },
    synapses: {
      recurrent: {
        ...{ from: 'h', to: 'h', weights: normal({ sd: 0.4 }), rule: rflo({ eta: 1 }) },
        optimiser: adam({ eta: 0.02 }),
      },
      readout: { from: 'h', to: 'y', weights: uniform(-0.3, 0.3), rule: delta({ eta: 0.1 }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });

const options = (more: Partial<SessionOptions> = {}): SessionOptions => ({
  ...{ circuit: network(), task: periodic({ period: 8 }), trials: 12, batch: 4, seed: 3 },
  ...more,
});

/** A session at its end. */
async function ran(given: SessionOptions) {
  const session = openSession(given);
  const last = await lastValueFrom(train(session));
  if (last.type !== 'finished') throw new Error(`ended by ${last.type}`);
  return session;
}

describe('a batch of a session', () => {
  it('moves weights after every so many trials alone', async () => {
    const session = openSession(options());
    const seen: Float64Array[] = [session.state().weights['recurrent']];
    session.run().subscribe((event) => {
      if (event.type === 'trial') seen.push(session.state().weights['recurrent']);
    });
    await lastValueFrom(session.run());
    const moved = seen.slice(1).map((weights, n) => weights.some((w, k) => w !== seen[n][k]));
    expect(moved).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((trial) => trial % 4 === 0));
  });

  it.each([
    ['actors', 'local'],
    ['kernels', 'local'],
    ['actors', 'bptt'],
    ['kernels', 'bptt'],
  ] as const)('resumed within it on the %s, by %s, keeps every bit', async (engine, learner) => {
    const how = { learner, engine };
    const whole = await ran(options({ learner: how }));
    for (const trials of [1, 5, 6, 7, 8]) {
      const state = (await ran(options({ learner: how, trials }))).state();
      const other = engine === 'actors' ? 'kernels' : 'actors';
      const rest = await ran(options({ learner: { learner, engine: other }, resume: state }));
      expect(rest.state()).toMatchObject({
        weights: whole.state().weights,
        carried: whole.state().carried,
        last: whole.state().last,
      });
    }
  });

  it('is that of the scenario, or of a learner, which is then called so', () => {
    const { learners } = scenario({
      title: 'Batches',
      circuit: network,
      task: () => periodic({ period: 8 }),
      batch: 4,
      compare: ['rflo', { learner: 'rflo', batch: 2 }, 'bptt'],
    }).plan();
    expect(learners.map(({ name, batch }) => [name, batch])).toEqual([
      ['rflo', 4],
      ['rflo-batch-2', 2],
      ['bptt', 4],
    ]);
  });

  it.each([0, -1, 1.5, NaN])('of %s trials is refused', (batch) => {
    expect(refusal(() => openSession(options({ batch })))).toMatch(/^batch: /);
  });

  it('is refused online', () => {
    const online = () => openSession(options({ learner: { schedule: 'online' } }));
    expect(refusal(online)).toMatch(/^batch: is 4, but with schedule 'online'/);
  });
});
