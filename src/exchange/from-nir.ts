import type { SynapseGroup } from '../circuit/index.ts';
import { InputError, onlyFields, show } from '../errors/index.ts';
import { cubaLi, linear, type Population } from '../neurons/index.ts';
import { flat } from './flat.ts';
import type { NirGraph, NirNode } from './graph.ts';
import { groupsOf } from './groups.ts';
import { isStraight } from './passage.ts';
import { checkType, waysOf, type Way } from './passages.ts';
import { NEURONS, numbersIn, populationOf, sizeOfNeurons, sizeOfShape } from './populations.ts';
import { checkDt, checkMethod, USUAL_DT, type Method, type Time } from './time.ts';
import { FORMAT, indexOf, naming, order, textOf } from './written.ts';

/** The largest number of neurons of a graph. */
const MOST_NEURONS = 10_000_000;

/** How a NIR graph is read. */
export interface FromNirOptions {
  /** Length of a timestep, seconds. Default: the value in the metadata if rxflo wrote the graph, else 1e-3. */
  readonly dt?: number;
  /** How time constants become decay factors: 'exact', exp(-dt/tau), or 'euler', 1 - dt/tau. Default: as for dt, else 'exact'. */
  readonly method?: Method;
}

/** The parts of a circuit, from a NIR graph; you add rules, feedback and a task. */
export interface NirCircuit {
  readonly neurons: Readonly<Record<string, Population>>;
  readonly synapses: Readonly<Record<string, SynapseGroup>>;
  readonly outputs: readonly string[];
  /** What differs from the file. */
  readonly warnings: readonly string[];
}

/**
 * The circuit that a NIR graph describes: `circuit({ neurons, synapses, outputs })`. Nodes of neurons become populations. Each path between two of
 * them through Linear, Affine, Scale, Delay and Flatten nodes becomes a synapse group. A group that closes a loop has one more timestep of delay.
 *
 * @throws InputError naming the node and the field that is wrong, or the node type that circuits do not have.
 */
export function fromNir(graph: NirGraph, options: FromNirOptions = {}): NirCircuit {
  onlyFields('fromNir', options, ['dt', 'method']);
  const warnings: string[] = [];
  const time = timeOf(graph, options, warnings);
  const taken = flat(graph);
  const { nodes, inner } = taken;
  const place = (name: string): string => `nodes.${name}`;
  const sizes = new Map<string, number>();
  let count = 0;
  for (const [name, node] of inOrder(nodes)) {
    checkType(place(name), node);
    if (inner.has(name)) continue;
    const isShape = node.type === 'Input' || node.type === 'Output';
    if (isShape) sizes.set(name, sizeOfShape(place(name), node));
    else if (NEURONS.includes(node.type)) sizes.set(name, sizeOfNeurons(place(name), node));
    else if (isLinear(node)) sizes.set(name, numbersIn(place(name), node, 'scale').length);
    count += sizes.get(name) ?? 0;
    if (count > MOST_NEURONS) {
      throw new InputError(place(name), `brings the graph to ${count} neurons; expected ${MOST_NEURONS} or fewer`);
    }
  }
  const { ways, biases, warnings: ofBiases } = waysOf(taken, { sizes, place });
  warnings.push(...ofBiases);
  const waysTo = new Map<string, Way[]>();
  for (const way of ways) {
    const others = waysTo.get(way.to);
    if (others) others.push(way);
    else waysTo.set(way.to, [way]);
  }
  const nodeOf = (name: string): NirNode => {
    const node = nodes.get(name);
    if (!node) throw new Error(`no node '${name}' in a checked graph`);
    return node;
  };
  const populations = new Map<string, Population>();
  /** The population behind each Output, by the name of the Output. */
  const shown = new Map<string, string>();
  const isShown = new Set<string>();
  for (const [name, size] of sizes) {
    const node = nodeOf(name);
    const bias = biases.get(name);
    if (node.type === 'Output') {
      const into = waysTo.get(name) ?? [];
      const [first] = into;
      const isNeuron = into.length === 1 && isStraight(first.passage) && nodeOf(first.from).type !== 'Input';
      if (isNeuron && !bias && !isShown.has(first.from) && !isLinear(node)) {
        shown.set(name, first.from);
        isShown.add(first.from);
        continue;
      }
      shown.set(name, name);
    }
    if (node.type === 'Output' || isLinear(node)) {
      const sum = { alpha: 0, enters: 1, kappa: 0, gain: 1 };
      populations.set(name, bias ? cubaLi(size, { ...sum, bias: Array.from(bias) }) : linear(size));
      continue;
    }
    const made = populationOf(place(name), node, size, time, bias);
    warnings.push(...made.warnings);
    populations.set(name, made.population);
  }
  if (shown.size === 0)
    throw new InputError('nodes', 'none of them is an Output, which defines the outputs of the circuit; add one');
  const free = naming();
  const names = new Map([...populations.keys()].map((name) => [name, free(name)]));
  const named = (name: string): string => names.get(name) ?? name;
  const between = ways.filter(({ to }) => populations.has(to));
  const groups = groupsOf(between, nodeOf, [...populations.keys()], time, warnings);
  return {
    neurons: Object.fromEntries([...populations].map(([name, population]) => [named(name), population])),
    synapses: Object.fromEntries(
      groups.map(({ name, from, to, ...group }) => [name, { ...group, from: named(from), to: named(to) }]),
    ),
    outputs: [...shown]
      .toSorted(([one], [other]) => order(indexOf(nodeOf(one), 'rxflo_output'), indexOf(nodeOf(other), 'rxflo_output')))
      .map(([, name]) => named(name)),
    warnings,
  };
}

/** Timestep and method from the options, or else from rxflo's metadata. @throws InputError if its format is unknown or a value is out of range. */
function timeOf(graph: NirGraph, options: FromNirOptions, warnings: string[]): Time {
  const { metadata } = graph;
  const format = textOf(graph, 'rxflo_format');
  if (metadata.has('rxflo_format') && format !== FORMAT) {
    throw new InputError('metadata.rxflo_format', `expected ${show(FORMAT)}, got ${show(format)}`);
  }
  const dt = options.dt ?? (metadata.has('rxflo_dt') ? indexOf(graph, 'rxflo_dt') : USUAL_DT);
  checkDt(options.dt === undefined ? 'metadata.rxflo_dt' : 'fromNir.dt', dt);
  const method = options.method ?? (metadata.has('rxflo_method') ? textOf(graph, 'rxflo_method') : 'exact');
  checkMethod(options.method === undefined ? 'metadata.rxflo_method' : 'fromNir.method', method);
  if (options.dt === undefined && !metadata.has('rxflo_dt')) {
    warnings.push(
      `dt: the file does not specify the length of a timestep; ${USUAL_DT} s is used (set dt to change it)`,
    );
  }
  return { dt, method };
}

/** Whether rxflo wrote this node, which has no state, for a population of linear units. */
function isLinear(node: NirNode): boolean {
  if (textOf(node, 'rxflo_model') !== 'linear') return false;
  const scale = node.fields.get('scale');
  return (
    node.type === 'Output' ||
    (node.type === 'Scale' && scale !== undefined && 'values' in scale && scale.values.every((by) => by === 1))
  );
}

/** Nodes in the order that rxflo recorded; HDF5 sorts them by name. */
function inOrder(nodes: ReadonlyMap<string, NirNode>): readonly (readonly [string, NirNode])[] {
  const index = ([, node]: readonly [string, NirNode]) => indexOf(node, 'rxflo_index');
  return [...nodes].toSorted((one, other) => order(index(one), index(other)));
}
