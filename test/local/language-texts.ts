import fc from 'fast-check';

/** Texts of random numbers in the local language, over p, w, tau, pre.rate and slope. */
export const { number: numberText } = fc.letrec<{ number: string; condition: string }>((tie) => {
  const number = tie('number');
  const condition = tie('condition');
  const joined = (operators: readonly string[], side: fc.Arbitrary<string>) =>
    fc.tuple(side, fc.constantFrom(...operators), side).map((parts) => `(${parts.join(' ')})`);
  return {
    number: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom('p', 'w', 'tau', 'pre.rate', 'slope', '0.5', '2', '1', '3e-2'),
      joined(['+', '-', '*', '/'], number),
      number.map((of) => `-(${of})`),
      fc.tuple(fc.constantFrom('tanh', 'exp', 'log', 'sqrt', 'abs', 'sign'), number).map(([f, x]) => `${f}(${x})`),
      fc.tuple(fc.constantFrom('min', 'max', 'pow'), number, number).map(([f, x, y]) => `${f}(${x}, ${y})`),
      fc.tuple(condition, number, number).map(([test, yes, no]) => `(${test} ? ${yes} : ${no})`),
    ),
    condition: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      joined(['<', '<=', '>', '>=', '===', '!=='], number),
      joined(['&&', '||'], condition),
      condition.map((of) => `!${of}`),
    ),
  };
});
