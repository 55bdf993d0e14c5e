/** What users get of this room; `index.ts` is the door for the rooms above. */
export {
  chance,
  constant,
  integers,
  normal,
  sampler,
  stream,
  uniform,
  type Distribution,
  type Integers,
  type Stream,
} from './index.ts';
