import { withRules, type Circuit, type FeedbackKind } from '../../circuit/index.ts';
import { InputError, oneOf, show } from '../../errors/index.ts';
import type { PlasticityRule } from '../../rules/index.ts';
import { Bptt, Rtrl, Snap } from '../../solvers/index.ts';
import type { AuditedLearner } from '../certificate/learner.ts';
import type { SolverMaker } from './count-solver.ts';

/** A learner whose costs are to be counted, where its name does not say all. */
export interface LedgerLearner extends AuditedLearner {
  /** Rules in place of the circuit's own, by the name of the synapse group. */
  readonly rules?: Readonly<Record<string, PlasticityRule>>;
}

/** A learner as the ledger counts it. */
export interface CountedLearner {
  readonly name: string;
  readonly feedback: FeedbackKind;
  /** Absent: the circuit's own rules. */
  readonly solver?: SolverMaker;
  /** The circuit as it learns it. */
  readonly learned: (circuit: Circuit) => Circuit;
}

const SOLVERS: Readonly<Record<string, SolverMaker>> = {
  bptt: (circuit, options, memory) => new Bptt(circuit, options, memory),
  rtrl: (circuit, options, memory) => new Rtrl(circuit, options, memory),
};

/** With this behind its name, a learner takes the feedback that is not its own. */
const SUFFIXES = { '-weight-transport': 'symmetric', '-random': 'random' } as const;

/**
 * A learner as it is described, or the learner of this name: `local`, or a rule of the circuit, with random feedback; `bptt`, `rtrl`, `snap-1`, `snap-2`, ... with symmetric feedback;
 * `rflo-weight-transport` and `bptt-random` the other way round.
 *
 * @throws InputError if there is none.
 */
export function countedLearner(learner: string | LedgerLearner, circuit: Circuit): CountedLearner {
  if (typeof learner === 'string') return { ...learnerNamed(learner, circuit), learned: (given) => given };
  const { name, algorithm, feedback, rules } = learner;
  const solver = solverOf(algorithm);
  if (algorithm !== 'local' && !solver) throw unknown(algorithm, []);
  return {
    ...{ name, feedback },
    ...(solver && { solver }),
    learned: (given) => (rules ? withRules(given, rules) : given),
  };
}

function learnerNamed(name: string, circuit: Circuit): Omit<CountedLearner, 'learned'> {
  const [suffix, other] = Object.entries(SUFFIXES).find(([end]) => name.endsWith(end)) ?? ['', undefined];
  const base = name.slice(0, name.length - suffix.length);
  const solver = solverOf(base);
  if (solver) return { name, feedback: other ?? 'symmetric', solver };
  const rules = [...new Set(Object.values(circuit.synapses).flatMap(({ rule }) => rule?.name ?? []))];
  if (base === 'local' || rules.includes(base)) return { name, feedback: other ?? 'random' };
  throw unknown(name, rules);
}

function unknown(name: string, rules: readonly string[]): InputError {
  return new InputError(
    'learner',
    `unknown learner ${show(name)}; expected ${oneOf([...rules, 'local', ...Object.keys(SOLVERS)])}, or 'snap-1', 'snap-2', ...`,
  );
}

function solverOf(name: string): SolverMaker | undefined {
  const n = /^snap-([1-9]\d*)$/.exec(name)?.[1];
  if (n !== undefined) return (circuit, options, memory) => new Snap(circuit, { ...options, n: Number(n) }, memory);
  return Object.hasOwn(SOLVERS, name) ? SOLVERS[name] : undefined;
}
