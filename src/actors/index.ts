export { ActorEngine, type NeuronPorts, type SynapsePorts } from './engine.ts';
export type { Moment, Phase } from './bus.ts';
