import type { Arithmetic, Node, Read, Spike } from '../graph/graph.ts';
import type { Letter } from './letter.ts';
import type { Notation } from './notation.ts';

/** How tightly a part of a formula binds: within a tighter one, it needs parentheses. */
const CHOICE = 0;
const SUM = 1;
const PRODUCT = 2;
const FRACTION = 3;
const ATOM = 4;
/** The same for conditions; a number within one is at least as tight as a sum. */
const [OR, AND, NOT, COMPARISON] = [0, 1, 2, 3];

interface Written {
  readonly text: string;
  readonly tightness: number;
}

/** The names in the formulas of one function. */
export interface Names {
  readonly letterOf: (read: Read) => Letter;
  /** The spikes whose pseudo-derivatives are shown with it. */
  readonly spikes: readonly Spike[];
}

/** Which of the spikes this is, from 1; undefined if it needs no number, because it is the only one or its psi is not shown. */
export function numberOf(spike: Spike, { spikes }: Names): number | undefined {
  return spikes.length > 1 && spikes.includes(spike) ? spikes.indexOf(spike) + 1 : undefined;
}

/** Writes a graph as a formula, with the fewest parentheses. */
export function write(root: Node, notation: Notation, names: Names): string {
  const within = (node: Node, tightness: number): string => {
    const { text, tightness: own } = parts(node);
    return own < tightness ? notation.parentheses(text) : text;
  };

  const power = (base: Node, exponent: string): Written => ({
    text: notation.power(within(base, ATOM), exponent),
    tightness: FRACTION,
  });

  const parts = (node: Node): Written => {
    switch (node.kind) {
      case 'constant': {
        const { value } = node;
        const tightness = value < 0 || Object.is(value, -0) ? SUM : String(value).includes('e') ? PRODUCT : ATOM;
        return { text: notation.number(value), tightness };
      }
      case 'read': {
        const letter = names.letterOf(node);
        return { text: notation.letter(letter), tightness: letter.fraction && notation.fractions ? FRACTION : ATOM };
      }
      case 'negate':
        return { text: notation.negative(within(node.of, PRODUCT)), tightness: SUM };
      case 'call': {
        const [first, second] = node.args;
        if (node.name === 'pow') {
          return power(first, within(second, notation.fractions ? CHOICE : ATOM));
        }
        return {
          text: notation.call(
            node.name,
            node.args.map((argument) => within(argument, CHOICE)),
          ),
          tightness: ATOM,
        };
      }
      case 'spike':
        return { text: notation.step(within(node.of, CHOICE), numberOf(node, names), false), tightness: ATOM };
      case 'detach':
        return { text: notation.detached(within(node.of, CHOICE)), tightness: ATOM };
      case 'choose':
        return {
          text: notation.choice(within(node.test, OR), within(node.yes, SUM), within(node.no, SUM)),
          tightness: CHOICE,
        };
      case 'compare': {
        const text = notation.comparison(within(node.left, SUM), node.operator, within(node.right, SUM));
        return { text, tightness: COMPARISON };
      }
      case 'and':
        return { text: notation.logic(within(node.left, AND), 'and', within(node.right, AND)), tightness: AND };
      case 'or':
        return { text: notation.logic(within(node.left, OR), 'or', within(node.right, OR)), tightness: OR };
      case 'not':
        return { text: notation.not(within(node.of, ATOM)), tightness: NOT };
      case 'arithmetic':
        return arithmetic(node);
    }
  };

  const arithmetic = ({ operator, left, right }: Arithmetic): Written => {
    switch (operator) {
      case '+':
      case '-': {
        const flat = operator === '+' && right.kind === 'arithmetic' && !startsNegative(right);
        const text = notation.sum(within(left, SUM), operator, within(right, flat ? SUM : PRODUCT));
        return { text, tightness: SUM };
      }
      case '*': {
        if (left === right) return power(left, notation.number(2));
        const dot = startsWithNumber(right);
        return { text: notation.product(within(left, PRODUCT), within(right, PRODUCT), dot), tightness: PRODUCT };
      }
      case '/':
        return notation.fractions
          ? { text: notation.quotient(within(left, CHOICE), within(right, CHOICE)), tightness: FRACTION }
          : { text: notation.quotient(within(left, PRODUCT), within(right, FRACTION)), tightness: PRODUCT };
    }
  };

  return within(root, CHOICE);
}

function startsWithNumber(node: Node): boolean {
  if (node.kind === 'constant') return node.value >= 0;
  if (node.kind === 'arithmetic' && node.operator === '*') return startsWithNumber(node.left);
  return node.kind === 'call' && node.name === 'pow' && startsWithNumber(node.args[0]);
}

/** Whether a sum begins with a minus: after another sign it needs parentheses. */
function startsNegative(node: Node): boolean {
  if (node.kind === 'arithmetic') return (node.operator === '+' || node.operator === '-') && startsNegative(node.left);
  return node.kind === 'negate' || (node.kind === 'constant' && (node.value < 0 || Object.is(node.value, -0)));
}
