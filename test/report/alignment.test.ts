import { describe, expect, it } from 'vitest';
import { namedPoints } from '../../src/report/alignment/named-points.ts';

const names = ['RTRL', 'UORO', 'RFLO', 'SnAp-1', 'KeRNL'];
const axis = { type: 'log', label: 'bias', domain: [1e-3, 10] } as const;

/** Where the names are, pixels. */
function placesOf(body: string) {
  const rows = [...body.matchAll(/<text[^>]*transform="translate\(([^,]+),([^)]+)\)"[^>]*>([^<]+)<\/text>/g)];
  return rows.flatMap(([, x, y, name]) => (names.includes(name) ? [{ x: Number(x), y: Number(y), name }] : []));
}

describe('named points', () => {
  it('that lie on one another have their names above one another', () => {
    const same = names.map((name) => ({ name, x: 1, y: 1e-3, colour: 'black' }));
    const places = placesOf(namedPoints('Bias', axis, axis, same).body);
    expect(namedPoints('Bias', axis, axis, same).body).toContain('aria-label="link"');
    expect(places.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    const rows = places.map(({ y }) => y).toSorted((one, other) => one - other);
    for (let k = 1; k < rows.length; k++) expect(rows[k] - rows[k - 1]).toBeGreaterThan(10);
  });

  it('that are far apart have theirs beside them, with no line to it', () => {
    const apart = names.map((name, k) => ({ name, x: 10 ** (-k / 2), y: 10 ** (-k / 2), colour: 'black' }));
    const { body } = namedPoints('Bias', axis, axis, apart);
    expect(placesOf(body)).toHaveLength(5);
    expect(body).not.toContain('aria-label="link"');
  });

  it('are rings where the value is no more than shown', () => {
    const [one, other] = [false, true].map((isOpen) => ({ name: 'UORO', x: 1, y: 1, colour: 'black', isOpen }));
    const rings = (body: string) => body.split('fill="white"').length - 1;
    expect(rings(namedPoints('Bias', axis, axis, [one]).body)).toBe(0);
    expect(rings(namedPoints('Bias', axis, axis, [other]).body)).toBe(1);
  });
});
