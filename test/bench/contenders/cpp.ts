import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender } from './contender.ts';

const SOURCE = fileURLToPath(new URL('../peers/rflo.cpp', import.meta.url));
const FLAGS = ['-O3', '-march=native'];

/** Written by hand in C++; compiled at the start, for this very processor. */
export const cpp: Contender = {
  name: 'cpp',
  about: `C++ by hand, vectorised and in blocks of time, g++ ${FLAGS.join(' ')}`,
  precision: 'f64',
  leftOut: () => null,
  prepare: (folder) => {
    const program = join(folder, 'rflo');
    const { status, error, stderr } = spawnSync('g++', [...FLAGS, SOURCE, '-o', program], { encoding: 'utf8' });
    if (error) return 'g++ is not installed';
    if (status !== 0) throw new Error(`cpp does not compile: ${stderr}`);
    return { program, args: [] };
  },
};
