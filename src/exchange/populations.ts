import { counted, InputError, show } from '../errors/index.ts';
import { cubaLi, cubaLif, input, leakyReadout, resettingLif, type Population } from '../neurons/index.ts';
import type { NirNode, NirValue } from './graph.ts';
import { MODELS, type Given } from './models.ts';
import { TRANSLATIONS } from './nir-node-of.ts';
import { decayOf, type Time } from './time.ts';
import { textOf } from './written.ts';

/** The parameters of each type of neuron, with their defaults; null: required. */
const FIELDS: ReadonlyMap<string, Readonly<Record<string, number | null>>> = new Map(
  Object.entries({
    Threshold: { threshold: null },
    I: { r: null },
    LI: { tau: null, r: null, v_leak: null },
    IF: { r: null, v_threshold: null, v_reset: 0 },
    LIF: { tau: null, r: null, v_leak: null, v_threshold: null, v_reset: 0 },
    CubaLI: { tau_syn: null, tau_mem: null, r: null, v_leak: null, w_in: 1 },
    CubaLIF: { tau_syn: null, tau_mem: null, r: null, v_leak: null, v_threshold: null, v_reset: 0, w_in: 1 },
  }),
);

export const NEURONS: readonly string[] = [...FIELDS.keys()];

/** The population for a node of neurons. */
export interface Imported {
  readonly population: Population;
  readonly warnings: readonly string[];
}

/** The numbers of a node under a name. @throws InputError if they are missing, are not numbers, or one is not finite. */
export function numbersIn(place: string, { type, fields }: NirNode, name: string): Float64Array {
  const found = fields.get(name);
  if (found === undefined)
    throw new InputError(place, `has no '${name}', which a node of type ${show(type)} needs; add it`);
  if (!('values' in found)) throw new InputError(`${place}.${name}`, 'is text; expected numbers');
  const { shape, values } = found;
  if (shape.reduce((product, length) => product * length, 1) !== values.length) {
    throw new InputError(
      `${place}.${name}`,
      `has the shape [${shape.join(', ')}] and ${counted(values.length, 'number')}; make them fit`,
    );
  }
  let wrong = 0;
  while (wrong < values.length && Number.isFinite(values[wrong])) wrong++;
  if (wrong < values.length)
    throw new InputError(`${place}.${name}[${wrong}]`, `${values[wrong]} is not a finite number`);
  return values;
}

/** The number of neurons of a node; a single number applies to all of them. */
export function sizeOfNeurons(place: string, node: NirNode): number {
  const names = Object.keys(FIELDS.get(node.type) ?? {});
  return Math.max(1, ...names.map((name) => (node.fields.has(name) ? numbersIn(place, node, name).length : 1)));
}

/** The size of an Input or Output: the product of its shape. */
export function sizeOfShape(place: string, node: NirNode): number {
  const size = numbersIn(place, node, 'shape').reduce((product, length) => product * length, 1);
  if (Number.isSafeInteger(size) && size >= 1) return size;
  throw new InputError(`${place}.shape`, `gives ${size} entries; expected whole numbers, 1 or more`);
}

/**
 * The population for a node of neurons.
 *
 * @param bias The bias added to the neurons' input, [size], if any.
 * @throws InputError if a parameter is missing, is not finite, differs in length from the others, or is out of its range.
 */
export function populationOf(
  place: string,
  node: NirNode,
  size: number,
  time: Time,
  bias: Float64Array | undefined,
): Imported {
  if (node.type === 'Input') return { population: input(size), warnings: [] };
  const numbers = new Map<string, readonly number[]>();
  for (const [name, usual] of Object.entries(FIELDS.get(node.type) ?? {})) {
    const values = usual !== null && !node.fields.has(name) ? Float64Array.of(usual) : numbersIn(place, node, name);
    if (values.length !== size && values.length !== 1) {
      throw new InputError(
        `${place}.${name}`,
        `has ${values.length} entries for ${size} neurons; expected one for each`,
      );
    }
    numbers.set(
      name,
      Array.from({ length: size }, (_, k) => values[values.length === 1 ? 0 : k]),
    );
  }
  const restored = restoredOf(node, size, time, numbers, bias);
  if (restored && 'population' in restored) return restored;
  const unread = [...node.fields.keys()].filter((name) => !numbers.has(name) && !name.endsWith('_type'));
  return {
    population: madeOf(place, node.type, size, time, numbers, bias),
    warnings: [
      ...unread.map((name) => `${place}.${name}: is not a parameter of ${node.type} and is ignored`),
      ...(restored ? [`${place}: ${restored.why}`] : []),
    ],
  };
}

