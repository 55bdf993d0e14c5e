import type { Row, Source, Term } from './timestep/step.ts';

/** What neurons read that is not in a row. */
export type Aside = Exclude<Source, { readonly kind: 'row' | 'element' }>;

/** What a source gives: looked up at the beginning of a step, then a number for each neuron. */
export interface Given {
  begin(): void;
  number(neuron: number): number;
}

/** Where the numbers that the steps of a timestep read and write are stored. */
export interface HeldBySteps {
  /** The numbers of a row in this trial, timestep after timestep; another trial may have another array. */
  trackOf(row: Row): { readonly values: Float64Array };
  /** Weights that are a matrix, row by row; undefined: they are not. */
  matrixOf(weights: Term['weights']): Float64Array | undefined;
  /** What is added in this timestep to what a row sums up; undefined: nothing. */
  disturbanceOf(row: Row): Float64Array | undefined;
  /** What neurons read that is not in a row: looked up in each timestep, then a number for each neuron. */
  given(source: Aside): Given;
}

/** Runs some steps of a timestep as one. */
export interface RunSteps {
  /** How many steps it runs. */
  readonly count: number;
  /** A trial begins. */
  readonly begin: () => void;
  /** Runs timestep t. Returns the score so far with what the steps add to it; NaN if it cannot, or something is not finite. */
  readonly run: (t: number, score: number) => number;
}
