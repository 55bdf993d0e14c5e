import { nodesOf, type FunctionName, type Node, type Value } from '../local/index.ts';
import { Doubles, type Parts } from './doubles.ts';
import { Lanes, type Operand } from './lanes.ts';
import { Powers } from './powers.ts';
import { Singles } from './singles.ts';
import { low, op, shuffle, type Expression } from './wat.ts';

/**
 * The language's functions on lanes: in f64 with the bits of src/local/math.ts and pow.ts. If those branch, both sides are
 * computed and one is selected.
 */
export function call(lanes: Lanes, name: FunctionName, args: readonly Operand[]): Expression {
  switch (name) {
    case 'abs':
    case 'sqrt':
    case 'floor':
      return lanes[name](args[0]);
    case 'min':
    case 'max':
      return lanes[name](args[0], args[1]);
    case 'sign': {
      const value = kept(lanes, args[0]);
      return lanes.choose(lanes.compare('>', value, 0), 1, lanes.choose(lanes.compare('<', value, 0), -1, value));
    }
    default:
      return lanes.precision === 'f64' ? inDouble(lanes, name, args) : inSingle(lanes, name, args);
  }
}

const TRANSCENDENTAL = ['tanh', 'exp', 'log', 'pow'] as const;
type Transcendental = (typeof TRANSCENDENTAL)[number];

/** Whether numbers take long to compute, because each operation waits for the one before; `known`: those that need not be computed. */
export function takesLong(values: readonly Value[], known: ReadonlySet<Node> = new Set()): boolean {
  return nodesOf(values, known).some(
    (node) => node.kind === 'call' && !known.has(node) && TRANSCENDENTAL.some((name) => name === node.name),
  );
}

function inDouble(lanes: Lanes, name: Transcendental, args: readonly Operand[]): Expression {
  const doubles = new Doubles(lanes.writer, 'f64', lanes.memory);
  const [x, y] = args.map((argument) => kept(lanes, argument));
  switch (name) {
    case 'tanh':
      return inParts(doubles.tanhParts, x);
    case 'exp':
      return doubles.exp(x);
    case 'log':
      return doubles.log(x);
    case 'pow':
      return new Powers(lanes.writer, 'f64', lanes.memory).pow(x, y);
  }
}

/** The parts of a function, if it has parts. */
export function partsOf(lanes: Lanes, name: FunctionName): Parts | undefined {
  return lanes.precision === 'f64' && name === 'tanh'
    ? new Doubles(lanes.writer, 'f64', lanes.memory).tanhParts
    : undefined;
}

/** All parts of a function, one after another. */
function inParts(parts: Parts, x: Expression): Expression {
  const [value] = parts.reduce<readonly Expression[]>((given, part) => part(x, given), []);
  return value;
}

function inSingle(lanes: Lanes, name: Transcendental, args: readonly Operand[]): Expression {
  const singles = new Singles(lanes.writer, 'f32', lanes.memory);
  const whole = args.map((argument) => kept(lanes, argument));
  return name === 'tanh' || name === 'exp' ? singles[name](whole[0]) : throughDouble(lanes, name, whole);
}

/** A function of four f32 lanes, computed on two vectors of two f64 lanes. */
function throughDouble(lanes: Lanes, name: Transcendental, whole: readonly Expression[]): Expression {
  const doubles = new Lanes(lanes.writer, 'f64', lanes.memory);
  const [first, second] = [
    [0, 1, 2, 3],
    [2, 3, 0, 1],
  ].map((words) => {
    const halves = whole.map((term) => lanes.keep(op('f64x2.promote_low_f32x4', shuffle(term, term, words))));
    return lanes.keep(op('f32x4.demote_f64x2_zero', inDouble(doubles, name, halves)));
  });
  return lanes.keep(low(first, second));
}

function kept(lanes: Lanes, operand: Operand): Expression {
  return typeof operand === 'number' ? lanes.keep(lanes.constant(operand)) : operand;
}
