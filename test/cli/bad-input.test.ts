import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { frame } from '../../src/recording/frames.ts';
import { pack } from '../../src/recording/pack.ts';
import { badCsvs, badScenarios } from './bad-scenarios.ts';
import { contentsOf, host, ROOT, rxflo, workplace } from './command.ts';
import { opaqueScenario } from './opaque-scenario.ts';

const { directory, remove } = workplace();
const one = host();
const periodic = join(ROOT, 'scenarios/periodic.ts');
const small = ['--set', 'units=4', 'period=5', '--trials', '6'];
let before: readonly string[] = [];

beforeAll(async () => {
  for (const [name, text] of Object.entries({ ...badScenarios, ...badCsvs }))
    writeFileSync(join(directory, name), text);
  writeFileSync(join(directory, 'scenario.py'), 'print(1)\n');
  writeFileSync(join(directory, 'changing.ts'), badScenarios['circuit.ts']);
  writeFileSync(join(directory, 'opaque.ts'), opaqueScenario);
  mkdirSync(join(directory, 'sweep'));
  for (const file of ['sweep.json', 'summary.json']) writeFileSync(join(directory, 'sweep', file), '{}');
  makeProblems();
  const runs = await Promise.all([
    rxflo(directory, 'run', periodic, ...small, '--out', 'good'),
    rxflo(directory, 'run', 'changing.ts', '--learner', 'rflo', '--out', 'changed'),
  ]);
  expect(runs.map(({ stderr }) => stderr)).toEqual(['', '']);
  writeFileSync(join(directory, 'changing.ts'), badScenarios['circuit.ts'].replace('sd: 0.1', 'sd: 0.2'));
  makeDamagedRuns();
  before = contentsOf(directory);
});
afterAll(() => {
  one.end();
  remove();
});

function makeProblems(): void {
  const vector = readFileSync(join(ROOT, 'test/golden/rflo-trial.json'), 'utf8');
  const { problem } = JSON.parse(vector) as { problem: { network: { w_rec: number[][] } } };
  const { network } = problem;
  const problems = {
    'cut.json': vector.slice(0, 1000),
    'version.json': JSON.stringify({ ...problem, format: 'rxflo-problem/9' }),
    'shape.json': JSON.stringify({ ...problem, network: { ...network, w_rec: [...network.w_rec.slice(1), [1]] } }),
    'half.json': JSON.stringify({ problem }),
    'text.json': JSON.stringify({ ...problem, network: { ...network, tau: 'ten' } }),
  };
  for (const [name, text] of Object.entries(problems)) writeFileSync(join(directory, name), text);
}

function makeDamagedRuns(): void {
  const copy = (name: string) => {
    cpSync(join(directory, 'good'), join(directory, name), { recursive: true });
    return (file: string) => join(directory, name, file);
  };
  const flip = (path: string, at: number) => {
    const bytes = readFileSync(path);
    bytes[at] ^= 1;
    writeFileSync(path, bytes);
  };
  flip(copy('bad-checkpoint')('checkpoint.msgpack'), 300);
  writeFileSync(copy('new-checkpoint')('checkpoint.msgpack'), frame(pack({ format: 'rxflo-checkpoint/2' })));
  flip(copy('bad-recording')('recording.msgpack'), 300);
  writeFileSync(copy('bad-summary')('summary.json'), '{"format": "rxflo-summary/1"}');
  mkdirSync(join(directory, 'no-run'));
}

/** `circuit.ts:17:`, where in it a text stands. */
const lineOf = (text: string) => `circuit.ts:${badScenarios['circuit.ts'].split(text)[0].split('\n').length}:`;
const set = (what: string) => ['run', 'circuit.ts', '--set', `what=${what}`];
const resume = (run: string) => ['run', periodic, ...small, '--resume', '--out', run];

