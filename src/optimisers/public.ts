/** What users get of this room; `index.ts` is the door for the rooms above. */
export {
  adam,
  momentum,
  optimiser,
  type Optimiser,
  type OptimiserDefinition,
  type OptimiserMaker,
  type OptimiserView,
} from './index.ts';
