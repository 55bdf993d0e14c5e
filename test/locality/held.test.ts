import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { asAlgorithm, local } from '../../src/algorithms/index.ts';
import {
  build,
  circuit,
  type BuiltCircuit,
  type Engine,
  type Held,
  type LearningOptions,
  type Place,
} from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { delta, kolenPollackFeedback, rflo } from '../../src/rules/index.ts';
import { Bptt, Rtrl, Snap } from '../../src/solvers/index.ts';
import { expectBits } from '../support/agreement.ts';
import { cook, recipesWithin } from '../support/random-circuit.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';

beforeAll(loadKernels);

const PLAIN: LearningOptions = { schedule: 'trial', feedback: 'random' };

const kernels = (circuit: BuiltCircuit, options: LearningOptions) =>
  new KernelEngine(circuit, { algorithm: local(), ...options });

/** Circuits with and without dials. */
const dialled = fc.boolean().chain((turned) => recipesWithin({ rules: ['rflo', 'cascade', 'oja'], dialled: turned }));

/** A place as text, to find the same in another engine. */
function nameOf(place: Place): string {
  return JSON.stringify(place, (_, value: unknown) =>
    typeof value !== 'object' || value === null || !('name' in value)
      ? value
      : 'population' in value
        ? `${String(value.name)} of ${JSON.stringify(value.population, ['name'])}`
        : value.name,
  );
}

/** Of a number of neurons what it is called; else what kind of place it is. */
function kindOf(name: string): string {
  const { kind, row } = JSON.parse(name) as { readonly kind: string; readonly row?: string };
  return row?.split(' ')[0] ?? kind;
}

const valuesOf = (held: Held) => Float64Array.from({ length: held.length }, (_, k) => held.get(k));

/** All that is held when a phase has ended, by place. */
function watch(engine: Engine, trial: Parameters<Engine['trial']>[0]): readonly ReadonlyMap<string, Float64Array>[] {
  const held = engine.held();
  const seen: Map<string, Float64Array>[] = [];
  engine.trial(trial, {
    onPhase: () => seen.push(new Map(held.map((one) => [nameOf(one.place), valuesOf(one)]))),
  });
  return seen;
}

