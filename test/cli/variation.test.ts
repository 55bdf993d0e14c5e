import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { SweepSummary } from '../../src/recording/index.ts';
import { host, ROOT, workplace } from './command.ts';

const { directory, remove } = workplace();
const { rxflo, end } = host();
afterAll(() => {
  end();
  remove();
});

/** The guide's own variation of Fig. 2, saved outside of the project as it says. */
function guidesVariation(): string {
  const guide = readFileSync(join(ROOT, 'docs/guide.md'), 'utf8');
  const block = /^## Your own variation$.*?^```ts\n(.*?)^```$/ms.exec(guide);
  if (!block) throw new Error('the guide has no variation');
  return block[1];
}

writeFileSync(join(directory, 'mine.ts'), guidesVariation());
const few = ['--trials', '2', '--quick'];

async function printedBy(...typed: readonly string[]): Promise<string> {
  const { status, stderr, stdout } = await rxflo(directory, ...typed);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

test("the guide's own variation of Fig. 2 is five lines, and is run, audited and swept as any scenario", async () => {
  expect(
    /^export default variation\(fig2, \{\n((?: {2}.*\n)*)\}\);$/m.exec(guidesVariation())?.[1].split('\n'),
  ).toHaveLength(6);
  const [run, audit] = await Promise.all([
    printedBy('run', 'mine.ts', ...few, '--set', 'units=8', '--json'),
    printedBy('audit', 'mine.ts', '--set', 'units=8', '--json'),
    printedBy('sweep', 'mine.ts', ...few, '--set', 'units=8', '--seeds', '1', '--workers', '1', '--out', 'swept'),
  ]);
  expect(JSON.parse(run)).toMatchObject({
    title: 'Fig. 2 with 60 units, a square wave and slower traces',
    settings: { units: 8, period: 200, rate: 0.03, gain: 1.5 },
    learners: [{ learner: 'slow-trace' }, { learner: 'bptt' }],
  });
  const { certificates } = JSON.parse(audit) as { certificates: readonly { name: string; local: boolean }[] };
  expect(certificates.map(({ name }) => name)).toEqual(['slow-trace', 'bptt']);
  const swept = JSON.parse(readFileSync(join(directory, 'swept/summary.json'), 'utf8')) as SweepSummary;
  expect(swept.cells).toHaveLength(2 * 2 * 3); // period, learner, rate
});
