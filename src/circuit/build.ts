import { InputError, show } from '../errors/index.ts';
import { register } from '../local/index.ts';
import { buildFeedback } from './build-feedback.ts';
import { buildGlobals } from './build-globals.ts';
import type { BuiltCircuit, BuiltGroup, BuiltPopulation } from './built.ts';
import { buildPopulations } from './build-population.ts';
import { builtRepeat } from './build-repeat.ts';
import { actsOf, checkCircuit, type CheckedGroup, type Circuit } from './circuit.ts';
import { copied } from './copied-weights.ts';
import { keepsTraces, ruleOf } from './dials/traces.ts';
import { settling, signsOf } from './dials/weights.ts';
import { rowCarried } from './ends.ts';
import type { Evaluation } from './evaluation.ts';
import { isHeld } from './events.ts';
import { evaluated } from './history.ts';
import { ruleOnPort } from './rule-on.ts';
import { arrivals, initialWeights, joined } from './wiring.ts';

/** How a circuit is built. */
export interface BuildOptions {
  /** True: neurons, messages on their way, and traces are kept from trial to trial. Default false: each trial starts from the initial state. */
  readonly carry?: boolean;
  /**
   * How rules are evaluated in groups that do not specify it. By default, under schedule 'trial', groups at spiking neurons are evaluated by
   * history if their rule allows it; all others are evaluated by trace.
   */
  readonly evaluation?: Evaluation;
}

/**
 * Draws every number of a circuit. Each synapse group and each feedback has a random stream of its own,
 * named after it, so the same seed gives a group the same weights whatever else the circuit holds.
 *
 * @throws InputError if the seed is not a whole number, neither `circuit` nor `withRules` made the circuit, or the seed draws a synapse for
 * which a given matrix has no weight or no delay.
 */
export function build(circuit: Circuit, seed: number, { carry = false, evaluation }: BuildOptions = {}): BuiltCircuit {
  checkCircuit(circuit);
  if (!Number.isSafeInteger(seed)) throw new InputError('seed', `${show(seed)} is not a whole number`);
  const populations = buildPopulations(circuit, seed);
  const byName = new Map(populations.map((population) => [population.name, population]));
  const population = (name: string): BuiltPopulation => {
    const found = byName.get(name);
    if (!found) throw new Error(`no population '${name}' in a checked circuit`);
    return found;
  };

  const weightsOf = (name: string) => {
    const group: CheckedGroup = circuit.synapses[name];
    const [from, to] = [population(group.from), population(group.to)];
    const rows = joined(name, group, { from, to }, seed);
    const signs = signsOf(from.size, circuit.axons[group.from]?.excitatory);
    const { bounds, bits, plastic, tunable } = group;
    const dials = {
      ...(bounds && { bounds }),
      ...(bits && { bits }),
      ...(plastic !== undefined && { plastic }),
      ...(tunable && { tunable }),
      signs,
    };
    return { from, to, rows, dials, weights: initialWeights(name, group, rows, dials, { columns: from.size, seed }) };
  };

  const groups = Object.entries(circuit.synapses).map(([name, group], index): BuiltGroup => {
    const { from, to, rows, dials, weights: own } = weightsOf(name);
    const { gate, optimiser, copies } = group;
    // What is drawn depends on the seed and the name alone, so drawing again gives the same weights.
    const source = copies && weightsOf(copies.of);
    const weights = source ? copied(source.weights, copies.kind, source.to.size, source.from.size) : own;
    const settles = settling(name, seed, { ...dials, pre: rows.pre });
    const rule = ruleOf({
      ...group,
      ...(group.rule && { rule: ruleOnPort(group.rule, circuit.neurons[group.to], group) }),
    });
    const learns = { atOnce: group.learns === 'at once', keepsTraces: carry || keepsTraces(group.traces) };
    const { also, carries: message } = group;
    const arriving = arrivals(name, group, rows, circuit.axons[group.from]?.delay ?? 0, seed);
    const history =
      rule &&
      evaluated(
        `synapses.${name}`,
        {
          ...{ rule, message, from, to, ...learns, ...(also && { also }) },
          ...{ moves: isHeld({ from, ...arriving }), repeats: circuit.repeat !== undefined },
        },
        group.evaluation,
        evaluation,
      );
    return {
      ...{ name, index, from, to, ...rows, weights },
      ...{ port: group.port, message, carries: rowCarried(circuit.neurons[group.from], group.carries) },
      ...arriving,
      ...learns,
      ...(rule && { rule }),
      ...(history && { history }),
      ...(optimiser && { optimiser }),
      ...(settles && { settling: settles }),
      ...(also && { also }),
      ...(gate && { gate: { from: population(gate.from), neuron: gate.neuron ?? 0 } }),
    };
  });

  const feedback = buildFeedback(circuit, seed, population, groups, carry);
  const repeat = builtRepeat(circuit, population);

  return built.enter({
    populations,
    order: circuit.order.map(population),
    acts: actsOf(circuit),
    inputs: populations.filter(({ model }) => !model),
    outputs: circuit.outputs.map(population),
    groups,
    feedback,
    ...buildGlobals(circuit, byName),
    carries: carry,
    ...(repeat && { repeat }),
  });
}

/** The circuits that were built. */
export const built = register<BuiltCircuit>();

/** Whether `build` made this circuit; a copy does not count. */
export function isBuilt(value: unknown): value is BuiltCircuit {
  return built.has(value);
}
