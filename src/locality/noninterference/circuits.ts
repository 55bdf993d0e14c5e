import { build, circuit, clock, fromTask, probability, type BuiltCircuit, type Global } from '../../circuit/index.ts';
import { input, leakyRelu, leakyTanh, linear } from '../../neurons/index.ts';
import { normal, stream } from '../../random/index.ts';
import type { PlasticityRule } from '../../rules/index.ts';
import type { Trial } from '../../tasks/index.ts';

/** The rules of a circuit's synapses: those onto its hidden neurons, and those onto its outputs. */
export interface Rules {
  readonly hidden: PlasticityRule;
  readonly readout: PlasticityRule;
}

/** The largest of these circuits: after it only the numbers change. */
const LARGEST = 6;

/**
 * Circuit number `n` = 0, 1, ... of a series that grows: one recurrent unit and one output first, then more units, inputs, a second
 * population before the output, delayed and missing synapses, other neuron models.
 */
export function smallCircuit(n: number, seed: number, { hidden, readout }: Rules): BuiltCircuit {
  const units = 1 + Math.min(n, LARGEST - 1);
  const population = n % 3 === 2 ? leakyRelu(units, { tau: 2 }) : leakyTanh(units, { tau: 2, initial: 0.3 });
  const weights = normal({ sd: 1 });
  const [hasInput, isDeep, isSparse] = [n % 2 === 0 && n > 0, n % 4 === 3, n % 5 === 4];
  const last = isDeep ? 'g' : 'h';
  const neurons = {
    ...(hasInput && { x: input(1 + (n % 3)) }),
    h: population,
    ...(isDeep && { g: linear(2) }),
    y: linear(1 + (n % 4 === 2 ? 1 : 0)),
  };
  const definition = circuit<string, string, string>({
    neurons,
    synapses: {
      ...(hasInput && { input: { from: 'x', to: 'h', weights, rule: hidden } }),
      recurrent: {
        ...{ from: 'h', to: 'h', weights, rule: hidden },
        ...(n > LARGEST && { delay: 1 + (n % 3) }),
        ...(isSparse && { connect: probability(0.6) }),
      },
      ...(isDeep && { forward: { from: 'h', to: 'g', weights, rule: hidden } }),
      readout: { from: last, to: 'y', weights, rule: readout },
    },
    feedback: { [`to${last}`]: { from: 'y', to: last, weights } },
    globals: scalarsFor([hidden, readout], n),
  });
  return build(definition, seed + n);
}

/** The global scalars that rules name: in turn a clock, what a neuron sends, and one that a task would set. */
function scalarsFor(rules: readonly PlasticityRule[], n: number): Readonly<Record<string, Global>> {
  const kinds: readonly Global[] = [
    clock(({ t, count }) => 1 / (1 + t) + count / 10),
    { from: 'h' },
    fromTask({ start: 0.7 }),
  ];
  const names = new Set(rules.flatMap(({ globals = [] }) => globals));
  return Object.fromEntries([...names].map((name, k) => [name, kinds[(n + k) % kinds.length]]));
}

/** A trial of random input and target for a circuit. */
export function smallTrial(circuit: BuiltCircuit, timesteps: number, seed: number): Trial {
  const random = stream(seed, 'noninterference', 'trial');
  const signals = (of: readonly { readonly size: number }[]) =>
    Float64Array.from({ length: timesteps * of.reduce((sum, { size }) => sum + size, 0) }, () => 2 * random() - 1);
  return { timesteps, input: signals(circuit.inputs), target: signals(circuit.outputs) };
}
