import { build, type BuiltGroup, type BuiltPopulation, type Circuit } from '../circuit/index.ts';
import { InputError, joined, onlyFields, oneOf, show } from '../errors/index.ts';
import { squared } from '../losses/index.ts';
import { scalar, scalarText, vector, VERSION, type NirGraph, type NirNode, type NirValue } from './graph.ts';
import { reachedFrom } from './loops.ts';
import { MODELS } from './models.ts';
import { SAYINGS } from './say.ts';
import { checkTime, USUAL_DT, type Method, type Time } from './time.ts';

/** How a circuit is written as NIR. */
export interface ToNirOptions {
  /** The seed that draws weights, connections and parameters. Default 1. */
  readonly seed?: number;
  /** Seconds of a timestep. Default 1e-3. */
  readonly dt?: number;
  /** How the reader will turn time constants into decays: exp(-dt/tau), or, as Euler's method does, 1 - dt/tau. Default 'exact'. */
  readonly method?: Method;
  /** Other weights than the initial ones, by synapse group, as `engine.weights()` gives them: [synapses]. */
  readonly weights?: Readonly<Record<string, ArrayLike<number>>>;
}

/** A circuit as NIR, and what of it NIR does not say. */
export interface NirExport {
  readonly graph: NirGraph;
  readonly warnings: readonly string[];
}

/** What is written beside the graph, so that rxflo reads the circuit back as it was. */
export const FORMAT = 'rxflo-nir/1';

/** The most entries of a matrix: NIR's are dense. */
const LARGEST_MATRIX = 2 ** 24;

/**
 * A circuit as a graph of NIR, for inference: NIR has no learning. What it cannot say is named in a warning, and kept as metadata where that
 * lets rxflo read the circuit back; where too little would be left, the circuit is refused.
 *
 * @throws InputError naming the population, group or option that is wrong, or cannot be said.
 */
