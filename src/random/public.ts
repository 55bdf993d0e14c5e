/** What users get of this room; `index.ts` is the door for the rooms above. */
export { chance, constant, normal, sampler, stream, uniform, type Distribution, type Stream } from './index.ts';
