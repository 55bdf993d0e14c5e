/** `'a', 'b' and 'c'`. */
export function listed(names: readonly string[]): string {
  return joined(names.map((name) => `'${name}'`));
}

/** `a, b and c`. */
export function joined(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts[texts.length - 1]}`;
}
