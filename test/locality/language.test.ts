import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import type { BuiltCircuit, Engine, LearningOptions } from '../../src/circuit/index.ts';
import { InputError, RunError } from '../../src/errors/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { noninterference } from '../../src/locality/index.ts';
import type { PlasticityRule } from '../../src/rules/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { CHEATS, cheatsOf, isFelt, namesOf } from '../support/language/cheats.ts';
import { languageCircuit, type Sample } from '../support/language/circuits.ts';
import { Coverage, LOCAL_FEATURES, twoOf } from '../support/language/features.ts';
import { SCOPES, scopesIn } from '../support/language/scopes.ts';
import { leaking } from '../support/leaking.ts';

beforeAll(loadKernels);

const ENGINES = [
  (built: BuiltCircuit, how: LearningOptions): Engine => new ActorEngine(built, how),
  (built: BuiltCircuit, how: LearningOptions): Engine => new KernelEngine(built, { algorithm: local(), ...how }),
] as const;

/** `CIRCUITS=5000 npx vitest run test/locality/language.test.ts` has more. */
const CIRCUITS = Number(process.env['CIRCUITS'] ?? 300);

/** Now and then the kernels; that both engines have the same bits is seen elsewhere. */
const openAs = (number: number) => ENGINES[number % 6 === 0 ? 1 : 0];

/** What a circuit that cannot be run or whose rates run away says: nothing; another takes its place. */
function unlessRefused<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof RunError || error instanceof InputError) return undefined;
    throw error;
  }
}

/** After a trial, optimisers, batches and copies of weights have something of their own. */
function hasLearned(engine: Engine, trial: Trial): void {
  engine.trial(trial, { number: 1 });
}

/** Small circuits in which as much meets as can; every fourth is one of all kinds. */
const isDense = (number: number) => number % 4 !== 0;
const sampleOf = (number: number, timesteps: number) =>
  languageCircuit(number, { size: 2, trials: 1, timesteps, local: true, dense: isDense(number) });

/** What of a circuit's circumstances the same test would see: rules have read it, and it has changed their updates. */
const SEEN = [
  ...['w', 'm', 'held', 'p', 'e', 'filtered', 'pre.out', 'pre.rate', 'pre.burst', 'post.out', 'post.here'],
  ...['post.plateau', 'post.signal', 'global.phase', 'global.pulse', 'global.reward', 'global.critic'],
];

describe(`on random circuits over the whole language, ${CIRCUITS} for each scope that there is`, () => {
  const coverage = new Coverage();
  /** In how many circuits each scope was, and each two of them. */
  const scopes = new Map<string, number>();
  const inEvery = (scope: string) => scopes.get(scope) ?? 0;

  it('no update changes with what its synapse is not entitled to', () => {
    const moved = new Set<string>();
    let [updates, tried, dense] = [0, 0, 0];
    for (
      let number = 1;
      dense < 1.4 * CIRCUITS && Object.keys(SCOPES).some((one) => inEvery(one) < CIRCUITS);
      number++
    ) {
      const sample = sampleOf(number, isDense(number) ? 2 : 4);
      const { built, how, trials } = sample;
      // What moves an update is seen in some of them.
      const options = isDense(number) ? { updates: 1, moves: number % 16 === 1 } : { updates: 3 };
      const found = unlessRefused(() => {
        const engine = openAs(number)(built, how);
        hasLearned(engine, trials[0]);
        return { engine, ...noninterference(engine, trials[0], { seed: number, ...options }) };
      });
      if (!found) continue;
      expect(found.counterexample?.message, `circuit ${number}`).toBeUndefined();
      tried++;
      updates += found.updates;
      coverage.add(sample);
      const held = scopesIn(found.engine);
      if (isDense(number)) dense++;
      for (const scope of held) scopes.set(scope, inEvery(scope) + 1);
      for (const two of twoOf(held)) scopes.set(two.join(' + '), inEvery(two.join(' + ')) + 1);
      for (const paths of Object.values(found.entitled)) {
        for (const [path, moves] of Object.entries(paths)) if (moves) moved.add(path);
      }
    }
    expect(updates).toBeGreaterThan(tried);
    expect([...moved]).toEqual(expect.arrayContaining(SEEN));
  });

  it('of which each scope was in so many, and every two of them met in most', () => {
    const all = Object.keys(SCOPES);
    expect(all.filter((scope) => inEvery(scope) < CIRCUITS)).toEqual([]);
    expect(twoOf(all).filter((two) => inEvery(two.join(' + ')) < 0.7 * CIRCUITS)).toEqual([]);
  });

  it('which have each of what the language has in many', () => {
    const each = LOCAL_FEATURES.map((feature) => [feature]);
    expect(coverage.rarer(CIRCUITS / 20, each)).toEqual([]);
  });
});

describe('on random circuits over the whole language, cheats are named:', () => {
  const TIMES = 20;
  const named = new Map(CHEATS.map((kind) => [kind, 0]));
  const isWanted = (kind: string) => (named.get(kind) ?? 0) < TIMES;

  /** Whether a synapse of the circuit commits such a cheat, and feels it; then it is found. */
  function commits(kind: string, sample: Sample, engine: Engine): boolean {
    const [trial] = sample.trials;
    const held = engine.held();
    const cheat = cheatsOf(kind, sample, held).at(0);
    if (!cheat || !isFelt(engine, cheat, trial)) return false;
    const names = namesOf(cheat, held);
    const cheating = leaking(engine, cheat.into, 'broadcast', cheat.from);
    const looksAt = (rule: PlasticityRule) => rule === cheat.group.rule;
    const { counterexample } = noninterference(cheating, trial, { looksAt, moves: false });
    expect(
      names.some((name) => counterexample?.message.includes(name)),
      `${kind}: ${counterexample?.message}, not ${names[0]}`,
    ).toBe(true);
    return true;
  }

  it('none that is felt is missed', () => {
    for (let number = 1; number < 40 * TIMES && CHEATS.some(isWanted); number++) {
      const sample = sampleOf(number, 2);
      const { built, how } = sample;
      unlessRefused(() => {
        // Actors hold no pool: neurons are told of it, and that is all.
        const engine = isWanted('reads what neurons pool') ? ENGINES[1](built, how) : openAs(number)(built, how);
        hasLearned(engine, sample.trials[0]);
        const [weights, carried] = [engine.weights(), engine.carried()];
        for (const kind of CHEATS.filter(isWanted)) {
          engine.setWeights(weights);
          engine.setCarried(carried);
          if (commits(kind, sample, engine)) named.set(kind, (named.get(kind) ?? 0) + 1);
        }
      });
    }
  });

  it.each(CHEATS)('a synapse that %s', (kind) => {
    expect(named.get(kind)).toBe(TIMES);
  });
});
