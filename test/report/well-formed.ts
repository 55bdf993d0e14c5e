const name = '[A-Za-z_][\\w.-]*(?::[\\w.-]+)?';
const reference = '&(?:#\\d+|#x[\\da-fA-F]+|amp|lt|gt|quot|apos);';
const attribute = `\\s+${name}="(?:[^<&"]|${reference})*"`;
const token = new RegExp(`<(${name})((?:${attribute})*)\\s*(/?)>|</(${name})>|((?:[^<&]|${reference})+)`, 'y');
// oxlint-disable-next-line no-control-regex -- these are what XML forbids
const illegal = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

/**
 * Why a text is not a well-formed XML document of elements and text; null if it is one.
 * Strict, unlike the forgiving parser that draws the figures: browsers and Inkscape refuse a file for one stray sign.
 */
export function malformation(xml: string): string | null {
  if (illegal.test(xml)) return 'an illegal character';
  const open: string[] = [];
  let roots = 0;
  token.lastIndex = 0;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    if (found === null) return `no XML: ${xml.slice(at, at + 60)}`;
    const [, opened, attributes, selfClosing, closed, text] = found as (string | undefined)[];
    if (opened !== undefined) {
      const names = [...(attributes ?? '').matchAll(new RegExp(`(${name})="`, 'g'))].map(([, each]) => each);
      if (new Set(names).size < names.length) return `an attribute twice in <${opened}>`;
      if (open.length === 0) roots += 1;
      if (selfClosing === '') open.push(opened);
    } else if (closed !== undefined) {
      if (open.pop() !== closed) return `</${closed}> closes nothing`;
    } else if (open.length === 0 && text?.trim() !== '') return 'text outside the root';
  }
  if (open.length > 0) return `<${open.join('> <')}> is not closed`;
  return roots === 1 ? null : `${roots} roots`;
}
