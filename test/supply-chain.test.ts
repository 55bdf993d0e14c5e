import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

// What `npm ci` brings to a newcomer's machine.

interface Locked {
  readonly name?: string;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
}

const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const { packages } = read('package-lock.json') as { packages: Record<string, Locked> };
const { allowScripts } = read('package.json') as { allowScripts: Record<string, boolean> };
const nameOf = ([path, { name }]: [string, Locked]): string =>
  name ?? path.slice(path.lastIndexOf('node_modules/') + 13);

it('no package has an install script, but for those that are denied theirs', () => {
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript);
  const denied = Object.keys(allowScripts).filter((name) => !allowScripts[name]);
  expect(scripted.map(nameOf).filter((name) => !denied.includes(name))).toEqual([]);
});

it("msgpackr's native part is left out", () => {
  expect(Object.entries(packages).map(nameOf)).not.toContainEqual(expect.stringContaining('msgpackr-extract'));
});

it('packages are locked by their contents, and not by the host that they came from', () => {
  expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});
