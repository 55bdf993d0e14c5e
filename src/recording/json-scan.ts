/** What a JSON text may hold: bounds on what reading it costs, whatever it says. */
export interface JsonBounds {
  /** Numbers, texts, lists and the like, in all. */
  readonly values: number;
  /** Names of fields, in all. */
  readonly names: number;
  /** Lists and objects, in all: each takes ten times as much as a number. */
  readonly lists: number;
  /** Bytes of all texts and names together: in memory short texts take many times more. */
  readonly textBytes: number;
}

/** How deep lists and objects may be nested. */
const DEEPEST = 64;

const [QUOTE, BACKSLASH, COMMA, NEWLINE] = [0x22, 0x5c, 0x2c, 0x0a];
const [LIST, LIST_END, OBJECT, OBJECT_END] = [0x5b, 0x5d, 0x7b, 0x7d];

/**
 * Checks the bytes of a JSON text before anything is built from them: not nested too deep, not too many values, and no field twice, since
 * a parser would drop one of the two. Whether the text is valid JSON is left to the parser.
 *
 * @returns What is wrong, with the line; null if nothing is.
 */
export function scanJson(bytes: Uint8Array, bounds: JsonBounds): string | null {
  /** The names so far in each open object; null for a list. */
  const open: (Set<string> | null)[] = [];
  let [values, names, lists, textBytes] = [1, 0, 0, 0];
  let expectsName = false;
  const at = (byte: number, problem: string) => `line ${lineOf(bytes, byte)} ${problem}`;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      const end = endOfText(bytes, i);
      textBytes += end - i;
      if (textBytes > bounds.textBytes) return at(i, `exceeds the limit of ${bounds.textBytes} bytes of text`);
      const known = open.at(-1);
      if (expectsName && known) {
        const name = nameIn(bytes.subarray(i, end + 1));
        if (name === '__proto__') return at(i, 'has a field called __proto__, which no format has; remove it');
        if (known.has(name)) return at(i, `has the field '${name}' twice; remove one`);
        known.add(name);
        if (++names > bounds.names) return at(i, `exceeds the limit of ${bounds.names} fields`);
      }
      expectsName = false;
      i = end;
    } else if (byte === COMMA) {
      if (++values > bounds.values) return at(i, `exceeds the limit of ${bounds.values} values`);
      expectsName = open.at(-1) instanceof Set;
    } else if (byte === LIST || byte === OBJECT) {
      if (open.length === DEEPEST) return at(i, `nests lists or objects more than ${DEEPEST} deep`);
      if (++values > bounds.values) return at(i, `exceeds the limit of ${bounds.values} values`);
      if (++lists > bounds.lists) return at(i, `exceeds the limit of ${bounds.lists} lists and objects`);
      open.push(byte === OBJECT ? new Set() : null);
      expectsName = byte === OBJECT;
    } else if (byte === LIST_END || byte === OBJECT_END) {
      open.pop();
      expectsName = false;
    }
  }
  return null;
}

/** Where the text that begins at `start` ends: at its closing quote, or at the end of the bytes. */
function endOfText(bytes: Uint8Array, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end >= 0; end = bytes.indexOf(QUOTE, end + 1)) {
    let escapes = 0;
    while (bytes[end - 1 - escapes] === BACKSLASH) escapes++;
    if (escapes % 2 === 0) return end;
  }
  return bytes.length - 1;
}

const UTF8 = new TextDecoder();

/** A name without its quotes and escapes. */
function nameIn(quoted: Uint8Array): string {
  const text = UTF8.decode(quoted);
  if (!text.includes('\\')) return text.slice(1, -1);
  try {
    return String(JSON.parse(text));
  } catch {
    return text; // not JSON; the parser will report it
  }
}

function lineOf(bytes: Uint8Array, at: number): number {
  let line = 1;
  for (let i = bytes.indexOf(NEWLINE); i >= 0 && i < at; i = bytes.indexOf(NEWLINE, i + 1)) line++;
  return line;
}
