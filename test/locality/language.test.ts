import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import type { BuiltCircuit, Engine, LearningOptions } from '../../src/circuit/index.ts';
import { InputError, RunError } from '../../src/errors/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { noninterference } from '../../src/locality/index.ts';
import { CHEATS, cheatsOf, isFelt } from '../support/language/cheats.ts';
import { languageCircuit, type Sample } from '../support/language/circuits.ts';
import { Coverage, LOCAL_FEATURES, LOCAL_PAIRS } from '../support/language/features.ts';
import { leaking } from '../support/leaking.ts';

beforeAll(loadKernels);

const ENGINES = [
  (built: BuiltCircuit, how: LearningOptions): Engine => new ActorEngine(built, how),
  (built: BuiltCircuit, how: LearningOptions): Engine => new KernelEngine(built, { algorithm: local(), ...how }),
] as const;

/** `CIRCUITS=5000 npx vitest run test/locality/language.test.ts` has more. */
const CIRCUITS = Number(process.env['CIRCUITS'] ?? 300);

/** Now and then the kernels; that both engines have the same bits is seen elsewhere. */
const openAs = (number: number) => ENGINES[number % 3 === 0 ? 1 : 0];

/** What a circuit that cannot be run or whose rates run away says: nothing; another takes its place. */
function unlessRefused<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof RunError || error instanceof InputError) return undefined;
    throw error;
  }
}

describe(`on ${CIRCUITS} random circuits over the whole language`, () => {
  const coverage = new Coverage();

  it('no update changes with what its synapse is not entitled to', () => {
    const moved = new Set<string>();
    let [updates, tried] = [0, 0];
    for (let number = 1; tried < CIRCUITS; number++) {
      const sample = languageCircuit(number, { size: 2, trials: 1, timesteps: 4, local: true });
      const { built, how, trials } = sample;
      const found = unlessRefused(() =>
        noninterference(openAs(number)(built, how), trials[0], { seed: number, updates: 4 }),
      );
      if (!found) continue;
      expect(found.counterexample?.message, `circuit ${number}`).toBeUndefined();
      tried++;
      updates += found.updates;
      coverage.add(sample);
      for (const paths of Object.values(found.entitled)) {
        for (const [path, moves] of Object.entries(paths)) if (moves) moved.add(path);
      }
    }
    expect(updates).toBeGreaterThan(3.5 * CIRCUITS);
    // The same test would see a change, for each kind of thing that rules read has changed their updates.
    const seen = [
      'w',
      'm',
      'held',
      'p',
      'e',
      'filtered',
      'pre.out',
      'pre.rate',
      'pre.burst',
      'pre.quadrature',
      'post.out',
    ];
    const more = [
      'post.here',
      'post.plateau',
      'post.signal',
      'global.phase',
      'global.pulse',
      'global.reward',
      'global.critic',
    ];
    expect([...moved]).toEqual(expect.arrayContaining([...seen, ...more]));
  });

  it('which have each of what is new in many, and every two of these in some', () => {
    expect(
      coverage.rarer(
        20,
        LOCAL_FEATURES.map((feature) => [feature]),
      ),
    ).toEqual([]);
    expect(coverage.rarer(1, LOCAL_PAIRS)).toEqual([]);
  });
});

describe('on random circuits over the whole language, cheats are named:', () => {
  const TIMES = 20;
  const named = new Map(CHEATS.map((kind) => [kind, 0]));
  const isWanted = (kind: string) => (named.get(kind) ?? 0) < TIMES;

  /** Whether a synapse of the circuit commits such a cheat, and feels it; then it is found. */
  function commits(kind: string, sample: Sample, engine: Engine): boolean {
    const [trial] = sample.trials;
    const cheat = cheatsOf(kind, sample, engine.held()).at(0);
    if (!cheat || !isFelt(engine, cheat, trial)) return false;
    const cheating = leaking(engine, cheat.into, 'broadcast', cheat.from);
    const { counterexample } = noninterference(cheating, trial, { looksAt: (rule) => rule === cheat.group.rule });
    expect(counterexample?.message, kind).toMatch(cheat.named);
    return true;
  }

  it('none that is felt is missed', () => {
    for (let number = 1; CHEATS.some(isWanted); number++) {
      const sample = languageCircuit(number, { size: 2, trials: 1, timesteps: 2, local: true });
      const { built, how } = sample;
      unlessRefused(() => {
        // Actors hold no pool: neurons are told of it, and that is all.
        const pools = built.order.some(({ model }) => model?.pools.length);
        const engine = pools ? ENGINES[1](built, how) : openAs(number)(built, how);
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
