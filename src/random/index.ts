export { stream, type Stream } from './stream.ts';
export { checkDistribution, constant, normal, sampler, uniform, type Distribution } from './distribution.ts';
export { checkOrthogonal, drawOrthogonal, orthogonal, type Orthogonal } from './orthogonal.ts';
export { checkIntegers, integers, integerSampler, isIntegers, type Integers } from './integers.ts';
export { chance, chanceKey, chancePlace, chanceSeed, draw } from './chance.ts';
