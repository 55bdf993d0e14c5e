export { abs, exp, floor, log, max, min, sign, sqrt, tanh } from './math.ts';
export { pow } from './pow.ts';
export { detach, spike } from './surrogates.ts';
export { linoid, logistic, pseudoDerivative, softplus } from './functions.ts';
export { checkLocalName, takeNumbers, type Numbers } from './parameters.ts';
export { changeText, isOverTrials, overTrials, startOf, type OverTrials } from './tunable/over-trials.ts';
export {
  LEARNING_RATE,
  parametersOf,
  startsOf,
  tunableNames,
  type Given,
  type Tunable,
  type TunableParameter,
} from './tunable/parameters.ts';
export { areAlike, Recent } from './alike.ts';
export { copied, frozen, isArrayLike, isRecord, kept, listOf, once, register } from './made.ts';
export { compile, fields, identifiers, literal } from './compile.ts';
export { readLocal } from './read-local.ts';
export { ownFunctions, type OwnFunctions } from './own-functions.ts';
export { Refusal } from './refusal.ts';
export { Analysis, type Cost } from './analysis.ts';
export { simplified } from './derivative/simplified.ts';
export { LocalFunction } from './local-function.ts';
export type { Expected } from './reading/function.ts';
export { compileStatements, statements } from './graph/statements.ts';
export type { Result, Results } from './graph/code.ts';
export { operationsOf, type Operations } from './graph/cost.ts';
export { Graph, isValue, nodesOf, operands, type Condition, type Node, type Read, type Value } from './graph/graph.ts';
export type { Surrogates } from './graph/surrogates.ts';
export { largestParts } from './graph/largest-parts.ts';
export { linearForm } from './graph/linear-form.ts';
export { specialise } from './graph/specialise.ts';
export { sumOfProducts, type Factor, type Product, type SumOfProducts } from './graph/sum-of-products.ts';
export { LIBRARY, type FunctionName } from './graph/library.ts';
export type { Scope, View, ViewShape } from './graph/view.ts';
export type { Formula, Letters } from './formula/formula.ts';
export { at, change, indexed, letter, partial, type Letter } from './formula/letter.ts';
