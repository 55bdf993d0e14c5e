import type { AnyNode } from 'acorn';

/** What to write instead of JavaScript that no local function has, by the kind of its syntax. */
const REFUSALS: Readonly<Partial<Record<AnyNode['type'], string>>> = {
  ArrayExpression: 'a list cannot be expressed: give each number its own name',
  ArrayPattern: 'a view has no lists: take numbers by name, { p, pre }',
  ArrowFunctionExpression: 'a function inside another cannot be expressed: name what it computes with const',
  AssignmentExpression: 'nothing can be assigned to: name the new value with const',
  AssignmentPattern: 'every name of a view has a value: leave out the default',
  AwaitExpression: 'a local function answers at once: leave out await',
  BreakStatement: 'a loop cannot be expressed: write its terms out',
  ChainExpression: 'every name of a view has a value: write . instead of ?.',
  ClassExpression: 'a class cannot be expressed: write the numbers it computes',
  DoWhileStatement: 'a loop cannot be expressed: write its terms out',
  ForInStatement: 'a loop cannot be expressed: write its terms out',
  ForOfStatement: 'a loop cannot be expressed: write its terms out',
  ForStatement: 'a loop cannot be expressed: write its terms out',
  FunctionDeclaration: 'a function inside another cannot be expressed: name what it computes with const',
  FunctionExpression: 'a function inside another cannot be expressed: name what it computes with const',
  IfStatement: 'an if statement cannot be expressed: choose with test ? a : b',
  NewExpression: 'an object cannot be expressed: a local function computes only with numbers',
  ObjectExpression: 'an object is not a number: only functions with named results, such as a trace, return an object',
  RestElement: 'a rest cannot be expressed: take each number by its name',
  SpreadElement: 'a spread cannot be expressed: write each name out, { p: ..., q }',
  SwitchStatement: 'a switch cannot be expressed: choose with test ? a : b',
  TaggedTemplateExpression: 'text is not a number: a local function computes only with numbers',
  TemplateLiteral: 'text is not a number: a local function computes only with numbers',
  ThisExpression: '`this` is not visible to a local function: read from its view, such as ({ w, pre, post }) => ...',
  ThrowStatement: 'a local function cannot throw: a value that is not finite stops the session automatically',
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
