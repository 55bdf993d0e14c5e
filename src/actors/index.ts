export { ActorEngine, type NeuronPorts, type SynapsePorts } from './engine.ts';
export type { GroupTraffic, Traffic } from './traffic.ts';
export type { PhaseEnd, Phase } from './bus.ts';
