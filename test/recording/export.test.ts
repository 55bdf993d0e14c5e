import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { csvTable } from '../../src/recording/csv.ts';
import { exportRun, numberArray, readRun, type RunRecord } from '../../src/recording/index.ts';
import { npy } from '../../src/recording/npy.ts';
import { pythonWith, runPython } from './python.ts';
import { bytesOf, complaint, sample, scratch, write } from './sample.ts';

function run(records: readonly RunRecord[] = sample): string {
  const directory = join(scratch(), 'run');
  mkdirSync(directory);
  write(join(directory, 'recording.msgpack'), records);
  return directory;
}

describe('an export as csv', () => {
  test('has every number with every digit', () => {
    const directory = run();
    const out = join(directory, 'csv');
    const files = exportRun(directory, 'csv', out);
    expect(files).toEqual(
      ['trials.csv', 'probe-h.csv', 'weights.csv', 'activity.csv', 'shown.csv'].map((name) => join(out, name)),
    );
    expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual([
      'learner,trial,loss,alignment\nrflo,1,0.30000000000000004,-0.0\nrflo,2,5e-324,\n',
      'learner,trial,timestep,v0,v1\nrflo,1,3,1,2\nrflo,2,,-3,4\n',
      'learner,when,group,post,pre,weight\n' +
        'rflo,before,recurrent,0,0,1.5\nrflo,before,recurrent,0,2,-0.0\n' +
        'rflo,before,recurrent,1,0,5e-324\nrflo,before,recurrent,1,1,1e+300\nrflo,before,recurrent,1,2,0.1\n',
      'learner,when,population,timestep,neuron,rate,target\nrflo,after,y,1,0,0.25,1\nrflo,after,y,2,0,0.5,-1\n',
      'learner,when,probe,timestep,column,value\n' +
        'rflo,after,voltage: v,1,0,0.5\nrflo,after,voltage: v,1,1,\nrflo,after,voltage: v,2,0,-0.0\nrflo,after,voltage: v,2,1,4\n',
    ]);
    expect(readdirSync(out).length).toBe(5);
  });

  test('quotes names and keeps files of probes in their directory', () => {
    const probes = ['../../evil', 'a/b', 'A/B', 'x'.repeat(200)].map((probe): RunRecord => {
      const values = numberArray(Float64Array.of(1), [1]);
      return { kind: 'probe', learner: 'say "hi",', probe, trial: 1, timestep: 1, values };
    });
    const directory = run([{ ...header(), learners: ['say "hi",'] }, ...probes]);
    const out = join(directory, 'csv');
    exportRun(directory, 'csv', out);
    expect(readdirSync(out).sort()).toEqual(
      [
        'probe-.._.._evil.csv',
        'probe-A_B-2.csv',
        'probe-a_b.csv',
        `probe-${'x'.repeat(94)}.csv`,
        'activity.csv',
        'trials.csv',
        'weights.csv',
      ].sort(),
    );
    expect(readFileSync(join(out, 'probe-a_b.csv'), 'utf8')).toBe('learner,trial,timestep,v0\n"say ""hi"",",1,1,1\n');
  });

  test('gives no spreadsheet a formula, and numbers stay numbers', () => {
    const learner = "=cmd|' /C calc'!A1";
    const values = numberArray(Float64Array.of(-0.5, 1), [1, 2]);
    const directory = run([
      { ...header(), learners: [learner] },
      { kind: 'weights', learner, when: 'before', group: '+1', values },
      { kind: 'trial', learner, trial: 1, loss: -0.5, alignment: -1e-9 },
    ]);
    const out = join(directory, 'csv');
    exportRun(directory, 'csv', out);
    const linesOf = (file: string) => readFileSync(join(out, file), 'utf8').split('\n');
    expect(linesOf('weights.csv')[1]).toBe("'=cmd|' /C calc'!A1,before,'+1,0,0,-0.5");
    expect(linesOf('trials.csv')[1]).toBe("'=cmd|' /C calc'!A1,1,-0.5,-1e-9");
    const cells = ['@a', ' -b', '\t=1', '\r\n', '＝1', 'a=b', '-'];
    expect([...csvTable(cells, [])].join('')).toBe(`'@a,' -b,"'\t=1","'\r\n",'＝1,a=b,'-\n`);
  });

  test('believes no header that says more than is there', () => {
    const values = numberArray(Float64Array.of(1), [1]);
    const directory = run([
      { ...header(), learners: ['a'], probes: { wide: 2 ** 27, constructor: 1 }, gradientAlignment: {} },
      { kind: 'probe', learner: 'a', probe: 'constructor', trial: 1, timestep: 1, values },
    ]);
    const out = join(directory, 'csv');
    exportRun(directory, 'csv', out);
    expect(readFileSync(join(out, 'probe-constructor.csv'), 'utf8')).toBe('learner,trial,timestep,v0\na,1,1,1\n');
    expect(readFileSync(join(out, 'probe-wide.csv'), 'utf8').length).toBeLessThan(100_000);
    const names = Array.from({ length: 300 }, (_, i) => `n${i}`);
    const many = run([{ ...header(), learners: names, probes: Object.fromEntries(names.map((name) => [name, 1])) }]);
    expect(complaint(() => exportRun(many, 'npz', join(many, 'npz')))).toContain('more than 65535 arrays');
  });

  test('of many rows is whole', () => {
    const trials = Array.from({ length: 10_000 }, (_, i): RunRecord => ({
      kind: 'trial',
      learner: 'rflo',
      trial: i + 1,
      loss: i,
      alignment: null,
    }));
    const directory = run([header(), ...trials]);
    const [file] = exportRun(directory, 'csv', join(directory, 'csv'));
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBe(10_001);
    expect(lines[10_000]).toBe('rflo,10000,9999,');
  });
});