/** What is typed, and what the message must hold. */
const cases: readonly (readonly [typed: readonly string[], ...wanted: readonly string[]])[] = [
  // The scenario file.
  [['run', 'nowhere.ts'], 'nowhere.ts: there is no such file'],
  [['run', '.'], '.: is a directory'],
  [['run', 'scenario.py'], "scenario.py: is not TypeScript or JavaScript; give a file that ends in '.ts'"],
  [['run', 'syntax.ts'], 'syntax.ts:4:13: '],
  [['run', 'no-default.ts'], 'no-default.ts: has no scenario as its default export; write: export default scenario('],
  [['run', 'throws.ts'], 'throws.ts:4:', "reading 'value'"],
  [['run', 'closed.ts'], 'closed.ts:1:', "'x.csv' cannot be opened (permission denied); change its permissions"],
  [['run', 'throws-later.ts'], 'throws-later.ts:7:', "reading 'circuit'"],
  [['run', 'no-package.ts'], 'no-package.ts', "'no-such-package'"],
  [['run', 'wrong-slope.ts'], 'wrong-slope.ts:3:', "neuron model 'square'.slope: gives", 'derivative by u'],
  // Flags.
  [['run', periodic, '--set', 'unit=4'], "option unit: unknown option; expected 'units', 'period'"],
  [['run', periodic, '--out', ''], '--out: expected the name of a file or directory, got an empty text'],
  [['run', periodic, '--set', 'units=4', 'units=5'], '--set units: is given twice; give one value'],
  [['run', periodic, '--set', 'units=four'], "--set units: expected a number, such as 50, got 'four'"],
  [['run', periodic, '--trials', '0'], "--trials: '0' is not a whole number, 1 or more"],
  [['run', periodic, '--trials', '-3'], "--trials: '-3' is not a whole number, 1 or more"],
  [['run', periodic, '--trials', 'abc'], "--trials: 'abc' is not a whole number, 1 or more"],
  [['run', periodic, '--trials', '1.5'], "--trials: '1.5' is not a whole number, 1 or more"],
  [['run', periodic, '--seed', 'x'], "--seed: 'x' is not a whole number"],
  [['run', periodic, '--seed', '99999999999999999999'], "--seed: '99999999999999999999' is too large"],
  [['run', ''], 'scenario: expected the name of a file, got an empty text'],
  [['sweep', periodic, '--grid', 'units=3,,4'], "--grid units: '3,,4' has an empty value"],
  [
    ['run', periodic, '--learner', 'foo'],
    "learner: unknown learner 'foo'; expected 'rflo', 'delta', 'local', 'bptt', 'rtrl', 'uoro'",
  ],
  [['run', periodic, '--engine', 'foo'], "--engine: expected 'actors' or 'kernels', got 'foo'"],
  [['run', periodic, '--engine', 'actors,foo'], "--engine: expected 'actors' or 'kernels', got 'foo'"],
  [['run', '--engine', 'actors', periodic], 'put the scenario first: --engine takes every word after it'],
  [['run', periodic, '--engine', 'kernels', 'kernels'], "engine: 'kernels' is named twice; name it once"],
  [['run', periodic, '--precision', 'f16'], "--precision: expected 'f64' or 'f32', got 'f16'"],
  [
    ['run', periodic, '--engine', 'actors', '--precision', 'f32'],
    "precision: 'f32' is only for kernels: the actors and",
  ],
  [['solve', 'version.json', '--engine', 'gpu'], "--engine: expected 'actors' or 'kernels', got 'gpu'"],
  [['run', 'opaque.ts', '--engine', 'kernels'], "rule 'mine': is opaque", 'leave opaque out, or run the actors'],
  [['run', 'opaque.ts', '--precision', 'f32'], "precision: 'f32' is only for kernels", "rule 'mine' is opaque"],
  [['run', periodic, '--speed', '3'], "unknown option '--speed' (Did you mean --seed?) (see rxflo run --help)"],
  [['run', periodic, '--quick'], 'quick: this scenario has no quick size; leave it out and give fewer trials'],
  [
    ['run'],
    'scenario: is missing; put it before the options, since --set, --learner and --engine take every word after them',
  ],
  [['run', '--learner', 'rflo', periodic], 'scenario: is missing; put it before the options'],
  [['train'], "unknown command 'train' (see rxflo --help)"],
  [['run', periodic, '--learner', 'snap-0'], "learner: expected 'snap-n' with n a whole number, 1 or more", "'snap-1'"],
  [['run', periodic, '--learner', 'bptt', '--schedule', 'online'], "schedule: bptt cannot learn 'online'", 'rtrl'],
  [['run', periodic, '--set', 'units=2000', '--learner', 'rtrl'], 'rtrl: would need 119 GiB', 'use bptt'],
  // The circuit and its task.
  [['run', 'circuit.ts', '--feedback', 'symmetric'], 'feedback.error: symmetric feedback transposes', 'random'],
  [
    set('population'),
    lineOf('    circuit({'),
    "synapses.recurrent.from: unknown population 'g'; expected 'h', 'm' or 'y'",
  ],
  [set('loop'), "a loop without delay through 'recurrent' (h to h); give one of them delay: 1"],
  [set('NaN weight'), 'synapses.recurrent.weights[1][0]: NaN is not a finite number'],
  [set('matrix shape'), 'synapses.recurrent.weights[1]: has 3 columns; give 2'],
  [set('sd'), lineOf('normal({ sd: what'), 'normal.sd: -1 is negative; give 0 or more'],
  [set('tau'), lineOf('h: leakyTanh'), "neuron model 'leaky-tanh'.tau: 0 is outside its range, 1 to Infinity"],
  [set('channels'), 'task.input: has 0 channels; the circuit has 3: x (3)'],
  [['run', 'probe.ts'], "probe.ts: probes.charge: neurons 'h'", "do not publish 'charge'; expected 'rate'"],
  // Signals.
  [set('nowhere.csv'), 'circuit.ts:', "there is no file 'nowhere.csv'"],
  [set('ragged.csv'), 'ragged.csv, line 3, column 2: the row has 1 cell, the header 2 cells'],
  [set('text.csv'), "text.csv, line 3, column 2 ('y'): 'four' is not a number"],
  [set('infinite.csv'), "infinite.csv, line 4, column 2 ('y'): 'inf' is not a finite number"],
  [set('empty.csv'), 'empty.csv: is empty; give a header row'],
  [set('no-rows.csv'), 'no-rows.csv, line 1: is a header without rows'],
  [set('other-column.csv'), "unknown column 'y' of other-column.csv; expected 'x' or 'z'"],
  [['run', 'async-task.ts'], 'async-task.ts: task: gives a promise', 'without async'],
  // Problem files.
  [['solve', 'cut.json'], 'cut.json: is not JSON'],
  [['solve', 'version.json'], "version.json: format: 'rxflo-problem/9' is not 'rxflo-problem/1'"],
  [['solve', 'shape.json'], 'shape.json: network.w_rec[7]: has 1 number; give 8'],
  [['solve', 'half.json'], 'half.json: expected: is missing'],
  [['solve', 'text.json'], "text.json: network.tau: 'ten' is not a finite number"],
  // Run directories.
  [['run', periodic, ...small, '--out', 'good'], 'good: already holds a run', 'give --resume', '--out'],
  [
    ['run', periodic, ...small, '--learner', 'uoro', '--engine', 'kernels', '--out', 'good'],
    'good: already holds a run',
  ],
  [['run', periodic, ...small, '--out', 'text.csv/run'], 'text.csv/run: is inside a file'],
  [['run', periodic, ...small, '--resume'], 'there is no run in', 'runs/periodic', '--out'],
  [resume('nowhere'), 'nowhere: holds no run to resume'],
  [[...resume('good'), '--seed', '7'], "checkpoint.msgpack: seed: the saved run has '1', this one '7'"],
  [
    ['run', 'changing.ts', '--learner', 'rflo', '--resume', '--out', 'changed'],
    'circuit: differs from that of the saved run',
  ],
  [
    resume('bad-checkpoint'),
    'checkpoint.msgpack: is not a checkpoint, or is damaged: its checksum is wrong',
    'or start a new run with --out',
  ],
  [resume('new-checkpoint'), "checkpoint.msgpack: format: 'rxflo-checkpoint/2' is not 'rxflo-checkpoint/1'"],
  [resume('bad-recording'), 'recording.msgpack: is damaged at byte'],
  // What is made of runs.
  [['export', 'no-run', '--format', 'csv'], 'no-run: holds no recording.msgpack; give the directory of a run'],
  [['export', 'sweep', '--format', 'csv'], 'sweep: holds a sweep'],
  [['neurobench', periodic, '--weights', 'sweep'], 'sweep: holds a sweep, not a run'],
  [['ledger', '--out', 'text.csv'], 'text.csv: is a file; give a directory'],
  [['export', 'good'], "required option '--format <format>' not specified (see rxflo export --help)"],
  [['report', 'no-run'], 'no-run: holds no recording.msgpack'],
  [['report', 'bad-summary'], 'summary.json: title: is missing; give text'],
];

