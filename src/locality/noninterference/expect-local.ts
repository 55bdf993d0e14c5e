import { ActorEngine } from '../../actors/index.ts';
import { local } from '../../algorithms/index.ts';
import { build, type BuiltCircuit, type Circuit, type Engine, type LearningOptions } from '../../circuit/index.ts';
import { InputError, joined, onlyFields, RunError, show } from '../../errors/index.ts';
import { KernelEngine } from '../../kernels/index.ts';
import { checkRule, type PlasticityRule } from '../../rules/index.ts';
import { Bench } from './bench.ts';
import { smallCircuit, smallTrial } from './circuits.ts';
import type { Counterexample } from './counterexample.ts';
import { synapsesOf } from './entitlement.ts';
import { timestepsOf } from './find.ts';
import { noninterference } from './noninterference.ts';
import { throughout } from './throughout.ts';

export interface ExpectLocalOptions {
  /** How many circuits are tried. Default 20. */
  readonly circuits?: number;
  /** Determines circuits, trials and changes. Default 1. */
  readonly seed?: number;
  /** Your own circuit, in which the rule learns, instead of those made here; it is built with `circuits` different seeds. */
  readonly circuit?: Circuit;
  /** How many updates are looked at in each circuit. Default 60. */
  readonly updates?: number;
  /**
   * The length of the long trial. By default 500 timesteps, several times longer than any period that a rule is likely to have; halved
   * repeatedly if the rule does not stay finite for that long.
   */
  readonly timesteps?: number;
  /** Default 'actors', which run opaque rules too; 'kernels' take `await loadKernels()` first. */
  readonly engine?: 'actors' | 'kernels';
}

/** What was tried of a rule that passed. */
export interface Local {
  /** In how many circuits, and for how many updates of a synapse in a timestep, no foreign number changed a bit: in trials of 2 to 5 timesteps. */
  readonly circuits: number;
  readonly updates: number;
  /** The length of the one trial in which the rule was tried at every timestep. */
  readonly timesteps: number;
  /** What changed an update when it was changed; for an opaque rule, this is all that is known of what it reads. */
  readonly moves: readonly string[];
}

/**
 * Passes if a rule is local, as far as a test can show: in random circuits, changing what a synapse is not entitled to changes no bit of
 * its update, and changing what the rule reads changes some updates. Trials are short except for one: a rule may violate locality only now
 * and then. For tests of your own rules, in vitest or any other runner.
 *
 * @example
 * test('my rule is local', () => {
 *   expectLocal(slowTrace());
 * });
 *
 * @throws Error with a counterexample in words, or with the numbers that the rule reads but that never changed an update.
 * @throws InputError for wrong options. @throws RunError if the rule cannot run in these circuits.
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
      open(built, engine, {
        schedule: n % 2 === 0 || built.groups.some(({ history }) => history?.asked) ? 'trial' : 'online',
        feedback: 'random',
      }),
      smallTrial(built, timestepsOf(n), seed + n),
      { seed: seed + n, updates, looksAt: ({ name }) => name === rule.name },
    );
    // Another circuit may show what the rule keeps to itself.
    if (found.counterexample?.vague) vague ??= found.counterexample;
    else if (found.counterexample) throw notLocal(rule, found.counterexample);
    looked += found.updates;
    for (const [path, moved] of Object.entries(found.entitled[rule.name] ?? {})) {
      moves.set(path, moved || moves.get(path) === true);
    }
  }
  const longest = tryLong(rule, options);
  if (vague) throw notLocal(rule, vague);
  const idle = rule.analysis ? [...moves].flatMap(([path, moved]) => (moved ? [] : [path])) : [];
  if (idle.length > 0) {
    const it = idle.length > 1 ? 'them' : 'it';
    throw new Error(
      `rule '${rule.name}' reads ${joined(idle)}, but no update changed with ${it}, so nothing is shown for ${it}; leave ${it} out if the rule does not need ${it}, or try more circuits`,
    );
  }
  return {
    circuits,
    updates: looked,
    timesteps: longest,
    moves: [...moves].flatMap(([path, moved]) => (moved ? [path] : [])),
  };
}

/** One long trial, in a small circuit; returns how long it was. @throws Error if the rule is not local in it. */
function tryLong(rule: PlasticityRule, options: ExpectLocalOptions): number {
  const { seed = 1, circuit, engine = 'actors', timesteps = 500 } = options;
  const built = circuit ? build(circuit, seed) : smallCircuit(1, seed, { hidden: rule, readout: rule });
  for (let longest = timesteps; ; longest = Math.floor(longest / 2)) {
    try {
      const running = open(built, engine, { schedule: 'trial', feedback: 'random' });
      const learning = running.held().flatMap(({ place }) => {
        const group = place.kind === 'weight' ? place.group : undefined;
        return group?.rule?.name === rule.name ? [group] : [];
      });
      const bench = new Bench(running, smallTrial(built, longest, seed), seed);
      const found = throughout(bench, synapsesOf(built, learning));
      if (!found) return longest;
      throw notLocal(rule, found, ` (timestep ${found.timestep} of ${longest})`);
    } catch (error) {
      if (!(error instanceof RunError) || longest < 2) throw error;
    }
  }
}

function notLocal({ name }: PlasticityRule, { message }: Counterexample, when = ''): Error {
  return new Error(`rule '${name}' is not local: ${message}${when}`);
}

function open(circuit: BuiltCircuit, engine: 'actors' | 'kernels', options: LearningOptions): Engine {
  return engine === 'kernels'
    ? new KernelEngine(circuit, { algorithm: local(), ...options })
    : new ActorEngine(circuit, options);
}

function check(rule: PlasticityRule, options: ExpectLocalOptions): void {
  checkRule('expectLocal', rule);
  onlyFields('expectLocal', options, ['circuits', 'seed', 'circuit', 'updates', 'timesteps', 'engine']);
  const { name } = rule;
  for (const field of ['circuits', 'updates', 'timesteps'] as const) {
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
    throw new InputError('expectLocal.engine', `expected 'actors' or 'kernels', got ${show(engine)}`);
  }
  const learning = circuit ? [...Object.values(circuit.synapses), ...Object.values(circuit.feedback)] : [];
  if (circuit && !learning.some(({ rule }) => rule?.name === name)) {
    throw new InputError('expectLocal.circuit', `has no synapses that learn by '${name}'; give that rule to some`);
  }
}
