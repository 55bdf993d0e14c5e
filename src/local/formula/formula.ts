import type { Read, Value } from '../graph/graph.ts';
import { latex } from './latex.ts';
import type { Letter } from './letter.ts';
import { mathml } from './mathml.ts';
import { text } from './text.ts';
import { write } from './write.ts';

/** One equation, in three notations. */
export interface Formula {
  readonly latex: string;
  /** A `<math>` element. */
  readonly mathml: string;
  /** One line of plain text. */
  readonly text: string;
}

/** The letters of a rule or a neuron model. */
export interface Letters {
  /** What a function reads. */
  read(within: string, read: Read): Letter;
  /** What a function gives: its one number, or one of several by name. */
  result(of: string, name: string | undefined): Letter;
}

export function formula(subject: Letter, value: Value, letterOf: (read: Read) => Letter): Formula {
  const [inLatex, inMathml, inText] = [latex, mathml, text].map((notation) =>
    notation.equation(notation.letter(subject), write(value, notation, letterOf)),
  );
  return { latex: inLatex, mathml: inMathml, text: inText };
}
