import { build, type BuiltGroup, type BuiltPopulation, type Circuit } from '../circuit/index.ts';
import { InputError, joined, onlyFields, oneOf, show } from '../errors/index.ts';
import { squared } from '../losses/index.ts';
import { scalar, scalarText, vector, VERSION, type NirGraph, type NirNode, type NirValue } from './graph.ts';
import { breakingEdges } from './loops.ts';
import { MODELS } from './models.ts';
import { TRANSLATIONS } from './nir-node-of.ts';
import { LARGEST_MATRIX } from './passage.ts';
import { checkDt, checkMethod, USUAL_DT, type Method, type Time } from './time.ts';
import { FORMAT } from './written.ts';

/** How a circuit is written as NIR. */
export interface ToNirOptions {
  /** The seed for weights, connections and parameters. Default 1. */
  readonly seed?: number;
  /** Length of a timestep, seconds. Default 1e-3. */
  readonly dt?: number;
  /** How the reader will turn time constants into decay factors: 'exact', exp(-dt/tau), or 'euler', 1 - dt/tau. Default 'exact'. */
  readonly method?: Method;
  /** Weights to use in place of the initial ones, by synapse group, as returned by `engine.weights()`: [synapses]. */
  readonly weights?: Readonly<Record<string, ArrayLike<number>>>;
}

/** A circuit as NIR, with warnings about what NIR cannot express. */
export interface NirExport {
  readonly graph: NirGraph;
  readonly warnings: readonly string[];
}

/**
 * A circuit as a NIR graph, for inference: NIR has no learning. A warning names whatever NIR cannot express; it is also stored as metadata if
 * rxflo needs it to read the circuit back. A circuit of which too little would remain is refused.
 *
 * @throws InputError naming the population, group or option that is wrong or cannot be expressed.
 */
export function toNir(circuit: Circuit, options: ToNirOptions = {}): NirExport {
  onlyFields('toNir', options, ['seed', 'dt', 'method', 'weights']);
  const { seed = 1, dt = USUAL_DT, method = 'exact', weights = {} } = options;
  checkDt('toNir.dt', dt);
  checkMethod('toNir.method', method);
  if (circuit.repeat) {
    throw new InputError('repeat', 'runs through each timestep several times, which NIR cannot express; leave it out');
  }
  return new Writing(circuit, seed, { dt, method }, weights).written();
}

class Writing {
  private readonly nodes = new Map<string, NirNode>();
  private readonly edges: [string, string][] = [];
  private readonly warnings: string[] = [];
  private readonly populations: readonly BuiltPopulation[];
  private readonly groups: readonly BuiltGroup[];
  private readonly outputs: readonly BuiltPopulation[];

  constructor(
    private readonly circuit: Circuit,
    seed: number,
    private readonly time: Time,
    private readonly weights: Readonly<Record<string, ArrayLike<number>>>,
  ) {
    ({ populations: this.populations, groups: this.groups, outputs: this.outputs } = build(circuit, seed));
    for (const name of Object.keys(weights)) {
      if (!this.groups.some((group) => group.name === name)) {
        const right = `expected ${oneOf(this.groups.map((group) => group.name))}`;
        throw new InputError(`toNir.weights.${name}`, `is not a synapse group; ${right}`);
      }
    }
  }

  written(): NirExport {
    const readouts = this.outputs.filter((population) => this.isReadout(population));
    for (const population of this.populations) this.nodes.set(population.name, this.neurons(population));
    const others = this.outputs.filter((population) => !readouts.includes(population));
    for (const { name, size } of others) {
      const node = this.freeName(others.length === 1 ? 'output' : `${name}_output`);
      const metadata = new Map([['rxflo_output', scalar(this.outputs.findIndex((one) => one.name === name))]]);
      this.nodes.set(node, { type: 'Output', fields: shapeOf(size), metadata });
      this.edges.push([name, node]);
    }
    const closing = breakingEdges(
      this.populations.map(({ name }) => name),
      this.groups.map(({ from, to }) => [from.name, to.name]),
      (k) => this.groups[k].delay > 0,
    );
    const withBias = new Set<BuiltPopulation>();
    this.groups.forEach((group, k) => {
      this.group(group, closing.has(k), withBias.has(group.to));
      withBias.add(group.to);
    });
    this.warnOfLoops(this.groups.filter(({ from, to }, k) => from !== to && closing.has(k)));
    for (const population of this.populations) {
      if (hasBias(population) && !withBias.has(population)) {
        throw new InputError(
          `neurons.${population.name}.bias`,
          'needs a Linear node in NIR, but no synapse group ends on these neurons; use rest instead',
        );
      }
    }
    this.warnOfTheRest();
    const { dt, method } = this.time;
    const graph: NirGraph = {
      type: 'NIRGraph',
      version: VERSION,
      ...{ nodes: this.nodes, edges: this.edges, fields: new Map() },
      metadata: new Map<string, NirValue>([
        ['rxflo_format', scalarText(FORMAT)],
        ['rxflo_dt', scalar(dt)],
        ['rxflo_method', scalarText(method)],
      ]),
    };
    return { graph, warnings: this.warnings };
  }

