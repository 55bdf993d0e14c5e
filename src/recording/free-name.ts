/**
 * A name for a file, without ending, from any text: it does not lead out of the directory, and no two are the same.
 *
 * @param taken The names so far, to which this one is added.
 */
export function freeName(wanted: string, taken: Set<string>): string {
  const safe = wanted.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 100);
  let name = safe;
  // Some file systems do not distinguish a from A.
  for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${safe}-${number}`;
  taken.add(name.toLowerCase());
  return name;
}
