import { cellsLoop, type Arithmetic, type RowArrays, type RowFunction, type RunRows } from '../arithmetic/index.ts';
import type { PortPart } from './port-part.ts';

/** Consecutive synapses of the circuit, `first` .. `first + length - 1`, which begin at index `at` of a list. */
export interface Span {
  readonly at: number;
  readonly first: number;
  readonly length: number;
}

/** Numbers of synapses that a pass sees: one array in the order of the port's list, or one array for each span. */
export type OfSynapses = Float64Array | ((span: Span) => Float64Array);

/**
 * A pass that ends each timestep, for every plastic synapse of a port, from axon j onto neuron i: functions in the local language that compute
 * named new numbers of synapses from named numbers, and `gradient`, the timestep's contribution to the gradient. Only `Linearised.direct` may
 * add more for these synapses: if a timestep's changes are applied at once, weights change in the same pass.
 */
export interface SynapsePass {
  readonly port: PortPart;
  readonly synapse?: Readonly<Record<string, OfSynapses>>;
  /** [port.size] each. */
  readonly neuron?: Readonly<Record<string, Float64Array>>;
  /** [port.axons] each. */
  readonly axon?: Readonly<Record<string, Float64Array>>;
  /** One number each, in an array of length 1. */
  readonly one?: Readonly<Record<string, Float64Array>>;
  readonly each: RowFunction;
}

export function spansOf(synapses: Int32Array): readonly Span[] {
  const spans: { at: number; first: number; length: number }[] = [];
  synapses.forEach((synapse, at) => {
    const last = spans.at(-1);
    if (last && synapse === last.first + last.length) last.length++;
    else spans.push({ at, first: synapse, length: 1 });
  });
  return spans;
}

/** Synapses of a port that form a full matrix from some axons onto its neurons: a span, one row for each neuron. */
export interface Matrix extends Span {
  readonly columns: number;
  /** Its first axon. */
  readonly axon: number;
}

/** The matrices that make up the synapses of a port; undefined if some synapses are not part of a matrix. */
export function matricesOf({ size, synapses, post, axon }: PortPart): readonly Matrix[] | undefined {
  const matrices: Matrix[] = [];
  for (let at = 0; at < synapses.length; at += matrices[matrices.length - 1].length) {
    const [first, from] = [synapses[at], axon[at]];
    let columns = 0;
    while (post[at + columns] === 0 && synapses[at + columns] === first + columns) columns++;
    const length = size * columns;
    for (let k = 0; k < length; k++) {
      const isInPlace = post[at + k] === Math.floor(k / columns) && synapses[at + k] === first + k;
      if (!isInPlace || axon[at + k] !== from + (k % columns)) return undefined;
    }
    if (columns === 0) return undefined;
    matrices.push({ at, first, length, columns, axon: from });
  }
  return matrices;
}

/** A span of synapses that a pass goes through. */
export interface PassPart extends Span {
  /** Whether these synapses form a full matrix from some axons onto all neurons. */
  readonly isMatrix: boolean;
  /** Makes a function that runs the pass, with additional functions at the end; `own` is what these read and write, [length], or one number. */
  readonly runner: (last: readonly RowFunction[], own: Pick<RowArrays, 'matrix' | 'one' | 'checked'>) => RunRows;
}

export function partsOfPass(pass: SynapsePass, arithmetic: Arithmetic): readonly PassPart[] {
  const { port, synapse = {}, neuron: row = {}, axon = {}, one = {}, each } = pass;
  const { size, axons, post } = port;
  const arraysOf = (span: Span, more: Pick<RowArrays, 'matrix' | 'one'>) => {
    const own = Object.entries(synapse).map(([name, of]) => {
      const found = typeof of === 'function' ? of(span) : of.subarray(span.at, span.at + span.length);
      return [name, found] as const;
    });
    return { matrix: { ...Object.fromEntries(own), ...more.matrix }, row, one: { ...one, ...more.one } };
  };
  const matrices = matricesOf(port);
  if (matrices) {
    return matrices.map((matrix) => {
      const { columns, axon: from } = matrix;
      const column = Object.fromEntries(
        Object.entries(axon).map(([name, numbers]) => [name, numbers.subarray(from, from + columns)]),
      );
      return {
        ...matrix,
        isMatrix: true,
        runner: (last, { checked, ...more }) =>
          arithmetic.byRow([{ cells: [each, ...last] }], {
            ...{ rows: size, columns, column, ...arraysOf(matrix, more), ...(checked !== undefined && { checked }) },
          }),
      };
    });
  }
  return spansOf(port.synapses).map((span) => {
    const [first, end] = [span.at, span.at + span.length];
    const list = { row: post.subarray(first, end), column: port.axon.subarray(first, end) };
    return {
      ...span,
      isMatrix: false,
      runner: (last, more) =>
        cellsLoop([each, ...last], { rows: size, columns: axons, column: axon, ...arraysOf(span, more) }, list),
    };
  });
}

/** Makes a pass; call it to run the pass. */
export function passRunner(pass: SynapsePass, arithmetic: Arithmetic): () => void {
  const runs = partsOfPass(pass, arithmetic).map((part) => part.runner([], { matrix: {} }));
  return () => {
    for (const run of runs) run();
  };
}
