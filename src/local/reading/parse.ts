import {
  parseExpressionAt,
  type ArrowFunctionExpression,
  type Expression,
  type FunctionExpression,
  type Pattern,
} from 'acorn';
import { InputError } from '../../errors/index.ts';
import { SourceText } from './source-text.ts';

/** A local function's text, parsed. */
export interface Parsed {
  readonly source: SourceText;
  readonly definition: ArrowFunctionExpression | FunctionExpression;
  readonly params: readonly Pattern[];
}

/**
 * Parses a function's text: an arrow function, a function expression or a method.
 *
 * @param most how many parameters it may have
 * @throws InputError if the function has no text, or has more parameters.
 */
// oxlint-disable-next-line typescript/no-unsafe-function-type -- any function at all: only its text is looked at
export function parse(place: string, f: Function, most: number): Parsed {
  const text = Function.prototype.toString.call(f);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(text)) {
    throw new InputError(place, 'has no text to read: it is bound or native; give the arrow function itself');
  }
  for (const around of [['(', ')'] as const, ['({', '})'] as const]) {
    const source = new SourceText(place, text, around);
    const definition = functionIn(source.text);
    if (definition) return { source, definition, params: checked(definition, source, most) };
  }
  throw new InputError(place, 'is a class or an accessor; give an arrow function');
}

/** The function that a text is, or the only member of the object that a text is. */
function functionIn(text: string): ArrowFunctionExpression | FunctionExpression | undefined {
  const expression = expressionIn(text);
  if (expression?.type === 'ArrowFunctionExpression' || expression?.type === 'FunctionExpression') return expression;
  if (expression?.type !== 'ObjectExpression') return undefined;
  const [member] = expression.properties;
  return member.type === 'Property' && member.method && member.value.type === 'FunctionExpression'
    ? member.value
    : undefined;
}

/** Undefined if the text is not an expression: a method is one only inside an object. */
function expressionIn(text: string): Expression | undefined {
  try {
    return parseExpressionAt(text, 0, { ecmaVersion: 'latest' });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function checked(
  definition: ArrowFunctionExpression | FunctionExpression,
  source: SourceText,
  most: number,
): readonly Pattern[] {
  const { params, start } = definition;
  if (definition.async) throw source.error(start, 'a local function answers at once: leave out async and await');
  if (definition.generator) throw source.error(start, 'a local function gives one result: leave out the * and yield');
  if (params.length > most) {
    throw source.error(
      params[most].start,
      'a local function has one parameter, its view: read the other numbers from that',
    );
  }
  return params;
}
