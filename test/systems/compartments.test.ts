import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { dniB, eBptt, local, withTrial } from '../../src/algorithms/index.ts';
import { build, circuit, type BuiltCircuit, type Engine, type Place } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner, noninterference } from '../../src/locality/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { compartments, type CompartmentNetwork } from '../../scenarios/systems/given-compartments.ts';
import { Pair } from '../support/agreement.ts';

type Matrix = readonly (readonly number[])[];

interface Vector {
  readonly problem: {
    readonly network: Omit<CompartmentNetwork, 'initial' | 'feedback'> & { readonly feedback: Matrix };
    readonly task: { readonly input: Matrix; readonly target: Matrix };
    readonly learning: {
      readonly schedule: 'trial' | 'online';
      readonly rates: { readonly w_rec: number; readonly w_in: number; readonly w_out: number };
      readonly trials: number;
      readonly creditRate: number;
      readonly predictRate: number;
      readonly holdInterval: number;
      readonly backwardDecay: number;
      readonly initial: CompartmentNetwork['initial'];
    };
  };
  readonly expected: {
    readonly loss: readonly number[];
    readonly voltages: Readonly<Record<string, Matrix>>;
    readonly apicalBias: readonly number[];
  } & Readonly<Record<'w_rec' | 'w_in' | 'w_out' | 'predict' | 'backward' | 'apical' | 'label', Matrix>>;
  readonly tolerance: number;
}

