import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { violations, type Sources } from './architecture.ts';

const read = (): Sources => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.ts'));
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
};

/** A small house in order, with some files changed or added. */
const house = (change: Readonly<Record<string, string>>): Sources =>
  new Map(
    Object.entries({
      'src/errors/index.ts': 'export const error = 1;',
      'src/rules/index.ts': "export * from './rflo.ts';",
      'src/rules/rflo.ts': "import { error } from '../errors/index.ts'; export const rflo = error;",
      'src/circuit/index.ts': "import { rflo } from '../rules/index.ts'; export const circuit = rflo;",
      'src/actors/index.ts': "import { map } from 'rxjs'; import type { circuit } from '../circuit/index.ts';",
      'src/solvers/index.ts': "export type { circuit } from '../circuit/index.ts';",
      'src/training/index.ts': "import '../actors/index.ts'; import '../solvers/index.ts';",
      'src/recording/index.ts': "import { open } from 'node:fs/promises'; import '../training/index.ts';",
      'src/cli/main.ts': "import { Command } from 'commander'; import '../recording/index.ts';",
      'src/rules/public.ts': "export { rflo } from './index.ts';",
      'src/training/public.ts': "export { train } from './index.ts';",
      'src/recording/public.ts': "export { weightsOf } from './index.ts';",
      'src/core.ts': "export * from './rules/public.ts'; export * from './training/public.ts';",
      'src/index.ts': "export * from './core.ts'; export * from './recording/public.ts';",
      ...change,
    }),
  );

describe('the house', () => {
  it('is in order', () => {
    const sources = read();
    expect(sources.size).toBeGreaterThan(30);
    expect(violations(sources)).toEqual([]);
  });
});

describe('a breach of the order is found:', () => {
  it('none in a house in order', () => {
    expect(violations(house({}))).toEqual([]);
  });

  it.each([
    [
      'an import from above',
      { 'src/rules/rflo.ts': "import { circuit } from '../circuit/index.ts';" },
      "src/rules/rflo.ts: imports src/circuit/index.ts from 'circuit', above 'rules'",
    ],
    [
      'a type from above',
      { 'src/errors/index.ts': "import type { Rule } from '../rules/index.ts';" },
      "src/errors/index.ts: imports src/rules/index.ts from 'rules', above 'errors'",
    ],
    [
      'a type from above, in the midst of an expression',
      { 'src/errors/index.ts': "export type Rule = import('../rules/index.ts').Rule;" },
      "src/errors/index.ts: imports src/rules/index.ts from 'rules', above 'errors'",
    ],
    [
      'a dynamic import from above',
      { 'src/training/index.ts': "export const later = () => import('../recording/index.ts');" },
      "src/training/index.ts: imports src/recording/index.ts from 'recording', above 'training'",
    ],
    [
      'an export from above',
      { 'src/training/index.ts': "export { write } from '../recording/index.ts';" },
      "src/training/index.ts: imports src/recording/index.ts from 'recording', above 'training'",
    ],
    [
      'an engine that imports another',
      { 'src/actors/index.ts': "import { bptt } from '../solvers/index.ts';" },
      "src/actors/index.ts: imports src/solvers/index.ts from 'solvers', beside 'actors'",
    ],
    [
      'a way past the door',
      { 'src/circuit/index.ts': "import { rflo } from '../rules/rflo.ts';" },
      'src/circuit/index.ts: imports src/rules/rflo.ts past the door src/rules/index.ts',
    ],
    [
      "the public API's way past the door",
      { 'src/index.ts': "export { rflo } from './rules/rflo.ts';" },
      'src/index.ts: imports src/rules/rflo.ts past the door src/rules/public.ts',
    ],
    [
      "the public API's way through the door of the rooms above",
      { 'src/index.ts': "export { rflo } from './rules/index.ts';" },
      'src/index.ts: imports src/rules/index.ts past the door src/rules/public.ts',
    ],
    [
      "a room's way through the door of users",
      { 'src/circuit/index.ts': "import { rflo } from '../rules/public.ts';" },
      'src/circuit/index.ts: imports src/rules/public.ts past the door src/rules/index.ts',
    ],
    [
      'a door for users that is more than a choice',
      { 'src/rules/public.ts': "export { rflo } from './rflo.ts';" },
      'src/rules/public.ts: imports src/rules/rflo.ts past the door src/rules/index.ts',
    ],
    [
      'a room that imports the public API',
      { 'src/cli/main.ts': "import { train } from '../index.ts';" },
      'src/cli/main.ts: imports src/index.ts, which stands on top of the house',
    ],
    [
      'a core that writes files',
      { 'src/core.ts': "export * from './recording/public.ts';" },
      'src/core.ts: imports src/recording/public.ts, which does not run in a browser',
    ],
    [
      'a core that is everything',
      { 'src/core.ts': "export * from './index.ts';", 'src/index.ts': '' },
      'src/core.ts: imports src/index.ts, which does not run in a browser',
    ],
    [
      'a Node module in an engine',
      { 'src/actors/index.ts': "import { performance } from 'node:perf_hooks';" },
      "src/actors/index.ts: imports 'node:perf_hooks', and must run in a browser",
    ],
    [
      'a Node module without its prefix',
      { 'src/core.ts': "import { readFileSync } from 'fs';" },
      "src/core.ts: imports 'fs', and must run in a browser",
    ],
    [
      'a Node module by require',
      { 'src/circuit/index.ts': "const fs = require('node:fs');" },
      "src/circuit/index.ts: imports 'node:fs', and must run in a browser",
    ],
    [
      'a package for Node in a session',
      { 'src/training/index.ts': "import writeFile from 'write-file-atomic';" },
      "src/training/index.ts: imports 'write-file-atomic', and must run in a browser",
    ],
    [
      'the build for Node of a package',
      { 'src/rules/rflo.ts': "import { parse } from 'csv-parse/sync';" },
      "src/rules/rflo.ts: imports 'csv-parse/sync', and must run in a browser",
    ],
    [
      'a file outside src',
      { 'src/cli/main.ts': "import { house } from '../../test/house.ts';" },
      'src/cli/main.ts: imports test/house.ts, which is no file of src',
    ],
    [
      'a file that is not there',
      { 'src/cli/main.ts': "import { run } from './run.ts';" },
      'src/cli/main.ts: imports src/cli/run.ts, which is no file of src',
    ],
    [
      'a room that is not in the plan',
      { 'src/utils/index.ts': '' },
      'src/utils/index.ts: stands in no room of the house; the rooms are errors, random, local,',
    ],
    ['a file beside the rooms', { 'src/helpers.ts': '' }, 'src/helpers.ts: stands in no room of the house'],
    [
      'a cycle within a room',
      { 'src/rules/rflo.ts': "import './delta.ts';", 'src/rules/delta.ts': "import type { Rule } from './rflo.ts';" },
      'a cycle: src/rules/rflo.ts -> src/rules/delta.ts -> src/rules/rflo.ts',
    ],
    [
      'a cycle through the door',
      { 'src/rules/rflo.ts': "import './index.ts';" },
      'a cycle: src/rules/index.ts -> src/rules/rflo.ts -> src/rules/index.ts',
    ],
  ])('%s', (_, change, expected) => {
    // An import from above may close a cycle, too: that is not what is looked for.
    const found = violations(house(change)).filter(
      (wrong) => wrong.startsWith('a cycle') === expected.startsWith('a cycle'),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });
});
