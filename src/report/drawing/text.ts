/** Text as it may stand in HTML or XML, in an element or a quoted attribute. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Replaces what XML 1.0 allows nowhere, not even escaped: control characters and halves of surrogate pairs. */
export function legalText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  return text.replace(/\p{Surrogate}|[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu, '\ufffd');
}

/** The mean width of a character, in font sizes, in the widest common sans-serif fonts, Verdana and DejaVu. */
const averageWidth = 0.62;

/** The width of a line of text in pixels, near enough to lay out by. */
export function textWidth(text: string, size: number): number {
  return Array.from(text).length * size * averageWidth;
}

/** The text in at most `most` lines that fit a width in pixels, broken between words; what is still too long is cut in its middle. */
export function lines(text: string, size: number, width: number, most: number): string[] {
  if (most === 1 || textWidth(text, size) <= width) return [fitted(text, size, width)];
  const words = text.split(/(?<=[ -])/u);
  let first = '';
  while (words.length > 0 && textWidth(`${first}${words[0]}`.trimEnd(), size) <= width) first += words.shift() ?? '';
  if (first === '') return [fitted(text, size, width)];
  return [first.trimEnd(), ...lines(words.join(''), size, width, most - 1)];
}

/** The label of an axis, whose length is in pixels: without what it says in brackets, where it would be longer. */
export function alongside(label: string, size: number, length: number): string {
  return textWidth(label, size) > length ? label.replace(/ \(.*\)$/, '') : label;
}

/** The text, cut in its middle to fit a width in pixels: titles begin with what they are of and end with when it was. */
export function fitted(text: string, size: number, width: number): string {
  if (textWidth(text, size) <= width) return text;
  const characters = Array.from(text);
  const room = Math.max(2, Math.floor(width / (size * averageWidth)) - 1);
  const head = characters
    .slice(0, Math.floor(room / 2))
    .join('')
    .trimEnd();
  return `${head}…${characters
    .slice(-Math.ceil(room / 2))
    .join('')
    .trimStart()}`;
}
