/** What users get of this room; `index.ts` is the door for the rooms above. */
export {
  chance,
  constant,
  integers,
  normal,
  orthogonal,
  sampler,
  stream,
  uniform,
  type Distribution,
  type Integers,
  type Orthogonal,
  type Stream,
} from './index.ts';
