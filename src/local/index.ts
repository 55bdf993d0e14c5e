export { abs, exp, log, max, min, sign, sqrt, tanh } from './math.ts';
export { checkLocalName, checkNumbers, withDefaults, type Numbers } from './parameters.ts';
