import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { circuit } from '../../src/circuit/index.ts';
import { InputError } from '../../src/errors/index.ts';
import { fromNir, readNir, toNir, writeNir } from '../../src/exchange/index.ts';
import { input, lif, leakyReadout } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { Mutator } from '../hostile/mutate.ts';
import { pythonWith, runPython } from '../recording/python.ts';

const directory = mkdtempSync(join(tmpdir(), 'rxflo-nir-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const FIXTURES = 'test/exchange/fixtures';

/** How a file is refused. */
async function refused(file: string): Promise<string> {
  try {
    fromNir(await readNir(file));
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error(`${file} was taken`);
}

const network = circuit({
  neurons: { x: input(2), h: lif(3), y: leakyReadout(1) },
  synapses: {
    in: { from: 'x', to: 'h', weights: normal() },
    loop: { from: 'h', to: 'h', weights: normal(), delay: 3 },
    out: { from: 'h', to: 'y', weights: normal() },
  },
});

async function written(name: string): Promise<string> {
  const file = join(directory, name);
  await writeNir(file, toNir(network).graph);
  return file;
}

describe('files as the reference implementation writes them', () => {
  it('single precision, packed, with graphs in graphs and metadata', async () => {
    const graph = await readNir(`${FIXTURES}/recurrent.nir`);
    expect(graph.version).toBe('1.0.7');
    expect(graph.metadata.get('framework')).toEqual({ shape: [], texts: ['a peer'] });
    expect(graph.nodes.get('fc.1')?.metadata.get('note')).toEqual({ shape: [], texts: ['wählbar'] });
    const { neurons, synapses, outputs } = fromNir(graph);
    expect(Object.keys(neurons)).toEqual(['input', 'li', 'rnn-1_lif']);
    expect(synapses['rnn-1_w_rec']).toMatchObject({ from: 'rnn-1_lif', to: 'rnn-1_lif', delay: 1 });
    expect(outputs).toEqual(['li']);
    const { weights } = circuit({ neurons, synapses, outputs }).synapses['fc_1'];
    expect(Array.isArray(weights) && weights[0]).toEqual([
      0.2941325008869171, 0.028422242030501366, 0.5467129945755005, -0.7364540696144104,
    ]);
  });

  it('every kind of node', async () => {
    const graph = await readNir(`${FIXTURES}/kinds.nir`);
    const { neurons, synapses, outputs, warnings } = fromNir(graph, { dt: 1e-3 });
    expect(() => circuit({ neurons, synapses, outputs })).not.toThrow();
    expect(warnings).toEqual([]);
    expect(neurons['output'].params['bias']).toEqual([0.5, -0.5]);
    expect(synapses['input-cuba'].delay).toEqual([0, 1, 2]);
  });
});

/** What a strict reader in another language finds: as nir.read does, it takes everything in a node for a parameter. */
const READER = `
import sys, h5py, numpy as np
PARAMETERS = {
    "Input": {"shape"}, "Output": {"shape"}, "Linear": {"weight"}, "Delay": {"delay"},
    "LIF": {"tau", "r", "v_leak", "v_threshold", "v_reset"}, "LI": {"tau", "r", "v_leak"},
}
with h5py.File(sys.argv[1], "r") as f:
    assert f["version"][()] == b"1.0.7"
    graph = f["node"]
    assert graph["type"][()] == b"NIRGraph" and set(graph) == {"type", "nodes", "edges", "metadata"}
    assert graph["metadata/rxflo_dt"][()] == 1e-3
    assert h5py.check_string_dtype(graph["edges"].dtype).encoding == "utf-8" and graph["edges"].shape[1] == 2
    size = {}
    for name, node in graph["nodes"].items():
        kind = node["type"][()].decode()
        assert set(node) - {"type", "metadata"} == PARAMETERS[kind], (name, set(node))
        assert all(node[p].dtype == (np.int64 if p == "shape" else np.float64) for p in PARAMETERS[kind])
        if kind in ("Input", "Output"):
            size[name] = [int(node["shape"][()][0])] * 2
        elif kind == "Linear":
            size[name] = list(node["weight"].shape[::-1])
        else:
            assert len({node[p].shape for p in PARAMETERS[kind]}) == 1
            size[name] = [len(node[sorted(PARAMETERS[kind])[0]])] * 2
    edges = [(a.decode(), b.decode()) for a, b in graph["edges"][()]]
    assert all(size[a][1] == size[b][0] for a, b in edges)
    print(len(edges), graph["nodes/loop_delay/delay"][()].tolist())
`;

const python = pythonWith('h5py');
it.skipIf(python === null)('h5py reads what is written, as the reference implementation asks for it', async () => {
  const answer = runPython(python ?? '', READER, await written('peer.nir'));
  expect(answer).toBe('8 [0.002, 0.002, 0.002]\n');
});

describe('a file is refused in one line:', () => {
  it('no file, and a directory', async () => {
    expect(await refused(join(directory, 'none.nir'))).toMatch(/none\.nir: does not exist/);
    expect(await refused(directory)).toMatch(/: is a directory/);
  });

  it('cut off anywhere', async () => {
    const bytes = readFileSync(await written('whole.nir'));
    const file = join(directory, 'cut.nir');
    for (let part = 0; part < 12; part++) {
      writeFileSync(file, bytes.subarray(0, Math.floor((part / 12) * bytes.length)));
      expect(await refused(file)).toMatch(/^[^\n]*cut\.nir: cannot be read as HDF5 [^\n]*$/);
    }
  });

  /** A file with this in it, made by the library itself. */
  async function made(make: (root: Group) => void): Promise<string> {
    const { ready, File } = await import('h5wasm');
    const { FS } = await ready;
    const file = new File('/made.h5', 'w');
    file.create_dataset({ name: 'version', data: '1.0.7', dtype: 'S' });
    make(file);
    file.close();
    const path = join(directory, 'made.nir');
    writeFileSync(path, FS.readFile('/made.h5'));
    FS.unlink('/made.h5');
    return path;
  }
  type Group = InstanceType<(typeof import('h5wasm'))['Group']>;

  /** A root with nodes of this. */
  function graph(root: Group, edges: readonly string[], nodes: (group: Group) => void): void {
    const node = root.create_group('node');
    node.create_dataset({ name: 'type', data: 'NIRGraph', dtype: 'S' });
    if (edges.length > 0) {
      node.create_dataset({ name: 'edges', data: [...edges], shape: [edges.length / 2, 2], dtype: 'S' });
    }
    nodes(node.create_group('nodes'));
  }
  const inputNode = (nodes: Group) => {
    const x = nodes.create_group('x');
    x.create_dataset({ name: 'type', data: 'Input', dtype: 'S' });
    x.create_dataset({ name: 'shape', data: BigInt64Array.of(1n), dtype: '<q' });
  };

  it.each<[string, (root: Group) => void, RegExp]>([
    ['no graph', () => undefined, /holds no NIR graph/],
    [
      'a number as type',
      (root) => root.create_group('node').create_dataset({ name: 'type', data: 1 }),
      /node\/type: is not a single text/,
    ],
    ['no type', (root) => root.create_group('node'), /node: has no 'type'/],
    [
      'no edges',
      (root) => {
        graph(root, [], inputNode);
      },
      /node: has no 'edges'/,
    ],
    [
      'an edge to nowhere',
      (root) => {
        graph(root, ['x', 'y'], inputNode);
      },
      /node\/edges\[0\]: 'y' is not a node/,
    ],
    [
      'a group in itself',
      (root) => {
        graph(root, ['x', 'x'], (nodes) => nodes.create_hard_link('/node', 'again'));
      },
      /lies in more than 32 nested groups, or in itself/,
    ],
    [
      'many groups in themselves',
      (root) => {
        graph(root, ['x', 'x'], (nodes) => {
          for (let k = 0; k < 4; k++) nodes.create_hard_link('/node', `again${k}`);
        });
      },
      /lies in more than 32 nested groups|more than 100000 objects/,
    ],
    [
      'a link to another file',
      (root) => {
        graph(root, ['x', 'x'], (nodes) => nodes.create_external_link('/etc/passwd', '/x', 'x'));
      },
      /nodes\/x: is neither a group nor a data set of this file/,
    ],
    [
      'a link to nowhere',
      (root) => {
        graph(root, ['x', 'x'], (nodes) => nodes.create_soft_link('/nowhere', 'x'));
      },
      /nodes\/x: is neither/,
    ],
    [
      'a huge data set without data',
      (root) =>
        root
          .create_dataset({
            name: 'w',
            data: new Float64Array(1),
            shape: [1],
            maxshape: [null],
            chunks: [1],
            dtype: '<d',
          })
          .resize([2 ** 31]),
      /w: holds 2147483648 values/,
    ],
    [
      'huge pieces',
      (root) =>
        root.create_dataset({
          ...{ name: 'w', data: Int8Array.of(1), shape: [1], maxshape: [null], dtype: '<b' },
          ...{ chunks: [2 ** 25 + 1], compression: 'gzip' },
        }),
      /in chunks of 33554433/,
    ],
    [
      'too much text',
      (root) =>
        root.create_dataset({ name: 't', data: Array.from({ length: 50 }, () => 'x'.repeat(100_000)), dtype: 'S' }),
      /t: brings the text of this file to more than 4000000 characters/,
    ],
    [
      'references',
      (root) => root.create_dataset({ name: 'r', data: [root.create_reference()] }),
      /r: holds neither numbers nor text/,
    ],
  ])('%s', async (_, make, message) => {
    // prettier-ignore
    expect(await refused(await made(make))).toMatch(message);
  });

  describe('texts that the library would read without an end:', () => {
    /** How a file with these bytes is refused. */
    async function refusedBytes(bytes: Buffer): Promise<string> {
      const file = join(directory, 'endless.nir');
      writeFileSync(file, bytes);
      return refused(file);
    }
    const DAMAGED = /endless.nir: cannot be read as HDF5 \(the texts at byte \d+ are damaged\); give a whole file$/;
    /** The bytes of a collection's header, and of an entry's: its index, 6 more bytes, its length. */
    const HEADER = 16;
    it.each<[string, (entry: Buffer) => unknown]>([
      ['free room of no bytes', (entry) => entry.fill(0, 0, HEADER)],
      ['an entry that is longer than the file', (entry) => entry.writeBigUInt64LE(2n ** 32n - 16n, 8)],
    ])('%s', async (_, spoil) => {
      const bytes = readFileSync(await written('right.nir'));
      spoil(bytes.subarray(bytes.indexOf('GCOL') + HEADER));
      expect(await refusedBytes(bytes)).toMatch(DAMAGED);
    });

    it('collections in each other', async () => {
      const [count, superblock] = [20_000, Buffer.from('\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0', 'latin1')];
      const entry = Buffer.from('\x01\0\0\0\0\0\0\0\x10\0\0\0\0\0\0\0', 'latin1');
      const all = Array.from({ length: count }, (__, k) => {
        const collection = Buffer.alloc(HEADER);
        collection.write('GCOL\x01', 'latin1');
        collection.writeBigUInt64LE(BigInt(2 * HEADER * (count - k)), 8);
        return Buffer.concat([collection, entry]);
      });
      expect(await refusedBytes(Buffer.concat([superblock, ...all, Buffer.alloc(HEADER)]))).toMatch(DAMAGED);
    });

    it.each([
      ['the oldest layout', () => Promise.resolve(`${FIXTURES}/recurrent.nir`), 14],
      ['a later one', () => written('right.nir'), 10],
    ])('lengths of 4 bytes, in %s', async (_, right, at) => {
      const bytes = readFileSync(await right());
      bytes[at] = 4;
      expect(await refusedBytes(bytes)).toMatch(/endless.nir: .*its lengths have 4 bytes; expected 8/);
    });
  });

  it('bytes changed anywhere: refused, or harmless', async () => {
    const mutator = new Mutator(stream(1, 'nir'));
    const bytes = readFileSync(await written('right.nir'));
    const file = join(directory, 'wrong.nir');
    let count = 0;
    for (let n = 0; n < 100; n++) {
      writeFileSync(file, mutator.bytes(bytes));
      try {
        fromNir(await readNir(file));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect(String(error)).not.toMatch(/\n/);
        count++;
      }
    }
    expect(count).toBeGreaterThan(30);
  });
});
