import { readFileSync } from 'node:fs';
import { vectorsOf } from './problems.ts';

export type Matrix = readonly (readonly number[])[];

/** A vector of Oja's rule with errors; `first` is what the first sample makes of the weights given. */
export interface OjaVector {
  readonly problem: {
    readonly sizes: number[];
    readonly activation: { readonly beta: number };
    readonly weights: Matrix[];
    readonly feedback: 'symmetric' | Matrix[];
    readonly rates: { readonly error: number; readonly hebbian_error: number; readonly oja: number };
    readonly samples: { readonly input: number[]; readonly label: number }[];
  };
  readonly expected: {
    readonly loss: number[];
    readonly orthonormality: number[][];
    readonly first: { readonly rates: number[][]; readonly errors: number[][]; readonly reconstructions: number[][] };
    readonly weights: Matrix[];
  };
  readonly tolerance: number;
}

export const ojaVectors = vectorsOf('rosenbaum', 'oja-').map(
  ([name, { file }]) => [name, JSON.parse(readFileSync(file, 'utf8')) as OjaVector] as const,
);

/** One of them, such as `oja-backprop`. */
export function ojaVector(name: string): OjaVector {
  const found = ojaVectors.find(([file]) => file === `${name}.json`);
  if (!found) throw new Error(`there is no ${name}`);
  return found[1];
}
