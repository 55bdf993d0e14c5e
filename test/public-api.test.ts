import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import * as core from '../src/core.ts';
import * as everything from '../src/index.ts';

// What users may rely on. A name that is added here stays; one that is taken away is a break, and is said in the release notes.
const frozen = JSON.parse(readFileSync('test/public-api.json', 'utf8')) as Readonly<Record<'core' | 'files', Names>>;

interface Names {
  readonly values: readonly string[];
  readonly types: readonly string[];
}

/** What a file of the public API exports by itself: through the doors of the rooms that it names. */
function namesOf(file: string): Names {
  const rooms = [...readFileSync(file, 'utf8').matchAll(/^export \* from '\.\/(\w+)\/public\.ts';$/gm)].map(
    ([, room]) => room,
  );
  const names = rooms.flatMap((room) =>
    [...readFileSync(`src/${room}/public.ts`, 'utf8').matchAll(/\{([^}]*)\}/g)].flatMap(([, list]) =>
      list
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
    ),
  );
  const isType = (name: string) => name.startsWith('type ');
  return {
    values: names.filter((name) => !isType(name)).sort(),
    types: names
      .filter(isType)
      .map((name) => name.slice('type '.length))
      .sort(),
  };
}

it('the public API is what it was', () => {
  expect({ core: namesOf('src/core.ts'), files: namesOf('src/index.ts') }).toEqual(frozen);
});

it('the docs speak of nothing that only the rooms know', async () => {
  const rooms = readdirSync('src').filter((room) => existsSync(`src/${room}/index.ts`));
  const doors = await Promise.all(rooms.map((room): Promise<unknown> => import(`../src/${room}/index.ts`)));
  const names = doors.flatMap((door) => Object.keys(door ?? {}));
  const inner = new Set(names.filter((name) => !(name in everything)));
  // A single word may be a field or an option as well.
  const mentioned = readdirSync('docs')
    .filter((page) => page.endsWith('.md'))
    .flatMap((page) => [...readFileSync(`docs/${page}`, 'utf8').matchAll(/`([a-z]+[A-Z]\w*)(?=[`(])/g)])
    .map(([, name]) => name);
  expect(mentioned.filter((name) => inner.has(name))).toEqual([]);
});

it('what can be imported is what is listed', () => {
  expect(Object.keys(core).sort()).toEqual(frozen.core.values);
  expect(Object.keys(everything).sort()).toEqual([...frozen.core.values, ...frozen.files.values].sort());
});
