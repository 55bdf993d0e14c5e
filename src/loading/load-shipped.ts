import { readdirSync } from 'node:fs';
import { importFile } from './import-file.ts';

/** Where the scenarios are that come with rxflo. */
const SCENARIOS = new URL('../../scenarios/', import.meta.url);

/** The names of the files in a folder of scenarios/, without their endings. */
export function shippedIn(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, SCENARIOS))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3))
    .sort();
}

/** What one of these files exports as its default. `name` must be one of `shippedIn(folder)`. */
export async function loadShipped(folder: string, name: string): Promise<unknown> {
  const module = await importFile(new URL(`${folder}/${name}.ts`, SCENARIOS).href);
  return module['default'];
}
