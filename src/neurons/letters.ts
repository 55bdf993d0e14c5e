import { at, indexed, letter, partial, type Letters } from '../local/index.ts';

const [rate, input] = [indexed(letter('h'), 'i'), indexed(letter('u'), 'i')];
const [before, now, summed] = [at(rate, 't-1'), at(rate, 't'), at(input, 't')];

/** Murray (2019), eq. 1: neuron i. */
export const LETTERS: Letters = {
  read: (_, { path, scope }) => (scope === 'own state' ? before : scope === 'summed input' ? summed : letter(path)),
  result: (of) => (of === 'rate' ? now : partial(now, of === 'slope' ? summed : before)),
};

/** Any other neuron: its names are its letters. */
export const NEURON_LETTERS: Letters = {
  read: (within, { path, scope }) => {
    if (scope === 'parameter') return letter(path);
    if (scope === 'global') return at(letter(path.slice('global.'.length)), 't');
    if (path.startsWith('last.')) return at(indexed(letter(path.slice('last.'.length)), 'i'), 't-1');
    const isOld = scope === 'own state' && within === 'step';
    return at(indexed(letter(path), 'i'), isOld ? 't-1' : 't');
  },
  result: (of, name) => at(indexed(letter(name ?? of), 'i'), 't'),
};