describe('the phases of a timestep', () => {
  const built = build(threeMatrices(), 1);

  it.each<[string, (circuit: BuiltCircuit) => Engine]>([
    ['actors', (circuit) => new ActorEngine(circuit, PLAIN)],
    ['kernels', (circuit) => kernels(circuit, PLAIN)],
    ['rtrl', (circuit) => new Rtrl(circuit, PLAIN)],
  ])('end in order: %s', (_, open) => {
    const ends: string[] = [];
    const onPhase = (ended: string, t: number) => ends.push(`${ended} ${t}`);
    open(built).trial(noiseTrial(2), { onPhase, onTimestep: (t) => ends.push(`end ${t}`) });
    const each = (t: number) => [`compare ${t}`, `broadcast ${t}`, `learn ${t}`, `end ${t}`];
    expect(ends).toEqual([...each(1), ...each(2)]);
    ends.length = 0;
    open(built).trial(noiseTrial(1), { onPhase, learn: false });
    expect(ends).toEqual(['compare 1', 'broadcast 1']);
  });

  it('of BPTT end in order, and it learns when all has run', () => {
    const ends: string[] = [];
    new Bptt(built, PLAIN).trial(noiseTrial(2), { onPhase: (ended, t) => ends.push(`${ended} ${t}`) });
    expect(ends).toEqual(['compare 1', 'broadcast 1', 'compare 2', 'broadcast 2', 'learn 1', 'learn 2']);
  });

  it('can be stopped at without a bit of difference', () => {
    fc.assert(
      fc.property(dialled, fc.constantFrom('trial', 'online'), (recipe, schedule) => {
        const { built: circuit, trial } = cook(recipe);
        const options: LearningOptions = { schedule, feedback: 'random' };
        for (const engine of [new ActorEngine(circuit, options), kernels(circuit, options)]) {
          const start = engine.weights();
          const carried = engine.carried();
          const loss = engine.trial(trial, { number: 1 });
          const end = engine.weights();
          engine.setWeights(start);
          engine.setCarried(carried);
          const stops: string[] = [];
          expect(engine.trial(trial, { number: 1, onPhase: (ended) => stops.push(ended) })).toBe(loss);
          expect(stops).toHaveLength(3 * trial.timesteps);
          for (const [name, weights] of Object.entries(engine.weights())) expectBits(name, weights, end[name]);
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each(['bptt', 'rtrl'] as const)('are not to be had from the kernels of %s', (algorithm) => {
    const engine = new KernelEngine(built, { algorithm: asAlgorithm('algorithm', algorithm), ...PLAIN });
    const why = `the kernels of '${algorithm}' learn all timesteps in one go`;
    expect(() => engine.held()).toThrow(`held: ${why}`);
    expect(() => engine.trial(noiseTrial(), { onPhase: () => undefined })).toThrow(`onPhase: ${why}`);
  });
});

describe('what is held', () => {
  it('has the same bits in actors and kernels at every stop', () => {
    fc.assert(
      fc.property(dialled, (recipe) => {
        const { built, trial } = cook(recipe);
        const [actors, compiled] = [new ActorEngine(built, PLAIN), kernels(built, PLAIN)].map((engine) =>
          watch(engine, trial),
        );
        expect(compiled).toHaveLength(actors.length);
        actors.forEach((values, stop) => {
          // Before the broadcast, actors still have the last timestep's learning signals; kernels have made room for new ones.
          const over = (name: string) => stop % 3 === 0 && name.includes('signal');
          const shared = [...values].filter(([name]) => compiled[stop].has(name) && !over(name));
          for (const [name, expected] of shared) expectBits(name, compiled[stop].get(name) ?? expected, expected);
          const kinds = new Set(shared.map(([name]) => kindOf(name)));
          for (const kind of ['rate', 'potential', 'weight', 'error', 'input', 'target']) expect(kinds).toContain(kind);
        });
      }),
      { numRuns: 20 },
    );
  });

  it.each<[string, (circuit: BuiltCircuit) => Engine]>([
    ['actors', (circuit) => new ActorEngine(circuit, PLAIN)],
    ['kernels', (circuit) => kernels(circuit, PLAIN)],
    ['rtrl', (circuit) => new Rtrl(circuit, PLAIN)],
    ['snap-1', (circuit) => new Snap(circuit, { n: 1, ...PLAIN })],
    ['snap-2', (circuit) => new Snap(circuit, { n: 2, ...PLAIN })],
    ['bptt', (circuit) => new Bptt(circuit, PLAIN)],
  ])('is set, each number for itself: %s', (_, open) => {
    const engine = open(build(threeMatrices({ recurrentDelay: 2, inputDelay: 1 }), 1));
    const held = engine.held();
    let numbers = 0;
    engine.trial(noiseTrial(5), {
      onPhase: (ended, timestep) => {
        if (ended !== 'broadcast' || timestep !== 4) return;
        for (const one of held) for (let k = 0; k < one.length; k++) one.set(k, ++numbers / 1024);
        let back = 0;
        for (const one of held) for (let k = 0; k < one.length; k++) expect(one.get(k)).toBe(++back / 1024);
      },
    });
    expect(numbers).toBeGreaterThan(100);
  });

  const late = { delay: 2, bits: 6 };
  const relearning = () =>
    build(
      circuit({
        neurons: { h: leakyTanh(3, { initial: 0.4 }), y: linear(2) },
        synapses: {
          recurrent: { from: 'h', to: 'h', weights: normal(), rule: rflo(), delay: 2 },
          readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
        },
        feedback: { error: { from: 'y', to: 'h', weights: normal(), rule: kolenPollackFeedback(), broadcast: late } },
      }),
      1,
    );
  const trial = {
    timesteps: 6,
    input: new Float64Array(0),
    target: Float64Array.from({ length: 12 }, (_, k) => k % 5),
  };

  it('in actors is all that a synapse could get at: rates and errors on their way, and what relearns feedback, too', () => {
    const held = new ActorEngine(relearning(), PLAIN).held();
    const plain = 'rate slope retention signal potential weight asked state axon line feedback error input target';
    expect(new Set(held.map(({ place }) => kindOf(nameOf(place))))).toEqual(
      new Set([...plain.split(' '), 'arriving', 'error line']),
    );
    const relearned = held.filter(({ place }) => 'group' in place && place.group.name === 'feedback.error');
    expect(relearned.map(({ place, length }) => [place.kind, length])).toEqual([
      ['weight', 6],
      ['asked', 6],
    ]);
  });

  it('of errors that are late is the same in both engines: what arrives was sent two timesteps ago', () => {
    const [actors, compiled] = [new ActorEngine(relearning(), PLAIN), kernels(relearning(), PLAIN)].map((engine) =>
      watch(engine, trial),
    );
    const of = (values: ReadonlyMap<string, Float64Array>, place: object) =>
      values.get(JSON.stringify({ ...place })) ?? new Float64Array(0);
    const feedback = 'error';
    let nonzero = 0;
    for (let t = 1; t <= trial.timesteps; t++) {
      const [compare, broadcast] = [3 * (t - 1), 3 * (t - 1) + 1];
      const sent = (ago: number) => of(compiled[broadcast], { kind: 'message', feedback, ago });
      const arriving = of(actors[broadcast], { kind: 'arriving', feedback });
      expect(arriving).toHaveLength(2);
      expectBits(`what arrives at ${t}`, sent(2), arriving);
      const row = 2 * ((t - 1) % 2);
      const line = (stop: number) => of(actors[stop], { kind: 'error line', feedback }).subarray(row, row + 2);
      expectBits(`what is to arrive at ${t}`, line(compare), arriving);
      expectBits(`what is sent at ${t}`, line(broadcast), sent(0));
      nonzero += arriving.filter((e) => e !== 0).length;
    }
    expect(nonzero).toBeGreaterThan(4);
  });

  it.each(['actors', 'kernels'] as const)(
    'of relearned feedback and its errors is set, each number for itself: %s',
    (name) => {
      const engine = name === 'actors' ? new ActorEngine(relearning(), PLAIN) : kernels(relearning(), PLAIN);
      const held = engine.held();
      let numbers = 0;
      engine.trial(trial, {
        onPhase: (ended, timestep) => {
          if (ended !== 'broadcast' || timestep !== 4) return;
          for (const one of held) for (let k = 0; k < one.length; k++) one.set(k, ++numbers / 1024);
          let back = 0;
          for (const one of held) for (let k = 0; k < one.length; k++) expect(one.get(k)).toBe(++back / 1024);
        },
      });
      expect(numbers).toBeGreaterThan(80);
    },
  );
});

it('of kernels, before the first trial, is what neurons begin with, and nothing else in the memory', () => {
  fc.assert(
    fc.property(dialled, (recipe) => {
      for (const held of kernels(cook(recipe).built, PLAIN).held()) {
        const { place, length } = held;
        if (place.kind === 'row' && length > 0) expectBits(nameOf(place), valuesOf(held), place.row.initial);
      }
    }),
    { numRuns: 30 },
  );
});

it('of actors, before the first trial: along axons goes what neurons begin with', () => {
  const definition = circuit({
    neurons: { h: leakyTanh(3, { initial: 0.3 }), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', delay: 2, weights: normal(), rule: rflo() },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
  const held = new ActorEngine(build(definition, 1), PLAIN).held();
  const values = (kind: 'line' | 'axon') =>
    held.flatMap((one) => (one.place.kind === kind && one.place.group.name === 'recurrent' ? [...valuesOf(one)] : []));
  expect(values('line')).toEqual([0.3, 0.3, 0.3, 0.3, 0.3, 0.3]);
  expect(values('axon')).toEqual([0.3, 0.3, 0.3]);
});
