import { at, indexed, letter, partial, type Letters } from '../local/index.ts';

const [rate, input] = [indexed(letter('h'), 'i'), indexed(letter('u'), 'i')];
const [before, now, summed] = [at(rate, 't-1'), at(rate, 't'), at(input, 't')];

/** Murray (2019), eq. 1: neuron i. */
export const LETTERS: Letters = {
  read: (_, { path, scope }) => (scope === 'own state' ? before : scope === 'summed input' ? summed : letter(path)),
  result: (of) => (of === 'rate' ? now : partial(now, of === 'slope' ? summed : before)),
};
