import type { Case } from '../cases.ts';

/** How a contender is started; the problem file goes behind its arguments. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** Someone who learns the same problem in their own way, as a process that answers the lines of `peers/serve.py`. */
export interface Contender {
  /** What `--contenders` takes. */
  readonly name: string;
  /** One line for the list of contenders. */
  readonly about: string;
  /** In float32, results agree only so far. */
  readonly precision: 'f64' | 'f32';
  /** Why it has no part in a case; null where it has. */
  leftOut(problem: Case): string | null;
  /** How to start it, compiled where it has to be (into `folder`); or, as a sentence, why it cannot be started here. */
  prepare(folder: string): Command | string;
}
