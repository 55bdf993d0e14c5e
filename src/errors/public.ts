/** What users get of this room; `index.ts` is the door for the rooms above. */
export { InputError, RunError } from './index.ts';
