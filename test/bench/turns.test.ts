import { expect, it } from 'vitest';
import { orderOf, takeTurns, trialsPerTurn, type Runner } from './turns.ts';

/** A runner of which one trial takes `one` ms, and what it was asked for. */
function fake(one: number): Runner & { readonly asked: number[] } {
  const asked: number[] = [];
  return {
    asked,
    run: (trials) => {
      asked.push(trials);
      return Promise.resolve(one);
    },
  };
}

it('a turn takes as many trials as fill its time, and at least one', async () => {
  expect(await trialsPerTurn(fake(2), 0.3)).toBe(150);
  expect(await trialsPerTurn(fake(290), 0.3)).toBe(1);
  expect(await trialsPerTurn(fake(5000), 0.3)).toBe(1);
});

it('the size of a turn is judged from a run that is nearly as long, not from a cold trial', async () => {
  const runner = fake(1);
  await trialsPerTurn(runner, 0.1);
  expect(runner.asked).toEqual([1, 1, 4, 16, 64]);
});

it('a first trial that is slow does not make the turns short', async () => {
  let done = 0;
  const runner: Runner = { run: (trials) => Promise.resolve((done += trials) > 1 ? 1 : 500) };
  expect(await trialsPerTurn(runner, 0.1)).toBe(100);
});

it('the order of rounds: there and back, then one place on', () => {
  expect([0, 1, 2, 3].map((round) => orderOf(round, 3))).toEqual([
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
    [0, 2, 1],
  ]);
});

it.each([1, 2, 3, 10])(
  'in twice as many rounds as there are contenders (%i), everyone is at each place twice',
  (count) => {
    const rounds = Array.from({ length: 2 * count }, (_, round) => orderOf(round, count));
    for (let place = 0; place < count; place++) {
      const there = rounds.map((order) => order[place]);
      for (let k = 0; k < count; k++) expect(there.filter((one) => one === k)).toHaveLength(2);
    }
  },
);

it('everyone takes one turn a round, and gets back what was theirs', async () => {
  const order: string[] = [];
  const named = (name: string, one: number): Runner => ({
    run: () => {
      order.push(name);
      return Promise.resolve(one);
    },
  });
  const rounds: number[] = [];
  const turns = await takeTurns([named('a', 100), named('b', 200)], { rounds: 3, seconds: 0.2 }, (round) => {
    rounds.push(round);
  });
  expect(turns).toEqual([
    { trials: 2, milliseconds: [100, 100, 100] },
    { trials: 1, milliseconds: [200, 200, 200] },
  ]);
  expect(order.slice(-6)).toEqual(['a', 'b', 'b', 'a', 'b', 'a']);
  expect(rounds).toEqual([0, 1, 2]);
});
