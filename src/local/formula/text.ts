import type { Notation } from './notation.ts';

const SIGNS = { '<': '<', '<=': '<=', '>': '>', '>=': '>=', '===': '=', '!==': '!=' } as const;

/** Plain text on one line, for a terminal. */
export const text: Notation = {
  fractions: false,
  number: String,
  letter: (letter) => letter.text,
  sum: (left, operator, right) => `${left} ${operator} ${right}`,
  negative: (of) => `-${of}`,
  product: (left, right) => `${left} * ${right}`,
  quotient: (left, right) => `${left} / ${right}`,
  power: (base, exponent) => `${base}^${exponent}`,
  call: (name, args) => `${name}(${args.join(', ')})`,
  parentheses: (inner) => `(${inner})`,
  choice: (test, yes, no) => `${yes} if ${test}, else ${no}`,
  comparison: (left, operator, right) => `${left} ${SIGNS[operator]} ${right}`,
  logic: (left, kind, right) => `${left} ${kind} ${right}`,
  not: (of) => `not ${of}`,
  step: (of, number, derivative) => `Θ${number === undefined ? '' : `_${number}`}${derivative ? "'" : ''}(${of})`,
  detached: (of) => `sg[${of}]`,
  equation: (left, relation, right) => `${left} ${relation} ${right}`,
};
