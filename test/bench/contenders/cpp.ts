import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case } from '../cases.ts';
import type { Command, Contender } from './contender.ts';

/** For this very processor; and with vectors of 128 bits and no fused multiply-add, which is what WebAssembly could reach at best. */
const TARGETS = {
  native: { suffix: '', flags: ['-O3', '-march=native'] },
  narrow: { suffix: '-128', flags: ['-O3', '-msse4.1', '-mno-avx', '-mno-fma', '-ffp-contract=off'] },
} as const;

export type Target = keyof typeof TARGETS;

/** Compiles a source into `folder`: how to start it; or, as a sentence, why that cannot be here. @throws Error if there is a compiler, and it refuses. */
export function compiled(
  source: string,
  name: string,
  target: Target,
  defines: readonly string[],
  folder: string,
): Command | string {
  if (target === 'narrow' && process.arch !== 'x64')
    return 'vectors of 128 bits are asked for by the flags of x86 processors';
  const program = join(folder, name);
  const file = fileURLToPath(new URL(`../peers/${source}`, import.meta.url));
  const { status, error, stderr } = spawnSync('g++', [...TARGETS[target].flags, ...defines, file, '-o', program], {
    encoding: 'utf8',
  });
  if (error) return 'g++ is not installed';
  if (status !== 0) throw new Error(`${name} does not compile: ${stderr}`);
  return { program, args: [] };
}

/** The suffix of the names of what is compiled for a target, and how. */
export function targetOf(target: Target): { readonly suffix: string; readonly how: string } {
  const { suffix, flags } = TARGETS[target];
  return { suffix, how: `g++ ${flags.join(' ')}` };
}

/** Written by hand in C++; compiled at the start. `ahead`: timesteps that neurons run ahead of synapses. */
function inCpp(
  {
    name,
    about,
    ahead = 1,
    history = false,
  }: { readonly name: string; readonly about: string; readonly ahead?: number; readonly history?: boolean },
  target: Target,
): Contender {
  const { suffix, how } = targetOf(target);
  const isOther = ahead > 1 || history;
  return {
    name: `${name}${suffix}`,
    about: `C++ by hand, ${about}, ${how}`,
    precision: 'f64',
    leftOut: ({ algorithm, schedule }: Case) =>
      isOther && (algorithm !== 'rflo' || schedule === 'online') ? `the same as cpp${suffix} there` : null,
    prepare: (folder) =>
      compiled('rflo.cpp', `${name}${suffix}`, target, [`-DAHEAD=${ahead}`, `-DHISTORY=${Number(history)}`], folder),
  };
}

const plain = { name: 'cpp', about: 'vectorised, timestep by timestep' };
/** With the trick of the kernels: what is left between the two is the engine, not an order of loops. */
const tiled = { name: 'cpp-tiled', about: 'vectorised, synapses in blocks of 32 timesteps', ahead: 32 };
const byHistory = {
  name: 'cpp-history',
  about: 'evaluated by history, a product of matrices in blocks',
  history: true,
};

const cpp = inCpp(plain, 'native');

/** All that are written in C++. */
export const inCppAll: readonly Contender[] = [
  cpp,
  ...[tiled, byHistory].map((way) => inCpp(way, 'native')),
  ...[plain, tiled, byHistory].map((way) => inCpp(way, 'narrow')),
];
