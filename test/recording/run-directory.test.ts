import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { build } from '../../src/circuit/index.ts';
import { certifyLearner, certifyRule } from '../../src/locality/index.ts';
import {
  createRunDirectory,
  holdsRun,
  latestDirectory,
  nextFreeDirectory,
  openRunDirectory,
  localParts,
  readSummary,
  runFiles,
  writeSummary,
  type Summary,
} from '../../src/recording/index.ts';
import { plasticityRule } from '../../src/rules/index.ts';
import { threeMatrices } from '../support/networks.ts';
import { complaint, scratch } from './sample.ts';
import type { InputError } from '../../src/errors/index.ts';
import { fileError } from '../../src/recording/file-errors.ts';

const summary: Summary = {
  format: 'rxflo-summary/2',
  title: 'Sample',
  scenario: 'sample.ts',
  state: 'finished',
  seed: 7,
  versions: { rxflo: '0.1.0' },
  settings: { units: 50, name: 'x', sparse: true },
  circuit: {
    populations: [{ name: 'h', model: 'leaky-tanh', size: 50, params: { tau: 10 }, dials: {} }],
    synapses: [
      { name: 'recurrent', from: 'h', to: 'h', delay: 1, count: 2500, rule: null, params: {}, dials: { bits: '4' } },
    ],
    feedback: [{ name: 'error', from: 'y', to: 'h', dials: { angle: '30' } }],
    local: [...localParts(threeMatrices()), { kind: 'plasticity rule', name: 'mine', opaque: true }],
  },
  stops: { trials: 12, targetLoss: null, patience: null, seconds: null },
  probes: {},
  task: { name: 'periodic', settings: { period: 100, deep: [1, { a: null }] } },
  learners: [
    {
      learner: 'rflo',
      algorithm: 'local',
      title: "the circuit's own rules",
      settings: {},
      exact: false,
      kernels: true,
      engine: 'actors',
      precision: 'f64',
      schedule: 'trial',
      feedback: 'random',
      rateHalfLife: 250.5,
      trials: 2,
      ended: 'trials',
      error: null,
      firstLoss: 0.1 + 0.2,
      lastLoss: 5e-324,
      finalLoss: null,
      alignment: null,
      gradientAlignment: -0.25,
      scores: { right: 0.5, late: null, near: 'diverged' },
      seconds: 0.5,
      millisecondsPerTrial: 250,
    },
  ],
  comparisons: [
    {
      learners: ['rflo', 'rflo-kernels'],
      trials: 2,
      weightsAfter: true,
      same: false,
      firstDifference: { trial: 2, what: 'loss' },
      faster: 'rflo-kernels',
      times: 12.5,
    },
  ],
  certificates: [
    ...(['local', 'bptt'] as const).map((algorithm) =>
      certifyLearner(build(threeMatrices(), 1), { name: algorithm, algorithm, feedback: 'random' }),
    ),
    certifyRule(plasticityRule({ name: 'mine', params: {}, change: () => 0, opaque: true })()),
  ],
};

