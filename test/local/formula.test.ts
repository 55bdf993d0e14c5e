import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { indexed, letter, readLocal, type Formula, type Letters, type ViewShape } from '../../src/local/index.ts';
import { exp, max, pow, sqrt, tanh, abs, sign, spike, detach } from '../../src/local/index.ts';
import { leakyRelu, leakyTanh } from '../../src/neurons/index.ts';
import { delta, plasticityRule, rflo } from '../../src/rules/index.ts';
import { malformation } from '../report/well-formed.ts';
import { detachedReset, reset } from '../support/models.ts';

const SHAPE = { a: 'parameter', b: 'parameter', c: 'parameter', tau: 'parameter' } as const satisfies ViewShape;
type Seen = Readonly<Record<keyof typeof SHAPE, number>>;
const LETTERS: Letters = { read: (_, { path }) => letter(path), result: () => indexed(letter('y'), 'i') };

function formulaOf(f: (view: Seen) => number): Formula {
  const [formula] = readLocal('test', 'f', f, { shape: SHAPE }).formulas(LETTERS);
  return formula;
}

describe('a formula has the fewest parentheses', () => {
  it.each<[(view: Seen) => number, string, string]>([
    [({ a, b, c }) => a + (b + c), 'a + b + c', 'a + b + c'],
    [({ a, b, c }) => a - (b - c), 'a - \\left(b - c\\right)', 'a - (b - c)'],
    [({ a, b, c }) => a * (b * c), 'a \\, b \\, c', 'a * b * c'],
    [({ a, b, c }) => (a + b) * c, '\\left(a + b\\right) \\, c', '(a + b) * c'],
    [({ a, b, c }) => (a + b) / (c - 1), '\\frac{a + b}{c - 1}', '(a + b) / (c - 1)'],
    [({ a, b, c }) => a / (b / c), '\\frac{a}{\\frac{b}{c}}', 'a / (b / c)'],
    [({ a, b }) => -(a * b), '-a \\, b', '-a * b'],
    [({ a, b }) => a - -b, 'a - \\left(-b\\right)', 'a - (-b)'],
    [({ a, b, c }) => a + (-b + c), 'a + \\left(-b + c\\right)', 'a + (-b + c)'],
    [({ a }) => a * 3, 'a \\cdot 3', 'a * 3'],
    [({ a }) => 1e-7 * a, '1 \\times 10^{-7} \\, a', '1e-7 * a'],
    [({ a, b }) => (a - b) * (a - b), '\\left(a - b\\right)^{2}', '(a - b)^2'],
    [({ a, b }) => pow(a / b, a + 1), '\\left(\\frac{a}{b}\\right)^{a + 1}', '(a / b)^(a + 1)'],
    [({ a, tau }) => tanh(a) * tanh(a) * tau, '\\tanh\\left(a\\right)^{2} \\, \\tau', 'tanh(a)^2 * τ'],
    [
      ({ a, b }) => sqrt(a) + abs(b) - sign(a),
      '\\sqrt{a} + \\left|b\\right| - \\operatorname{sign}\\left(a\\right)',
      'sqrt(a) + abs(b) - sign(a)',
    ],
    [
      ({ a, b }) => b * detach(a * b) - detach(a),
      'b \\, \\operatorname{sg}\\left[a \\, b\\right] - \\operatorname{sg}\\left[a\\right]',
      'b * sg[a * b] - sg[a]',
    ],
    [({ a, b }) => -(spike(a - b, 1) * a), '-\\Theta\\left(a - b\\right) \\, a', '-Θ(a - b) * a'],
    [({ a, b }) => max(exp(a), b), '\\max\\left(\\exp\\left(a\\right), b\\right)', 'max(exp(a), b)'],
    [
      ({ a, b, c }) => ((a > b || b === c) && !(a <= 0 && b >= c) ? a : -b),
      '\\begin{cases} a & \\text{if } \\left(a > b \\lor b = c\\right) \\land \\lnot \\left(a \\le 0 \\land b \\ge c\\right) \\\\ -b & \\text{otherwise} \\end{cases}',
      'a if (a > b or b = c) and not (a <= 0 and b >= c), else -b',
    ],
  ])('%s', (f, latex, text) => {
    const formula = formulaOf(f);
    expect(formula.latex).toBe(`y_i = ${latex}`);
    expect(formula.text).toBe(`y_i = ${text}`);
  });
});

