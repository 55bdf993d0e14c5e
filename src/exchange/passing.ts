import { InputError } from '../errors/index.ts';
import type { NirNode } from './graph.ts';
import { thenLate, thenMatrix, thenScale, type Passage } from './passage.ts';
import { numbersIn } from './populations.ts';

/** Node types without state, which only transform and delay values. */
export const PASSING = ['Linear', 'Affine', 'Scale', 'Delay', 'Flatten'];

/** What is known of a passage before it is computed. */
export interface Shape {
  readonly rows: number;
  readonly columns: number;
  /** Whether it has a matrix; else it has one number per row. */
  readonly isMatrix: boolean;
}

/** The effect of a node without state on values. */
export interface Passing {
  /** How many values it takes; absent: any number. */
  readonly columns?: number;
  /** The shape of the passage after this node, and how many numbers and multiplications it takes. */
  readonly plan: (shape: Shape) => { readonly shape: Shape; readonly numbers: number; readonly products: number };
  readonly then: (passage: Passage) => Passage;
  /** The bias that it adds, [rows], if it has one. */
  readonly bias?: Float64Array;
}

/** @throws InputError if its numbers are missing, do not fit together or are out of their range. */
export function passingOf(place: string, node: NirNode): Passing {
  switch (node.type) {
    case 'Linear':
    case 'Affine':
      return matrixOf(place, node);
    case 'Scale':
      return elementwise(numbersIn(place, node, 'scale'), thenScale);
    case 'Delay': {
      const delay = numbersIn(place, node, 'delay');
      const wrong = delay.findIndex((seconds) => seconds < 0);
      if (wrong < 0) return elementwise(delay, thenLate);
      throw new InputError(`${place}.delay[${wrong}]`, `${delay[wrong]} is negative; expected seconds, 0 or more`);
    }
    default:
      return { plan: (shape) => ({ shape, numbers: 0, products: 0 }), then: (passage) => passage };
  }
}

function elementwise(values: Float64Array, then: (passage: Passage, values: Float64Array) => Passage): Passing {
  const all = (size: number) => (values.length === 1 ? new Float64Array(size).fill(values[0]) : values);
  return {
    ...(values.length !== 1 && { columns: values.length }),
    plan: (shape) => ({ shape, numbers: numbersOf(shape), products: 0 }),
    then: (passage) => then(passage, all(passage.rows)),
  };
}

/** A matrix of weights, [rows][columns], and the bias of an Affine. */
function matrixOf(place: string, node: NirNode): Passing {
  const weights = numbersIn(place, node, 'weight');
  const shape = node.fields.get('weight')?.shape ?? [];
  const [rows, columns] = shape;
  if (shape.length !== 2 || weights.length === 0) {
    throw new InputError(
      `${place}.weight`,
      `has the shape [${shape.join(', ')}]; expected [post, pre], each 1 or more`,
    );
  }
  const matrix = {
    columns,
    plan: ({ columns: first, isMatrix }: Shape) => ({
      shape: { rows, columns: first, isMatrix: true },
      numbers: rows * first,
      products: isMatrix ? weights.length * first : 0,
    }),
    then: (passage: Passage) => thenMatrix(place, passage, weights, rows),
  };
  if (node.type === 'Linear') return matrix;
  const bias = numbersIn(place, node, 'bias');
  if (bias.length !== rows && bias.length !== 1) {
    throw new InputError(`${place}.bias`, `has ${bias.length} entries for ${rows} rows; expected one for each`);
  }
  return { ...matrix, bias: Float64Array.from({ length: rows }, (_, k) => bias[bias.length === 1 ? 0 : k]) };
}

/** The number of numbers in a passage. */
export function numbersOf({ rows, columns, isMatrix }: Shape): number {
  return isMatrix ? rows * columns : rows;
}