describe('a run directory', () => {
  test('is made with those above it, and taken back without a trace', () => {
    const base = scratch();
    const path = join(base, 'a', 'b', 'c');
    const { files, discard } = createRunDirectory(path);
    expect(files).toEqual(runFiles(path));
    writeSummary(files.summary, summary);
    mkdirSync(files.figures);
    writeFileSync(join(files.figures, 'loss.svg'), '<svg/>');
    discard();
    expect(readdirSync(base)).toEqual([]);
  });

  test('that was there stays when taken back, with what was in it', () => {
    const base = scratch();
    writeFileSync(join(base, 'notes.txt'), 'mine');
    const { files, discard } = createRunDirectory(base);
    writeFileSync(files.recording, '');
    discard();
    expect(readdirSync(base)).toEqual(['notes.txt']);
  });

  test('stays when something else is in it by then', () => {
    const base = scratch();
    const { discard } = createRunDirectory(join(base, 'runs', 'one'));
    mkdirSync(join(base, 'runs', 'two'));
    discard();
    expect(readdirSync(join(base, 'runs'))).toEqual(['two']);
  });

  test.each(['summary.json', 'recording.msgpack', 'checkpoint.msgpack', 'report.html', 'figures'])(
    'with a %s in it is not taken for a new run',
    (name) => {
      const base = scratch();
      writeFileSync(join(base, name), '');
      expect(complaint(() => createRunDirectory(base))).toBe(
        `${base}: already holds a run (it has ${name}); give --resume to continue it, or another directory with --out`,
      );
      expect(readdirSync(base)).toEqual([name]);
    },
  );

  test('is named, and not a file in it, if the system denies access and the file is not there', () => {
    const base = scratch();
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
    const placeOf = (file: string) => (fileError(join(base, file), denied) as InputError).place;
    writeFileSync(join(base, 'report.html'), '');
    expect(placeOf('lock.1')).toBe(base);
    expect(placeOf('report.html')).toBe(join(base, 'report.html'));
    expect(placeOf('nowhere/lock.1')).toBe(join(base, 'nowhere/lock.1'));
  });

  test('is not made where a sweep is, which is not a run to resume either', () => {
    const base = scratch();
    for (const name of ['sweep.json', 'summary.json']) writeFileSync(join(base, name), '');
    for (const take of [createRunDirectory, openRunDirectory]) {
      expect(complaint(() => take(base))).toContain(`${base}: holds a sweep, not a run`);
    }
    expect(readdirSync(base)).toEqual(['summary.json', 'sweep.json']);
  });

  // Another system has no file system that refuses a directory as if its parent were missing.
  test.runIf(existsSync('/proc/self'))('is refused at once where the system makes none', () => {
    expect(complaint(() => createRunDirectory('/proc/runs/one'))).toBe(
      '/proc/runs: cannot be created here; give a directory elsewhere',
    );
  });

  test('that cannot be made leaves nothing behind', () => {
    const base = scratch();
    writeFileSync(join(base, 'file'), '');
    expect(complaint(() => createRunDirectory(join(base, 'file')))).toContain('is a file; give a directory');
    expect(complaint(() => createRunDirectory(join(base, 'file', 'x')))).toContain('is inside a file');
    expect(complaint(() => createRunDirectory(join(base, 'a', 'b', 'n'.repeat(300))))).toContain('too long a name');
    expect(readdirSync(base)).toEqual(['file']);
  });

  test('is opened again cleared of what a killed run left half written', () => {
    const base = scratch();
    const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
    const temporary = (pid: number, of = host) => `checkpoint.msgpack.${of}-${pid}-${'0'.repeat(16)}.tmp`;
    const alive = temporary(process.ppid);
    const dead = [temporary(999_999_999), temporary(process.pid), temporary(process.ppid, '12345678')];
    for (const name of ['recording.msgpack', alive, ...dead, 'checkpoint.msgpack.old']) {
      writeFileSync(join(base, name), '');
    }
    const { files, unlock } = openRunDirectory(base);
    expect(files).toEqual(runFiles(base));
    unlock();
    expect(readdirSync(base).sort()).toEqual([alive, 'checkpoint.msgpack.old', 'recording.msgpack']);
    expect(complaint(() => openRunDirectory(join(base, 'no')))).toContain('holds no run to resume');
  });

  test('has a default name that is free, and the last one is found', () => {
    const base = join(scratch(), 'runs', 'periodic');
    expect(latestDirectory(base)).toBe(null);
    for (const wanted of [base, `${base}-2`, `${base}-3`]) {
      const next = nextFreeDirectory(base);
      expect(next).toBe(wanted);
      expect(existsSync(next)).toBe(false);
      writeFileSync(createRunDirectory(next).files.recording, '');
      expect(holdsRun(next)).toBe(true);
      expect(latestDirectory(base)).toBe(wanted);
    }
    mkdirSync(`${base}-12`); // no run in it
    for (const other of ['-1', '-04', '-x', '-5-6', '5']) {
      writeFileSync(createRunDirectory(`${base}${other}`).files.recording, '');
    }
    expect(latestDirectory(base)).toBe(`${base}-3`);
    writeFileSync(createRunDirectory(`${base}-10`).files.recording, '');
    expect(latestDirectory(base)).toBe(`${base}-10`);
  });
});

