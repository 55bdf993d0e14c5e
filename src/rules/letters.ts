import { at, change, indexed, letter, partial, type Letter, type Letters, type Read } from '../local/index.ts';

const [h, l, W, u] = ['h', 'l', 'W', 'u'].map(letter);
const [own, other] = [indexed(h, 'i'), indexed(h, 'j')];

/** Murray (2019), eqs 3-5: a synapse from j to i. Times are shown only where a trace follows from the one before. */
const COMMON: Readonly<Record<string, Letter>> = {
  w: indexed(W, 'ij'),
  'pre.rate': other,
  'post.rate': own,
  'post.slope': partial(own, indexed(u, 'i')),
  'post.retention': partial(own, at(own, 't-1')),
  'post.signal': indexed(l, 'i'),
};

export const LETTERS: Letters = {
  read(within, { path, scope }: Read) {
    if (within === 'after' && path === 'w') return at(COMMON[path], 'new');
    if (scope === 'own state') return within === 'trace' ? at(indexed(letter(path), 'ij'), 't-1') : stateLetter(path);
    if (scope === 'parameter') return letter(path);
    return Object.hasOwn(COMMON, path) ? COMMON[path] : namedLetter(path);
  },
  result: (within, name) => {
    if (name === undefined) return change(COMMON['w']);
    return within === 'after' ? at(indexed(letter(name), 'ij'), 'new') : stateLetter(name);
  },
};

function stateLetter(name: string): Letter {
  return at(indexed(letter(name), 'ij'), 't');
}

/** Anything else that a neuron sends or publishes, or that is the same for all. */
function namedLetter(path: string): Letter {
  const [part, name] = path.split('.');
  if (part === 'pre') return indexed(letter(name), 'j');
  return part === 'post' ? indexed(letter(name), 'i') : letter(name);
}
