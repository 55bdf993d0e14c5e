import { readdirSync } from 'node:fs';
import { importFile } from './import-file.ts';

/** The folder of the scenarios that come with rxflo. */
const SCENARIOS = new URL('../../scenarios/', import.meta.url);

/** The names of the files in a folder of scenarios/, without their endings. */
export function shippedIn(folder: string): readonly string[] {
  return readdirSync(new URL(`${folder}/`, SCENARIOS))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.slice(0, -3))
    .sort();
}

/** The default export of one of these files. `name` must be one of `shippedIn(folder)`. */
export async function loadShipped(folder: string, name: string): Promise<unknown> {
  const module = await importFile(new URL(`${folder}/${name}.ts`, SCENARIOS).href);
  return module['default'];
}
