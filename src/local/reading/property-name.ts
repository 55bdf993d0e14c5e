import type { Expression, PrivateIdentifier } from 'acorn';

/** The name that a property is written under, `rate`, `'rate'` or `['rate']`; undefined where it is computed or not a name. */
export function propertyName(key: Expression | PrivateIdentifier, computed: boolean): string | undefined {
  if (key.type === 'Literal') return typeof key.value === 'string' ? key.value : undefined;
  return key.type === 'Identifier' && !computed ? key.name : undefined;
}
