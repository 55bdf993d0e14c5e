import { InputError, joined, show } from '../errors/index.ts';
import { readLocal, type Expected, type LocalFunction } from '../local/index.ts';

/** What a rule computes after a change was applied. `known`: the names that it may give. @throws InputError if it gives another. */
export function readAfter(
  place: string,
  after: ((view: never) => unknown) | undefined,
  expected: Expected,
  known: readonly string[],
): LocalFunction | undefined {
  if (!after) return undefined;
  const read = readLocal(place, 'after', after, { ...expected, results: 'any' });
  const wrong = read.namedResults.find(({ name }) => !known.includes(name));
  if (!wrong) return read;
  const right = known.length > 0 ? `it may give ${joined(known)}` : 'the rule has no state that it could give; add one';
  throw new InputError(`${place}.after`, `gives ${show(wrong.name)}, which is not in the state; ${right}`);
}