test('a csv table of wide rows comes in pieces of about one size, whatever its rows are', () => {
  const row = Array.from({ length: 10_000 }, (_, i) => i / 3);
  const pieces = [
    ...csvTable(
      ['a'],
      Array.from({ length: 40 }, () => row),
    ),
  ];
  const line = row.map(String).join(',').length + 1;
  expect(pieces.length).toBeGreaterThan(10);
  for (const piece of pieces) expect(piece.length).toBeLessThan(2 ** 18 + line);
  expect(pieces.join('').length).toBe('a\n'.length + 40 * line);
});

describe('an export as npz', () => {
  test('has the bits of the run in npy files', () => {
    const directory = run();
    const [file] = exportRun(directory, 'npz', directory);
    const arrays = unzipSync(bytesOf(file));
    expect(Object.keys(arrays)).toEqual(
      [
        ...['rflo/trial', 'rflo/loss', 'rflo/alignment'],
        ...['rflo/probes/h', 'rflo/probes/h/trial', 'rflo/probes/h/timestep'],
        ...['rflo/weights/before/recurrent', 'rflo/activity/after/y', 'rflo/activity/after/y/target'],
        'rflo/shown/after/voltage: v',
        ...['bptt/trial', 'bptt/loss', 'bptt/alignment'],
      ].map((name) => `${name}.npy`),
    );
    const [rflo] = readRun(directory).learners;
    expect(arrays['rflo/loss.npy']).toEqual(npy(rflo.trials.loss, [2]));
    const header = Buffer.from(arrays['rflo/weights/before/recurrent.npy'].subarray(0, 128)).toString('latin1');
    expect(header).toBe(
      `\x93NUMPY\x01\x00\x76\x00${"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }".padEnd(117)}\n`,
    );
  });

  test('has the same bytes every time', () => {
    const directory = run();
    const [first] = exportRun(directory, 'npz', join(directory, 'a'));
    const [second] = exportRun(directory, 'npz', join(directory, 'b'));
    expect(bytesOf(first).equals(bytesOf(second))).toBe(true);
  });

  const python = pythonWith('numpy');
  test.skipIf(python === null)('is what NumPy reads', () => {
    const directory = run();
    const [file] = exportRun(directory, 'npz', directory);
    const program = `
import sys, numpy as np
run = np.load(sys.argv[1])
for name in sorted(run.files): print(name, run[name].dtype, run[name].shape, run[name].tobytes().hex())`;
    const hex = (...values: number[]): string => Buffer.from(Float64Array.from(values).buffer).toString('hex');
    const lines = runPython(python ?? '', program, file)
      .trimEnd()
      .split('\n');
    expect(lines).toContain(`rflo/loss float64 (2,) ${hex(0.1 + 0.2, 5e-324)}`);
    expect(lines).toContain(`rflo/probes/h float64 (2, 2) ${hex(1, 2, -3, 4)}`);
    expect(lines).toContain(`rflo/weights/before/recurrent float64 (2, 3) ${hex(1.5, NaN, -0, 5e-324, 1e300, 0.1)}`);
    expect(lines).toContain('bptt/loss float64 (0,) ');
    expect(lines.length).toBe(13);
  });
});

describe('an export that fails', () => {
  test('leaves nothing behind', () => {
    const directory = run();
    const out = join(directory, 'new', 'csv');
    expect(complaint(() => exportRun(join(directory, 'no'), 'csv', out))).toContain('does not exist');
    expect(complaint(() => exportRun(directory, 'csv', join(directory, 'recording.msgpack', 'x')))).toContain(
      'is a file, but rxflo needs a directory there',
    );
    expect(existsSync(join(directory, 'new'))).toBe(false);

    const taken = join(directory, 'taken');
    mkdirSync(join(taken, 'weights.csv'), { recursive: true });
    expect(complaint(() => exportRun(directory, 'csv', taken))).toContain('weights.csv: is a directory');
    expect(readdirSync(taken)).toEqual(['weights.csv']);
  });
});

function header(): Extract<RunRecord, { kind: 'header' }> {
  return { kind: 'header', format: 'rxflo-recording/1', title: '', seed: 1, learners: ['rflo'] };
}
