import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import ts from '@typescript/typescript6';

/** Source files by path from the project's root, such as `src/rules/rflo.ts`. */
export type Sources = ReadonlyMap<string, string>;

/** The house, from the ground up: a room may use those on floors below its own, and none beside it. */
const FLOORS: readonly (readonly string[])[] = [
  ['errors'],
  ['random'],
  ['local'],
  ['rules', 'optimisers', 'arithmetic'],
  ['losses'],
  ['neurons'],
  ['tasks'],
  ['circuit'],
  ['actors', 'kernels', 'solvers'],
  ['algorithms'],
  ['analysis'],
  ['training', 'locality'],
  ['recording', 'loading'],
  ['report', 'exchange'],
  ['sweep'],
  ['cli'],
];

/** The public API: what may use every room, and what may use those that run in a browser. */
const [EVERYTHING, CORE] = ['src/index.ts', 'src/core.ts'];

/** The highest floor that runs in a browser. */
const BROWSER = floorOf('training');

/** Packages that run in a browser as they are. Before adding one: does its bundle, too, do without Node? */
const BROWSER_PACKAGES = [
  /^acorn$/,
  /^wabt$/,
  /^rxjs$/,
  /^seedrandom(\/seedrandom\.js)?$/,
  /^@stdlib\//,
  /^crc-32$/,
  /^csv-parse\/browser\/esm\/sync$/,
  /^zod$/,
];

/** Every import that breaks the order of the house, as `file: what is wrong`. */
export function violations(sources: Sources): string[] {
  const found = [...sources].flatMap(([file, text]) => [
    ...misplaced(file),
    ...importsOf(file, text).flatMap((target) =>
      [...wrongWith(file, target, sources)].map((wrong) => `${file}: ${wrong}`),
    ),
  ]);
  return [...found, ...cycles(sources)];
}

function misplaced(file: string): string[] {
  if (file === EVERYTHING || file === CORE || floorOf(roomOf(file)) >= 0) return [];
  return [`${file}: stands in no room of the house; the rooms are ${FLOORS.flat().join(', ')}`];
}

function* wrongWith(file: string, { target, isPackage }: Import, sources: Sources): Generator<string> {
  if (isPackage) {
    if (runsInBrowser(file) && (isBuiltin(target) || !BROWSER_PACKAGES.some((known) => known.test(target)))) {
      yield `imports '${target}', and must run in a browser`;
    }
    return;
  }
  if (!sources.has(target)) {
    yield `imports ${target}, which is no file of src`;
    return;
  }
  const [room, other] = [roomOf(file), roomOf(target)];
  if (file === EVERYTHING || file === CORE) {
    if (file === CORE && (target === EVERYTHING || floorOf(other) > BROWSER)) {
      yield `imports ${target}, which does not run in a browser`;
    }
  } else if (target === EVERYTHING || target === CORE) {
    yield `imports ${target}, which stands on top of the house`;
    return;
  } else if (room !== other && floorOf(other) >= floorOf(room)) {
    yield floorOf(other) === floorOf(room)
      ? `imports ${target} from '${other}', beside '${room}'`
      : `imports ${target} from '${other}', above '${room}'`;
  }
  // What users get of a room is a choice from what the rooms above do.
  const door = `src/${other}/${file === EVERYTHING || file === CORE ? 'public' : 'index'}.ts`;
  if (room !== other && other !== '' && target !== door) yield `imports ${target} past the door ${door}`;
  if (file === `src/${room}/public.ts` && target !== `src/${room}/index.ts`) {
    yield `imports ${target} past the door src/${room}/index.ts`;
  }
}

interface Import {
  /** A file by its path from the root, or a package by its name. */
  readonly target: string;
  readonly isPackage: boolean;
}

/** What a file imports, types and dynamic imports too. */
function importsOf(file: string, text: string): Import[] {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
    const isPackage = !fileName.startsWith('.');
    return { target: isPackage ? fileName : posix.join(posix.dirname(file), fileName), isPackage };
  });
}

/** One round of files that import one another, for each file that begins one. */
function cycles(sources: Sources): string[] {
  const done = new Set<string>();
  const path: string[] = [];
  const found: string[] = [];
  const visit = (file: string): void => {
    if (path.includes(file)) {
      found.push(`a cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
      return;
    }
    if (done.has(file)) return;
    path.push(file);
    for (const { target } of importsOf(file, sources.get(file) ?? '')) if (sources.has(target)) visit(target);
    path.pop();
    done.add(file);
  };
  for (const file of sources.keys()) visit(file);
  return found;
}

/** `rules` for `src/rules/rflo.ts`; empty for a file in src itself. */
function roomOf(file: string): string {
  const [, room, ...rest] = file.split('/');
  return rest.length > 0 ? room : '';
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

function runsInBrowser(file: string): boolean {
  const floor = floorOf(roomOf(file));
  return file === CORE || (floor >= 0 && floor <= BROWSER);
}
