import { describe, expect, it } from 'vitest';
import { logAxis } from '../../src/report/drawing/log-axis.ts';
import { linearLabel, powerLabel, significant } from '../../src/report/drawing/numbers.ts';
import { outputPanel } from '../../src/report/drawing/output-panel.ts';
import { learnerStyle } from '../../src/report/drawing/palette.ts';
import { columnsOf, figureWidth, gap, inRows, panelWidth } from '../../src/report/drawing/rows.ts';
import { escapeText, fitted, legalText, lines, textWidth } from '../../src/report/drawing/text.ts';
import { valueMap } from '../../src/report/drawing/value-map.ts';

it('gives the first learners the colours of Okabe and Ito, each with a dash of its own', () => {
  const styles = [0, 1, 2, 3, 4, 5].map(learnerStyle);
  expect(styles.map(({ colour }) => colour)).toEqual([
    '#0072B2',
    '#D55E00',
    '#009E73',
    '#CC79A7',
    '#E69F00',
    '#56B4E9',
  ]);
  expect(new Set(styles.map(({ dash }) => dash)).size).toBe(6);
});

it('tells twelve learners apart', () => {
  const styles = Array.from({ length: 12 }, (_, order) => learnerStyle(order));
  expect(new Set(styles.map(({ colour, dash }) => colour + dash)).size).toBe(12);
});

describe('a logarithmic axis', () => {
  it.each([
    [1, 10_000],
    [1, 1],
    [3e-7, 0.4],
    [0.33, 0.34],
    [1e-30, 1e12],
    [5, 5],
  ])('from %f to %f holds both and has labels', (least, greatest) => {
    const { domain, ticks } = logAxis(least, greatest);
    expect(domain[0]).toBeLessThanOrEqual(least);
    expect(domain[1]).toBeGreaterThanOrEqual(greatest);
    expect(domain[0]).toBeLessThan(domain[1]);
    expect(ticks.length).toBeGreaterThanOrEqual(2);
    expect(ticks.length).toBeLessThanOrEqual(8);
  });

  it('is labelled at powers of ten where there are some', () => {
    expect(logAxis(0.0005, 0.33)).toMatchObject({ domain: [5e-4, 0.5], ticks: [1e-3, 1e-2, 1e-1] });
    expect(logAxis(5e-324, 5e-324)).toMatchObject({ domain: [1e-300, 2e-300] });
    expect(logAxis(1, 10_000).ticks).toEqual([1, 10, 100, 1000, 10_000]);
  });

  it('is labelled in between, too, where there are but one or two', () => {
    expect(logAxis(0.2, 0.9).ticks).toEqual([0.2, 0.5, 1]);
    const { ticks, tickFormat } = logAxis(0.1, 1);
    expect(ticks.map(tickFormat)).toEqual(['0.1', '0.2', '0.5', '1']);
    expect(logAxis(2e-5, 1e-4).ticks.map(logAxis(2e-5, 1e-4).tickFormat)).toEqual(['2×10⁻⁵', '5×10⁻⁵', '10⁻⁴']);
  });
});

it('writes numbers as a paper does', () => {
  expect([0, 0.33, 12.345, 12345, -0.5, 0.000012345, 3.1e7].map(significant)).toEqual([
    '0',
    '0.330',
    '12.3',
    '12,345',
    '−0.500',
    '1.23×10⁻⁵',
    '3.10×10⁷',
  ]);
  expect([1e-12, 0.1, 1, 10, 1000].map(powerLabel)).toEqual(['10⁻¹²', '10⁻¹', '1', '10', '10³']);
  expect([0.1 + 0.2, -2, 2000].map(linearLabel)).toEqual(['0.3', '−2', '2,000']);
});

it('breaks a title between words, and cuts it only where two lines are not enough', () => {
  expect(lines('before', 13, 160, 2)).toEqual(['before']);
  expect(lines('recurrent, after rflo-kernels', 13, 160, 2)).toEqual(['recurrent, after', 'rflo-kernels']);
  expect(lines('a-learner-of-a-very-long-name', 13, 160, 2)).toEqual(['a-learner-of-a-', 'very-long-name']);
  const cut = lines('word '.repeat(40), 13, 160, 2);
  expect(cut).toHaveLength(2);
  expect(cut[1]).toContain('…');
  for (const line of cut) expect(textWidth(line, 13)).toBeLessThanOrEqual(160);
});

it('puts panels into rows of about one length: none is left alone', () => {
  const lengths = (count: number, most: number) =>
    inRows(
      Array.from({ length: count }, (_, i) => i),
      most,
    ).map((row) => row.length);
  expect([1, 2, 3, 4, 5, 6, 7].map((count) => lengths(count, 3))).toEqual([
    ...[[1], [2], [3], [2, 2], [3, 2], [3, 3], [3, 2, 2]],
  ]);
  expect(lengths(5, 4)).toEqual([3, 2]);
  expect(inRows(['a', 'b', 'c', 'd', 'e'], 4).flat()).toEqual(['a', 'b', 'c', 'd', 'e']);
  for (let count = 1; count < 30; count += 1) expect(columnsOf(count, 3)).toBe(Math.max(...lengths(count, 3)));
  expect(3 * panelWidth(3) + 2 * gap).toBeLessThanOrEqual(figureWidth);
});

it('escapes what HTML and XML would read, and replaces what XML forbids', () => {
  expect(escapeText(`<a href="x" id='y'>&`)).not.toMatch(/[<>"']|&(?!#\d+;)/);
  expect(legalText('a\u0000b\ud800c\n😀')).toBe('a\ufffdb\ufffdc\n😀');
});

it('cuts text to fit, between whole characters', () => {
  expect(fitted('short', 12, 200)).toBe('short');
  expect(fitted('a population of a long name, after rflo', 12, 150)).toMatch(/^a popul.*….*after rflo$/);
  const cut = fitted('😀'.repeat(50), 12, 100);
  expect(textWidth(cut, 12)).toBeLessThanOrEqual(100);
  expect(cut).toMatch(/^(?:😀)+…(?:😀)+$/u);
});

it('draws outputs of a single timestep as dots, and targets that are asked for in one alone', () => {
  const drawn = (output: readonly number[], wanted: readonly number[]) => {
    const course = (values: readonly number[]) => values.map((value, k) => ({ timestep: k + 1, value }));
    const { body } = outputPanel('', [{ output: course(output), wanted: course(wanted), colour: 'red' }], {
      ...{ timesteps: output.length, vertical: [0, 1], width: 300 },
    });
    return body.match(/<circle/g)?.length ?? 0;
  };
  expect(drawn([0.5], [1])).toBe(2);
  expect(drawn([0.5, 0.6, 0.7], [NaN, NaN, 1])).toBe(1);
  expect(drawn([0.5, 0.6, 0.7], [1, 1, NaN])).toBe(0);
});

it('gives the names of rows the room that they need', () => {
  const widthOf = (name: string) =>
    valueMap({
      ...{ title: '', cells: [{ column: '0', row: name, value: 1 }], columns: { label: 'x', values: ['0'] } },
      ...{ rows: { label: 'y', values: [name] }, scale: { type: 'linear', domain: [0, 1] } },
    }).width;
  expect(widthOf('5 layers random feedback') - widthOf('short')).toBeGreaterThan(80);
});
