import type { Case } from './cases.ts';
import type { Machine } from './machine.ts';
import { ratiosOf, spreadOf, type Spread } from './spread.ts';
import type { Turns } from './turns.ts';

/** Times of all rounds, and what they come to. */
export interface Measured extends Spread {
  readonly rounds: readonly number[];
}

/** How one contender did in one case. */
export interface ContenderResult {
  readonly contender: string;
  readonly trialsPerTurn: number;
  /** Milliseconds a trial. */
  readonly milliseconds: Measured;
  /** Its time divided by that of a baseline in the same round, by the baseline's name. Above 1: it is slower. */
  readonly ratios: Readonly<Record<string, Measured>>;
  /** How far what it learned was from the reference, relative to what was learned. */
  readonly difference: number;
}

/** One case: everyone who took it. */
export interface CaseResult extends Case {
  readonly timesteps: number;
  /** Whom all were compared with before, and in how many trials. */
  readonly reference: string;
  readonly checkedTrials: number;
  readonly contenders: readonly ContenderResult[];
  /** How long the kernels took to be built after the code generator was loaded, ms, by contender; each was built anew. */
  readonly build: Readonly<Record<string, Measured>>;
  /** Who took no part in it, and why. */
  readonly leftOut: Readonly<Record<string, string>>;
}

/** Someone who was asked to take part: with what, or why not. */
export interface Attendance {
  readonly contender: string;
  readonly about: string;
  readonly precision: 'f64' | 'f32';
  /** What it calculates with, by name; absent if it was skipped, or took no case. */
  readonly versions?: Readonly<Record<string, string>>;
  readonly skipped?: string;
}

/** Everything, as `--json` writes it. */
export interface BenchResult {
  readonly format: 'rxflo-bench/1';
  readonly machine: Machine;
  readonly settings: { readonly rounds: number; readonly secondsPerTurn: number; readonly threads: 1 };
  readonly contenders: readonly Attendance[];
  readonly cases: readonly CaseResult[];
}

export function measured(rounds: readonly number[]): Measured {
  return { ...spreadOf(rounds), rounds };
}

/** What everyone's turns come to. @param baselines The contenders that the others are divided by. */
export function contenderResults(
  turns: ReadonlyMap<string, Turns>,
  differences: ReadonlyMap<string, number>,
  baselines: readonly string[],
): readonly ContenderResult[] {
  const against = baselines.flatMap((name) => {
    const own = turns.get(name);
    return own ? [{ name, own }] : [];
  });
  return [...turns].map(([contender, { trials, milliseconds }]) => ({
    contender,
    trialsPerTurn: trials,
    milliseconds: measured(milliseconds),
    ratios: Object.fromEntries(
      against.map(({ name, own }) => [name, measured(ratiosOf(milliseconds, own.milliseconds))]),
    ),
    difference: differences.get(contender) ?? NaN,
  }));
}
