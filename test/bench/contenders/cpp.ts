import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Contender } from './contender.ts';

const SOURCE = fileURLToPath(new URL('../peers/rflo.cpp', import.meta.url));
const FLAGS = ['-O3', '-march=native'];

/** Written by hand in C++; compiled at the start, for this very processor. `ahead`: timesteps that neurons run ahead of synapses. */
function inCpp(name: string, about: string, ahead: number): Contender {
  return {
    name,
    about: `C++ by hand, ${about}, g++ ${FLAGS.join(' ')}`,
    precision: 'f64',
    leftOut: ({ algorithm, schedule }) =>
      ahead > 1 && (algorithm !== 'rflo' || schedule === 'online') ? 'the same as cpp there' : null,
    prepare: (folder) => {
      const program = join(folder, name);
      const words = [...FLAGS, `-DAHEAD=${ahead}`, SOURCE, '-o', program];
      const { status, error, stderr } = spawnSync('g++', words, { encoding: 'utf8' });
      if (error) return 'g++ is not installed';
      if (status !== 0) throw new Error(`${name} does not compile: ${stderr}`);
      return { program, args: [] };
    },
  };
}

export const cpp = inCpp('cpp', 'vectorised, timestep by timestep', 1);

/** With the trick of the kernels: what is left between the two is the engine, not an order of loops. */
export const cppTiled = inCpp('cpp-tiled', 'vectorised, synapses in blocks of 32 timesteps', 32);
