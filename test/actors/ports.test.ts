import { bufferCount, filter, map, max, scan, toArray, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, type BuiltCircuit, type BuiltGroup } from '../../src/circuit/index.ts';
import { observe } from '../../src/training/index.ts';
import { refusal } from '../refusal.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';
import { bytes } from '../support/weights.ts';

const options = { schedule: 'trial', feedback: 'random' } as const;
const trial = noiseTrial(6);
const built = build(threeMatrices({ units: 4 }), 1);

/** What a port sends during one trial, taken from within a fresh engine. */
function heard<T>(port: (engine: ActorEngine) => Observable<T>, online = false): T[] {
  const engine = new ActorEngine(built, { ...options, schedule: online ? 'online' : 'trial' });
  const values: T[] = [];
  port(engine).subscribe((value) => values.push(value));
  engine.trial(trial);
  return values;
}

const rates = observe(new ActorEngine(built, options), trial);
const rate = (population: string, size: number, i: number) =>
  Array.from({ length: 6 }, (_, t) => rates.get(population)?.[t * size + i] ?? NaN);

const group = (name: string, circuit: BuiltCircuit = built): BuiltGroup => {
  const found = circuit.groups.find((each) => each.name === name);
  if (!found) throw new Error(`no group ${name}`);
  return found;
};
/** The weight onto i from j of a dense group. */
const w = (name: string, i: number, j: number) => group(name).weights[i * group(name).from.size + j];

describe('a port', () => {
  it('axon$ sends the rates of a neuron', () => {
    expect(heard((engine) => engine.neuron('h', 2).axon$)).toEqual(rate('h', 4, 2));
    expect(heard((engine) => engine.neuron('y', 1).axon$)).toEqual(rate('y', 2, 1));
  });

  it('axon$ of a source sends one channel of the input', () => {
    const channel = [...trial.input].filter((_, k) => k % 2 === 1);
    expect(heard((engine) => engine.source('x', 1).axon$)).toEqual(channel);
  });

  it('dendrite$ sends the summed input: the previous rates through W, then the input through Win', () => {
    const before = (j: number) => [0.1, ...rate('h', 4, j)];
    const expected = Array.from({ length: 6 }, (_, t) => {
      let u = 0;
      for (let j = 0; j < 4; j++) u += w('recurrent', 2, j) * before(j)[t];
      for (let k = 0; k < 2; k++) u += w('input', 2, k) * trial.input[2 * t + k];
      return u;
    });
    expect(heard((engine) => engine.neuron('h', 2).dendrite$)).toEqual(expected);
  });

  it('error$ sends target - y', () => {
    const expected = Array.from({ length: 6 }, (_, t) =>
      Float64Array.of(trial.target[2 * t] - rate('y', 2, 0)[t], trial.target[2 * t + 1] - rate('y', 2, 1)[t]),
    );
    expect(heard((engine) => engine.error$)).toEqual(expected);
  });

  it("signal$ sends the neuron's row of B times the error, and at an output its own error", () => {
    const b = built.feedback[0].weights;
    const errors = heard((engine) => engine.error$);
    expect(heard((engine) => engine.neuron('h', 3).signal$)).toEqual(
      errors.map((e) => 0 + b[3 * 2] * e[0] + b[3 * 2 + 1] * e[1]),
    );
    expect(heard((engine) => engine.neuron('y', 1).signal$)).toEqual(errors.map((e) => e[1]));
  });

  it('trace$ sends the eligibility trace: p <- (1 - alpha) p + alpha phi(u)` h_j', () => {
    const inputs = heard((engine) => engine.neuron('h', 2).dendrite$);
    const presynaptic = [0.1, ...rate('h', 4, 1)];
    let p = 0;
    const expected = inputs.map((u, t) => {
      p = 0.5 * p + 0.5 * (1 - Math.tanh(u) ** 2) * presynaptic[t];
      return p;
    });
    const got = heard((engine) => engine.synapse('recurrent', 2, 1).trace$).map((trace) => trace['p']);
    expect(got).toHaveLength(6);
    got.forEach((value, t) => {
      expect(value).toBeCloseTo(expected[t], 14);
    });
  });

  it('weight$ sends the weight when changes are applied: once a trial, or once a timestep', () => {
    const engine = new ActorEngine(built, options);
    engine.trial(trial);
    const after = engine.weights()['recurrent'][2 * 4 + 1];
    expect(after).not.toBe(w('recurrent', 2, 1));
    expect(heard((each) => each.synapse('recurrent', 2, 1).weight$)).toEqual([after]);

    const online = heard((each) => each.synapse('recurrent', 2, 1).weight$, true);
    expect(online).toHaveLength(6);
    expect(new Set(online).size).toBe(6);
  });

  it('is an Observable that ordinary operators work on', () => {
    const engine = new ActorEngine(built, options);
    const got: unknown[] = [];
    const { axon$ } = engine.neuron('h', 0);
    axon$
      .pipe(
        bufferCount(2),
        map(([a, b]) => a + b),
        toArray(),
      )
      .subscribe((pairs) => got.push(pairs));
    axon$.pipe(max()).subscribe((largest) => got.push(largest));
    engine.error$
      .pipe(
        filter((e) => e[0] > 0),
        scan((n) => n + 1, 0),
        max(),
      )
      .subscribe((n) => got.push(n));
    engine.trial(trial);
    engine.complete();
    const h = rate('h', 4, 0);
    const positive = heard((each) => each.error$).filter((e) => e[0] > 0).length;
    expect(got).toEqual([positive, [h[0] + h[1], h[2] + h[3], h[4] + h[5]], Math.max(...h)]);
  });

  it('sends nothing more to who has unsubscribed', () => {
    const engine = new ActorEngine(built, options);
    const values: number[] = [];
    const all: number[] = [];
    const tap = engine.neuron('h', 0).axon$.subscribe((value) => {
      values.push(value);
      if (values.length === 2) tap.unsubscribe();
    });
    engine.neuron('h', 0).axon$.subscribe((value) => all.push(value));
    engine.trial(trial);
    expect(values).toEqual(rate('h', 4, 0).slice(0, 2));
    expect(all).toHaveLength(6);
  });

  it('completes when the engine is told that nothing more will come', () => {
    const engine = new ActorEngine(built, options);
    const ports: readonly Observable<unknown>[] = [
      ...[engine.neuron('h', 0).axon$, engine.neuron('h', 0).dendrite$, engine.neuron('h', 0).signal$],
      ...[engine.source('x', 0).axon$, engine.error$, engine.phase$],
      ...[engine.synapse('readout', 0, 0).weight$, engine.synapse('recurrent', 0, 0).trace$],
    ];
    let completed = 0;
    for (const port of ports) port.subscribe({ complete: () => completed++ });
    expect(completed).toBe(0);
    engine.complete();
    expect(completed).toBe(ports.length);
    for (const port of ports) port.subscribe({ complete: () => completed++ });
    expect(completed, 'who comes later is told at once').toBe(2 * ports.length);
  });
});

