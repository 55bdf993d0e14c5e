import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { host, ROOT, workplace } from './command.ts';

const { directory, remove } = workplace();
const { rxflo, end } = host();
afterAll(() => {
  end();
  remove();
});

const SCENARIO = join(ROOT, 'scenarios/marschall2020-alignment.ts');
const small = ['--trials', '2', '--seeds', '2', '--repeats', '3', '--set', 'units=3'];

interface Written {
  readonly format: string;
  readonly learners: readonly { readonly name: string; readonly class: string; readonly operations: number }[];
  readonly seeds: readonly { readonly seed: number; readonly timesteps: readonly (readonly number[])[] }[];
}

describe('rxflo alignment', () => {
  test('prints cosines, bias, noise, losses, costs and classes, and writes report, figures, JSON and CSV', async () => {
    const asked = ['--learner', 'RTRL,UORO,RFLO,F-BPTT(10)', '--out', 'aligned', ...small];
    const { status, stdout } = await rxflo(directory, 'alignment', SCENARIO, ...asked);
    expect(status).toBe(0);
    expect(stdout).toMatch(/│ RTRL +│ 1 \[1, 1\] +│ 1 \[1, 1\]/);
    expect(stdout).toMatch(/Report: .*report\.html\n$/);
    const file = (name: string) => readFileSync(join(directory, 'aligned', name), 'utf8');
    for (const name of ['report.html', 'alignment.svg', 'alignment-histograms.svg', 'bias-noise.svg']) {
      expect(file(name)).toContain('<svg');
    }
    const { format, learners, seeds } = JSON.parse(file('alignment.json')) as Written;
    expect(format).toBe('rxflo-alignment/1');
    expect(learners.map((learner) => [learner.name, learner.class])).toEqual([
      ['RTRL', 'fully nonlocal'],
      ['UORO', 'fully nonlocal'],
      ['RFLO', 'needs weight transport'],
      ['F-BPTT(10)', 'acausal'],
    ]);
    expect(learners.every(({ operations }) => operations > 0)).toBe(true);
    expect(seeds.map(({ seed }) => seed)).toEqual([1, 2]);
    for (const { timesteps } of seeds) {
      timesteps.forEach((row, i) => {
        row.forEach((cosine, j) => {
          expect(cosine).toBe(timesteps[j][i]);
        });
        expect(row[i]).toBeCloseTo(1, 12);
      });
      expect(timesteps[0][2]).toBeGreaterThan(timesteps[0][1]);
    }
    // One thread, one after another: the same bits.
    const alone = await rxflo(directory, 'alignment', SCENARIO, '--learner', 'RTRL,UORO,RFLO,F-BPTT(10)', '--json', '--workers', '1', ...small); // prettier-ignore
    expect(JSON.parse(alone.stdout)).toEqual(JSON.parse(file('alignment.json')));
    const [head, first, ...rest] = file('alignment.csv').trimEnd().split('\n');
    expect(head).toBe(
      'learner,other,timesteps,timesteps low,timesteps high,weighted,weighted low,weighted high,trials,trials low,trials high',
    );
    expect(first).toMatch(/^RTRL,RTRL,/);
    expect(rest).toHaveLength(15);
  });

  test.each([
    [[], 'scenario: is missing'],
    [[SCENARIO, '--learner', 'RTRL'], 'learner: names only one learner; name at least two'],
    [
      [SCENARIO, '--learner', 'RTRL,bptt', ...small],
      "compare: 'bptt-online' estimates nothing before the end of a trial",
    ],
    [[SCENARIO, '--seeds', '0'], "--seeds: '0' is not a whole number, 1 or more"],
  ])('says what is wrong: %j', async (words, message) => {
    const { status, stderr } = await rxflo(directory, 'alignment', ...words);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
