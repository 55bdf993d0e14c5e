import type { Notation } from './notation.ts';

const SIGNS = { '<': '<', '<=': '\\le', '>': '>', '>=': '\\ge', '===': '=', '!==': '\\ne' } as const;

/** LaTeX, for amsmath, KaTeX or MathJax. */
export const latex: Notation = {
  fractions: true,
  number: (value) => {
    const [mantissa, exponent] = String(value).replace('Infinity', '\\infty').split('e');
    return exponent ? `${mantissa} \\times 10^{${Number(exponent)}}` : mantissa;
  },
  letter: (letter) => letter.latex,
  sum: (left, operator, right) => `${left} ${operator} ${right}`,
  negative: (of) => `-${of}`,
  product: (left, right, dot) => `${left} ${dot ? '\\cdot' : '\\,'} ${right}`,
  quotient: (left, right) => `\\frac{${left}}{${right}}`,
  power: (base, exponent) => `${base}^{${exponent}}`,
  call: (name, args) => {
    const inner = args.join(', ');
    if (name === 'sqrt') return `\\sqrt{${inner}}`;
    if (name === 'abs') return `\\left|${inner}\\right|`;
    if (name === 'floor') return `\\left\\lfloor ${inner} \\right\\rfloor`;
    return `${name === 'sign' ? '\\operatorname{sign}' : `\\${name}`}\\left(${inner}\\right)`;
  },
  parentheses: (inner) => `\\left(${inner}\\right)`,
  choice: (test, yes, no) => `\\begin{cases} ${yes} & \\text{if } ${test} \\\\ ${no} & \\text{otherwise} \\end{cases}`,
  comparison: (left, operator, right) => `${left} ${SIGNS[operator]} ${right}`,
  logic: (left, kind, right) => `${left} ${kind === 'and' ? '\\land' : '\\lor'} ${right}`,
  not: (of) => `\\lnot ${of}`,
  step: (of, number, derivative) =>
    `\\Theta${number === undefined ? '' : `_{${number}}`}${derivative ? "'" : ''}\\left(${of}\\right)`,
  detached: (of) => `\\operatorname{sg}\\left[${of}\\right]`,
  equation: (left, relation, right) => `${left} ${relation} ${right}`,
};
