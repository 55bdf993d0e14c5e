/** `npm run fuzz -- 200000 1`: so many wrong files in all, spread over every reader, from a seed; each reader in a process of its own. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { fuzz } from './fuzz.ts';
import { READERS } from './readers.ts';

const [cases = '200000', seed = '1', ...named] = process.argv.slice(2);
const only = named.at(0);
if (only === undefined) {
  const names = Object.keys(READERS);
  const each = String(Math.ceil(Number(cases) / names.length));
  const failed = names.filter((name) => {
    const words = ['--import', 'tsx', fileURLToPath(import.meta.url), each, seed, name];
    return spawnSync(process.execPath, words, { stdio: 'inherit' }).status !== 0;
  });
  process.exitCode = failed.length > 0 ? 1 : 0;
} else {
  const directory = mkdtempSync(join(tmpdir(), 'rxflo-hostile-'));
  const fuzzed = await fuzz(only, directory, Number(cases), { seed: Number(seed) });
  rmSync(directory, { recursive: true, force: true });
  console.log(JSON.stringify({ reader: only, ...fuzzed }, null, 1));
  process.exitCode = fuzzed.faults.length > 0 || fuzzed.slowest > 2 || fuzzed.memory > 400 ? 1 : 0;
}
