import { z } from 'zod';
import { algorithmNamed, builtInSolvers, oneOfNames, type AlgorithmName } from '../algorithms/index.ts';
import { brief, fields } from './check.ts';
import { listOf, numbersIn } from './lists.ts';

/** The most rows of a matrix, among them the timesteps of a task. */
const MOST_ROWS = 1_000_000;

/** The format of problems that define the axons of their units. */
export const WITH_AXONS = 'rxflo-problem/1 with axons';

/** The most trials: their losses are kept until they are printed. */
const MOST_TRIALS = 10_000_000;

const matrix = listOf(numbersIn(), { most: MOST_ROWS });
const targets = listOf(numbersIn(isTarget, 'a finite number, or null for no target'), { most: MOST_ROWS });
const rate = z.number().min(0);

/** The learner of a problem: its rules, which are RFLO, or another built-in algorithm. */
export type ProblemAlgorithm = 'rflo' | Exclude<AlgorithmName, 'local'>;

/** The content of a problem file. `problem-shapes.ts` checks its shapes against each other. */
export interface ProblemFile {
  /** `network.axons` is given only in the format with axons. */
  readonly format: 'rxflo-problem/1' | 'rxflo-problem/1 with axons';
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
    /** The units' axons: they send only if the value has changed by more than the threshold. */
    readonly axons?: { readonly threshold: number } | undefined;
  };
  /** [T][n_in] and [T][n_out]; null where there is no target. */
  readonly task: { readonly input: number[][]; readonly target: (number | null)[][] };
  readonly learning: {
    readonly algorithm: ProblemAlgorithm;
    readonly feedback?: 'random' | 'symmetric' | undefined;
    readonly schedule: 'trial' | 'online';
    readonly rates: { readonly w_in: number; readonly w_rec: number; readonly w_out: number };
    readonly trials: number;
  };
}

const algorithm = z.custom<ProblemAlgorithm>(
  (name) => typeof name === 'string' && (name === 'rflo' || algorithmNamed(name)?.rules === false),
  {
    error: ({ input }) => {
      const right = oneOfNames(['rflo'], builtInSolvers);
      return input === undefined ? `is missing; give ${right}` : `${brief(input)} is not ${right}`;
    },
  },
);

export const problemSchema: z.ZodType<ProblemFile> = fields({
  format: z.enum(['rxflo-problem/1', WITH_AXONS]),
  network: fields({
    tau: z.number().min(1),
    activation: z.literal('tanh'),
    h0: numbersIn(),
    w_in: matrix,
    w_rec: matrix,
    w_out: matrix,
    feedback: matrix,
    axons: fields({ threshold: rate }).optional(),
  }),
  task: fields({ input: matrix, target: targets }),
  learning: fields({
    algorithm,
    feedback: z.enum(['random', 'symmetric']).optional(),
    schedule: z.enum(['trial', 'online']),
    rates: fields({ w_in: rate, w_rec: rate, w_out: rate }),
    trials: z.int().min(1).max(MOST_TRIALS),
  }),
});

function isTarget(value: unknown): value is number | null {
  return value === null || Number.isFinite(value);
}
