import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import { expect, it } from 'vitest';
import { loadScenario } from '../../src/loading/index.ts';
import { scratch } from '../recording/sample.ts';
import { sweep } from '../support/built.ts';

const SCENARIO = `
import { circuit, learningAlgorithm, leakyTanh, local, normal, periodic, rflo, scenario } from 'rxflo';

const own = learningAlgorithm({ name: 'own', title: 'its own', open: (built, options) => local().open(built, options) });

export default scenario({
  title: 'Own',
  circuit: () =>
    circuit({
      neurons: { h: leakyTanh(1, { tau: 3, initial: 0.1 }) },
      synapses: { recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo() } },
      outputs: ['h'],
    }),
  task: () => periodic({ period: 5 }),
  trials: 2,
  compare: [own],
});
`;

it('with two copies of rxflo in a process, a scenario gets the one that loads it', async () => {
  const directory = scratch();
  const swept = async (name: string) => {
    const scenario = join(directory, `${name}.ts`);
    writeFileSync(scenario, SCENARIO);
    const events = sweep({ scenario, grid: { learner: ['own'] }, seeds: 1, directory: join(directory, name) });
    return (await lastValueFrom(events.pipe(toArray()))).at(-1)?.type;
  };
  expect(await swept('before')).toBe('done');
  // The other copy is the last to load a scenario, so its hooks are asked first for whatever is imported after that.
  const other = join(directory, 'other.mjs');
  writeFileSync(other, 'export default { plan: () => ({}) };\n');
  await loadScenario(other);
  expect(await swept('after')).toBe('done');
});
