import type { Notation } from './notation.ts';

const SIGNS = { '<': '&lt;', '<=': '≤', '>': '&gt;', '>=': '≥', '===': '=', '!==': '≠' } as const;
const [APPLY, TIMES] = ['\u2061', '\u2062']; // invisible, for screen readers

const row = (...parts: readonly string[]) => `<mrow>${parts.join('')}</mrow>`;
const sign = (text: string) => `<mo>${text}</mo>`;
const fenced = (open: string, inner: string, close: string) => row(sign(open), inner, sign(close));

/** Presentation MathML, as HTML has it. */
export const mathml: Notation = {
  fractions: true,
  number: (value) => {
    const [mantissa, exponent] = String(value).replace('-', '−').replace('Infinity', '∞').split('e');
    if (!exponent) return `<mn>${mantissa}</mn>`;
    const power = `<mn>${String(Number(exponent.replace('−', '-'))).replace('-', '−')}</mn>`;
    return row(`<mn>${mantissa}</mn>`, sign('×'), `<msup><mn>10</mn>${power}</msup>`);
  },
  letter: (letter) => letter.mathml,
  sum: (left, operator, right) => row(left, sign(operator === '-' ? '−' : '+'), right),
  negative: (of) => row(sign('−'), of),
  product: (left, right, dot) => row(left, sign(dot ? '·' : TIMES), right),
  quotient: (left, right) => `<mfrac>${row(left)}${row(right)}</mfrac>`,
  power: (base, exponent) => `<msup>${row(base)}${row(exponent)}</msup>`,
  call: (name, args) => {
    const inner = args.join(sign(','));
    if (name === 'sqrt') return `<msqrt>${inner}</msqrt>`;
    if (name === 'abs') return fenced('|', inner, '|');
    if (name === 'floor') return fenced('⌊', inner, '⌋');
    return row(`<mi>${name}</mi>`, sign(APPLY), fenced('(', inner, ')'));
  },
  parentheses: (inner) => fenced('(', inner, ')'),
  choice: (test, yes, no) => {
    const line = (value: string, when: string) => `<mtr><mtd>${value}</mtd><mtd>${when}</mtd></mtr>`;
    const lines = line(yes, row('<mtext>if&#160;</mtext>', test)) + line(no, '<mtext>otherwise</mtext>');
    return row(sign('{'), `<mtable>${lines}</mtable>`);
  },
  comparison: (left, operator, right) => row(left, sign(SIGNS[operator]), right),
  logic: (left, kind, right) => row(left, sign(kind === 'and' ? '∧' : '∨'), right),
  not: (of) => row(sign('¬'), of),
  step: (of, number, derivative) => {
    const letter = '<mi>Θ</mi>';
    const numbered = number === undefined ? letter : `<msub>${letter}<mn>${number}</mn></msub>`;
    return row(derivative ? `<msup>${numbered}${sign('′')}</msup>` : numbered, sign(APPLY), fenced('(', of, ')'));
  },
  detached: (of) => row('<mi>sg</mi>', sign(APPLY), fenced('[', of, ']')),
  equation: (left, relation, right) => `<math display="block">${row(left, sign(relation), right)}</math>`,
};
