import type { Numbers } from '../local/index.ts';

/** What a presynaptic neuron's axon publishes to its synapses. */
export interface Presynaptic {
  /** What this synapse carried in this timestep (after its delay and gate), whatever the neuron calls it. */
  readonly out: number;
  /** The same by the name of the message: `rate` from rate units and input neurons, else as the neuron calls it. */
  readonly rate: number;
}

/** What a neuron publishes to the synapses that end on it. Which names there are depends on the neuron; a circuit checks them. */
export interface Postsynaptic {
  /** What its axon sends: for rate units the new rate h(t). */
  readonly out: number;
  /** The state that synapses on this port read: for rate units the summed input u(t). */
  readonly here: number;
  /** For rate units, the new rate h(t). */
  readonly rate: number;
  /** dh(t)/du(t): the derivative of the new rate with respect to the summed input. Leaky tanh: alpha (1 - tanh^2 u). */
  readonly slope: number;
  /** dh(t)/dh(t-1) at fixed input: the fraction of its rate that the neuron keeps. Leaky tanh: 1 - alpha. */
  readonly retention: number;
  /** The neuron's learning signal l(t): at an output its own error, elsewhere its feedback weights times the error. */
  readonly signal: number;
}

/** Everything a synapse may see: its weight `w`, its state, its rule's parameters, its two neurons, and global scalars. */
export type SynapseView<
  P extends Numbers,
  S extends Numbers,
  A extends string = never,
  B extends string = never,
  G extends string = never,
> = P &
  S & {
    readonly w: number;
    readonly pre: Presynaptic & Readonly<Record<A, number>>;
    readonly post: Postsynaptic & Readonly<Record<B, number>>;
    /** The circuit's global scalars that the rule names. */
    readonly global: Readonly<Record<G, number>>;
  };
