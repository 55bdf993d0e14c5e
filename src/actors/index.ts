export { ActorEngine } from './engine.ts';
export type { GroupTraffic, Traffic } from './traffic.ts';