export function toNir(circuit: Circuit, options: ToNirOptions = {}): NirExport {
  onlyFields('toNir', options, ['seed', 'dt', 'method', 'weights']);
  const { seed = 1, dt = USUAL_DT, method = 'exact', weights = {} } = options;
  const time = { dt, method };
  checkTime('toNir', time);
  if (circuit.repeat) {
    throw new InputError('repeat', 'runs through each timestep several times, and NIR has no such thing; leave it out');
  }
  return new Writing(circuit, seed, time, weights).written();
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
    const loops = reachedFrom(this.groups.map(({ from, to }) => [from.name, to.name] as const));
    const withBias = new Set<BuiltPopulation>();
    for (const group of this.groups) {
      this.group(group, loops(group.to.name, group.from.name), withBias.has(group.to));
      withBias.add(group.to);
    }
    this.warnOfLoops(loops);
    for (const population of this.populations) {
      if (hasBias(population) && !withBias.has(population)) {
        throw new InputError(
          `neurons.${population.name}.bias`,
          'belongs to a Linear in NIR, and no synapse group ends on these neurons; give rest in its place',
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

  /** A linear unit at the end of its axons' way: NIR's Output sums by itself. */
  private isReadout(population: BuiltPopulation): boolean {
    const isLinear = population.model !== undefined && population.model === MODELS.get('linear')?.model;
    return isLinear && this.outputs.includes(population) && !this.groups.some(({ from }) => from === population);
  }

  private neurons(population: BuiltPopulation): NirNode {
    const { name, index, size, model } = population;
    const metadata = new Map<string, NirValue>([['rxflo_index', scalar(index)]]);
    if (!model) return { type: 'Input', fields: shapeOf(size), metadata };
    const saying = SAYINGS.get(model.name);
    const known = MODELS.get(model.name)?.model === model;
    metadata.set('rxflo_model', scalarText(model.name));
    if (known && model.name === 'linear') {
      if (population.initial.some((rate) => rate !== 0)) this.warn(name, 'the rates that a trial begins with');
      if (!this.isReadout(population)) {
        return { type: 'Scale', fields: new Map([['scale', vector(new Float64Array(size).fill(1))]]), metadata };
      }
      metadata.set('rxflo_output', scalar(this.outputs.indexOf(population)));
      return { type: 'Output', fields: shapeOf(size), metadata };
    }
    if (!saying || !known) {
      const right = `there are ${joined([...SAYINGS.keys(), 'linear'])} (a model of one's own cannot be recognised)`;
      throw new InputError(
        `neurons.${name}`,
        `NIR has no neuron that computes what ${show(model.name)} does, and no nonlinearity but a threshold; ${right}`,
      );
    }
    const numbers = (neuron: number) =>
      Object.fromEntries(
        Object.entries(population.params).map(([key, value]) => [
          key,
          typeof value === 'number' ? value : value[neuron],
        ]),
      );
    const each = Array.from({ length: size }, (_, k) => saying.say(numbers(k), this.time));
    const [{ type, fields }] = each;
    if (each.some((one) => one.type !== type)) {
      throw new InputError(
        `neurons.${name}`,
        'some decay and some do not, which are two types in NIR; make two populations',
      );
    }
    const lost = new Set(each.flatMap((_, k) => saying.otherwise?.(numbers(k)) ?? []));
    for (const what of lost)
      this.warn(name, what, `a reader that knows NIR alone resets to 0 and runs another network`);
    for (const [key, value] of Object.entries(population.params)) {
      metadata.set(`rxflo_param_${key}`, typeof value === 'number' ? scalar(value) : vector(value));
    }
    for (const [state, usual] of Object.entries(model.initial)) {
      const row = population.rows[state];
      if (row.every((value) => value === usual)) continue;
      metadata.set(`rxflo_initial_${state}`, vector(row));
      this.warn(name, `the ${state} that a trial begins with`);
    }
    const arrays = Object.keys(fields).map((key): [string, NirValue] => [
      key,
      vector(each.map((one) => one.fields[key])),
    ]);
    return { type, fields: new Map(arrays), metadata };
  }

  private group(group: BuiltGroup, inLoop: boolean, isBiased: boolean): void {
    const { name, index, from, to, delay, rowStart, pre } = group;
    if (group.longer) {
      throw new InputError(
        `synapses.${name}.delay`,
        'differs from synapse to synapse, and delays are of neurons in NIR; give one delay, or a group for each',
      );
    }
    if (from.model && group.message !== Object.keys(from.model.messages)[0]) {
      throw new InputError(
        `synapses.${name}.carries`,
        `${show(group.message)} is not what NIR's neurons send; leave it out`,
      );
    }
    const synapses = this.weights[name] ?? group.weights;
    if (synapses.length !== pre.length) {
      throw new InputError(`toNir.weights.${name}`, `has ${synapses.length} weights for ${pre.length} synapses`);
    }
    const [rows, columns] = [to.size, from.size];
    if (rows * columns > LARGEST_MATRIX) {
      const problem = `${columns} neurons to ${rows} make a matrix of ${rows * columns}; NIR's are dense`;
      throw new InputError(`synapses.${name}`, `${problem}, and one may have ${LARGEST_MATRIX} entries`);
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
      ['rxflo_delay', scalar(delay)],
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
    const late = delay - (inLoop && delay > 0 ? 1 : 0);
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
    this.warnings.push(`neurons.${population}: NIR does not say ${what}${consequence ? `; ${consequence}` : ''}`);
  }

  private warnOfLoops(reaches: (from: string, to: string) => boolean): void {
    const late = this.groups.filter(({ from, to, delay }) => from !== to && delay > 0 && reaches(to.name, from.name));
    if (late.length === 0) return;
    const names = joined(late.map(({ name }) => name));
    this.warnings.push(
      `synapses: NIR does not say where in a loop of several populations its delay of one timestep is (here ${names}); that is up to the reader`,
    );
  }

  /** Everything else of a circuit that is not in the graph, each named. */
  private warnOfTheRest(): void {
    const { synapses, feedback, axons, globals, losses } = this.circuit;
    for (const [name, axon] of Object.entries(axons)) {
      const dials = (['threshold', 'bits', 'range', 'noise'] as const).filter((dial) => axon?.[dial] !== undefined);
      if (dials.length > 0) {
        this.warnings.push(`axons.${name}: NIR does not say ${joined(dials)}; a reader sends what the neuron computes`);
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
    if (learning.length > 0) this.warnings.push(`learning: NIR has none, so these are left out: ${joined(learning)}`);
  }
}

function shapeOf(size: number): ReadonlyMap<string, NirValue> {
  return new Map([['shape', vector([size])]]);
}

function hasBias({ params }: BuiltPopulation): boolean {
  const bias = params['bias'] ?? 0;
  return typeof bias === 'number' ? bias !== 0 : bias.some((value) => value !== 0);
}
