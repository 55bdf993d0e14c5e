import { InputError, oneOf, show } from '../errors/index.ts';
import { isLoss } from '../losses/index.ts';
import type { Population } from '../neurons/index.ts';
import { checkModelled, checkRecord, isList } from './checks.ts';
import type { Globals } from './globals.ts';

type Neurons = Readonly<Record<string, Population>>;

/** @throws InputError if these are not populations that can be compared with a target. */
export function checkOutputs(outputs: readonly string[], neurons: Neurons): void {
  if (!isList(outputs)) {
    throw new InputError('outputs', `expected a list of names of populations, such as ['y'], got ${show(outputs)}`);
  }
  if (outputs.length === 0) {
    throw new InputError(
      'outputs',
      'the circuit has none (by default, the populations without outgoing synapses); name them, or add feedback',
    );
  }
  outputs.forEach((name, i) => {
    checkModelled(`outputs[${i}]`, name, neurons);
    if (outputs.indexOf(name) !== i) throw new InputError(`outputs[${i}]`, `${show(name)} is listed twice; remove one`);
  });
}

/** @throws InputError if a value is not a loss, or a name is not that of an output population. */
export function checkLosses(losses: Readonly<Record<string, unknown>>, outputs: readonly string[]): void {
  checkRecord('losses', losses, 'losses');
  for (const [name, given] of Object.entries(losses)) {
    if (!outputs.includes(name)) {
      throw new InputError(`losses.${name}`, `is not an output population; expected ${oneOf(outputs)}`);
    }
    if (given !== undefined && !isLoss(given)) {
      throw new InputError(`losses.${name}`, `expected a loss, such as crossEntropy, got ${show(given)}`);
    }
  }
}

/** The outputs of a circuit that names none: see CircuitDefinition. */
export function defaultOutputs(
  neurons: Neurons,
  synapses: Readonly<Record<string, { readonly from: string; readonly gate?: { readonly from: string } }>>,
  feedback: Readonly<Record<string, { readonly from: string }>>,
  globals: Globals,
): readonly string[] {
  const sources = Object.values(feedback).map(({ from }) => from);
  if (sources.length > 0) return Object.keys(neurons).filter((name) => sources.includes(name));
  const left = new Set([
    ...Object.values(synapses).flatMap(({ from, gate }) => [from, ...(gate ? [gate.from] : [])]),
    ...Object.values(globals).flatMap((one) => (one.kind === 'neuron' ? [one.from] : [])),
  ]);
  return Object.keys(neurons).filter((name) => neurons[name].model && !left.has(name));
}
