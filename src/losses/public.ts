/** What users get of this room; `index.ts` is the door for the rooms above. */
export { crossEntropy, loss, squared, type Loss, type LossDefinition } from './index.ts';