describe('a summary', () => {
  test('comes back as it was written', () => {
    const file = join(scratch(), 's');
    writeSummary(file, summary);
    expect(readSummary(file)).toStrictEqual(summary);
  });

  test('of before engines were chosen reads as what it meant', () => {
    const file = join(scratch(), 's');
    const { comparisons, certificates, learners, circuit, ...rest } = summary;
    const { algorithm, precision, title, settings, exact, kernels, lastLoss, finalLoss, ...others } = learners[0];
    const learner = { ...others, finalLoss: lastLoss, meanFinalLoss: finalLoss };
    const { local, ...before } = circuit;
    writeFileSync(
      file,
      JSON.stringify({
        ...rest,
        format: 'rxflo-summary/1',
        circuit: before,
        learners: [learner, { ...learner, engine: 'bptt' }],
      }),
    );
    const read = readSummary(file);
    expect(read.format).toBe('rxflo-summary/2');
    expect(read.learners).toStrictEqual([
      learners[0],
      { ...learners[0], engine: 'bptt', algorithm: 'bptt', title: 'BPTT', exact: true },
    ]);
    expect([comparisons.length, certificates.length, algorithm, precision, local.length]).toEqual([
      ...[1, 3, 'local', 'f64', 5],
    ]);
    expect([title, settings, exact, kernels]).toEqual(["the circuit's own rules", {}, false, true]);
    expect([read.comparisons, read.certificates, read.circuit.local]).toEqual([[], [], []]);
  });

  test.each([
    '<math><script>alert(1)</script></math>',
    '<math display="block" onclick="x"><mi>u</mi></math>',
    '<math><mi>&copy;</mi></math>',
    '<math><annotation-xml><p>x</p></annotation-xml></math>',
    '<math <mi>',
  ])('with %s for a formula is refused: it would go into the report as it is', (mathml) => {
    const [part] = localParts(threeMatrices());
    const formulas = [{ latex: 'u', text: 'u', mathml }];
    const file = join(scratch(), 's');
    writeFileSync(
      file,
      JSON.stringify({ ...summary, circuit: { ...summary.circuit, local: [{ ...part, formulas }] } }),
    );
    expect(complaint(() => readSummary(file))).toBe(
      `${file}: circuit.local[0].formulas[0].mathml: expected a formula in MathML, as rxflo writes it`,
    );
  });

  test.each([
    ['', 'is empty'],
    ['  \n', 'is empty'],
    ['{"format": ', 'is not JSON'],
    ['[]', 'a list of 0 is not an object'],
    [
      JSON.stringify({ ...summary, format: 'rxflo-summary/9' }),
      "format: 'rxflo-summary/9' is not 'rxflo-summary/2' or 'rxflo-summary/1'",
    ],
    [JSON.stringify({ ...summary, seed: '7' }), "seed: '7' is not a finite number"],
    [JSON.stringify({ ...summary, learners: [{}] }), 'learners[0].learner: is missing; give text'],
    [
      JSON.stringify({ ...summary, settings: { a: [] } }),
      'settings.a: a list of 0 is not text, a number, true or false',
    ],
    [JSON.stringify({ ...summary, state: 'lost' }), "state: 'lost' is not 'finished', 'interrupted' or 'failed'"],
  ])('%# that is wrong is refused, with the field', (text, problem) => {
    const file = join(scratch(), 's');
    writeFileSync(file, text);
    expect(complaint(() => readSummary(file))).toContain(`${file}: ${problem}`);
  });
});
