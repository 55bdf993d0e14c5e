import { Analysis, Graph, LocalFunction, simplified, specialise, type Numbers, type Value } from '../local/index.ts';
import { LETTERS } from './letters.ts';

/**
 * A start value that makes a variable of a rule's state the eligibility trace of its synapse: d out_i(t)/dw_ij along all paths within
 * the postsynaptic neuron i, updated by the derivatives of that neuron's own text. On a rate unit it is the p of RFLO, on an adaptive spiking
 * neuron the eligibility vector of e-prop. The rule always reads its value of this timestep.
 */
export const eligibility: unique symbol = Symbol('eligibility');

/** How a weight onto one port of a neuron influences what the neuron sends. */
export interface Sensitivity {
  /** The neuron's own numbers on the way, in the order in which they are computed. */
  readonly components: readonly Component[];
  /** The one that is sent. */
  readonly answer: string;
  /** The name of what its synapses carry. */
  readonly carries: string;
}

/** d number/dw = sum of factor times d by/dw, in this order. */
interface Component {
  readonly name: string;
  readonly terms: readonly {
    /** The derivative, as the neuron publishes it; or one number for all. */
    readonly factor: string | number;
    /** Another component, of this timestep or the one before; null: the port, whose derivative is what the synapse carries. */
    readonly by: string | null;
    readonly late: 0 | 1;
  }[];
}

/** A rate unit, with which a rule is described independently of where it is used. */
export const RATE_UNIT: Sensitivity = {
  components: [
    {
      name: 'rate',
      terms: [
        { factor: 'retention', by: 'rate', late: 1 },
        { factor: 'slope', by: null, late: 0 },
      ],
    },
  ],
  answer: 'rate',
  carries: 'rate',
};

/** The text of a rule with eligibility in its state. */
export interface EligibleText {
  /** Which variables are. */
  readonly variables: readonly string[];
  /** Which begin as the weight: no trace changes them. */
  readonly lasting: readonly string[];
  /** All of its state, in the order of the text, those variables as 0. */
  readonly state: Numbers;
  readonly trace?: LocalFunction;
  readonly change: LocalFunction;
  /** What else it computes. */
  readonly others: readonly LocalFunction[];
}

/** What the rule's synapses hold and compute on such neurons. */
export function written(
  { variables, lasting, state, trace, change, others }: EligibleText,
  { components, answer, carries }: Sensitivity,
): { readonly state: Numbers; readonly trace: LocalFunction; readonly analysis: Analysis } {
  const graph = new Graph();
  const { add, times } = simplified(graph);
  const nameOf = (variable: string, component: string) =>
    component === answer ? variable : `${variable}_${component}`;
  const factorOf = (factor: string | number): Value =>
    typeof factor === 'number' ? graph.constant(factor) : graph.read(`post.${factor}`, 'postsynaptic');
  const stepped = new Map<string, Value>();
  for (const variable of variables) {
    for (const { name, terms } of components) {
      const value = terms.reduce<Value>((sum, { factor, by, late }) => {
        const of =
          by === null
            ? graph.read(`pre.${carries}`, 'presynaptic')
            : late === 1
              ? graph.read(nameOf(variable, by), 'own state')
              : (stepped.get(nameOf(variable, by)) ?? graph.constant(0));
        return add(sum, times(factorOf(factor), of));
      }, graph.constant(0));
      stepped.set(nameOf(variable, name), value);
    }
  }
  const held = Object.entries(state).flatMap(([name, start]) =>
    variables.includes(name)
      ? components.map((component) => ({ name: nameOf(name, component.name), start: 0 }))
      : [{ name, start }],
  );
  const own = new Map(
    (trace?.namedResults ?? []).map(({ name, value }) => [
      name,
      specialise(graph, value, (read) => stepped.get(read.path) ?? graph.read(read.path, read.scope)),
    ]),
  );
  const results = held
    .filter(({ name }) => !lasting.includes(name))
    .map(({ name }) => ({
      name,
      value: stepped.get(name) ?? own.get(name) ?? graph.read(name, 'own state'),
    }));
  const whole = new LocalFunction('trace', graph, results);
  return {
    state: Object.fromEntries(held.map(({ name, start }) => [name, start])),
    trace: whole,
    analysis: new Analysis([whole, change, ...others], 1 + held.length, LETTERS),
  };
}
