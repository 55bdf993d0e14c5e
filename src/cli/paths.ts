import { resolve } from 'node:path';

/** A path as the person who typed it meant it: npm runs scripts in the project's folder, wherever they were called from. */
export function typedPath(path: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: calledFrom } = process.env;
  return resolve(script === 'rxflo' && calledFrom !== undefined ? calledFrom : process.cwd(), path);
}
