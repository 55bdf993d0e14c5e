import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ready } from 'h5wasm';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { InputError } from '../../src/errors/index.ts';
import { readNir, writeNir, type NirGraph, type NirValue } from '../../src/exchange/index.ts';
import { graphOf, inputOf, node, outputOf } from './graphs.ts';

const directory = mkdtempSync(join(tmpdir(), 'rxflo-nir-'));
const file = join(directory, 'x.nir');
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const base = { in: inputOf(1), out: outputOf(1) };
const one: NirValue = { shape: [], values: Float64Array.of(1) };
const withMetadata = (...entries: readonly (readonly [string, NirValue])[]): NirGraph => ({
  ...graphOf(base, 'in > out'),
  metadata: new Map(entries),
});

async function refused(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** The files that lie in the library's memory. */
async function inMemory(): Promise<readonly string[]> {
  const { FS } = await ready;
  const names: unknown = FS.readdir('/');
  return Array.isArray(names) ? names.map(String).filter((name) => name.endsWith('.h5')) : [];
}

describe('writing a graph', () => {
  it('keeps metadata in groups as it was read, numbers by names of rxflo’s too', async () => {
    const graph = withMetadata(['a/b', one], ['a/c/d', { shape: [2], texts: ['x', ''] }], ['shape', { ...one, values: Float64Array.of(0.5) }]); // prettier-ignore
    await writeNir(file, graph);
    expect((await readNir(file)).metadata).toEqual(graph.metadata);
  });

  it.each<[string, NirGraph, RegExp]>([
    ['a node with a slash', graphOf({ ...base, 'a/b': inputOf(1) }, 'in > out'), /node\/nodes\/a\/b: 'a\/b' cannot be/],
    ['a node in a graph in it', graphOf({ ...base, sub: graphOf({ 'a/b': inputOf(1) }) }, 'in > out'), /nodes\/sub\/nodes\/a\/b: 'a\/b'/], // prettier-ignore
    [
      'a field without a name',
      graphOf({ ...base, n: node('LI', { '': [1] }) }, 'in > out'),
      /nodes\/n\/: '' cannot be/,
    ],
    ['a field with the name of the type', graphOf({ ...base, n: node('LI', { type: [1] }) }, 'in > out'), /nodes\/n\/type: is also/], // prettier-ignore
    ['half a shape', graphOf({ ...base, n: node('Input', { shape: [0.5] }) }, 'in > out'), /nodes\/n\/shape\[0\]: 0\.5 is not a whole/], // prettier-ignore
    ['metadata at a point', withMetadata(['.', one]), /metadata\/\.: '\.' cannot be/],
    ['a name that ends early', withMetadata(['a\0b', one]), /metadata\/a\\u0000b: .*NUL/],
    ['a text that ends early', withMetadata(['a', { shape: [], texts: ['x\0y'] }]), /metadata\/a: .*NUL/],
    ['a value that is also a group', withMetadata(['a', one], ['a/b', one]), /metadata\/a\/b: would be both/],
    ['a group that is also a value', withMetadata(['a/b', one], ['a', one]), /metadata\/a: would be both/],
    ['values that their shape does not say', withMetadata(['a', { shape: [3], values: Float64Array.of(1) }]), /metadata\/a: has the shape \[3\] and 1/], // prettier-ignore
    ['metadata too deep', withMetadata([`${'a/'.repeat(40)}b`, one]), /lies in more than 32 nested groups/],
  ])('is refused in one line, and leaves nothing behind: %s', async (_, graph, message) => {
    rmSync(file, { force: true });
    const told = await refused(writeNir(file, graph));
    expect(told).toMatch(message);
    expect(told).toMatch(/^[^\n]*x\.nir: [^\n]*$/);
    expect(readdirSync(directory)).toEqual([]);
    expect(await inMemory()).toEqual([]);
  });

  it('names whatever else the library cannot do in one line', async () => {
    const { FS } = await ready;
    vi.spyOn(FS, 'readFile').mockImplementation(() => {
      throw new Error('no memory\nis left');
    });
    expect(await refused(writeNir(file, graphOf(base, 'in > out')))).toMatch(
      /x\.nir: cannot be written as HDF5 \(no memory\)$/,
    );
    expect(await inMemory()).toEqual([]);
  });
});

describe('reading a file', () => {
  it('is refused in one line where the library has no room for it', async () => {
    await writeNir(file, graphOf(base, 'in > out'));
    const { FS } = await ready;
    vi.spyOn(FS, 'writeFile').mockImplementation(() => {
      throw new Error('no memory\nis left');
    });
    expect(await refused(readNir(file))).toMatch(/x\.nir: cannot be read as HDF5 \(no memory\); give a whole file$/);
  });

  it('is refused where its numbers are of many bytes', async () => {
    const wide = 'test/exchange/fixtures/wide.nir';
    expect(readFileSync(wide).length).toBeLessThan(2000);
    expect(await refused(readNir(wide))).toBe(`${wide}: w: holds numbers of 1000 bytes; expected 8 or fewer`);
  });
});
