import { InputError, show } from '../errors/index.ts';
import { register } from '../local/index.ts';
import { stream } from '../random/index.ts';
import { buildFeedback } from './build-feedback.ts';
import { buildGlobals, firstGlobals } from './build-globals.ts';
import type { BuiltCircuit, BuiltGroup, BuiltPopulation } from './built.ts';
import { buildPopulation } from './build-population.ts';
import { actsOf, arrivalOf, checkCircuit, type Circuit } from './circuit.ts';
import { presynapticOf } from './connectivity.ts';
import { keepsTraces, ruleOf } from './dials/traces.ts';
import { firstWeight, settling, signsOf } from './dials/weights.ts';
import { drawer, isDrawn } from './drawer.ts';
import { rowCarried } from './ends.ts';
import { ruleOnPort } from './rule-on.ts';

/** How a circuit is built. */
export interface BuildOptions {
  /** True: trials carry on. Neurons, what is on its way along axons, and traces go on from trial to trial as they were. Default false: each begins anew. */
  readonly carry?: boolean;
}

/**
 * Draws every number of a circuit. Each synapse group and each feedback has a random stream of its own,
 * named after it, so the same seed gives a group the same weights whatever else the circuit holds.
 *
 * @throws InputError if the seed is not a whole number, neither `circuit` nor `withRules` made the circuit, or the seed draws a synapse for
 * which a given matrix has no weight.
 */
export function build(circuit: Circuit, seed: number, { carry = false }: BuildOptions = {}): BuiltCircuit {
  checkCircuit(circuit);
  if (!Number.isSafeInteger(seed)) throw new InputError('seed', `${show(seed)} is not a whole number`);
  const populations = Object.entries(circuit.neurons).map(([name, population], index) =>
    buildPopulation(population, {
      ...{ name, index, seed, axon: circuit.axons[name], loss: circuit.losses[name] },
      globals: firstGlobals(circuit.globals),
    }),
  );
  const byName = new Map(populations.map((population) => [population.name, population]));
  const population = (name: string): BuiltPopulation => {
    const found = byName.get(name);
    if (!found) throw new Error(`no population '${name}' in a checked circuit`);
    return found;
  };

  const groups = Object.entries(circuit.synapses).map(([name, group], index): BuiltGroup => {
    const [from, to] = [population(group.from), population(group.to)];
    const joins = stream(seed, 'synapses', name, 'connect');
    const rows = Array.from({ length: to.size }, (_, i) =>
      presynapticOf(group.connect, i, from.size, from === to, joins),
    );
    const rowStart = new Int32Array(to.size + 1);
    rows.forEach((row, i) => (rowStart[i + 1] = rowStart[i] + row.length));
    const pre = new Int32Array(rowStart[to.size]);
    rows.forEach((row, i) => {
      pre.set(row, rowStart[i]);
    });
    const signs = signsOf(from.size, circuit.axons[group.from]?.excitatory);
    const { bounds, bits, plastic, gate, optimiser } = group;
    const dials = {
      ...(bounds && { bounds }),
      ...(bits && { bits }),
      ...(plastic !== undefined && { plastic }),
      signs,
    };
    const weight = drawer(group.weights, seed, 'synapses', name, 'weights');
    const first = isDrawn(group.weights) ? firstWeight(dials) : (w: number) => w;
    const weights = new Float64Array(pre.length);
    rows.forEach((row, i) => {
      row.forEach((j, k) => {
        const w = first(weight(i, j), j);
        if (Number.isNaN(w)) {
          const why = `has no weight, but seed ${seed} draws a synapse here; give a number`;
          throw new InputError(`synapses.${name}.weights[${i}][${j}]`, why);
        }
        weights[rowStart[i] + k] = w;
      });
    });
    const settles = settling(name, seed, { ...dials, pre });
    const rule = ruleOf({
      ...group,
      ...(group.rule && { rule: ruleOnPort(group.rule, circuit.neurons[group.to], group) }),
    });
    return {
      ...{ name, index, from, to, rowStart, pre, weights },
      ...{ port: group.port, message: group.carries, carries: rowCarried(circuit.neurons[group.from], group.carries) },
      delay: arrivalOf(group, circuit.axons),
      ...{ atOnce: group.learns === 'at once', keepsTraces: carry || keepsTraces(group.traces) },
      ...(rule && { rule }),
      ...(optimiser && { optimiser }),
      ...(settles && { settling: settles }),
      ...(group.also && { also: group.also }),
      ...(gate && { gate: { from: population(gate.from), neuron: gate.neuron ?? 0 } }),
    };
  });

  const feedback = buildFeedback(circuit, seed, population, groups, carry);

  return built.enter({
    populations,
    order: circuit.order.map(population),
    acts: actsOf(circuit),
    inputs: populations.filter(({ model }) => !model),
    outputs: circuit.outputs.map(population),
    groups,
    feedback,
    ...buildGlobals(circuit.globals, byName),
    carries: carry,
  });
}

const built = register<BuiltCircuit>();

/** Whether `build` made this circuit; a copy does not count. */
export function isBuilt(value: unknown): value is BuiltCircuit {
  return built.has(value);
}
