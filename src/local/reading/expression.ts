import type { BinaryExpression, CallExpression, Expression, MemberExpression, UnaryExpression } from 'acorn';
import {
  isValue,
  type ArithmeticOperator,
  type ComparisonOperator,
  type Condition,
  type Node,
  type Value,
} from '../graph/graph.ts';
import { CALLABLE_NAMES, isCallableName, isFunctionName } from '../graph/library.ts';
import { specialise } from '../graph/specialise.ts';
import { calleeOf, MATH_NUMBERS } from './callee.ts';
import { bare } from './counters.ts';
import { arityOf, fieldOfPart, type Meaning, type Reading } from './names.ts';
import { propertyName } from './property-name.ts';
import { refusalOf } from './refusals.ts';

/** The meaning of an expression. @throws InputError if it cannot be expressed. */
export function meaningOf(reading: Reading, written: Expression): Meaning {
  const { source, graph } = reading;
  const node = bare(written);
  switch (node.type) {
    case 'Literal':
      if (typeof node.value === 'number') return graph.constant(node.value);
      throw source.error(
        node.start,
        `${source.quote(node)} is not a number: a local function computes only with numbers`,
      );
    case 'Identifier':
      return named(reading, node.name, node.start);
    case 'MemberExpression':
      return member(reading, node);
    case 'UnaryExpression':
      return unary(reading, node);
    case 'BinaryExpression':
      return binary(reading, node);
    case 'LogicalExpression':
      if (node.operator === '??') {
        throw source.error(node.start, 'every name of a view has a value: leave out ?? and what follows it');
      }
      return graph.logic(
        node.operator === '&&' ? 'and' : 'or',
        conditionOf(reading, node.left),
        conditionOf(reading, node.right),
      );
    case 'ConditionalExpression':
      return graph.choose(
        conditionOf(reading, node.test),
        valueOf(reading, node.consequent),
        valueOf(reading, node.alternate),
      );
    case 'CallExpression':
      return call(reading, node);
    default:
      throw source.error(node.start, refusalOf(node));
  }
}

/** A number. @throws InputError if the expression is a condition, a part of the view, or cannot be expressed. */
export function valueOf(reading: Reading, node: Expression): Value {
  const meaning = meaningOf(reading, node);
  const quote = reading.source.quote(node);
  if (meaning.kind === 'part') {
    const names = Object.keys(meaning.shape).map((name) => `${quote}.${name}`);
    throw reading.source.error(node.start, `\`${quote}\` is not a number; read one from it: ${names.join(', ')}`);
  }
  if (isValue(meaning)) return meaning;
  throw reading.source.error(node.start, `\`${quote}\` is true or false, not a number; write ${quote} ? 1 : 0`);
}

function conditionOf(reading: Reading, node: Expression): Condition {
  const meaning = meaningOf(reading, node);
  if (meaning.kind !== 'part' && !isValue(meaning)) return meaning;
  const quote = reading.source.quote(node);
  throw reading.source.error(node.start, `\`${quote}\` is not true or false; compare it, for example ${quote} > 0`);
}

function named(reading: Reading, name: string, position: number): Meaning {
  const { source, graph, names } = reading;
  const known = names.get(name);
  if (known) return known;
  if (name === 'Infinity' || name === 'NaN') return graph.constant(Number(name));
  if (name === 'undefined') throw source.error(position, '`undefined` is not a number; write one');
  throw source.error(position, fromOutside(reading, name, name));
}

function member(reading: Reading, node: MemberExpression): Meaning {
  const { source, graph, names } = reading;
  const { object, property } = node;
  if (node.optional) throw source.error(node.start, 'every name of a view has a value: write . instead of ?.');
  if (object.type === 'Super') throw source.error(object.start, refusalOf(object));
  const outside = object.type === 'Identifier' && !names.has(object.name);
  const name = propertyName(property, node.computed);
  if (outside && object.name === 'Math' && name !== undefined) {
    if (Object.hasOwn(MATH_NUMBERS, name)) return graph.constant(MATH_NUMBERS[name]);
    throw source.error(
      node.start,
      `\`Math.${name}\` is not a known number; expected one of ${list(Object.keys(MATH_NUMBERS))}`,
    );
  }
  if (outside) throw source.error(node.start, fromOutside(reading, source.quote(node), name ?? object.name));
  const whole = meaningOf(reading, object);
  if (name === undefined) {
    throw source.error(property.start, 'a view has no lists: read each number by its name, written out');
  }
  if (whole.kind === 'part') return fieldOfPart(reading, whole, name, property.start);
  throw source.error(property.start, `\`${source.quote(object)}\` is a number, so it has no fields to read`);
}

function fromOutside({ ofNumbers }: Reading, quote: string, name: string): string {
  const mend = ofNumbers
    ? 'take it as one more number'
    : `make it a parameter, params: { ${name}: ... }, and read it from the view`;
  return `\`${quote}\` comes from outside the function, which a local function cannot see; ${mend}`;
}

