import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { host, ROOT, workplace } from './command.ts';

const { directory, remove } = workplace();
const { rxflo, end } = host();
afterAll(() => {
  end();
  remove();
});

const patterns = join(ROOT, 'scenarios/bellec2020-patterns.ts');

describe('rxflo nir', () => {
  test('export writes the circuit of a scenario, and import shows the same one', async () => {
    const small = ['--quick', '--set', 'units=5', '--seed', '3', '--dt', '0.002'];
    const written = await rxflo(directory, 'nir', 'export', patterns, ...small, '--out', 'p.nir');
    expect(written).toMatchObject({ status: 0, stdout: 'p.nir: 7 nodes, 7 edges\n' });
    expect(written.stderr.split('\n')).toEqual([
      expect.stringMatching(/^rxflo: warning: neurons\.h: NIR does not say the reset, by subtraction/),
      expect.stringMatching(/^rxflo: warning: learning: NIR has none/),
      '',
    ]);
    const read = await rxflo(directory, 'nir', 'import', 'p.nir', '--json');
    expect({ ...read, stdout: JSON.parse(read.stdout) as unknown }).toMatchObject({
      status: 0,
      stderr: '',
      stdout: {
        populations: [
          { name: 'x', model: 'input', size: 100 },
          { name: 'h', model: 'lif', size: 5 },
          { name: 'y', model: 'leaky-readout', size: 1 },
        ],
        synapses: [
          { name: 'input', count: 500, delay: 0 },
          { name: 'recurrent', count: 20, delay: 1 },
          { name: 'readout', count: 5, delay: 0 },
        ],
        outputs: ['y'],
        warnings: [],
      },
    });
  });

  test('export takes the weights that a run ended with', async () => {
    const set = ['--set', 'units=3', 'timesteps=10'];
    const run = await rxflo(directory, 'run', patterns, ...set, '--trials', '2', '--out', 'run');
    expect(run.status).toBe(0);
    const learned = ['--weights', 'run', '--learner', 'e-prop random'];
    const out = await rxflo(directory, 'nir', 'export', patterns, ...set, ...learned, '--out', 'learned.nir');
    expect(out.status).toBe(0);
    await rxflo(directory, 'nir', 'export', patterns, ...set, '--out', 'first.nir');
    const [after, before] = ['learned.nir', 'first.nir'].map((name) => readFileSync(join(directory, name)));
    expect(after.equals(before)).toBe(false);
  });

  test.each([
    [['import', 'text.nir'], /^rxflo: .*text\.nir: cannot be read as HDF5 \(.*\); give a whole file\n$/],
    [['import', 'none.nir'], /^rxflo: .*none\.nir: does not exist; check the name\n$/],
    [['import'], /^rxflo: missing required argument 'file' \(see rxflo nir import --help\)\n$/],
    [['export', join(ROOT, 'scenarios/periodic.ts'), '--out', 'x.nir'], /^rxflo: neurons\.h: NIR has no neuron/],
    [['export', patterns, '--out', 'x.nir', '--learner', 'bptt'], /^rxflo: --learner: /],
    [['export', patterns, '--out', 'x.nir', '--method', 'heun'], /^rxflo: --method: 'heun' is unknown/],
    [['export', patterns], /^rxflo: required option '--out <file>' not specified \(see rxflo nir export --help\)\n$/],
  ])('%j is wrong input', async (words, message) => {
    writeFileSync(join(directory, 'text.nir'), 'no HDF5');
    const { status, stdout, stderr } = await rxflo(directory, 'nir', ...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
