import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inject } from 'vitest';
import type * as Rxflo from '../../src/index.ts';
import type * as Workers from '../../src/sweep/workers.ts';

// rxflo as build.ts has built it: its worker threads start in half the time.

const load = (name: string): Promise<unknown> => import(pathToFileURL(join(inject('built'), 'src', name)).href);

export const { batch, InputError, sweep } = (await load('index.js')) as typeof Rxflo;
export const { runJobs } = (await load('sweep/workers.js')) as typeof Workers;
