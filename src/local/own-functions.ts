import { InputError, show } from '../errors/index.ts';
import { COMPOSED } from './functions.ts';
import { isCallableName } from './graph/library.ts';
import { isIdentifier } from './parameters.ts';
import type { Numerical } from './reading/agreement.ts';
import type { Composed } from './reading/names.ts';
import { readDefinition } from './reading/read-text.ts';

/** Functions of numbers that a definition brings along, by the names that its texts call them by: `{ f: (u, gain) => tanh(gain * u) }`. */
export type OwnFunctions = Readonly<Record<string, Numerical>>;

/**
 * All that the texts of a definition may call: rxflo's functions and its own, which may call rxflo's.
 *
 * @throws InputError if a name is not an identifier or is one of rxflo's; and as `readLocal` does if a function is not in the language.
 */
export function ownFunctions(owner: string, own: OwnFunctions = {}): Composed {
  const place = `${owner}.functions`;
  if (typeof (own as unknown) !== 'object' || (own as unknown) === null) {
    throw new InputError(place, `expected named functions, such as { f: (u) => tanh(u) }, got ${show(own)}`);
  }
  const named = Object.entries(own).map(([name, f]) => {
    if (!isIdentifier(name)) {
      const right = 'use letters, digits and _, beginning with a letter';
      throw new InputError(`${place}.${name}`, `is not an identifier; ${right}`);
    }
    if (isCallableName(name))
      throw new InputError(`${place}.${name}`, 'is the name of a function of rxflo; use another name');
    return [name, readDefinition(owner, `functions.${name}`, f, COMPOSED)] as const;
  });
  return new Map([...COMPOSED, ...named]);
}
