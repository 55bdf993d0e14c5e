import { expect, it } from 'vitest';
import { ProblemFields } from '../../src/recording/index.ts';
import { refusal } from '../refusal.ts';

const value = {
  name: 'a',
  count: 3,
  part: {
    list: [1, 2, 3],
    matrix: [
      [1, 2],
      [3, 4],
    ],
    oblong: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    deep: [{ yes: true }, { yes: false }],
    words: ['b', 'a'],
  },
};
const fields = (of: unknown = value): ProblemFields => new ProblemFields(of, 'p.json:');

it('are taken one by one, and all have to be taken', () => {
  const whole = fields();
  const end = () => {
    whole.end();
  };
  expect(whole.choice('name', ['a', 'b'])).toBe('a');
  expect(refusal(end)).toBe('p.json: count: unknown field; expected one of name');
  expect(whole.number('count', { least: 1, most: 3, whole: true })).toBe(3);
  const part = whole.part('part');
  expect(part.matrix('oblong')).toEqual(value.part.oblong);
  expect(part.numbers('list', { size: { length: 3, each: 'unit' } })).toEqual([1, 2, 3]);
  expect(part.matrix('matrix')).toEqual(value.part.matrix);
  expect(refusal(end)).toMatch(/^p.json: part.deep: /);
  expect(part.words('words', ['a', 'b'])).toEqual(['b', 'a']);
  const [, second] = part.several('deep');
  expect(refusal(end)).toMatch(/^p.json: part.deep\[0\].yes: /);
  expect(part.several('deep')[0].truth('yes')).toBe(true);
  expect(second.truth('yes')).toBe(false);
  expect(part.square('matrix')).toEqual(value.part.matrix);
  expect([whole.has('count'), whole.has('toString')]).toEqual([true, false]);
});

it('may hold float32 numbers as base64, which are read exactly', () => {
  const base64 = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer).toString('base64');
  const [rows, columns] = [
    { length: 2, each: 'row' },
    { length: 1, each: 'column' },
  ];
  const read = (w: unknown) => fields({ w }).singles('w', rows, columns);
  expect(read(base64(0.1, -3))).toEqual([[Math.fround(0.1)], [-3]]);
  expect(refusal(() => read(3))).toBe('p.json: w: 3 is not base64');
  expect(refusal(() => read(`${base64(1, 2)}!`))).toMatch(/^p.json: w: .* is not base64/);
  expect(refusal(() => read(base64(1)))).toBe('p.json: w: has 4 bytes; give 8, 4 for each column of each row');
  expect(refusal(() => read(base64(1, NaN)))).toBe('p.json: w: number 2 is NaN; give finite numbers');
});

it.each<[string, (all: ProblemFields) => unknown, RegExp]>([
  [
    'a number that is missing',
    (all) => all.number('size', { least: 1 }),
    /^p.json: size: is missing; give .* 1 or more/,
  ],
  ['a missing word', (all) => all.choice('kind', ['b', 'c']), /^p.json: kind: is missing; give 'b' or 'c'/],
  ['a missing part', (all) => all.part('more'), /^p.json: more: is missing; give an object/],
  [
    'a missing list',
    (all) => all.part('part').numbers('rates', { size: { length: 2, each: 'unit' } }),
    /^p.json: part.rates: is missing; give a list of 2 numbers, one for each unit/,
  ],
  ['a number outside its range', (all) => all.number('count', { most: 2 }), /^p.json: count: 3 .* 2 or less/],
  ['another word', (all) => all.choice('name', ['b', 'c']), /^p.json: name: 'a' .*'b' or 'c'/],
  ['a part that is none', (all) => all.part('name'), /^p.json: name: 'a' is not an object/],
  [
    'a list of another length',
    (all) => all.part('part').numbers('list', { size: { length: 2, each: 'unit' } }),
    /list: .* 3 .* 2/,
  ],
  ['a number for a list', (all) => all.numbers('count'), /^p.json: count: 3 is not a list of numbers$/],
  ['a word of others', (all) => all.part('part').words('words', ['b', 'c']), /part.words\[1\]: 'a' is not 'b' or 'c'/],
  ['what is not square', (all) => all.part('part').square('oblong'), /part.oblong\[0\]: has 3 .* 2, one for each row/],
  ['a list of parts that is none', (all) => all.several('count'), /^p.json: count: 3 is not a list of objects/],
  [
    '0 where it should be above',
    () => fields({ w: 0 }).number('w', { least: Number.MIN_VALUE, most: 1 }),
    /0 is not a finite number above 0, 1 or less$/,
  ],
  ['an entry', (all) => all.part('part').numbers('list', { range: { most: 2 } }), /part.list\[2\]: 3 /],
  [
    'a row',
    (all) => all.part('part').matrix('matrix', { columns: { length: 3, each: 'unit' } }),
    /part.matrix\[0\]: .* 2 .* 3/,
  ],
])('refuse %s with its place', (_, take, problem) => {
  expect(refusal(() => take(fields()))).toMatch(problem);
});

it('are those of an object', () => {
  for (const of of [null, 3, 'x', [1]]) expect(refusal(() => fields(of))).toMatch(/^p.json: .* is not an object/);
});