  /** Whether it is a linear output population without synapses to others: NIR's Output itself sums its inputs. */
  private isReadout(population: BuiltPopulation): boolean {
    const isLinear = population.model !== undefined && population.model === MODELS.get('linear')?.model;
    return isLinear && this.outputs.includes(population) && !this.groups.some(({ from }) => from === population);
  }

  private neurons(population: BuiltPopulation): NirNode {
    const { name, index, size, model } = population;
    const metadata = new Map<string, NirValue>([['rxflo_index', scalar(index)]]);
    if (!model) return { type: 'Input', fields: shapeOf(size), metadata };
    const translation = TRANSLATIONS.get(model.name);
    const known = MODELS.get(model.name)?.model === model;
    metadata.set('rxflo_model', scalarText(model.name));
    if (known && model.name === 'linear') {
      if (population.initial.some((rate) => rate !== 0)) this.warn(name, 'the initial rates of a trial');
      if (!this.isReadout(population)) {
        return { type: 'Scale', fields: new Map([['scale', vector(new Float64Array(size).fill(1))]]), metadata };
      }
      metadata.set('rxflo_output', scalar(this.outputs.indexOf(population)));
      return { type: 'Output', fields: shapeOf(size), metadata };
    }
    if (!translation || !known) {
      const right = `supported are ${joined([...TRANSLATIONS.keys(), 'linear'])} (user-defined models are not recognised)`;
      throw new InputError(
        `neurons.${name}`,
        `NIR has no neuron like ${show(model.name)}, and its only nonlinearity is a threshold; ${right}`,
      );
    }
    const numbers = (neuron: number) =>
      Object.fromEntries(
        Object.entries(population.params).map(([key, value]) => [
          key,
          typeof value === 'number' ? value : value[neuron],
        ]),
      );
    const each = Array.from({ length: size }, (_, k) => translation.nirNodeOf(numbers(k), this.time));
    const [{ type, fields }] = each;
    if (each.some((one) => one.type !== type)) {
      throw new InputError(
        `neurons.${name}`,
        'some decay and some do not, and these are different types in NIR; make two populations',
      );
    }
    const lost = new Set(each.flatMap((_, k) => translation.lost?.(numbers(k)) ?? []));
    for (const what of lost)
      this.warn(name, what, `a reader that only knows NIR resets to 0 and so runs a different network`);
    for (const [key, value] of Object.entries(population.params)) {
      metadata.set(`rxflo_param_${key}`, typeof value === 'number' ? scalar(value) : vector(value));
    }
    for (const [state, usual] of Object.entries(model.initial)) {
      const row = population.rows[state];
      if (row.every((value) => value === usual)) continue;
      metadata.set(`rxflo_initial_${state}`, vector(row));
      this.warn(name, `the initial ${state} of a trial`);
    }
    const arrays = Object.keys(fields).map((key): [string, NirValue] => [
      key,
      vector(each.map((one) => one.fields[key])),
    ]);
    return { type, fields: new Map(arrays), metadata };
  }

