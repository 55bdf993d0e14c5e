import { z } from 'zod';
import { fields } from './check.ts';

const matrix = z.array(z.array(z.number()));
/** null: nothing is asked there. */
const targets = z.array(z.array(z.number().nullable()));
const rate = z.number().min(0);

/** What a problem file holds. The shapes are checked against each other in `problem-shapes.ts`. */
export interface ProblemFile {
  readonly format: 'rxflo-problem/1';
  readonly network: {
    /** Timesteps. */
    readonly tau: number;
    readonly activation: 'tanh';
    /** [n_rec] */
    readonly h0: number[];
    /** [n_rec][n_in] */
    readonly w_in: number[][];
    /** [n_rec][n_rec] */
    readonly w_rec: number[][];
    /** [n_out][n_rec] */
    readonly w_out: number[][];
    /** B, [n_rec][n_out] */
    readonly feedback: number[][];
  };
  /** [T][n_in] and [T][n_out]; a target is null where nothing is asked. */
  readonly task: { readonly input: number[][]; readonly target: (number | null)[][] };
  readonly learning: {
    readonly algorithm: 'rflo' | 'bptt' | 'rtrl';
    readonly feedback?: 'random' | 'symmetric' | undefined;
    readonly schedule: 'trial' | 'online';
    readonly rates: { readonly w_in: number; readonly w_rec: number; readonly w_out: number };
    readonly trials: number;
  };
}

export const problemSchema: z.ZodType<ProblemFile> = fields({
  format: z.literal('rxflo-problem/1'),
  network: fields({
    tau: z.number().min(1),
    activation: z.literal('tanh'),
    h0: z.array(z.number()),
    w_in: matrix,
    w_rec: matrix,
    w_out: matrix,
    feedback: matrix,
  }),
  task: fields({ input: matrix, target: targets }),
  learning: fields({
    algorithm: z.enum(['rflo', 'bptt', 'rtrl']),
    feedback: z.enum(['random', 'symmetric']).optional(),
    schedule: z.enum(['trial', 'online']),
    rates: fields({ w_in: rate, w_rec: rate, w_out: rate }),
    trials: z.int().min(1),
  }),
});