describe('the formulas of what has spikes', () => {
  const read = (f: (view: Seen) => number) => readLocal('test', 'f', f, { shape: SHAPE });
  const texts = (f: (view: Seen) => number) =>
    read(f)
      .formulas(LETTERS)
      .map(({ text }) => text);

  it('declare the pseudo-derivative of each after the equation, in all notations', () => {
    const f = ({ a, b }: Seen) => a * spike(b - a, 0.3 * max(0, 1 - abs(b - a)));
    const [equation, declaration, ...more] = read(f).formulas(LETTERS);
    expect(more).toEqual([]);
    expect(equation.text).toBe('y_i = a * Θ(b - a)');
    expect(declaration.text).toBe("Θ'(b - a) := 0.3 * max(0, 1 - abs(b - a))");
    expect(declaration.latex).toBe(
      "\\Theta'\\left(b - a\\right) := 0.3 \\, \\max\\left(0, 1 - \\left|b - a\\right|\\right)",
    );
    expect(declaration.mathml).toContain('<msup><mi>Θ</mi><mo>′</mo></msup>');
    expect(declaration.mathml).toContain('<mo>:=</mo>');
    for (const { mathml } of [equation, declaration]) expect(malformation(mathml)).toBeNull();
  });

  it('number them where there are several', () => {
    const both = read(({ a, b }) => detach(a) * spike(a, 1) + spike(b, 1)).formulas(LETTERS);
    expect(both[2].mathml).toContain('<msup><msub><mi>Θ</mi><mn>2</mn></msub><mo>′</mo></msup>');
    for (const { mathml } of both) expect(malformation(mathml)).toBeNull();
    expect(texts(({ a, b, c }) => spike(a, b) + spike(a, c) * spike(a, b))).toEqual([
      'y_i = Θ_1(a) + Θ_2(a) * Θ_1(a)',
      "Θ_1'(a) := b",
      "Θ_2'(a) := c",
    ]);
  });

  it('leave out those that no derivative runs through', () => {
    expect(texts(({ a, b, c }) => (spike(a, 1) > b ? detach(spike(b, 1)) : spike(c, spike(a, 2))))).toEqual([
      'y_i = sg[Θ(b)] if Θ(a) > b, else Θ(c)',
      "Θ'(c) := Θ(a)",
    ]);
    expect(
      read(({ a, b }) => spike(a, spike(b, 1)))
        .derivative('slope', 'a')
        .formulas(LETTERS),
    ).toMatchObject([{ text: 'y_i = Θ(b)' }]);
  });

  it('are those of the papers for a unit that resets itself', () => {
    expect(detachedReset(1).model?.analysis?.formulas.map(({ text }) => text)).toEqual([
      'h_i(t) = λ * h_i(t-1) + u_i(t) - θ * sg[Θ(h_i(t-1) - θ)]',
      '(∂h_i(t)/∂u_i(t)) = 1',
      '(∂h_i(t)/∂h_i(t-1)) = λ',
    ]);
    expect(reset(1).model?.analysis?.formulas.map(({ text }) => text)).toEqual([
      'h_i(t) = λ * h_i(t-1) + u_i(t) - θ * Θ(h_i(t-1) - θ)',
      "Θ'(h_i(t-1) - θ) := exp(-abs(h_i(t-1) - θ))",
      '(∂h_i(t)/∂u_i(t)) = 1',
      '(∂h_i(t)/∂h_i(t-1)) = λ - θ * exp(-abs(h_i(t-1) - θ))',
    ]);
  });
});

describe('the formulas of ours', () => {
  const latexOf = (formulas: readonly Formula[] | undefined) => formulas?.map(({ latex }) => latex);

  it('are those of the paper', () => {
    expect(latexOf(rflo().analysis?.formulas)).toEqual([
      'p_{ij}(t) = \\frac{\\partial h_i}{\\partial h_i(t-1)} \\, p_{ij}(t-1) + \\frac{\\partial h_i}{\\partial u_i} \\, h_j',
      '\\Delta W_{ij} = \\eta \\, l_i \\, p_{ij}(t)',
    ]);
    expect(latexOf(delta().analysis?.formulas)).toEqual(['\\Delta W_{ij} = \\eta \\, l_i \\, h_j']);
    expect(latexOf(leakyTanh(1).model?.analysis?.formulas)).toEqual([
      'h_i(t) = h_i(t-1) + \\frac{1}{\\tau} \\, \\left(\\tanh\\left(u_i(t)\\right) - h_i(t-1)\\right)',
      '\\frac{\\partial h_i(t)}{\\partial u_i(t)} = \\frac{1}{\\tau} \\, \\left(1 - \\tanh\\left(u_i(t)\\right)^{2}\\right)',
      '\\frac{\\partial h_i(t)}{\\partial h_i(t-1)} = 1 - \\frac{1}{\\tau}',
    ]);
  });

  it('set words upright, and a squared slope in parentheses', () => {
    const { analysis } = plasticityRule({
      name: 'mine',
      params: { w_max: 1 },
      change: ({ post, w, w_max }) => (w_max - w) * (post.slope * post.slope),
    })();
    expect(latexOf(analysis?.formulas)).toEqual([
      '\\Delta W_{ij} = \\left(\\mathrm{w\\_max} - W_{ij}\\right) \\, \\left(\\frac{\\partial h_i}{\\partial u_i}\\right)^{2}',
    ]);
  });

  it('are well-formed MathML', () => {
    const all = [rflo().analysis, delta().analysis, leakyTanh(1).model?.analysis, leakyRelu(1).model?.analysis];
    const formulas = [
      ...all.flatMap((analysis) => analysis?.formulas ?? []),
      formulaOf(({ a, b }) => (a < b ? 1e-7 : -Infinity)),
    ];
    expect(formulas).toHaveLength(10);
    for (const { mathml } of formulas) {
      expect(malformation(mathml)).toBeNull();
      expect(parseHTML(mathml).document.querySelectorAll('math')).toHaveLength(1);
      for (const [, inner] of mathml.matchAll(/<mfrac>(.*?)<\/mfrac>/g)) expect(inner).not.toBe('');
    }
    expect(formulaOf(({ a, b }) => (a - 1) / b).mathml).toBe(
      '<math display="block"><mrow><msub><mi>y</mi><mrow><mi>i</mi></mrow></msub><mo>=</mo>' +
        '<mfrac><mrow><mrow><mi>a</mi><mo>−</mo><mn>1</mn></mrow></mrow><mrow><mi>b</mi></mrow></mfrac></mrow></math>',
    );
  });
});
