import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readJson } from '../../src/recording/json.ts';
import { readProblem, readSummary } from '../../src/recording/index.ts';
import { makeRun, problem } from '../hostile/examples.ts';
import { complaint, scratch } from './sample.ts';

function fileOf(content: string | Uint8Array): string {
  const file = join(scratch(), 'x.json');
  writeFileSync(file, content);
  return file;
}

describe('a JSON file', () => {
  test('reads as JSON.parse has it, with names and braces within texts', () => {
    const value = {
      a: ['{"a":1,"a":2}', '\\', '\\"', ''],
      b: { a: [], '': {} },
      'c"': -0.5,
      é: [[{ a: 1 }, { a: 2 }]],
    };
    expect(readJson(fileOf(`\uFEFF${JSON.stringify(value, null, 2)}\n`))).toEqual(value);
  });

  test.each([
    ['a field twice', '{\n"a":1,\n"b":{"a":2},\n"a":3}', "line 4 has the field 'a' twice"],
    ['a field twice, once with an escape', '{"a":1,"\\u0061":3}', "line 1 has the field 'a' twice"],
    ['a field called __proto__', '{"x":[{"__proto__":{"a":1}}]}', 'line 1 has a field called __proto__'],
    ['the same with an escape', '{"\\u005f_proto__":1}', 'line 1 has a field called __proto__'],
    ['lists too deep', '['.repeat(65) + ']'.repeat(65), 'line 1 nests lists or objects more than 64 deep'],
    ['too many values', `[${'0,'.repeat(1_000_000)}0]`, 'line 1 exceeds the limit of 1000000 values'],
    ['nothing', ' \n', 'is empty'],
    ['bytes that are no UTF-8', Buffer.from('{"a":"\u00e9"}', 'latin1'), 'holds bytes that are not UTF-8'],
    ['UTF-16', Buffer.from('\uFEFF{"a":1}', 'utf16le'), 'is UTF-16'],
    ['UTF-16 without a mark', Buffer.from('{"a":1}', 'utf16le'), 'is UTF-16'],
    ['something compressed', gzipSync('{}'), 'is compressed (gzip)'],
    [
      'what Python writes for no number',
      '{"a": [1,\n NaN]}',
      'is not JSON: line 2 has NaN, which JSON does not allow; give a finite number',
    ],
    ['and for an infinite one', '{"a":-Infinity}', 'is not JSON: line 1 has -Infinity, which JSON does not allow'],
    ['text that never ends', '{"a', 'is not JSON'],
  ])('with %s is refused', (_, content, wanted) => {
    const file = fileOf(content);
    const message = complaint(() => readJson(file));
    expect(message).toContain(`${file}: ${wanted}`);
    expect(message.length).toBeLessThan(300);
  });

  // In memory a list is ten times a number, and short texts many times what they are in the file.
  test.each([
    ['[[],[],[]]', 'line 1 exceeds the limit of 3 lists and objects'],
    ['[{},\n[{}]]', 'line 2 exceeds the limit of 3 lists and objects'],
    ['["12345",\n"6789"]', 'line 2 exceeds the limit of 10 bytes of text'],
    ['{"12345":1,"6789":1}', 'line 1 exceeds the limit of 10 bytes of text'],
  ])('of more lists or more text than its kind has is refused: %j', (content, wanted) => {
    const bounds = { bytes: 100, values: 100, names: 100, lists: 3, textBytes: 10 };
    expect(complaint(() => readJson(fileOf(content), bounds))).toContain(wanted);
  });

  test('of a pipe is refused at once', () => {
    const pipe = join(scratch(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(complaint(() => readJson(pipe))).toContain('is a directory or a device');
  });
});

describe('what is wrong a million times', () => {
  test('is named once, and costs no more than reading it', () => {
    const file = fileOf(
      JSON.stringify({ ...problem, network: { ...problem.network, h0: Array<string>(1_000_000).fill('') } }),
    );
    const before = process.memoryUsage.rss();
    expect(complaint(() => readProblem(file))).toContain("network.h0[0]: '' is not a finite number");
    expect(process.memoryUsage.rss() - before).toBeLessThan(150e6); // it was 800 MB
  });

  test.each([
    ['learners', Array(50_000).fill({}), 'learners[0].learner: is missing'],
    [
      'settings',
      Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [i, null])),
      'settings.0: null is not text',
    ],
  ])('in a summary: %s', async (field, value, wanted) => {
    const directory = join(scratch(), 'run');
    await makeRun(directory);
    const file = join(directory, 'summary.json');
    writeFileSync(file, JSON.stringify({ ...(readJson(file) as object), [field]: value }));
    expect(complaint(() => readSummary(file))).toContain(wanted);
  });
});

test('more trials than can be kept are refused', () => {
  const file = fileOf(JSON.stringify({ ...problem, learning: { ...problem.learning, trials: 9e15 } }));
  expect(complaint(() => readProblem(file))).toContain('learning.trials: 9000000000000000 is not 10000000 or less');
});