function vector(name: string): Vector {
  const file = new URL(`../golden/marschall/compartments-${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Vector;
}

function circuitOf({ problem: { network, learning } }: Vector): BuiltCircuit {
  const { creditRate, predictRate, backwardDecay, holdInterval, initial, rates } = learning;
  return build(
    compartments({ ...network, initial }, { ...rates, creditRate, predictRate, backwardDecay }, holdInterval),
    1,
  );
}

/** The same network without compartments. */
function plainOf(
  { tau, h0, w_in, w_rec, w_out, feedback }: Vector['problem']['network'],
  rates: Vector['problem']['learning']['rates'],
) {
  const rule = (eta: number) => rflo({ eta });
  return build(
    circuit({
      neurons: { x: input(w_in[0].length), h: leakyTanh(h0.length, { tau, initial: h0 }), y: linear(w_out.length) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: w_rec, rule: rule(rates.w_rec) },
        input: { from: 'x', to: 'h', weights: w_in, rule: rule(rates.w_in) },
        readout: { from: 'h', to: 'y', weights: w_out, rule: delta({ eta: rates.w_out }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: feedback } },
    }),
    1,
  );
}

/** What the task plays: input, then the target as activity of the teacher. */
function trialOf({ problem: { task } }: Vector): Trial {
  return {
    timesteps: task.input.length,
    input: Float64Array.from(task.input.flatMap((row, t) => [...row, ...task.target[t]])),
    target: Float64Array.from(task.target.flat()),
  };
}

const VOLTAGES = { basal: 'basal', proximal: 'proximal', feedback: 'feedback', burst: 'b', backward: 'backward', apical: 'apical' }; // prettier-ignore
const GROUPS = { w_rec: 'recurrent', w_in: 'input', w_out: 'readout', predict: 'predict', backward: 'backward', apical: 'apical', label: 'label' } as const; // prettier-ignore

const OPTIONS = { schedule: 'online', feedback: 'random' } as const;
const ENGINES: Readonly<Record<string, (built: BuiltCircuit) => Engine>> = {
  actors: (built) => new ActorEngine(built, OPTIONS),
  kernels: (built) => new KernelEngine(built, { algorithm: local(), ...OPTIONS }),
};

beforeAll(loadKernels);

describe('the compartment circuit', () => {
  // `tied` is `mirror` without decay, begun with what it mirrors: then it stays that, in every bit, and nothing is carried.
  it.each(['mirror', 'tied'])('is that of an independent program, on both engines with equal bits: %s', (name) => {
    const golden = vector(name);
    const { expected, tolerance, problem } = golden;
    const pair = new Pair(circuitOf(golden), { schedule: problem.learning.schedule, feedback: 'random' });
    const [actors, kernels] = pair.engines;
    const readers = Object.entries(VOLTAGES).map(([voltage, value]) => ({
      voltage,
      reader: actors.reader({ neurons: 'h', value }),
    }));
    const { timesteps } = trialOf(golden);
    for (let trial = 0; trial < problem.learning.trials; trial++) {
      const loss = actors.trial(trialOf(golden), {
        onTimestep: (t) => {
          for (const { voltage, reader } of readers) {
            const got = new Float64Array(reader.length);
            reader.read(got, 0);
            const wanted = expected.voltages[voltage][trial * timesteps + t - 1];
            expect(farthest(got, wanted), `${voltage}, trial ${trial + 1}, timestep ${t}`).toBeLessThan(tolerance);
          }
        },
      });
      expect(Math.abs(loss - expected.loss[trial])).toBeLessThan(tolerance);
      expect(kernels.trial(trialOf(golden))).toBe(loss);
      pair.expectSame(`after trial ${trial + 1}`);
    }
    const weights = actors.weights();
    for (const [matrix, group] of Object.entries(GROUPS)) {
      const wanted = expected[matrix as keyof typeof GROUPS].flat();
      expect(farthest(weights[group], wanted), group).toBeLessThan(tolerance);
    }
    expect(farthest(weights['apicalBias'], expected.apicalBias)).toBeLessThan(tolerance);
    if (name === 'tied') expect([...weights['backward']]).toEqual(transposed(weights['predict'], 6));
  });

  it('mirrors: what its weights back differ by from the transpose shrinks by 1 - decay in each timestep, whatever happens', () => {
    const golden = vector('mirror');
    const engine = new ActorEngine(circuitOf(golden), OPTIONS);
    const difference = () => {
      const { backward, predict } = engine.weights();
      const mirrored = transposed(predict, golden.problem.network.h0.length);
      return backward.map((w, k) => w - mirrored[k]);
    };
    const first = difference();
    engine.trial(trialOf(golden));
    const left = (1 - golden.problem.learning.backwardDecay) ** golden.problem.task.input.length;
    difference().forEach((one, k) => {
      expect(one).toBeCloseTo(left * first[k], 14);
    });
  });

  it('learns by its apical tree alone: with that cut off, basal synapses learn nothing, and without backward synapses it learns something else', () => {
    const golden = vector('mirror');
    const { problem } = golden;
    const zeros = (matrix: Matrix) => matrix.map((row) => row.map(() => 0));
    const learned = (initial: Partial<CompartmentNetwork['initial']>, rates = {}) => {
      const learning = { ...problem.learning, ...rates, initial: { ...problem.learning.initial, ...initial } };
      const engine = new ActorEngine(circuitOf({ ...golden, problem: { ...problem, learning } }), OPTIONS);
      engine.trial(trialOf(golden));
      return [...engine.weights()['recurrent']];
    };
    const { apical, label, apicalBias, backward } = problem.learning.initial;
    const cut = { apical: zeros(apical), label: zeros(label), apicalBias: apicalBias.map(() => 0) };
    expect(learned(cut, { creditRate: 0 })).toEqual(problem.network.w_rec.flat());
    expect(learned({ backward: zeros(backward) })).not.toEqual(learned({}));
  });

  it('with tied weights is DNI(b): the same weights and the same credit, to rounding', () => {
    const golden = vector('tied');
    const { network, learning } = golden.problem;
    const { initial, rates, creditRate, predictRate, holdInterval } = learning;
    const plain = plainOf(network, rates);
    const A = initial.apical.flatMap((row, i) => [...row, ...initial.label[i], initial.apicalBias[i]]);
    const learner = dniB({ creditRate, jacobianRate: predictRate, hold: holdInterval, A, J: initial.predict.flat() });
    const tied = learner.open(plain, { ...OPTIONS, schedule: learning.schedule, seed: 1 });
    const local = new ActorEngine(circuitOf(golden), { schedule: learning.schedule, feedback: 'random' });
    const { input: played, target, timesteps } = trialOf(golden);
    const heard = { timesteps, target, input: played.filter((_, k) => k % 4 < 2) };
    for (let trial = 1; trial <= 3; trial++) {
      const loss = local.trial(trialOf(golden));
      expect(tied.trial(heard)).toBeCloseTo(loss, 13);
      for (const group of ['recurrent', 'input', 'readout']) {
        expect(farthest(tied.weights()[group], [...local.weights()[group]])).toBeLessThan(1e-12);
      }
    }
    const { 'dni-b.A': credit, 'dni-b.J': jacobian } = tied.carried();
    expect(farthest(jacobian, [...local.weights()['predict']])).toBeLessThan(1e-12);
    const rows = network.h0.map((_, i) => credit.subarray(9 * i, 9 * i + 6)).flatMap((row) => [...row]);
    expect(farthest(local.weights()['apical'], rows)).toBeLessThan(1e-12);
  });

  it('whose apical tree knows the readout is RFLO without a trace', () => {
    const golden = vector('mirror');
    const { network, learning } = golden.problem;
    const w = network.w_out;
    const transpose = w[0].map((_, i) => w.map((row) => row[i]));
    const initial = {
      ...learning.initial,
      apical: transpose.map((row) => w[0].map((_, j) => -row.reduce((sum, each, k) => sum + each * w[k][j], 0))),
      label: transpose,
      apicalBias: learning.initial.apicalBias.map(() => 0),
    };
    // The readout stays as it is, so that what the tree knows of it stays right.
    const rates = { ...learning.rates, w_out: 0 };
    const how = { ...learning, initial, rates, creditRate: 0 };
    const engine = new ActorEngine(circuitOf({ ...golden, problem: { ...golden.problem, learning: how } }), OPTIONS);
    engine.trial(trialOf(golden));
    const { input: played, target, timesteps } = trialOf(golden);
    const alone = eBptt(1).open(plainOf(network, rates), { schedule: 'online', feedback: 'symmetric', seed: 1 });
    alone.trial({ timesteps, target, input: played.filter((_, k) => k % 4 < 2) });
    for (const group of ['recurrent', 'input']) {
      expect(farthest(engine.weights()[group], [...alone.weights()[group]])).toBeLessThan(1e-13);
      expect(farthest(engine.weights()[group], circuitOf(golden).groups.filter(({ name }) => name === group).flatMap(({ weights }) => [...weights]))).toBeGreaterThan(1e-3); // prettier-ignore
    }
  });

  it('is certified as what it is, by what its rules read and what that is made of', () => {
    const certificate = certifyLearner(circuitOf(vector('mirror')), {
      name: 'compartments',
      algorithm: 'local',
      feedback: 'random',
    });
    const { synapses } = certificate;
    const fixed = 'three-factor, broadcast vector through fixed feedback';
    expect(Object.fromEntries(synapses.map((one) => [one.group, one.class]))).toEqual({
      ...Object.fromEntries(
        ['recurrent', 'input', 'readout', 'predict', 'backward'].map((name) => [name, 'two-factor local']),
      ),
      ...Object.fromEntries(['apical', 'label', 'apicalBias'].map((name) => [name, fixed])),
    });
    expect(certificate).toMatchObject({ class: fixed, causal: true, crossing: [] });
    expect(certificate.verdict).toContain(
      "what 'e' sends through the fixed weights of 'feedback', by way of its own neuron",
    );
    const needs = synapses.find(({ group }) => group === 'label')?.needs.map(({ what }) => what);
    expect(needs).toContain('global.hold (a clock), the same for every synapse');
  });
});

describe.each(Object.entries(ENGINES))('in the compartment circuit, on %s, a synapse', (_, open) => {
  const golden = vector('mirror');
  const whole = trialOf(golden);
  const few = (numbers: Float64Array) => numbers.slice(0, (3 * numbers.length) / whole.timesteps);
  const trial: Trial = { timesteps: 3, input: few(whole.input), target: few(whole.target) };

  it('learns from nothing but what it is entitled to', () => {
    const { counterexample, entitled } = noninterference(open(circuitOf(golden)), trial, { updates: 60 });
    expect(counterexample?.message).toBeUndefined();
    expect(entitled).toMatchObject({
      basal: { 'post.credit': true, 'post.slope': true, 'pre.out': true },
      predict: { 'post.mismatch': true, 'pre.out': true },
      backward: { 'pre.mismatch': true, 'post.before': true },
      apical: { 'post.surprise': true },
    });
  });

  it.each([
    ['another compartment of its neuron', 'apical', 1, (place: Place) => isRow(place, 'proximal'), 0],
    ['another message of its axon', 'apical', 1, (place: Place) => isRow(place, 'b'), 1],
    ['a message of a neuron that it has no axon from', 'apicalBias', 0, (place: Place) => isRow(place, 'm'), 3],
    ['the held weight of another synapse', 'apical', 1, (place: Place) => isHeld(place), 2],
  ] as const)('that is told %s is named', (_what, group, synapse, from, k) => {
    const engine = told(open(circuitOf(golden)), { group, synapse, from, k });
    const found = noninterference(engine, trial, { looksAt: ({ name }) => name === 'apical' });
    expect(found.counterexample).toMatchObject({ group, timestep: 2, vague: false });
  });
});

function isHeld(place: Place): boolean {
  return place.kind === 'state' && place.variable === 'held' && place.group.name === 'label';
}

function isRow(place: Place, name: string): boolean {
  return place.kind === 'row' && place.row.population.name === 'h' && place.row.name === name;
}

interface Telling {
  readonly group: string;
  readonly synapse: number;
  /** What it is told, and of which neuron or synapse. */
  readonly from: (place: Place) => boolean;
  readonly k: number;
}

/** The engine with a number added to what a synapse remembers, just before that learns in the second timestep. */
function told(engine: Engine, { group, synapse, from, k }: Telling): Engine {
  const held = engine.held();
  const find = (wanted: (place: Place) => boolean) => {
    const found = held.find(({ place }) => wanted(place));
    if (!found) throw new Error('nothing of that kind is held');
    return found;
  };
  const source = find(from);
  const trace = find((place) => place.kind === 'state' && place.group.name === group && place.variable === 'now');
  return withTrial(engine, (trial, options = {}) =>
    engine.trial(trial, {
      ...options,
      onLearn: (name, timestep) => {
        options.onLearn?.(name, timestep);
        if (name === group && timestep === 2) trace.set(synapse, trace.get(synapse) + source.get(k));
      },
    }),
  );
}

function transposed(weights: Float64Array, n: number): number[] {
  return Array.from(weights, (_, k) => weights[(k % n) * n + Math.floor(k / n)]);
}

function farthest(got: ArrayLike<number>, wanted: readonly number[]): number {
  return Math.max(...wanted.map((value, k) => Math.abs(got[k] - value) / Math.max(1, Math.abs(value))));
}
