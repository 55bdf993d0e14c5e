import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readNir, writeNir } from '../../src/exchange/index.ts';
import { weightsOf } from '../../src/recording/index.ts';
import { host, ROOT, workplace } from './command.ts';

const { directory, remove } = workplace();
const { rxflo, end } = host();
afterAll(() => {
  end();
  remove();
});

const patterns = join(ROOT, 'scenarios/bellec2020-patterns.ts');

/** A scenario file: what declares its `network`, and the rest. */
const scenarioOf = (network: string): string => `
import { patternGeneration, scenario } from 'rxflo';
${network}
export default scenario({
  ...{ title: 'small', circuit: () => network, task: () => patternGeneration({ timesteps: 5 }) },
  ...{ compare: ['bptt'], trials: 1 },
});
`;
const joined = (how: string): string => `
import { circuit, input, leakyReadout, normal, probability, rflo } from 'rxflo';
const network = circuit({
  neurons: { x: input(100), y: leakyReadout(1) },
  synapses: { in: { from: 'x', to: 'y', weights: normal(), rule: rflo(), ${how} } },
});`;

describe('rxflo nir', () => {
  test('export writes the circuit of a scenario, and import shows the same one', async () => {
    const small = ['--quick', '--set', 'units=5', '--seed', '3', '--dt', '0.002'];
    const written = await rxflo(directory, 'nir', 'export', patterns, ...small, '--out', 'p.nir');
    expect(written).toMatchObject({ status: 0, stdout: 'p.nir: 7 nodes, 7 edges\n' });
    expect(written.stderr.split('\n')).toEqual([
      expect.stringMatching(/^rxflo: warning: neurons\.h: NIR cannot express the reset, by subtraction/),
      expect.stringMatching(/^rxflo: warning: learning: NIR has no learning/),
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

  test('export says which directory is not there', async () => {
    const out = join('no', 'such', 'p.nir');
    const { status, stderr } = await rxflo(directory, 'nir', 'export', patterns, '--quick', '--out', out);
    expect(status).toBe(2);
    expect(stderr).toContain(`rxflo: ${join(directory, 'no', 'such')}: does not exist; check the name`);
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

  test('export takes the seed and the options of the run whose weights it takes, and no others', async () => {
    const run = join(directory, 'seeded');
    const set = ['--set', 'units=3', 'timesteps=10'];
    const ran = await rxflo(directory, 'run', patterns, ...set, '--seed', '5', '--trials', '1', '--learner', 'bptt', '--out', run); // prettier-ignore
    expect(ran.status).toBe(0);
    const exported = (...words: readonly string[]) =>
      rxflo(directory, 'nir', 'export', patterns, '--weights', 'seeded', '--out', 'seeded.nir', ...words);
    expect(await exported()).toMatchObject({ status: 0 });
    expect(await exported(...set, '--seed', '5')).toMatchObject({ status: 0 });
    const { nodes } = await readNir(join(directory, 'seeded.nir'));
    for (const group of ['input', 'recurrent', 'readout']) {
      const rows = weightsOf(run, group).flatMap((row) => Array.from(row, (weight) => weight || 0));
      expect(nodes.get(group)?.fields.get('weight')).toMatchObject({ values: Float64Array.from(rows) });
    }
    for (const [words, message] of [
      [['--seed', '6'], /^rxflo: --seed: 6 differs from 5, the value in the run .*seeded; leave it out\n$/],
      [['--set', 'units=4'], /^rxflo: --set units: 4 differs from 3, /],
      [['--quick'], /^rxflo: --quick, which sets \w+: .* differs from /],
    ] as const) {
      const { status, stderr } = await exported(...words);
      expect(status).toBe(2);
      expect(stderr).toMatch(message);
    }
    rmSync(join(run, 'summary.json'));
    expect((await exported()).stderr).toMatch(/^rxflo: .*seeded: has no summary .*; resume the run first\n$/);
  });

  test('export refuses weights of a run that had other synapses', async () => {
    writeFileSync(join(directory, 'all.ts'), scenarioOf(joined('')));
    writeFileSync(join(directory, 'some.ts'), scenarioOf(joined('connect: probability(0.5)')));
    const run = await rxflo(directory, 'run', 'all.ts', '--out', 'all');
    expect(run).toMatchObject({ status: 0 });
    const out = ['--weights', 'all', '--out', 'x.nir'];
    expect(await rxflo(directory, 'nir', 'export', 'all.ts', ...out)).toMatchObject({ status: 0 });
    const { status, stderr } = await rxflo(directory, 'nir', 'export', 'some.ts', ...out);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^rxflo: .*all: its synapses of 'in' differ from those of this scenario; give the scenario and the options of that run\n$/,
    );
  });

  test('what import --help says to write in a scenario runs', async () => {
    const { stdout } = await rxflo(directory, 'nir', 'import', '--help');
    const recipe = /^In a scenario.*:\n((?: {2}.*\n|\n)+)/m.exec(stdout)?.[1] ?? '';
    const read = JSON.stringify(join(directory, 'p.nir'));
    await rxflo(directory, 'nir', 'export', patterns, '--quick', '--set', 'units=5', '--out', 'p.nir');
    writeFileSync(join(directory, 'recipe.ts'), scenarioOf(recipe.replace("'network.nir'", read)));
    const again = await rxflo(directory, 'nir', 'export', 'recipe.ts', '--out', 'again.nir');
    expect(again).toMatchObject({ status: 0, stdout: 'again.nir: 7 nodes, 7 edges\n' });
  });

  test('import names the file of a graph that no circuit can be', async () => {
    const lonely = { type: 'Input', fields: new Map([['shape', { shape: [1], values: Float64Array.of(1) }]]) };
    await writeNir(join(directory, 'lonely.nir'), {
      ...{ type: 'NIRGraph', version: '1.0.7', fields: new Map(), metadata: new Map(), edges: [] },
      nodes: new Map([['x', { ...lonely, metadata: new Map() }]]),
    });
    const { status, stderr } = await rxflo(directory, 'nir', 'import', 'lonely.nir');
    expect(status).toBe(2);
    expect(stderr).toMatch(/^rxflo: .*lonely\.nir: nodes: none of them is an Output/);
  });

  test.each([
    [['import', 'text.nir'], /^rxflo: .*text\.nir: cannot be read as HDF5 \(.*\); give a whole file\n$/],
    [['import', 'none.nir'], /^rxflo: .*none\.nir: does not exist; check the name\n$/],
    [['import'], /^rxflo: missing required argument 'file' \(see rxflo nir import --help\)\n$/],
    [
      ['export', join(ROOT, 'scenarios/periodic.ts'), '--out', 'x.nir'],
      /^rxflo: .*periodic\.ts: neurons\.h: NIR has no neuron/,
    ],
    [
      ['export', 'text.nir', '--out', './text.nir'],
      /^rxflo: --out: is the scenario file, which would be overwritten; give another file\n$/,
    ],
    [['export', patterns, '--out', 'x.nir', '--learner', 'bptt'], /^rxflo: --learner: /],
    [
      ['export', patterns, '--out', 'x.nir', '--method', 'heun'],
      /^rxflo: --method: expected 'exact' or 'euler', got 'heun'/,
    ],
    [['export', patterns], /^rxflo: required option '--out <file>' not specified \(see rxflo nir export --help\)\n$/],
  ])('%j is wrong input', async (words, message) => {
    writeFileSync(join(directory, 'text.nir'), 'no HDF5');
    const { status, stdout, stderr } = await rxflo(directory, 'nir', ...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
