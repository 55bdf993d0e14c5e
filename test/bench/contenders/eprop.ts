import { fileURLToPath } from 'node:url';
import type { Contender } from './contender.ts';
import { compiled, targetOf, type Target } from './cpp.ts';
import { pythonWith } from './python.ts';

/** Who learns by e-prop, at some activity. */
type EpropPeer = Pick<Contender, 'name' | 'about' | 'prepare'>;

function inCpp(name: string, about: string, events: 0 | 1, target: Target): EpropPeer {
  const { suffix, how } = targetOf(target);
  return {
    name: `${name}${suffix}`,
    about: `C++ by hand, ${about}, ${how}`,
    prepare: (folder) => compiled('eprop.cpp', `${name}${suffix}`, target, [`-DEVENTS=${events}`], folder),
  };
}

/** In C++, each for two kinds of vectors. */
export const inCppEprop: readonly EpropPeer[] = (['native', 'narrow'] as const).flatMap((target) => [
  inCpp('cpp-events', 'by history and by events', 1, target),
  inCpp('cpp-trace', 'every synapse steps its trace', 0, target),
]);

/** In Brian2. */
export const brianEprop: EpropPeer = {
  name: 'brian2',
  about: 'Brian2, spikes as events, a trace in every synapse, compiled by Cython',
  prepare: () => {
    const program = pythonWith(['brian2', 'numpy']);
    const script = fileURLToPath(new URL('../peers/brian_eprop.py', import.meta.url));
    return program === null ? 'no Python here has brian2 and numpy' : { program, args: [script] };
  },
};
