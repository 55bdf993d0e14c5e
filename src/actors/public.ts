/** What users get of this room; `index.ts` is the door for the rooms above. */
export { ActorEngine, type GroupTraffic, type Traffic } from './index.ts';
