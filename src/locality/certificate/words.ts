import { joined } from '../../errors/index.ts';

/** `'a', 'b' and 'c'`. */
export function listed(names: readonly string[]): string {
  return joined(names.map((name) => `'${name}'`));
}
