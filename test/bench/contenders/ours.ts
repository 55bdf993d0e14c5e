import { fileURLToPath } from 'node:url';
import type { Case } from '../cases.ts';
import type { Contender } from './contender.ts';

const SCRIPT = fileURLToPath(new URL('../peers/rxflo.ts', import.meta.url));

/** Runs a TypeScript file in a Node of its own. */
export function node(script: string, ...args: readonly string[]): { program: string; args: readonly string[] } {
  return { program: process.execPath, args: ['--import', import.meta.resolve('tsx'), script, ...args] };
}

function ours(
  name: string,
  about: string,
  leftOut: (problem: Case) => string | null,
  precision: 'f64' | 'f32' = 'f64',
): Contender {
  return { name, about, precision, leftOut, prepare: () => node(SCRIPT, name) };
}

const everything = (): null => null;

/** The circuit's own rules, actor by actor: what every other engine has to agree with. */
export const actors = ours('actors', 'rxflo: every neuron and synapse an actor', ({ algorithm }) =>
  algorithm === 'rflo' ? null : 'actors run local rules only',
);

/** BPTT and RTRL as rxflo's plain references. */
export const solvers = ours('solvers', 'rxflo: BPTT and RTRL in plain TypeScript', ({ algorithm }) =>
  algorithm === 'rflo' ? 'the solvers are BPTT and RTRL' : null,
);

export const kernelsF64 = ours('kernels-f64', 'rxflo: kernels, the bits of the actors', everything);

/** RFLO when the trial has ended, by history: other last bits, the same numbers. */
export const kernelsHistory = ours(
  'kernels-history',
  'rxflo: kernels, evaluated by history',
  ({ algorithm, schedule }) => (algorithm === 'rflo' && schedule === 'trial' ? null : 'the same as kernels-f64 there'),
);

export const kernelsF32 = ours('kernels-f32', 'rxflo: kernels in float32', everything, 'f32');