describe('bad input', () => {
  test.each(cases.map(([typed, ...wanted]) => ({ name: typed.join(' '), typed, wanted })))(
    'rxflo $name',
    async ({ typed, wanted }) => {
      const { status, stdout, stderr } = await one.rxflo(directory, ...typed);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^rxflo: .+\n$/); // one line, so no stack
      for (const text of wanted) expect(stderr).toContain(text);
    },
  );

  // Of each kind: what the loader, the command line, the scenario, the engine and the files find.
  test.concurrent.each(
    [
      ['run', 'syntax.ts'],
      ['run', periodic, '--speed', '3'],
      ['run', 'opaque.ts', '--engine', 'kernels'],
      set('ragged.csv'),
      ['solve', 'version.json'],
      resume('bad-recording'),
    ].map((typed) => ({ name: typed.join(' '), typed })),
  )('rxflo $name in a process of its own ends in the same way', async ({ typed }) => {
    expect(await rxflo(directory, ...typed)).toMatchObject(await one.rxflo(directory, ...typed));
  });

  // Only where nothing else is left to do is it known that nothing will come.
  test('rxflo run never.ts in a process of its own says that the file never loads', async () => {
    const { status, stderr } = await rxflo(directory, 'run', 'never.ts');
    expect(stderr).toBe(
      'rxflo: never.ts: await: at the top of the file waits for something that never happens; remove it\n',
    );
    expect(status).toBe(2);
  });

  test('leaves nothing behind, and what was there as it was', () => {
    expect(contentsOf(directory)).toEqual(before);
  });
});
