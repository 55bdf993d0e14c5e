import { ActorEngine } from '../../actors/index.ts';
import { build, type BuiltCircuit, type Circuit, type Engine, type LearningOptions } from '../../circuit/index.ts';
import { InputError, onlyFields, show } from '../../errors/index.ts';
import { KernelEngine } from '../../kernels/index.ts';
import { checkRule, type PlasticityRule } from '../../rules/index.ts';
import { smallCircuit, smallTrial } from './circuits.ts';
import type { Counterexample } from './counterexample.ts';
import { timestepsOf } from './find.ts';
import { noninterference } from './noninterference.ts';

export interface ExpectLocalOptions {
  /** How many circuits are tried. Default 20. */
  readonly circuits?: number;
  /** Fixes circuits, trials and changes. Default 1. */
  readonly seed?: number;
  /** A circuit of your own, in which the rule learns, instead of those made here: built with as many seeds. */
  readonly circuit?: Circuit;
  /** How many updates are looked at in each circuit. Default 60. */
  readonly updates?: number;
  /** Default 'actors', which run opaque rules too; 'kernels' take `await loadKernels()` first. */
  readonly engine?: 'actors' | 'kernels';
}

/** What held for a rule that passed. */
export interface Local {
  /** In how many circuits, and how many updates of a synapse in a timestep, nothing foreign changed a bit. */
  readonly circuits: number;
  readonly updates: number;
  /** What changed an update when it was changed: for an opaque rule, all that is known of what it reads. */
  readonly moves: readonly string[];
}

/**
 * Passes if a rule is local, as far as a test can tell: in random circuits, changing what a synapse is not entitled to changes no bit of
 * its update, and changing what the rule reads changes some. For tests of your own rules, in vitest or any other runner.
 *
 * @example
 * test('my rule is local', () => {
 *   expectLocal(slowTrace());
 * });
 *
 * @throws Error with a counterexample in words, or with what the rule reads and never changed an update. @throws InputError for wrong options.
 * @throws RunError if the rule cannot run in these circuits.
 */
export function expectLocal(rule: PlasticityRule, options: ExpectLocalOptions = {}): Local {
  check(rule, options);
  const { circuits = 20, seed = 1, circuit, updates = 60, engine = 'actors' } = options;
  const moves = new Map<string, boolean>();
  let looked = 0;
  let vague: Counterexample | undefined;
  for (let n = 0; n < circuits; n++) {
    const built = circuit ? build(circuit, seed + n) : smallCircuit(n, seed, { hidden: rule, readout: rule });
    const found = noninterference(
      open(built, engine, { schedule: n % 2 === 0 ? 'trial' : 'online', feedback: 'random' }),
      smallTrial(built, timestepsOf(n), seed + n),
      { seed: seed + n, updates, looksAt: ({ name }) => name === rule.name },
    );
    // In another circuit it may be found what it is that the rule keeps to itself.
    if (found.counterexample?.vague) vague ??= found.counterexample;
    else if (found.counterexample) throw notLocal(rule, found.counterexample);
    looked += found.updates;
    for (const [path, moved] of Object.entries(found.entitled[rule.name] ?? {})) {
      moves.set(path, moved || moves.get(path) === true);
    }
  }
  if (vague) throw notLocal(rule, vague);
  const idle = rule.analysis ? [...moves].flatMap(([path, moved]) => (moved ? [] : [path])) : [];
  if (idle.length > 0) {
    throw new Error(
      `rule '${rule.name}' reads ${idle.join(' and ')}, but no update changed with it, so nothing is shown; leave out what it does not need, or try more circuits`,
    );
  }
  return { circuits, updates: looked, moves: [...moves].flatMap(([path, moved]) => (moved ? [path] : [])) };
}

function notLocal({ name }: PlasticityRule, { message }: Counterexample): Error {
  return new Error(`rule '${name}' is not local: ${message}`);
}

function open(circuit: BuiltCircuit, engine: 'actors' | 'kernels', options: LearningOptions): Engine {
  return engine === 'kernels'
    ? new KernelEngine(circuit, { algorithm: 'local', ...options })
    : new ActorEngine(circuit, options);
}

function check(rule: PlasticityRule, options: ExpectLocalOptions): void {
  checkRule('expectLocal', rule);
  onlyFields('expectLocal', options, ['circuits', 'seed', 'circuit', 'updates', 'engine']);
  const { name } = rule;
  for (const field of ['circuits', 'updates'] as const) {
    const value = options[field];
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new InputError(`expectLocal.${field}`, `${show(value)} is not a whole number, 1 or more`);
    }
  }
  const { circuit, engine, seed } = options;
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new InputError('expectLocal.seed', `${show(seed)} is not a whole number`);
  }
  if (engine !== undefined && !['actors', 'kernels'].includes(engine)) {
    throw new InputError('expectLocal.engine', `${show(engine)} is none; give 'actors' or 'kernels'`);
  }
  const learning = circuit ? [...Object.values(circuit.synapses), ...Object.values(circuit.feedback)] : [];
  if (circuit && !learning.some(({ rule }) => rule?.name === name)) {
    throw new InputError('expectLocal.circuit', `has no synapses that learn by '${name}'; give some that rule`);
  }
}
