export { stream, type Stream } from './stream.ts';
export { checkDistribution, constant, normal, sampler, uniform, type Distribution } from './distribution.ts';
export { chance, chanceKey, chancePlace, chanceSeed, draw } from './chance.ts';
