import type { Circuit } from 'rxflo';
import { compartmentCircuit } from './compartments.ts';

type Matrix = readonly (readonly number[])[];

/** Learning with compartments, with all numbers given. */
export interface CompartmentNetwork {
  readonly tau: number;
  readonly h0: readonly number[];
  readonly w_in: Matrix;
  readonly w_rec: Matrix;
  readonly w_out: Matrix;
  /** B, fixed; 'symmetric': the readout's transpose. */
  readonly feedback: Matrix | 'symmetric';
  /** Default 'tanh'. */
  readonly squash?: 'none' | 'tanh';
  readonly initial: {
    readonly apical: Matrix;
    readonly label: Matrix;
    readonly apicalBias: readonly number[];
    readonly predict: Matrix;
    readonly backward: Matrix;
  };
}

export interface CompartmentRates {
  readonly w_in: number;
  readonly w_rec: number;
  readonly w_out: number;
  readonly creditRate: number;
  readonly predictRate: number;
  readonly backwardDecay: number;
}

/** The circuit of a completely given network. */
export function compartments(
  { tau, h0, w_in, w_rec, w_out, feedback, squash = 'tanh', initial }: CompartmentNetwork,
  { creditRate, predictRate, backwardDecay: decay, ...rates }: CompartmentRates,
  hold: number,
): Circuit {
  const { apicalBias, ...learned } = initial;
  return compartmentCircuit({
    ...{ inputs: w_in[0].length, units: h0.length, outputs: w_out.length, tau, h0, hold, squash },
    weights: {
      ...{ input: w_in, recurrent: w_rec, readout: w_out, feedback },
      ...{ ...learned, apicalBias: apicalBias.map((a) => [a]) },
    },
    rates: {
      ...{ recurrent: rates.w_rec, input: rates.w_in, readout: rates.w_out },
      ...{ credit: creditRate, predict: predictRate, decay },
    },
  });
}