function unary(reading: Reading, node: UnaryExpression): Node {
  const { source, graph } = reading;
  const { operator, argument } = node;
  switch (operator) {
    case '-': {
      const of = valueOf(reading, argument);
      return of.kind === 'constant' ? graph.constant(-of.value) : graph.negate(of);
    }
    case '+':
      return valueOf(reading, argument);
    case '!':
      return graph.not(conditionOf(reading, argument));
    default:
      throw source.error(node.start, `\`${operator}\` cannot be expressed: use - or !`);
  }
}

const ARITHMETIC: Readonly<Record<string, ArithmeticOperator>> = { '+': '+', '-': '-', '*': '*', '/': '/' };
const COMPARISONS: Readonly<Record<string, ComparisonOperator>> = {
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  '==': '===', // between numbers they are the same
  '===': '===',
  '!=': '!==',
  '!==': '!==',
};

function binary(reading: Reading, node: BinaryExpression): Node {
  const { source, graph } = reading;
  const { operator, left, right } = node;
  if (left.type === 'PrivateIdentifier') throw source.error(left.start, refusalOf(left));
  if (Object.hasOwn(ARITHMETIC, operator)) {
    return graph.arithmetic(ARITHMETIC[operator], valueOf(reading, left), valueOf(reading, right));
  }
  if (Object.hasOwn(COMPARISONS, operator)) {
    return graph.compare(COMPARISONS[operator], valueOf(reading, left), valueOf(reading, right));
  }
  if (operator === '**') {
    const [base, power] = [source.quote(left), source.quote(right)];
    const mend = power === '2' ? `${base} * ${base}, or ` : '';
    const problem = `\`**\` gives different last bits on different hosts; write ${mend}pow(${base}, ${power}) with pow from rxflo`;
    throw source.error(node.start, problem);
  }
  throw source.error(node.start, `\`${operator}\` cannot be expressed: use + - * / < <= > >= === or !==`);
}

function call(reading: Reading, node: CallExpression): Value {
  const { source, graph } = reading;
  const name = functionOf(reading, node);
  const args = node.arguments.map((argument) => {
    if (argument.type === 'SpreadElement') throw source.error(argument.start, refusalOf(argument));
    return valueOf(reading, argument);
  });
  const arity = arityOf(name, reading.composed);
  if (args.length !== arity) {
    const numbers = arity === 1 ? 'one number' : `${arity === 2 ? 'two' : arity} numbers`;
    throw source.error(node.start, `\`${name}\` takes ${numbers}${howToCall(name, args.length)}`);
  }
  if (isFunctionName(name)) return graph.call(name, args);
  if (name === 'spike') return graph.spike(args[0], args[1]);
  if (name === 'detach') return graph.detach(args[0]);
  const definition = reading.composed.get(name);
  if (!definition) throw source.error(node.start, `\`${name}\` cannot be called here: write out what it computes`);
  const { takes, value } = definition;
  return specialise(graph, value, ({ path }) => args[takes.indexOf(path)]);
}

/** How to write a call with this number of arguments, if that is known. */
function howToCall(name: string, given: number): string {
  if (name === 'spike') return ', the one that crosses 0 and its pseudo-derivative: write spike(x, psi)';
  return (name === 'min' || name === 'max') && given > 2 ? `; write ${name}(a, ${name}(b, c)) for more` : '';
}

/** The name of the function that a call means. @throws InputError if it is not known. */
function functionOf({ source, names, renamed, composed }: Reading, node: CallExpression): string {
  const callee = calleeOf(node.callee, (name) => isCallableName(name) || composed.has(name));
  const own = node.callee.type === 'Identifier' ? names.get(node.callee.name) : undefined;
  if (own)
    throw source.error(node.start, `\`${source.quote(node.callee)}\` is a value of this function, not a function`);
  switch (callee.kind) {
    case 'known':
      return callee.name;
    case 'math':
      throw source.error(node.start, ofMath(callee.name));
    case 'unknown': {
      const meant = renamed(callee.name, node.arguments.length);
      if (meant) return meant;
      throw source.error(
        node.start,
        `\`${callee.name}\` is a function from outside, which a local function cannot see; write out what it computes, or, in a rule or a neuron, add it to \`functions\`. ` +
          `Rxflo's own are ${list(CALLABLE_NAMES)}: if a minifier has renamed one, let it keep identifiers, or set opaque: true`,
      );
    }
    default:
      throw source.error(node.start, `a local function can call only ${list(CALLABLE_NAMES)}, by name`);
  }
}

function ofMath(name: string): string {
  if (name === 'random') {
    return '`Math.random` does not follow the seed, and a local function must compute the same from the same view; leave it out';
  }
  const own = CALLABLE_NAMES.find((known) => known === name);
  return own
    ? `\`Math.${name}\` gives different last bits on different hosts; import { ${name} } from 'rxflo' and write ${name}(...)`
    : `\`Math.${name}\` cannot be expressed; rxflo has ${list(CALLABLE_NAMES)}`;
}

function list(names: readonly string[]): string {
  return names.join(', ');
}
