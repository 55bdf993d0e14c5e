import { cellsLoop, type Arithmetic, type RowArrays, type RowFunction, type RunRows } from '../arithmetic/index.ts';
import type { PortPart } from './port-part.ts';

/** Synapses that follow one another in the circuit: those `first` .. `first + length - 1`, which are `at` .. in a list. */
export interface Span {
  readonly at: number;
  readonly first: number;
  readonly length: number;
}

/** What a pass sees of synapses: an array in the order of the port's list, or for each span one of its own. */
export type OfSynapses = Float64Array | ((span: Span) => Float64Array);

/**
 * What each timestep ends with, for every plastic synapse of a port, from axon j onto neuron i: functions in the local language, from numbers by
 * their names to new numbers of synapses by theirs, and `gradient`: what the timestep adds to that. Besides, nothing but `Linearised.direct`
 * may be added for these synapses: where a timestep's changes are taken up at once, weights change in the same pass.
 */
export interface SynapsePass {
  readonly port: PortPart;
  readonly synapse?: Readonly<Record<string, OfSynapses>>;
  /** [port.size] each. */
  readonly neuron?: Readonly<Record<string, Float64Array>>;
  /** [port.axons] each. */
  readonly axon?: Readonly<Record<string, Float64Array>>;
  /** One number each, in an array of its own. */
  readonly one?: Readonly<Record<string, Float64Array>>;
  readonly each: RowFunction;
}

/** The spans of a list of synapses. */
export function spansOf(synapses: Int32Array): readonly Span[] {
  const spans: { at: number; first: number; length: number }[] = [];
  synapses.forEach((synapse, at) => {
    const last = spans.at(-1);
    if (last && synapse === last.first + last.length) last.length++;
    else spans.push({ at, first: synapse, length: 1 });
  });
  return spans;
}

/** Synapses of a port that are all there are from some axons onto its neurons: a span, row by row of its neurons. */
export interface Matrix extends Span {
  readonly columns: number;
  /** Its first axon. */
  readonly axon: number;
}

/** The matrices that the synapses of a port are; undefined: some are no part of one. */
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

/** A span of synapses as a pass goes through it. */
export interface PassPart extends Span {
  /** Whether these synapses are all from some axons onto all neurons. */
  readonly isMatrix: boolean;
  /** Makes what runs the pass, with more functions at the end, and what these read and write, [length], or of one number. */
  readonly runner: (last: readonly RowFunction[], own: Pick<RowArrays, 'matrix' | 'one' | 'checked'>) => RunRows;
}

/** The parts of a pass. */
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

/** Makes a pass that is to run whenever it is called. */
export function passRunner(pass: SynapsePass, arithmetic: Arithmetic): () => void {
  const runs = partsOfPass(pass, arithmetic).map((part) => part.runner([], { matrix: {} }));
  return () => {
    for (const run of runs) run();
  };
}
