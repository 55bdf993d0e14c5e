export { ActorEngine, type NeuronPorts, type SynapsePorts } from './engine.ts';
export type { GroupTraffic, Traffic } from './traffic.ts';
export type { PhaseEnd } from './bus.ts';
export type { PhaseName as Phase } from '../circuit/index.ts';
