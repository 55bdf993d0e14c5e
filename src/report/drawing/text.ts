/** Escapes text for an element or a quoted attribute of HTML or XML. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Replaces characters that XML 1.0 forbids even when escaped: control characters and halves of surrogate pairs. */
export function legalText(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what it replaces
  return text.replace(/\p{Surrogate}|[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/gu, '\ufffd');
}

/** The mean width of a character, in font sizes, in the widest common sans-serif fonts, Verdana and DejaVu. */
const averageWidth = 0.62;

/** The approximate width of a line of text, px, for the layout. */
export function textWidth(text: string, size: number): number {
  return Array.from(text).length * size * averageWidth;
}

/** The text in at most `most` lines that fit a width in pixels, broken between words; a line that is still too long is cut in the middle. */
export function lines(text: string, size: number, width: number, most: number): string[] {
  if (most === 1 || textWidth(text, size) <= width) return [fitted(text, size, width)];
  const words = text.split(/(?<=[ -])/u);
  let first = '';
  while (words.length > 0 && textWidth(`${first}${words[0]}`.trimEnd(), size) <= width) first += words.shift() ?? '';
  if (first === '') return [fitted(text, size, width)];
  return [first.trimEnd(), ...lines(words.join(''), size, width, most - 1)];
}

/** The label of an axis of a given length, px: without the part in brackets if the label would be longer than the axis. */
export function alongside(label: string, size: number, length: number): string {
  return textWidth(label, size) > length ? label.replace(/ \(.*\)$/, '') : label;
}

/** The text, cut in the middle to fit a width, px: the beginning of a title says what it shows, the end says when. */
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
