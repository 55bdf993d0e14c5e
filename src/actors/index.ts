export { ActorEngine, type NeuronPorts, type SynapsePorts } from './engine.ts';
export type { PhaseEnd, Phase } from './bus.ts';
