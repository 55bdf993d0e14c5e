import type { Circuit, FeedbackKind } from '../../circuit/index.ts';
import { InputError, oneOf, show } from '../../errors/index.ts';
import { Bptt, Rtrl, Snap } from '../../solvers/index.ts';
import type { SolverMaker } from './count-solver.ts';

/** A learner as the ledger counts it. */
export interface CountedLearner {
  readonly name: string;
  readonly feedback: FeedbackKind;
  /** Absent: the circuit's own rules. */
  readonly solver?: SolverMaker;
}

const SOLVERS: Readonly<Record<string, SolverMaker>> = {
  bptt: (circuit, options, memory) => new Bptt(circuit, options, memory),
  rtrl: (circuit, options, memory) => new Rtrl(circuit, options, memory),
};

/** With this behind its name, a learner takes the feedback that is not its own. */
const SUFFIXES = { '-weight-transport': 'symmetric', '-random': 'random' } as const;

/**
 * The learner of this name: `local`, or a rule of the circuit, with random feedback; `bptt`, `rtrl`, `snap-1`, `snap-2`, ... with symmetric feedback;
 * `rflo-weight-transport` and `bptt-random` the other way round.
 *
 * @throws InputError if there is none.
 */
export function countedLearner(name: string, circuit: Circuit): CountedLearner {
  const [suffix, other] = Object.entries(SUFFIXES).find(([end]) => name.endsWith(end)) ?? ['', undefined];
  const base = name.slice(0, name.length - suffix.length);
  const solver = solverOf(base);
  if (solver) return { name, feedback: other ?? 'symmetric', solver };
  const rules = [...new Set(Object.values(circuit.synapses).flatMap(({ rule }) => rule?.name ?? []))];
  if (base === 'local' || rules.includes(base)) return { name, feedback: other ?? 'random' };
  throw new InputError(
    'learner',
    `${show(name)} is none; give ${oneOf([...rules, 'local', ...Object.keys(SOLVERS)])}, or 'snap-1', 'snap-2', ...`,
  );
}

function solverOf(name: string): SolverMaker | undefined {
  const n = /^snap-([1-9]\d*)$/.exec(name)?.[1];
  if (n !== undefined) return (circuit, options, memory) => new Snap(circuit, { ...options, n: Number(n) }, memory);
  return Object.hasOwn(SOLVERS, name) ? SOLVERS[name] : undefined;
}
