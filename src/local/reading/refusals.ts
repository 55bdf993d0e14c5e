import type { AnyNode } from 'acorn';

/** What to write instead of JavaScript that no local function has, by the kind of its syntax. */
const REFUSALS: Readonly<Partial<Record<AnyNode['type'], string>>> = {
  ArrayExpression: 'there are no lists: give each number a name of its own',
  ArrayPattern: 'there are no lists in a view: take numbers by name, { p, pre }',
  ArrowFunctionExpression: 'there are no functions within: name what it computes with const',
  AssignmentExpression: 'nothing can be assigned to: name the new value with const',
  AssignmentPattern: 'every name of a view has a value: leave out the default',
  AwaitExpression: 'a local function answers at once: leave out await',
  BreakStatement: 'a loop cannot be expressed: write its terms out',
  ChainExpression: 'what is in a view is always there: write . for ?.',
  ClassExpression: 'there are no classes within: write the numbers it computes',
  DoWhileStatement: 'a loop cannot be expressed: write its terms out',
  ForInStatement: 'a loop cannot be expressed: write its terms out',
  ForOfStatement: 'a loop cannot be expressed: write its terms out',
  ForStatement: 'a loop cannot be expressed: write its terms out',
  FunctionDeclaration: 'there are no functions within: name what it computes with const',
  FunctionExpression: 'there are no functions within: name what it computes with const',
  IfStatement: 'an if statement cannot be expressed: choose with test ? a : b',
  NewExpression: 'there are no objects within: a local function computes with numbers alone',
  ObjectExpression: 'an object is no number: only a trace gives one back, as its result',
  RestElement: 'a rest cannot be expressed: take each number by its name',
  SpreadElement: 'a spread cannot be expressed: write each name out, { p: ..., q }',
  SwitchStatement: 'a switch cannot be expressed: choose with test ? a : b',
  TaggedTemplateExpression: 'text is no number: a local function computes with numbers alone',
  TemplateLiteral: 'text is no number: a local function computes with numbers alone',
  ThisExpression: '`this` is nothing that a local function sees: read from its view, such as ({ w, pre, post }) => ...',
  ThrowStatement: 'a local function cannot throw: a value that is not finite stops the session by itself',
  TryStatement: 'a local function cannot throw: write what it computes without try',
  UpdateExpression: 'nothing can be assigned to: name the new value with const',
  WhileStatement: 'a loop cannot be expressed: write its terms out',
  YieldExpression: 'a local function gives one result: leave out yield',
};

export function refusalOf(node: AnyNode): string {
  return (
    REFUSALS[node.type] ??
    'this cannot be expressed: a local function has const declarations and one result, computed with + - * /, ' +
      "comparisons, test ? a : b and rxflo's functions"
  );
}
