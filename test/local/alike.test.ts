import { expect, it } from 'vitest';
import { areAlike, Recent } from '../../src/local/index.ts';

const same = () => ({ list: [1, { x: 2 }], numbers: Float64Array.of(1, -0), nothing: null });

it.each<[string, object, object]>([
  ['records, lists and numbers', same(), same()],
  ['what is one thing in both', twice({}), twice({})],
])('%s of two things are alike', (_, one, other) => {
  expect(areAlike(one, other)).toBe(true);
});

it.each<[string, object, object]>([
  ['a number', { x: 1 }, { x: 2 }],
  ['the sign of a 0', Float64Array.of(0), Float64Array.of(-0)],
  ['the kind of numbers', { x: Float64Array.of(1) }, { x: Int32Array.of(1) }],
  ['a length', [1], [1, 2]],
  ['the order of fields', { x: 1, y: 2 }, { y: 2, x: 1 }],
  ['a field more', { x: 1 }, { x: 1, y: undefined }],
  ['a function', { f: () => 1 }, { f: () => 1 }],
  ['one thing where the other has two', twice({}), { one: {}, other: {} }],
  ['two things where the other has one', { one: {}, other: {} }, twice({})],
])('%s makes two things differ', (_, one, other) => {
  expect(areAlike(one, other)).toBe(false);
});

it('numbers that are free may differ, and no more than they', () => {
  const [weights, rates] = [Float64Array.of(1), { eta: 1 }];
  const free = new Set<object>([weights, rates]);
  expect(areAlike({ weights, rates }, { weights: Float64Array.of(2), rates: { eta: 3 } }, free)).toBe(true);
  expect(areAlike({ weights, rates }, { weights: Float64Array.of(2, 3), rates: { eta: 3 } }, free)).toBe(true);
  expect(areAlike({ weights, rates }, { weights: Int32Array.of(2), rates: { eta: 3 } }, free)).toBe(false);
  expect(areAlike({ weights, rates }, { weights, rates: { tau: 1 } }, free)).toBe(false);
});

function twice(part: object) {
  return { one: part, other: part };
}

it('of what is remembered, that which was not asked for longest is forgotten first', () => {
  const recent = new Recent<{ name: string }>(2);
  const [first, second, third] = ['first', 'second', 'third'].map((name) => ({ name }));
  recent.add({ x: 1 }, first);
  recent.add({ x: 2 }, second);
  expect(recent.madeOf({ x: 1 })).toBe(first);
  recent.add({ x: 3 }, third);
  expect([1, 2, 3].map((x) => recent.madeOf({ x }))).toEqual([first, undefined, third]);
});
