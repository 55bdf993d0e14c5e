import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const source = (file: string) => fileURLToPath(new URL(`src/${file}`, import.meta.url));

const MINUTES = 60_000;

/** The files that take longest, in this order: begun first, none is left to run alone at the end. */
const LONGEST = [
  'docs',
  'cli/resume',
  'cli/sweep',
  'package',
  'locality/noninterference',
  'sweep/sweep',
  'digests/digests',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONGEST.length : at;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  resolve: { alias: [{ find: /^rxflo$/, replacement: source('index.ts') }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/build.ts',
    // Test files share their worker's modules: to load them takes longer than to run most tests.
    isolate: false,
    // For what hangs: a machine ten times slower must pass.
    testTimeout: 30 * MINUTES,
    hookTimeout: 30 * MINUTES,
    // By default one on two cores, which waits where a test waits for a process.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    sequence: { sequencer: LongestFirst },
  },
});
