import { InputError, oneOf, show } from '../../../src/errors/index.ts';
import type { Contender } from './contender.ts';
import { inCppAll } from './cpp.ts';
import { actors, kernelsF32, kernelsF64, kernelsHistory, solvers } from './ours.ts';
import { brian2, numpy, numpyPaper, numpyTuned, torch } from './python.ts';
import { tfjs } from './tfjs.ts';

export type { Command, Contender } from './contender.ts';

/** Those who are not rxflo. */
export const PEERS: readonly Contender[] = [...inCppAll, numpyPaper, numpy, numpyTuned, torch, brian2, tfjs];

/** Everyone, in the order of the tables. */
export const CONTENDERS: readonly Contender[] = [actors, solvers, kernelsF64, kernelsHistory, kernelsF32, ...PEERS];

/** What the others are measured against. They have to agree with the actors, too, which learn the same bits more slowly. */
export const KERNELS = kernelsF64;

/** What rxflo runs without kernels. */
export const PLAIN: readonly Contender[] = [actors, solvers];

/** The contenders of these names, and the kernels, which always take part. @throws InputError if a name is none. */
export function contendersOf(names: readonly string[]): readonly Contender[] {
  const known = CONTENDERS.map(({ name }) => name);
  const wrong = names.find((name) => !known.includes(name));
  if (wrong !== undefined) throw new InputError('--contenders', `${show(wrong)} is unknown; give ${oneOf(known)}`);
  return CONTENDERS.filter((contender) => contender === KERNELS || names.includes(contender.name));
}
