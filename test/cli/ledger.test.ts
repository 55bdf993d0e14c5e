import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { host, ROOT, workplace } from './command.ts';

const { directory, remove } = workplace();
const { rxflo, end } = host();
afterAll(() => {
  end();
  remove();
});

const small = ['--units', '2,4', '--timesteps', '5,10'];

describe('rxflo ledger', () => {
  test('prints counts and exponents, and writes report, figure, JSON and CSV', async () => {
    const { status, stdout, stderr } = await rxflo(directory, 'ledger', ...small, '--out', 'counted');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/│ rflo +│ reads +│ +0\.000 │ +0\.000 │ +0\.000 │ +0\.000 │/);
    expect(stdout).toMatch(/Report: .*report\.html\n$/);
    const file = (name: string) => readFileSync(join(directory, 'counted', name), 'utf8');
    expect(file('report.html')).toContain('<svg');
    expect(file('ledger.svg')).toContain('<svg');
    const json = JSON.parse(file('ledger.json')) as { format: string; rows: { learner: string; reads: number }[] };
    expect(json.format).toBe('rxflo-ledger/1');
    const [head, first, ...rest] = file('ledger.csv').trimEnd().split('\n');
    expect(head.split(',')).toHaveLength(first.split(',').length);
    // 4 synapses, 5 timesteps; 6 arrivals, 4 publications and 3 neurons that hear the error in each.
    expect(first).toBe('rflo,2,5,4,20,30,0,20,0,15,0,140,40,120,88');
    expect(rest.at(-1)).toMatch(/^rtrl,2,10,4,40,,,,,,,\d+,\d+,\d+,\d+$/);
    expect(json.rows.map(({ learner }) => learner)).toEqual(
      ['rflo', 'bptt', 'rtrl'].flatMap((name) => [name, name, name]),
    );
  });

  test('takes a scenario that has units and a period, and prints JSON', async () => {
    const scenario = join(ROOT, 'scenarios/periodic.ts');
    const asked = ['--learner', 'rflo,bptt', '--units', '3', '--timesteps', '4', '--seed', '2', '--json'];
    const { status, stdout } = await rxflo(directory, 'ledger', scenario, ...asked);
    expect(status).toBe(0);
    const { seed, rows } = JSON.parse(stdout) as { seed: number; rows: { learner: string; synapses: number }[] };
    // The readout learns, too.
    expect([seed, rows.map(({ learner, synapses }) => [learner, synapses])]).toEqual([
      2,
      [
        ['rflo', 12],
        ['bptt', 12],
      ],
    ]);
  });

  test.each([
    [['--units', '8,x'], "--units: 'x' is not a whole number, 1 or more"],
    [['--timesteps', '10,5'], 'timesteps[1]: 5 is not more than 10 before it; give rising numbers'],
    [
      [join(ROOT, 'scenarios/from-csv.ts')],
      "from-csv.ts: has no option 'period', and the ledger varies N = units and T = period; add it",
    ],
  ])('%j is refused', async (asked, message) => {
    const { status, stdout, stderr } = await rxflo(directory, 'ledger', ...asked, '--out', 'refused');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(existsSync(join(directory, 'refused'))).toBe(false);
  });
});
