import type { Read, Spike, Value } from '../graph/graph.ts';
import { latex } from './latex.ts';
import type { Letter } from './letter.ts';
import { mathml } from './mathml.ts';
import type { Notation } from './notation.ts';
import { text } from './text.ts';
import { numberOf, write, type Names } from './write.ts';

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

/** `subject = value`. */
export function formula(subject: Letter, value: Value, names: Names): Formula {
  return inEach((notation) => notation.equation(notation.letter(subject), '=', write(value, notation, names)));
}

/** The declared derivative of a spike with respect to its argument: `Θ'(x) := psi`. */
export function pseudoDerivative(spike: Spike, names: Names): Formula {
  return inEach((notation) =>
    notation.equation(
      notation.step(write(spike.of, notation, names), numberOf(spike, names), true),
      ':=',
      write(spike.psi, notation, names),
    ),
  );
}

function inEach(written: (notation: Notation) => string): Formula {
  return { latex: written(latex), mathml: written(mathml), text: written(text) };
}
