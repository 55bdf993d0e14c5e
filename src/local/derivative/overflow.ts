import { isValue, nodesOf, type Value } from '../graph/graph.ts';

/** How large a number may become: fixed by the parameters, bounded like a tanh, as large as what is read, or larger. */
const [GIVEN, BOUNDED, READ, BEYOND] = [0, 1, 2, 3];

/**
 * Whether a derivative may be infinite or NaN where the number itself is finite. It cannot be if it consists of sums, and of products with
 * factors that are fixed by the parameters or bounded by tanh and sign, as those of the usual leaky units do.
 */
export function mayOverflow(derivative: Value): boolean {
  const sizes = new Map<Value, number>();
  const of = (node: Value): number => sizes.get(node) ?? BEYOND;

  const size = (node: Value): number => {
    switch (node.kind) {
      case 'constant':
        return GIVEN;
      case 'read':
        return node.scope === 'parameter' ? GIVEN : READ;
      case 'negate':
      case 'detach':
        return of(node.of);
      case 'spike':
        return Math.min(of(node.of), BOUNDED);
      case 'choose':
        return Math.max(of(node.yes), of(node.no));
      case 'call': {
        const largest = Math.max(...node.args.map(of));
        switch (node.name) {
          case 'tanh':
          case 'sign':
            return Math.min(largest, BOUNDED);
          case 'abs':
          case 'floor':
          case 'min':
          case 'max':
            return largest;
          default:
            return largest === GIVEN ? GIVEN : BEYOND;
        }
      }
      default: {
        const [left, right] = [of(node.left), of(node.right)];
        switch (node.operator) {
          case '+':
          case '-':
            return Math.max(left, right);
          case '*':
            return Math.min(left, right) <= BOUNDED ? Math.max(left, right) : BEYOND;
          case '/':
            return right === GIVEN ? left : BEYOND;
        }
      }
    }
  };

  for (const node of nodesOf([derivative])) if (isValue(node)) sizes.set(node, size(node));
  return of(derivative) === BEYOND;
}
