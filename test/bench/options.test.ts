import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import { ROOT, workplace } from '../cli/command.ts';
import { readOptions } from './options.ts';

/** What options come to, cases as `algorithm schedule units`. */
function read(...words: readonly string[]) {
  const options = readOptions(words);
  if (!options) throw new Error('it printed help');
  const { cases, contenders, ...rest } = options;
  return {
    ...rest,
    cases: cases.map(({ algorithm, schedule, units }) => `${algorithm} ${schedule} ${units}`),
    contenders: contenders.map(({ name }) => name),
  };
}

describe('options', () => {
  it('by default everyone runs everything; RTRL at the paper’s N only', () => {
    const { rounds, cases, contenders } = read();
    expect(rounds).toBe(9);
    expect(contenders).toHaveLength(17);
    expect(cases).toHaveLength(3 * 4 + 1);
    expect(cases.filter((name) => name.startsWith('rtrl'))).toEqual(['rtrl trial 50']);
  });

  it('lists are given with commas, and the kernels always take part', () => {
    expect(
      read('--units', '8,20', '--cases', 'bptt,rflo-online', '--contenders', 'cpp', '--rounds', '2'),
    ).toMatchObject({
      rounds: 2,
      cases: ['bptt trial 8', 'bptt trial 20', 'rflo online 8', 'rflo online 20'],
      contenders: ['kernels-f64', 'cpp'],
    });
  });

  it('--quick is shorter, and leaves what is given', () => {
    expect(read('--quick', '--rounds', '5', '--cases', 'bptt')).toMatchObject({
      rounds: 5,
      cases: ['bptt trial 50', 'bptt trial 200'],
    });
  });

  it.each([
    [['--units', '0'], "--units: '0' is not a whole number, 1 or more"],
    [['--units', '50,x'], "--units: 'x' is not a whole number, 1 or more"],
    [['--units', ','], "--units: expected one or more names, got ','"],
    [['--rounds', '1.5'], "--rounds: '1.5' is not a whole number, 1 or more"],
    [['--turn', '0'], "--turn: '0' is not a number above 0"],
    [['--cases', 'rflo'], "--cases: 'rflo' is unknown; give 'rflo-trial', 'rflo-online', 'bptt' or 'rtrl'"],
    [['--contenders', 'julia'], "--contenders: 'julia' is unknown; give 'actors', "],
    [['--cases', 'rtrl', '--units', '51'], '--cases: rtrl is run up to N = 50 only'],
    [['--json', 'no/such/folder/bench.json'], "--json: there is no folder for 'no/such/folder/bench.json'"],
    [['--pairs', '9'], "command line: unknown option '--pairs' (see --help)"],
    [['all'], 'command line: too many arguments'],
  ])('%j is refused', (words, message) => {
    expect(() => readOptions(words)).toThrow(InputError);
    expect(() => readOptions(words)).toThrow(message);
  });
});

describe('npm run bench', () => {
  const bench = (...words: readonly string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'test/bench/bench.ts', ...words], { cwd: ROOT, encoding: 'utf8' });

  it('says what is wrong with the input in one line, and ends with 2', () => {
    const { status, stdout, stderr } = bench('--units', '0');
    expect({ status, stdout, stderr }).toEqual({
      status: 2,
      stdout: '',
      stderr: "bench: --units: '0' is not a whole number, 1 or more\n",
    });
  });

  it('runs, and writes what it printed', () => {
    const { directory, remove } = workplace();
    const file = join(directory, 'bench.json');
    try {
      const words = [
        '--units',
        '8',
        '--cases',
        'rflo-trial',
        '--contenders',
        'actors',
        '--rounds',
        '2',
        '--turn',
        '0.01',
      ];
      const { status, stdout, stderr } = bench(...words, '--json', file);
      expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toContain('rflo-trial, N = 8, T = 100');
      expect(stderr).toContain('round 2 of 2');
      const result: unknown = JSON.parse(readFileSync(file, 'utf8'));
      expect(result).toMatchObject({
        format: 'rxflo-bench/1',
        settings: { rounds: 2, threads: 1 },
        cases: [
          {
            units: 8,
            reference: 'actors',
            contenders: [
              { contender: 'actors', difference: 0, ratios: { actors: { median: 1 } } },
              { contender: 'kernels-f64', difference: 0, ratios: { 'kernels-f64': { rounds: [1, 1] } } },
            ],
          },
        ],
      });
    } finally {
      remove();
    }
  });
});
