/** The entry that a map made for every population, group or row must have. */
export function found<K extends { readonly name: string }, V>(map: ReadonlyMap<K, V>, key: K): V {
  const value = map.get(key);
  if (value === undefined) throw new Error(`'${key.name}' belongs to another circuit`);
  return value;
}
