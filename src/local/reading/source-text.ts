import { getLineInfo } from 'acorn';
import { InputError } from '../../errors/index.ts';

/** Longer lines (a minifier's, for example) are quoted only around the place of the error. */
const LONGEST = 100;

/** The text of one local function, for errors that say where something is in it. */
export class SourceText {
  constructor(
    /** What the function is, such as `rule 'mine'.change`. */
    readonly place: string,
    /** The function's own text. */
    private readonly own: string,
    /** What is added around it to make it an expression. */
    private readonly around: readonly [string, string],
  ) {}

  /** What is parsed. */
  get text(): string {
    return this.around.join(this.own);
  }

  /** The error at a position of the parsed text: line and column (from 1) in the function, and its line with a caret. */
  error(position: number, problem: string): InputError {
    const { line, column } = getLineInfo(this.own, Math.max(0, position - this.around[0].length));
    const whole = this.own.split(/\r\n?|\n/)[line - 1] ?? '';
    const start = whole.length <= LONGEST ? 0 : Math.max(0, column - LONGEST / 2);
    const quoted = whole.slice(start, start + LONGEST);
    const number = `  ${line} | `;
    const caret = `${' '.repeat(number.length - 2)}| ${quoted.slice(0, column - start).replace(/[^\t]/g, ' ')}^`;
    return new InputError(`${this.place}, line ${line}, column ${column + 1}`, problem, [`${number}${quoted}`, caret]);
  }

  /** The text between two positions, on one line and short. */
  quote({ start, end }: { readonly start: number; readonly end: number }): string {
    const text = this.text.slice(start, end).replace(/\s+/g, ' ');
    return text.length > 40 ? `${text.slice(0, 37)}...` : text;
  }
}
