import { InputError, show } from '../errors/index.ts';

const LONGEST = 200;

/** @throws InputError if a learner or probe has a name that files and tables cannot hold, such as `__proto__`, which readers of records refuse. */
export function checkLabel(place: string, name: string): void {
  if (typeof name !== 'string' || name.trim() === '' || name.length > LONGEST) {
    throw new InputError(place, `expected a name of 1 to ${LONGEST} characters, got ${show(name)}`);
  }
  if (name === '__proto__') throw new InputError(place, `${show(name)} is reserved; give another name`);
}
