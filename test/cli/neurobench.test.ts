import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { host, ROOT, workplace } from './command.ts';

const { directory, remove } = workplace();
const { rxflo, end } = host();
afterAll(() => {
  end();
  remove();
});

const scenario = join(ROOT, 'scenarios/mackey-glass.ts');
const small = ['--set', 'units=5', 'length=1'];

interface Printed {
  readonly metrics: { readonly timesteps: number; readonly parameters: number; readonly membraneUpdates: number };
  readonly scores: { readonly sMAPE: number };
}

test('rxflo neurobench measures the test trial, with the weights that a run ended with', async () => {
  const run = await rxflo(directory, 'run', scenario, ...small, '--trials', '30', '--out', 'run');
  expect(run.status).toBe(0);
  const measured = async (...words: readonly string[]) => {
    const { status, stdout } = await rxflo(directory, 'neurobench', scenario, ...small, ...words, '--json');
    expect(status).toBe(0);
    return JSON.parse(stdout) as Printed;
  };
  const [first, learned] = [await measured(), await measured('--weights', 'run', '--learner', 'rflo')];
  expect(learned.metrics).toMatchObject({ timesteps: 150, parameters: 10 + 25 + 5 + 2, membraneUpdates: 0 });
  expect(learned.scores.sMAPE).toBeLessThan(first.scores.sMAPE);
  const { stdout } = await rxflo(directory, 'export', 'run', '--format', 'csv', '--json');
  expect(stdout).toContain('scores.csv');
  const spiking = await measured('--set', 'neurons=spikes');
  expect(spiking.metrics.membraneUpdates).toBeGreaterThan(0);
  const wrong = await rxflo(directory, 'neurobench', scenario, '--learner', 'rflo');
  expect(wrong).toMatchObject({ status: 2, stdout: '' });
});

test('what NeuroBench does not count is refused with its place in the scenario', async () => {
  writeFileSync(
    join(directory, 'gated.ts'),
    `import { circuit, input, linear, normal, scenario } from 'rxflo';
export default scenario({
  title: 'Gated',
  circuit: () => circuit({
    neurons: { x: input(1), y: linear(1) },
    synapses: { in: { from: 'x', to: 'y', weights: normal(), gate: { from: 'x' } } },
  }),
  task: () => ({
    ...{ name: 'one', inputs: 1, outputs: 1, settings: {} },
    trial: () => ({ timesteps: 1, input: Float64Array.of(1), target: Float64Array.of(1) }),
  }),
  compare: ['bptt'],
});
`,
  );
  const { status, stderr } = await rxflo(directory, 'neurobench', 'gated.ts');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^rxflo: gated\.ts: synapses\.in\.gate: .*NeuroBench/);
});
