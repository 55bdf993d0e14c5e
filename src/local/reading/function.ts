import type { BlockStatement, Expression, ObjectExpression } from 'acorn';
import { oneOf } from '../../errors/index.ts';
import type { Result, Results } from '../graph/code.ts';
import type { Graph, Value } from '../graph/graph.ts';
import type { ViewShape } from '../graph/view.ts';
import { bare, withoutCounters } from './counters.ts';
import { meaningOf, valueOf } from './expression.ts';
import { bind, fieldOfPart, type Composed, type Reading } from './names.ts';
import type { Parsed } from './parse.ts';
import { propertyName } from './property-name.ts';
import { refusalOf } from './refusals.ts';

/** What a local function is expected to be. */
export interface Expected {
  readonly shape: ViewShape;
  /** The names of its parameters, if each is a number and there is no view. */
  readonly takes?: readonly string[];
  /** The names of the numbers that it returns; 'any': any names; absent: one number without a name. */
  readonly results?: readonly string[] | 'any';
  /** What it may call. By default rxflo's functions. */
  readonly callable?: Composed;
}

/** The graph of a parsed function. @throws InputError with line and column if it is not in the language. */
export function read(
  { source, definition, params }: Parsed,
  graph: Graph,
  { shape, takes, results }: Expected,
  functions: Pick<Reading, 'renamed' | 'composed'>,
): Results {
  const reading: Reading = { source, graph, ofNumbers: takes !== undefined, names: new Map(), ...functions };
  const view = { kind: 'part', path: '', shape } as const;
  params.forEach((param, k) => {
    bind(reading, param, takes ? fieldOfPart(reading, view, takes[k], param.start) : view);
  });
  const { body } = definition;
  const result = bare(body.type === 'BlockStatement' ? returned(reading, body) : body);
  if (!results) return valueOf(reading, result);
  if (result.type === 'ObjectExpression') return numbered(reading, result, results);
  const example = (results === 'any' ? ['out'] : results).map((name) => `${name}: ...`).join(', ');
  throw source.error(result.start, `write out the result, { ${example} }`);
}

/** Goes through the declarations of a body, to what it returns. */
function returned(reading: Reading, body: BlockStatement): Expression {
  const { source } = reading;
  for (const statement of withoutCounters(body.body)) {
    if (statement.type === 'ReturnStatement') {
      if (statement.argument) return statement.argument;
      throw source.error(statement.start, 'returns nothing; write return and the result');
    }
    if (statement.type === 'ExpressionStatement') {
      const { expression } = statement;
      const wanted = ['CallExpression', 'Identifier', 'BinaryExpression', 'MemberExpression'];
      const lost = wanted.includes(expression.type)
        ? 'the result of this is lost, and a local function does nothing but compute: leave it out, or name it with const'
        : refusalOf(expression);
      throw source.error(statement.start, lost);
    }
    if (statement.type !== 'VariableDeclaration') throw source.error(statement.start, refusalOf(statement));
    for (const { id, init, start } of statement.declarations) {
      if (!init) throw source.error(start, 'has no value; write const name = value');
      bind(reading, id, meaningOf(reading, init));
    }
  }
  throw source.error(body.end - 1, 'returns nothing; end with return and the result');
}

function numbered(reading: Reading, result: ObjectExpression, wanted: readonly string[] | 'any'): readonly Result[] {
  const { source } = reading;
  const found = new Map<string, Value>();
  for (const property of result.properties) {
    if (property.type !== 'Property') throw source.error(property.start, refusalOf(property));
    const { key, computed, start, value, kind, method } = property;
    const name = propertyName(key, computed);
    if (name === undefined || kind !== 'init' || method) {
      throw source.error(start, 'write each number of the result as name: value');
    }
    if (wanted !== 'any' && !wanted.includes(name)) {
      throw source.error(start, `\`${name}\` is not in the state; expected ${oneOf(wanted)}`);
    }
    found.set(name, valueOf(reading, value));
  }
  if (wanted === 'any') return [...found].map(([name, value]) => ({ name, value }));
  return wanted.map((name) => {
    const value = found.get(name);
    if (value) return { name, value };
    throw source.error(result.start, `does not give \`${name}\`; write ${name} too, even if it does not change`);
  });
}
