import type { SynapseGroup } from '../circuit/index.ts';
import { InputError, onlyFields } from '../errors/index.ts';
import { cubaLi, linear, type Population } from '../neurons/index.ts';
import { flat } from './flat.ts';
import type { NirGraph, NirNode } from './graph.ts';
import { groupsOf } from './groups.ts';
import { isStraight } from './passage.ts';
import { checkType, waysOf } from './passages.ts';
import { NEURONS, numbersIn, populationOf, sizeOfNeurons, sizeOfShape } from './populations.ts';
import { checkTime, USUAL_DT, type Method, type Time } from './time.ts';
import { indexOf, namesFor, order } from './written.ts';

/** How a graph of NIR is read. */
export interface FromNirOptions {
  /** Seconds of a timestep. Default: what its metadata says, if rxflo has written it; else 1e-3. */
  readonly dt?: number;
  /** How time constants become decays: exp(-dt/tau), or 1 - dt/tau, as Euler's method does. Default as for dt; else 'exact'. */
  readonly method?: Method;
}

/** What a circuit is made of, from a graph of NIR; rules, feedback and a task are yours to add. */
export interface NirCircuit {
  readonly neurons: Readonly<Record<string, Population>>;
  readonly synapses: Readonly<Record<string, SynapseGroup>>;
  readonly outputs: readonly string[];
  /** What was not taken as it is in the file. */
  readonly warnings: readonly string[];
}

/**
 * The circuit that a graph of NIR is: `circuit({ neurons, synapses, outputs })`. Neurons are populations, and each way between two of them, through
 * Linear, Affine, Scale, Delay and Flatten nodes, is a synapse group. What closes a loop is late by one timestep besides its delays.
 *
 * @throws InputError naming the node and the field that is wrong, or the type that no circuit has.
 */
export function fromNir(graph: NirGraph, options: FromNirOptions = {}): NirCircuit {
  onlyFields('fromNir', options, ['dt', 'method']);
  const warnings: string[] = [];
  const time = timeOf(graph, options, warnings);
  const { nodes, edges } = flat(graph);
  const place = (name: string): string => `nodes.${name}`;
  const sizes = new Map<string, number>();
  for (const [name, node] of inOrder(nodes)) {
    checkType(place(name), node);
    const isShape = node.type === 'Input' || node.type === 'Output';
    if (isShape) sizes.set(name, sizeOfShape(place(name), node));
    else if (NEURONS.includes(node.type)) sizes.set(name, sizeOfNeurons(place(name), node));
    else if (isLinear(node)) sizes.set(name, numbersIn(place(name), node, 'scale').length);
  }
  const { ways, biases } = waysOf({ nodes, edges }, { sizes, place });
  const nodeOf = (name: string): NirNode => {
    const node = nodes.get(name);
    if (!node) throw new Error(`no node '${name}' in a checked graph`);
    return node;
  };
  const populations = new Map<string, Population>();
  /** The population that an Output shows, by its name. */
  const shown = new Map<string, string>();
  for (const [name, size] of sizes) {
    const node = nodeOf(name);
    const bias = biases.get(name);
    if (node.type === 'Output') {
      const into = ways.filter((way) => way.to === name);
      const [first] = into;
      const isNeuron = into.length === 1 && isStraight(first.passage) && nodeOf(first.from).type !== 'Input';
      if (isNeuron && !bias && ![...shown.values()].includes(first.from) && !isLinear(node)) {
        shown.set(name, first.from);
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
    throw new InputError('nodes', 'none of them is an Output, which says what the circuit answers; add one');
  const names = namesFor([...populations.keys()]);
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

function timeOf({ metadata }: NirGraph, options: FromNirOptions, warnings: string[]): Time {
  const [dt, method] = [metadata.get('rxflo_dt'), metadata.get('rxflo_method')];
  const written = {
    dt: dt && 'values' in dt ? dt.values[0] : undefined,
    method: method && 'texts' in method ? method.texts[0] : undefined,
  };
  const time = {
    dt: options.dt ?? written.dt ?? USUAL_DT,
    method: options.method ?? (written.method === 'euler' ? 'euler' : 'exact'),
  } as const;
  checkTime('fromNir', time);
  if (options.dt === undefined && written.dt === undefined) {
    warnings.push(`dt: the file does not say how long a timestep is; ${USUAL_DT} s is taken (set dt for another)`);
  }
  return time;
}

/** Whether a node without state is what rxflo has written for a population of linear units. */
function isLinear({ metadata, type, fields }: NirNode): boolean {
  const model = metadata.get('rxflo_model');
  if (!model || !('texts' in model) || model.texts[0] !== 'linear') return false;
  const scale = fields.get('scale');
  return (
    type === 'Output' ||
    (type === 'Scale' && scale !== undefined && 'values' in scale && scale.values.every((by) => by === 1))
  );
}

/** Nodes in the order that rxflo has written; HDF5 has them by name. */
function inOrder(nodes: ReadonlyMap<string, NirNode>): readonly (readonly [string, NirNode])[] {
  const index = ([, node]: readonly [string, NirNode]) => indexOf(node, 'rxflo_index');
  return [...nodes].toSorted((one, other) => order(index(one), index(other)));
}
