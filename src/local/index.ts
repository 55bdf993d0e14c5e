export { abs, exp, log, max, min, sign, sqrt, tanh } from './math.ts';
