import type { Linearised, OnlineLearner, OpenOptions, PortPart, Push } from '../../solvers/index.ts';
import { starter, type FactorOptions } from './factors.ts';
import { noise, type NoiseKind, type NoiseTape } from './noise.ts';
import { perPort, product, timesRows } from './products.ts';

// What KF-RTRL and R-KF-RTRL share: for each port, the influence as a product of a vector and a matrix.

/** The factors of a port, and what a timestep contributes to them. */
export interface KroneckerPart {
  readonly port: PortPart;
  /** The vector, the matrix with [size] rows, and the matrix after the timestep, J B. */
  readonly A: Float64Array;
  readonly B: Float64Array;
  readonly pushed: Float64Array;
  /** What axons bring to the port, and its slopes: ds/du, [size][port.size]. */
  readonly a: Float64Array;
  readonly D: Float64Array;
  /** Room for what the timestep adds to the matrix. */
  readonly m: Float64Array;
  /** Room for l B. */
  readonly lB: Float64Array;
  /** The noise of the port. */
  readonly nu: Float64Array;
  readonly push: Push;
}

/**
 * @param how.vector Whether A has one number for each neuron or for each axon; B has a column for each of the other kind.
 * @param how.apart Whether each neuron has its own noise; otherwise all share the same two numbers.
 * @param follow Updates the factors of one port for a timestep. The gradient is then the product of lB and A.
 */
export function kroneckerLearner(
  name: string,
  step: Linearised,
  how: Pick<OpenOptions, 'seed'> &
    Required<Pick<FactorOptions, 'start'>> & {
      readonly vector: 'axons' | 'size';
      readonly apart: boolean;
      readonly kind: NoiseKind;
      readonly tape: NoiseTape | undefined;
    },
  follow: (part: KroneckerPart) => void,
): OnlineLearner {
  const { vector, apart, seed, kind, start, tape } = how;
  const column = vector === 'axons' ? 'size' : 'axons';
  const moving = step.ports.filter(({ moves }) => moves !== 'nothing');
  const allNu = step.array(apart ? moving.reduce((sum, { size }) => sum + size, 0) : 2);
  let first = 0;
  const parts = moving.map((port): KroneckerPart => {
    const [B, pushed, m] = [1, 2, 3].map(() => step.array(step.size * port[column]));
    return {
      ...{ port, A: step.array(port[vector]), B, pushed, m, lB: step.array(port[column]) },
      ...{ a: step.array(port.axons), D: step.array(step.size * port.size) },
      nu: apart ? allNu.subarray(first, (first += port.size)) : allNu,
      push: step.pusher(port[column]),
    };
  });
  const begin = starter(name, { start, seed }, { A: parts.map(({ A }) => A), B: parts.map(({ B }) => B) });
  const draw = noise(name, 'nu', { seed, kind, arithmetic: step.arithmetic, ...(tape && { tape }) });
  const l = step.array(step.size);
  let trial = 0;
  return {
    ...(step.carries && { keeps: { ...perPort('A', parts), ...perPort('B', parts) } }),
    begin: (number, goesOn) => {
      trial = number;
      if (!goesOn) begin(number);
    },
    advance: (t, gradient) => {
      draw(trial, t, allNu);
      step.credit(l);
      for (const part of parts) {
        part.push(part.B, part.pushed);
        step.brought(part.port, part.a);
        step.slopes(part.port, part.D);
        follow(part);
        timesRows(step.arithmetic, l, part.B, part.lB);
      }
      step.direct(1, gradient);
    },
    passes: parts.map(({ port, A, lB }) => ({
      port,
      ...(vector === 'axons' ? { neuron: { x: lB }, axon: { y: A } } : { neuron: { x: A }, axon: { y: lB } }),
      each: product,
    })),
  };
}