  private group(group: BuiltGroup, closes: boolean, isBiased: boolean): void {
    const { name, index, from, to, delay, rowStart, pre } = group;
    if (group.longer) {
      throw new InputError(
        `synapses.${name}.delay`,
        'differs between synapses, but NIR has delays only per neuron; give one delay, or one group per delay',
      );
    }
    if (from.model && group.message !== Object.keys(from.model.messages)[0]) {
      throw new InputError(
        `synapses.${name}.carries`,
        `${show(group.message)} is not what neurons send in NIR; leave it out`,
      );
    }
    const synapses = this.weights[name] ?? group.weights;
    if (synapses.length !== pre.length) {
      throw new InputError(`toNir.weights.${name}`, `has ${synapses.length} weights for ${pre.length} synapses`);
    }
    const wrong = Array.from(synapses).findIndex((weight) => !Number.isFinite(weight));
    if (wrong >= 0) {
      throw new InputError(`toNir.weights.${name}[${wrong}]`, `${show(synapses[wrong])} is not a finite number`);
    }
    const [rows, columns] = [to.size, from.size];
    if (rows * columns > LARGEST_MATRIX) {
      const problem = `${columns} neurons to ${rows} make a dense matrix of ${rows * columns} entries`;
      throw new InputError(`synapses.${name}`, `${problem}; expected ${LARGEST_MATRIX} or fewer`);
    }
    const matrix = new Float64Array(rows * columns);
    const post = new Float64Array(pre.length);
    for (let i = 0; i < rows; i++) {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        matrix[i * columns + pre[k]] = synapses[k];
        post[k] = i;
      }
    }
    const isSparse = pre.length < rows * columns;
    const metadata = new Map<string, NirValue>([
      ['rxflo_group', scalarText(name)],
      ['rxflo_index', scalar(index)],
      ...(closes ? [['rxflo_closes', scalar(1)] as const] : []),
      ...(isSparse
        ? ([
            ['rxflo_pre', vector(pre)],
            ['rxflo_post', vector(post)],
          ] as const)
        : []),
    ]);
    const bias = to.params['bias'];
    const fields = new Map<string, NirValue>([['weight', { shape: [rows, columns], values: matrix }]]);
    const isAffine = hasBias(to) && !isBiased;
    if (isAffine) fields.set('bias', vector(typeof bias === 'number' ? new Float64Array(rows).fill(bias) : bias));
    const node = this.freeName(name);
    this.nodes.set(node, { type: isAffine ? 'Affine' : 'Linear', fields, metadata });
    const late = delay - (closes ? 1 : 0);
    let last = from.name;
    if (late > 0) {
      const waiting = this.freeName(`${name}_delay`);
      const seconds = new Float64Array(columns).fill(late * this.time.dt);
      this.nodes.set(waiting, { type: 'Delay', fields: new Map([['delay', vector(seconds)]]), metadata: new Map() });
      this.edges.push([last, waiting]);
      last = waiting;
    }
    this.edges.push([last, node], [node, to.name]);
  }

  private freeName(wanted: string): string {
    let name = wanted;
    for (let number = 2; this.nodes.has(name); number++) name = `${wanted}_${number}`;
    return name;
  }

  private warn(population: string, what: string, consequence?: string): void {
    this.warnings.push(`neurons.${population}: NIR cannot express ${what}${consequence ? `; ${consequence}` : ''}`);
  }

  private warnOfLoops(closing: readonly BuiltGroup[]): void {
    if (closing.length === 0) return;
    const names = joined(closing.map(({ name }) => name));
    this.warnings.push(
      `synapses: NIR does not specify where in a loop of several populations the delay of one timestep is (here in ${names}, whose Delay is one timestep shorter); this is up to the reader`,
    );
  }

  /** Warns of everything else in the circuit that is not in the graph. */
  private warnOfTheRest(): void {
    const { synapses, feedback, axons, globals, losses } = this.circuit;
    for (const [name, axon] of Object.entries(axons)) {
      const dials = (['threshold', 'bits', 'range', 'noise'] as const).filter((dial) => axon?.[dial] !== undefined);
      if (dials.length > 0) {
        this.warnings.push(
          `axons.${name}: NIR cannot express ${joined(dials)}; a reader sends what the neuron computes`,
        );
      }
    }
    for (const [name, { gate }] of Object.entries(synapses)) {
      if (gate) this.warnings.push(`synapses.${name}: NIR has no gates; a reader always transmits`);
    }
    const learning = [
      ...Object.entries(synapses).flatMap(([name, { rule }]) => (rule ? [`rule ${rule.name} of ${name}`] : [])),
      ...Object.entries(synapses).flatMap(([name, { bounds, bits, optimiser }]) => [
        ...(optimiser ? [`the optimiser of ${name}`] : []),
        ...(bounds || bits ? [`the dials of ${name}`] : []),
      ]),
      ...Object.keys(feedback).map((name) => `feedback ${name}`),
      ...Object.entries(losses).flatMap(([name, loss]) => (loss && loss !== squared ? [`the loss of ${name}`] : [])),
      ...Object.keys(globals).map((name) => `global scalar ${name}`),
    ];
    if (learning.length > 0)
      this.warnings.push(`learning: NIR has no learning, so these are left out: ${joined(learning)}`);
  }
}

function shapeOf(size: number): ReadonlyMap<string, NirValue> {
  return new Map([['shape', vector([size])]]);
}

function hasBias({ params }: BuiltPopulation): boolean {
  const bias = params['bias'] ?? 0;
  return typeof bias === 'number' ? bias !== 0 : bias.some((value) => value !== 0);
}
