import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFull, masksOf, pack, range, transpose, type Rows } from '../../src/kernels/packing.ts';

/** Compressed rows of every density: none, few, half, nearly all and all of the places. */
const matrices: fc.Arbitrary<Rows> = fc
  .record({
    rows: fc.integer({ min: 1, max: 70 }),
    columns: fc.integer({ min: 1, max: 40 }),
    density: fc.constantFrom(0, 0.05, 0.3, 0.5, 0.97, 1),
    seed: fc.integer(),
  })
  .map(({ rows, columns, density, seed }) => {
    let state = seed;
    const chance = () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return (state >>> 8) / 2 ** 24;
    };
    const joined = range(rows).map(() => range(columns).filter(() => chance() < density));
    const start = Int32Array.of(0, ...joined.map(() => 0));
    joined.forEach((row, i) => (start[i + 1] = start[i] + row.length));
    return { start, column: Int32Array.from(joined.flat()), columns };
  });
const lanes = fc.constantFrom(2, 4);

const pairsOf = ({ start, column }: Rows) =>
  range(start.length - 1).flatMap((i) => [...column.subarray(start[i], start[i + 1])].map((j) => [i, j]));

describe('a packed matrix', () => {
  it('has a place of its own for every synapse', () => {
    fc.assert(
      fc.property(matrices, lanes, (rows, width) => {
        const { place, size } = pack(rows, width);
        expect(place.length).toBe(rows.column.length);
        expect(new Set(place).size).toBe(place.length);
        for (const at of place) expect(at >= 0 && at < size).toBe(true);
      }),
    );
  });

  it('read panel by panel, entry by entry, is the matrix again, ascending by column; the rest are gaps', () => {
    fc.assert(
      fc.property(matrices, lanes, (rows, width) => {
        const { parts, place, size } = pack(rows, width);
        const numbers = new Int32Array(size).fill(-1);
        place.forEach((at, k) => (numbers[at] = k));

        const found: { row: number; column: number; k: number }[] = [];
        for (const part of parts) {
          const perEntry = part.vectors * width;
          for (const panel of range(part.panels)) {
            for (let entry = part.starts[panel]; entry < part.starts[panel + 1]; entry++) {
              range(perEntry).forEach((lane) => {
                const k = numbers[part.offset + entry * perEntry + lane];
                const row = part.row + panel * perEntry + lane;
                if (k >= 0) found.push({ row, column: part.columns[entry], k });
              });
            }
            const columns = part.columns.subarray(part.starts[panel], part.starts[panel + 1]);
            expect([...columns]).toEqual([...new Set(columns)].sort((a, b) => a - b));
          }
        }
        found.sort((a, b) => a.k - b.k);
        expect(found.map(({ k }) => k)).toEqual(range(place.length));
        expect(found.map(({ row, column }) => [row, column])).toEqual(pairsOf(rows));
      }),
    );
  });

  it('takes in every row once, in parts one after another', () => {
    fc.assert(
      fc.property(matrices, lanes, (rows, width) => {
        const { parts, size } = pack(rows, width);
        let [row, offset] = [0, 0];
        for (const part of parts) {
          expect([part.row, part.offset]).toEqual([row, offset]);
          const perEntry = part.vectors * width;
          expect(part.panels).toBe(Math.ceil(part.rows / perEntry));
          expect(part.starts.length).toBe(part.panels + 1);
          expect(part.columns.length).toBe(part.starts[part.panels]);
          row += part.rows;
          offset += part.columns.length * perEntry;
        }
        expect([row, offset]).toEqual([rows.start.length - 1, size]);
      }),
    );
  });

  it('is dense where every synapse is there, and only there: then every panel has every column', () => {
    fc.assert(
      fc.property(matrices, lanes, (rows, width) => {
        const { parts } = pack(rows, width);
        const all = rows.column.length === (rows.start.length - 1) * rows.columns;
        for (const part of parts) {
          expect(part.dense).toBe(all);
          if (!part.dense) continue;
          expect([...part.starts]).toEqual(range(part.panels + 1).map((panel) => panel * rows.columns));
          expect([...part.columns]).toEqual(range(part.panels).flatMap(() => range(rows.columns)));
          // Fewer than two vectors of it are empty.
          expect(part.panels * part.vectors * width - part.rows).toBeLessThan(2 * width);
        }
      }),
    );
  });

  it('has a mask for each of its numbers: all bits where there is a synapse, none in a gap', () => {
    fc.assert(
      fc.property(matrices, fc.constantFrom<4 | 8>(4, 8), (rows, bytes) => {
        const packing = pack(rows, 16 / bytes);
        const filled = new Set(packing.place);
        for (const part of packing.parts) {
          const masks = masksOf(packing, part, bytes);
          const count = masks.length / bytes;
          expect(count).toBe((part.columns.length * part.vectors * 16) / bytes);
          const expected = range(count).flatMap((n) => range(bytes).map(() => (filled.has(part.offset + n) ? 255 : 0)));
          expect(Buffer.from(masks).equals(Buffer.from(expected))).toBe(true);
          if (isFull(part, 16 / bytes)) expect(masks.every((byte) => byte === 255)).toBe(true);
        }
      }),
    );
  });
});

describe('a matrix the other way round', () => {
  it('has the same synapses, and tells where each stood', () => {
    fc.assert(
      fc.property(matrices, (rows) => {
        const turned = transpose(rows);
        expect(turned.columns).toBe(rows.start.length - 1);
        expect(turned.start.length - 1).toBe(rows.columns);
        const pairs = pairsOf(rows);
        pairsOf(turned).forEach(([j, i], k) => {
          expect(pairs[turned.from[k]]).toEqual([i, j]);
        });
        expect([...turned.from].sort((a, b) => a - b)).toEqual(range(pairs.length));
      }),
    );
  });

  it('turned twice is itself', () => {
    fc.assert(
      fc.property(matrices, (rows) => {
        const once = transpose(rows);
        const { from, ...twice } = transpose(once);
        expect(twice).toEqual(rows);
        expect([...from].map((k) => once.from[k])).toEqual(range(rows.column.length));
      }),
    );
  });
});