/** The population that rxflo wrote, or the reason why the node no longer matches it. Undefined if rxflo did not write the node. */
function restoredOf(
  node: NirNode,
  size: number,
  time: Time,
  numbers: ReadonlyMap<string, readonly number[]>,
  bias: Float64Array | undefined,
): Imported | { readonly why: string } | undefined {
  const { metadata, type } = node;
  const name = textOf(node, 'rxflo_model');
  if (name === undefined) return undefined;
  const [model, translation] = [MODELS.get(name), TRANSLATIONS.get(name)];
  const params = givenIn(metadata, 'rxflo_param_', size);
  const why = `its numbers no longer match its metadata for rxflo's ${show(name)}; the numbers are used`;
  if (!model?.model || !translation || !params || model.model.params.some((key) => !Object.hasOwn(params, key)))
    return { why };
  const initial = givenIn(metadata, 'rxflo_initial_', size) ?? {};
  for (let k = 0; k < size; k++) {
    const own = Object.fromEntries(
      Object.entries(params).map(([key, value]) => [key, typeof value === 'number' ? value : value[k]]),
    );
    const written = translation.nirNodeOf(own, time);
    const isSame =
      written.type === type &&
      (own['bias'] ?? 0) === (bias?.[k] ?? 0) &&
      Object.entries(written.fields).every(([key, value]) => numbers.get(key)?.[k] === value);
    if (!isSame) return { why };
  }
  return { population: model.make(size, params, initial), warnings: [] };
}

function givenIn(metadata: ReadonlyMap<string, NirValue>, prefix: string, size: number): Given | undefined {
  const given: Record<string, number | readonly number[]> = {};
  for (const [key, value] of metadata) {
    if (!key.startsWith(prefix)) continue;
    if (!('values' in value) || !(value.values.length === size || value.shape.length === 0)) return undefined;
    given[key.slice(prefix.length)] = value.shape.length === 0 ? value.values[0] : Array.from(value.values);
  }
  return given;
}

function madeOf(
  place: string,
  type: string,
  size: number,
  time: Time,
  numbers: ReadonlyMap<string, readonly number[]>,
  bias: Float64Array | undefined,
): Population {
  const all = (name: string): readonly number[] => numbers.get(name) ?? [];
  const of = (name: string) => together(all(name));
  const decay = (name: string): readonly number[] =>
    all(name).map((tau, k) => {
      const value = tau > 0 ? decayOf(tau, time) : NaN;
      if (value >= 0) return value;
      const least = time.method === 'euler' ? `${time.dt} or more seconds, the timestep` : 'more than 0 seconds';
      throw new InputError(`${place}.${name}[${k}]`, `${tau} is not a time constant; expected ${least}`);
    });
  const gain = (decays: readonly number[], by: string) => together(decays.map((value, k) => (1 - value) * all(by)[k]));
  const summed = together(all('r').map((r) => r * time.dt));
  const biased = bias ? { bias: together(Array.from(bias)) } : {};
  const fires = { theta: of('v_threshold'), reset: of('v_reset') };
  switch (type) {
    case 'Threshold':
      return resettingLif(size, { lambda: 0, gain: 1, theta: of('threshold'), ...biased });
    case 'I':
      if (!bias) return leakyReadout(size, { kappa: 1, gain: summed });
      return cubaLi(size, { alpha: 0, enters: 1, kappa: 1, gain: summed, ...biased });
    case 'LI': {
      const [kappa, rest] = [decay('tau'), of('v_leak')];
      const leaks = { kappa: together(kappa), gain: gain(kappa, 'r') };
      if (!bias && rest === 0) return leakyReadout(size, leaks);
      return cubaLi(size, { alpha: 0, enters: 1, ...leaks, rest, ...biased });
    }
    case 'IF':
      return resettingLif(size, { lambda: 1, gain: summed, ...fires, ...biased });
    case 'LIF': {
      const lambda = decay('tau');
      const leaks = { lambda: together(lambda), gain: gain(lambda, 'r'), rest: of('v_leak') };
      return resettingLif(size, { ...leaks, ...fires, ...biased });
    }
    default: {
      const [alpha, slow] = [decay('tau_syn'), decay('tau_mem')];
      const current = { alpha: together(alpha), enters: gain(alpha, 'w_in'), ...biased };
      const leaks = { gain: gain(slow, 'r'), rest: of('v_leak') };
      if (type === 'CubaLI') return cubaLi(size, { ...current, ...leaks, kappa: together(slow) });
      return cubaLif(size, { ...current, ...leaks, lambda: together(slow), ...fires });
    }
  }
}

/** One number if all values are the same. */
function together(values: readonly number[]): number | readonly number[] {
  return values.every((value) => value === values[0]) ? (values[0] ?? 0) : values;
}
