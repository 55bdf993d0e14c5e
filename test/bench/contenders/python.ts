import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Case } from '../cases.ts';
import type { Contender } from './contender.ts';

/** A Python that finds all of `modules`: the one named in PYTHON, the system's own, or the first on the path. */
export function pythonWith(modules: readonly string[]): string | null {
  const candidates = [process.env['PYTHON'], '/usr/bin/python3', 'python3'].filter((name) => name !== undefined);
  const finds = `import sys; from importlib.util import find_spec; sys.exit(not all(map(find_spec, sys.argv[1:])))`;
  return candidates.find((python) => spawnSync(python, ['-c', finds, ...modules]).status === 0) ?? null;
}

function python(
  name: string,
  about: string,
  script: string,
  modules: readonly string[],
  leftOut: (problem: Case) => string | null = () => null,
): Contender {
  const file = fileURLToPath(new URL(`../peers/${script}`, import.meta.url));
  const prepare = (): ReturnType<Contender['prepare']> => {
    const program = pythonWith(modules);
    return program === null ? `no Python here has ${modules.join(' and ')}` : { program, args: [file] };
  };
  return { name, about, precision: 'f64', leftOut, prepare };
}

export const numpy = python('numpy', 'NumPy, the equations as they stand', 'numpy_plain.py', ['numpy']);

export const numpyPaper = python(
  'numpy-paper',
  "NumPy in the manner of the paper's example code",
  'numpy_paper.py',
  ['numpy'],
  ({ algorithm }) => (algorithm === 'rflo' ? null : "the example's own BPTT and RTRL are not the gradient"),
);

export const numpyTuned = python('numpy-tuned', 'NumPy, in place and without temporaries', 'numpy_tuned.py', ['numpy']);

export const torch = python('torch', 'PyTorch, float64 on the CPU; BPTT by autograd', 'torch_plain.py', [
  'torch',
  'numpy',
]);

export const brian2 = python(
  'brian2',
  'Brian2, equations compiled by Cython',
  'brian_equations.py',
  ['brian2', 'numpy'],
  ({ algorithm }) => (algorithm === 'rflo' ? null : 'Brian2 has no backpropagation and no matrix products'),
);
