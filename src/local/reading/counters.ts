import type { Expression, SpreadElement, Statement, Super, PrivateIdentifier } from 'acorn';

/** A counter that coverage tools of the Istanbul family insert: `cov_1abc().s[0]++`. */
function isCounter(node: Expression | Super): boolean {
  if (node.type !== 'UpdateExpression') return false;
  let target: Expression | Super | SpreadElement | PrivateIdentifier = node.argument;
  while (target.type === 'MemberExpression') target = target.object;
  return (
    target.type === 'CallExpression' && target.callee.type === 'Identifier' && target.callee.name.startsWith('cov_')
  );
}

/** A function's statements without counters, empty statements and directives. */
export function withoutCounters(body: readonly Statement[]): readonly Statement[] {
  return body.filter(
    (statement) =>
      statement.type !== 'EmptyStatement' &&
      !(
        statement.type === 'ExpressionStatement' &&
        (statement.directive !== undefined || isCounter(statement.expression))
      ),
  );
}

/** `(cov_1abc().b[0][1]++, x)` as x, and `(x)` too. */
export function bare(node: Expression): Expression {
  if (node.type === 'ParenthesizedExpression') return bare(node.expression);
  if (node.type !== 'SequenceExpression') return node;
  const left = node.expressions.filter((expression) => !isCounter(expression));
  return left.length === 1 ? bare(left[0]) : node;
}
