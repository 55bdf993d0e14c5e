import { kept, nodesOf, once, type Analysis, type LocalFunction, type Numbers, type Value } from '../local/index.ts';

/** What a name in the text of a neuron means. */
export type NeuronRead =
  /** The sum of one of its ports in this timestep. */
  | { readonly of: 'port'; readonly name: string }
  /** One of its own numbers, by the name it is kept under: of the timestep before (1), or of this one (0). */
  | { readonly of: 'own'; readonly name: string; readonly late: 0 | 1 }
  /** A standard normal number, drawn again in every timestep. */
  | { readonly of: 'noise'; readonly name: string }
  /** A number of the whole population, of this timestep. */
  | { readonly of: 'pool'; readonly name: string }
  /** A global scalar of the circuit. */
  | { readonly of: 'global'; readonly name: string }
  | { readonly of: 'parameter' };

/** A neuron's function as it was read: the graph of one of the numbers that it gives. Or an opaque function. */
export type Computed =
  | { readonly local: LocalFunction; readonly result?: string; readonly opaque?: never }
  | { opaque(this: void, view: Numbers): number; readonly local?: never; readonly result?: never };

/** A number that every neuron of a model computes for itself, in every timestep. */
export interface Equation {
  /** The name that it is kept and published under: 'rate', 'v'. */
  readonly name: string;
  /** Whether the neuron keeps it for the next timestep, or it only leaves the neuron: on its axon, to the synapses on it, or to a pool. */
  readonly kind: 'state' | 'message' | 'shown' | 'summand';
  readonly computed: Computed;
}

/** A derivative that a model publishes under its own name: d `of`(t) / d `by`(t - late). Others are derived when they are needed. */
export interface NamedDerivative {
  readonly name: string;
  readonly of: string;
  /** A port (late 0), or one of its own numbers. */
  readonly by: string;
  readonly late: 0 | 1;
  readonly computed: Computed;
}

/** A port of a neuron, on which synapse groups end. */
export interface Port {
  readonly name: string;
  /** The neuron's own number that the synapses on the port read as `post.here`; null: none. */
  readonly here: string | null;
}

/** A number of a whole population: the sum, or the largest, of what its neurons give. */
export interface Pool {
  readonly name: string;
  readonly of: 'sum' | 'largest';
  /** The equation by which a neuron takes part. */
  readonly adds: string;
}

/** A neuron model, however it was defined: what its neurons keep, and what each number is computed from. */
export interface NeuronModel {
  readonly name: string;
  /** What is known from the text of its functions, which are then compiled from it. Absent: the model is opaque, and nothing is known. */
  readonly analysis?: Analysis;
  /** Parameters that every population has. */
  readonly params: readonly string[];
  /** In the order in which they are summed. Groups end on the first by default. */
  readonly ports: readonly Port[];
  /** Numbers of a whole population. */
  readonly pools: readonly Pool[];
  /** In the order of the text: what is pooled, states, then what is computed from them. */
  readonly equations: readonly Equation[];
  readonly derivatives: readonly NamedDerivative[];
  /** What the names in the text mean. */
  readonly readings: Readonly<Record<string, NeuronRead>>;
  /** What the axon can carry: the name of each message, and the number that it is. Weights multiply the first by default. */
  readonly messages: Readonly<Record<string, string>>;
  /** Present if the first message is an event, 0 or 1, and nothing is sent for 0: the states that must begin as 0 or 1 for that. */
  readonly events?: readonly string[];
  /** What every synapse on the neuron sees: the name under `post.`, and the number that it is. */
  readonly shows: Readonly<Record<string, string>>;
  /** The state that a trial starts from unless the population says otherwise. */
  readonly initial: Numbers;
}

/** What a number of a neuron is computed from: the names in its text, and what each means. */
export function readsOf(
  model: NeuronModel,
  { kind, computed }: { readonly kind: Equation['kind']; readonly computed: Computed },
): ReadonlyMap<string, NeuronRead> {
  const paths = computed.local ? pathsIn(computed) : Object.keys(model.readings);
  return new Map(paths.map((path) => [path, readingOf(model, kind, path)]));
}

/** What a name means in the text of a number of this kind: what leaves a neuron is computed from its new state. */
export function readingOf({ readings }: NeuronModel, kind: Equation['kind'], path: string): NeuronRead {
  const reading = readings[path];
  return (kind === 'message' || kind === 'shown') && reading.of === 'own' ? { ...reading, late: 0 } : reading;
}

/** How one of a neuron's numbers depends on another one, on a port, or on a pool: d `of`(t) / d `by`(t - late). */
export interface Dependence {
  /** The name under which the derivative is kept. */
  readonly name: string;
  /** Whether the neuron publishes it in any case. */
  readonly published: boolean;
  readonly of: string;
  readonly by: string;
  readonly port: boolean;
  /** Whether that is a global scalar. */
  readonly scalar: boolean;
  readonly late: 0 | 1;
  readonly computed: Computed;
}

/**
 * What a number of a neuron depends on: its own last numbers first, then its ports, then what it has just computed. A derivative
 * that is always 0 is left out, unless it is published.
 *
 * @param scalars The global scalars to include.
 */
export function dependencesOf(
  model: NeuronModel,
  equation: Equation,
  scalars: readonly string[] = [],
): readonly Dependence[] {
  return kept(dependences(model)(equation), scalars.join(), () => derived(model, equation, scalars));
}

/** For each equation of a model, by the global scalars that are included. */
const dependences = once((_model: NeuronModel) =>
  once((_equation: Equation) => new Map<string, readonly Dependence[]>()),
);

function derived(model: NeuronModel, equation: Equation, scalars: readonly string[]): readonly Dependence[] {
  const { name: of, kind, computed } = equation;
  const ports = new Set(model.ports.map(({ name }) => name));
  const published = model.derivatives
    .filter((one) => one.of === of)
    .map((one): Dependence => ({ ...one, published: true, port: ports.has(one.by), scalar: false }));
  const others = [...readsOf(model, { kind, computed })].flatMap(([path, reading]): Dependence[] => {
    if (!computed.local || reading.of === 'parameter' || reading.of === 'noise') return [];
    if (reading.of === 'global' && !scalars.includes(reading.name)) return [];
    const [by, late] = [reading.name, reading.of === 'own' ? reading.late : 0];
    if (published.some((one) => one.by === by && one.late === late)) return [];
    const scalar = reading.of === 'global';
    const name = `d_${of}_d_${scalar ? 'global_' : ''}${by}`;
    const local = computed.local.derivative(name, path, computed.result);
    if (local.value.kind === 'constant' && local.value.value === 0) return [];
    return [{ name, published: false, of, by, port: reading.of === 'port', scalar, late, computed: { local } }];
  });
  const rank = ({ late, port }: Dependence) => (late > 0 ? 0 : port ? 1 : 2);
  return [...published, ...others].toSorted((one, other) => rank(one) - rank(other));
}

/** The graph of one of the numbers that a function gives. */
export function graphOf({ local, result }: { readonly local: LocalFunction; readonly result?: string }): Value {
  return result === undefined ? local.value : local.named(result);
}

/** The names in the text of a number. They are remembered: a model never changes, and every circuit and engine needs them. */
const pathsIn = once((computed: Computed & { readonly local: LocalFunction }): readonly string[] => {
  const reads = nodesOf([graphOf(computed)]).filter((node) => node.kind === 'read');
  return [...new Set(reads.map(({ path }) => path))];
});
