import { expect } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { asAlgorithm } from '../../src/algorithms/index.ts';
import type { BuiltCircuit, Engine, LearningOptions, Published, TrialOptions } from '../../src/circuit/index.ts';
import { RunError } from '../../src/errors/index.ts';
import { KernelEngine } from '../../src/kernels/index.ts';
import { Bptt, Rtrl } from '../../src/solvers/index.ts';
import type { Trial } from '../../src/tasks/index.ts';

/** Everything that a circuit's neurons and synapses publish; where a solver learns, there are no signals and no traces. */
export function everythingOf(circuit: BuiltCircuit, local: boolean): readonly Published[] {
  const { populations, outputs, groups, feedback, globals } = circuit;
  return [
    ...populations.flatMap(({ name, model, sending }) => {
      const own = model ? [...model.equations, ...model.ports, ...model.derivatives] : [{ name: 'rate' }];
      const values = [...own.map((each) => each.name), ...(local && model ? ['signal'] : [])];
      return [...values, ...(sending ? ['sent'] : [])].map((value) => ({ neurons: name, value }));
    }),
    ...outputs.map(({ name }) => ({ error: name })),
    ...globals.map(({ name }) => ({ global: name })),
    ...[...groups, ...feedback.flatMap(({ synapses }) => synapses ?? [])].flatMap(({ name, rule, history }) =>
      ['weight', ...(local && !history ? Object.keys(rule?.state ?? {}) : [])].map((value) => ({
        synapses: name,
        value,
      })),
    ),
  ];
}

/** How a trial ended. */
export type Outcome = number | RunError;

function outcomeOf(engine: Engine, trial: Trial, options: TrialOptions): Outcome {
  try {
    return engine.trial(trial, options);
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  }
}

const PLAIN = { local: ActorEngine, bptt: Bptt, rtrl: Rtrl };

/** The plain engine or solver and the kernels of one circuit, to be compared bit for bit. */
export class Pair {
  readonly kernels: KernelEngine;
  readonly engines: readonly Engine[];
  private readonly published: readonly Published[];

  constructor(
    readonly circuit: BuiltCircuit,
    options: LearningOptions,
    algorithm: keyof typeof PLAIN = 'local',
  ) {
    this.kernels = new KernelEngine(circuit, { algorithm: asAlgorithm('algorithm', algorithm), ...options });
    this.engines = [new PLAIN[algorithm](circuit, options), this.kernels];
    this.published = everythingOf(this.engines[0].circuit, algorithm === 'local');
  }

  /** Runs a trial on both; what comes out is the same, and so is all that is published afterwards. Returns what came out. */
  trial(trial: Trial, options: TrialOptions = {}): Outcome {
    const [expected, got] = this.engines.map((engine) => outcomeOf(engine, trial, options));
    expectOutcome(got, expected);
    if (typeof expected === 'number') this.expectSame('after the trial');
    return expected;
  }

  /** Runs a trial on both, and compares all that is published at the end of every timestep. */
  watchedTrial(trial: Trial, options: TrialOptions = {}): Outcome {
    const [expected, got] = this.engines.map((engine) => {
      const seen: Float64Array[][] = [];
      const read = this.readersOf(engine);
      const outcome = outcomeOf(engine, trial, { ...options, onTimestep: () => seen.push(read()) });
      return { outcome, seen };
    });
    expected.seen.forEach((values, t) => {
      this.compare(`at timestep ${t + 1}`, values, got.seen[t]);
    });
    expectOutcome(got.outcome, expected.outcome);
    expect(got.seen.length).toBe(expected.seen.length);
    if (typeof expected.outcome === 'number') this.expectSame('after the trial');
    return expected.outcome;
  }

  /** All that is published, all weights, and what is carried from trial to trial. */
  expectSame(when: string): void {
    const [expected, got] = this.engines.map((engine) => this.readersOf(engine)());
    this.compare(when, expected, got);
    const [weights, kernelWeights] = this.engines.map((engine) => ({ ...engine.weights(), ...engine.carried() }));
    expect(Object.keys(kernelWeights)).toEqual(Object.keys(weights));
    for (const [name, values] of Object.entries(weights)) {
      expectBits(`weights of ${name} ${when}`, kernelWeights[name], values);
    }
    const [carried, kernelsCarried] = this.engines.map((engine) => engine.carried());
    expect(Object.keys(kernelsCarried)).toEqual(Object.keys(carried));
    for (const [name, values] of Object.entries(carried)) expectBits(`${name} ${when}`, kernelsCarried[name], values);
  }

  private readersOf(engine: Engine): () => Float64Array[] {
    const readers = this.published.map((what) => engine.reader(what));
    return () =>
      readers.map((reader) => {
        const values = new Float64Array(reader.length);
        reader.read(values, 0);
        return values;
      });
  }

  private compare(when: string, expected: readonly Float64Array[], got: readonly Float64Array[]): void {
    expect(got.length, when).toBe(expected.length);
    this.published.forEach((what, k) => {
      expectBits(`${Object.values(what).join(' ')} ${when}`, got[k], expected[k]);
    });
  }
}

function expectOutcome(got: Outcome, expected: Outcome): void {
  if (typeof got === 'number' && typeof expected === 'number') {
    expectBits('loss', Float64Array.of(got), Float64Array.of(expected));
    return;
  }
  const told = (outcome: Outcome) =>
    typeof outcome === 'number' ? outcome : [outcome.actor, outcome.problem, outcome.timestep, outcome.message];
  expect(told(got)).toEqual(told(expected));
}

/** The same bits, -0 told from 0; only NaN is NaN, whatever its bits. */
export function expectBits(what: string, got: Float64Array, expected: Float64Array): void {
  if (got.length !== expected.length) throw new Error(`${what}: ${got.length} numbers, not ${expected.length}`);
  const bytes = (values: Float64Array) => Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (bytes(got).equals(bytes(expected))) return;
  const k = got.findIndex((value, i) => !Object.is(value, expected[i]));
  if (k >= 0) throw new Error(`${what}: number ${k} is ${shown(got[k])}, not ${shown(expected[k])}`);
}

function shown(value: number): string {
  return `${Object.is(value, -0) ? '-0' : value} (${Buffer.from(Float64Array.of(value).buffer).reverse().toString('hex')})`;
}