describe('tapping', () => {
  const trials = (engine: ActorEngine) => {
    const losses = [1, 2, 3].map((seed) => engine.trial(noiseTrial(6, seed)));
    return [bytes(engine.weights()), losses];
  };

  it.each(['trial', 'online'] as const)('every port at once changes no bit of the result, schedule %s', (schedule) => {
    const engine = new ActorEngine(built, { ...options, schedule });
    let heardOf = 0;
    const tap = (port: Observable<unknown>) => {
      port.subscribe(() => heardOf++);
    };
    for (const { name, size, model } of built.populations) {
      for (let i = 0; i < size; i++) {
        if (!model) tap(engine.source(name, i).axon$);
        else Object.values(pick(engine.neuron(name, i))).forEach(tap);
      }
    }
    for (const { name, to, from } of built.groups) {
      for (let i = 0; i < to.size; i++) {
        for (let j = 0; j < from.size; j++) {
          tap(engine.synapse(name, i, j).weight$);
          tap(engine.synapse(name, i, j).trace$);
        }
      }
    }
    tap(engine.error$);
    tap(engine.phase$);
    expect(trials(engine)).toEqual(trials(new ActorEngine(built, { ...options, schedule })));
    expect(heardOf).toBeGreaterThan(1000);
  });

  const pick = ({ axon$, dendrite$, signal$ }: ReturnType<ActorEngine['neuron']>) => ({ axon$, dendrite$, signal$ });

  it('cannot change the result, nor what other taps see, by writing into what it is sent', () => {
    const engine = new ActorEngine(built, options);
    const seen: Float64Array[] = [];
    engine.error$.subscribe((error) => error.fill(1e9));
    engine.error$.subscribe((error) => seen.push(error));
    engine.synapse('recurrent', 0, 0).trace$.subscribe((trace) => Object.assign(trace, { p: 1e9 }));
    expect(trials(engine)).toEqual(trials(new ActorEngine(built, options)));
    expect(seen.flatMap((error) => [...error]).every((e) => Math.abs(e) < 100)).toBe(true);
  });
});

describe('asking for a port that is not there', () => {
  const engine = new ActorEngine(built, options);

  it.each([
    ['a population', () => engine.neuron('z', 0), "population: unknown population 'z'; expected 'h' or 'y'"],
    ['a neuron', () => engine.neuron('h', 4), "neuron of 'h': 4 is out of range; expected a whole number from 0 to 3"],
    [
      'half a neuron',
      () => engine.neuron('h', 0.5),
      "neuron of 'h': 0.5 is out of range; expected a whole number from 0 to 3",
    ],
    ['an input as a neuron', () => engine.neuron('x', 0), "'x' is an input population; tap its source(...) instead"],
    ['a neuron as a source', () => engine.source('h', 0), "source: unknown population 'h'; expected 'x'"],
    ['a source', () => engine.source('x', 2), "neuron of 'x': 2 is out of range; expected a whole number from 0 to 1"],
    [
      'a group',
      () => engine.synapse('no', 0, 0),
      "unknown synapse group 'no'; expected 'recurrent', 'input' or 'readout'",
    ],
    ['a presynaptic neuron', () => engine.synapse('input', 0, 2), 'onto neuron 0 from neuron 2'],
    ['a postsynaptic neuron', () => engine.synapse('input', 4, 0), 'onto neuron 4 from neuron 0'],
    ['a negative one', () => engine.synapse('input', -2, 0), 'onto neuron -2 from neuron 0'],
    ['half a one', () => engine.synapse('input', 0.5, 0), 'onto neuron 0.5 from neuron 0'],
  ])('names %s', (_, ask, message) => {
    expect(refusal(ask)).toContain(message);
  });

  it.each([
    [
      { neurons: 'h', value: 'colour' },
      "do not publish 'colour'; expected 'rate', 'slope', 'retention', 'potential' or 'signal'",
    ],
    [{ neurons: 'x', value: 'signal' }, "neurons 'x': do not publish 'signal'; expected 'rate'"],
    [{ synapses: 'readout', value: 'p' }, "synapses 'readout': do not publish 'p'; expected 'weight'"],
    [{ synapses: 'recurrent', value: 'q' }, "expected 'weight' or 'p'"],
    [{ error: 'h' }, "error: unknown output 'h'; expected 'y'"],
  ])('names what is published, %o', (what, message) => {
    expect(refusal(() => engine.reader(what))).toContain(message);
  });
});
