import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit, clock, mask, type Axon, type BuiltCircuit, type Gate } from '../../src/circuit/index.ts';
import { ledger, neuromorphicCosts, type Fit, type Ledger } from '../../src/locality/index.ts';
import { countLocal } from '../../src/locality/ledger/count-local.ts';
import { countAccesses, countBytes } from '../../src/locality/ledger/count-solver.ts';
import { meteredMemory } from '../../src/locality/ledger/metered-memory.ts';
import { meteredRule, noReads } from '../../src/locality/ledger/metered-rule.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { constant, normal, stream } from '../../src/random/index.ts';
import { delta, plasticityRule, rflo } from '../../src/rules/index.ts';
import { bptt, plainMemory, rtrl, snap } from '../../src/solvers/index.ts';
import type { Task, Trial } from '../../src/tasks/index.ts';
import { noiseTrial, threeMatrices } from '../support/networks.ts';

const SOLVERS = { bptt: bptt(), rtrl: rtrl(), 'snap-1': snap(1), 'snap-2': snap(2) };
const random = { schedule: 'trial', feedback: 'random', seed: 1 } as const;
const symmetric = { schedule: 'trial', feedback: 'symmetric', seed: 1 } as const;

/** Two recurrent neurons, of which one also sends to itself: 3 synapses that learn by RFLO, and 2 that do not. */
function twoNeurons(repeat?: { readonly times: number }): BuiltCircuit {
  return build(
    circuit({
      neurons: { h: leakyTanh(2, { tau: 2, initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: {
          from: 'h',
          to: 'h',
          weights: constant(0.5),
          connect: mask([
            [1, 1],
            [1, 0],
          ]),
          rule: rflo(),
        },
        readout: { from: 'h', to: 'y', weights: constant(0.5) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: constant(1) } },
      ...(repeat && { repeat }),
    }),
    1,
  );
}
const target = (timesteps: number): Trial => ({
  timesteps,
  input: new Float64Array(0),
  target: Float64Array.from({ length: timesteps }, (_, t) => t + 1),
});

/** Each neuron joined with its like. */
const identity = (size: number) =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => i === j));

describe('a circuit of two neurons, counted by hand', () => {
  const T = 5;

  it('does all in every sweep where it repeats, but for what it asks for', () => {
    const { counts, timesteps } = countLocal(twoNeurons({ times: 4 }), target(T), random);
    expect(timesteps).toBe(4 * T);
    expect(counts).toMatchObject({
      updates: 3 * T,
      // Each synapse is told, besides, which sweep is the last.
      events: { axons: 4 * 5 * T, publications: 4 * 3 * T, scalars: 4 * 3 * T, errors: 4 * 3 * T },
      // trace: p, retention, slope, rate; change and sum: signal, p, the sum.
      reads: 4 * 4 * 3 * T + 3 * 3 * T,
      writes: 4 * 3 * T + 3 * T,
      operations: 4 * 3 * 3 * T + 3 * 3 * T,
    });
    // BPTT remembers sweeps as it does timesteps elsewhere, the last two or so aside.
    const kept = (algorithm: keyof typeof SOLVERS, timesteps: number, times?: number) =>
      countBytes({
        ...{ algorithm: SOLVERS[algorithm], circuit: twoNeurons(times ? { times } : undefined) },
        ...{ trial: target(timesteps), options: symmetric },
      });
    expect(kept('bptt', 1, 40) / kept('bptt', 40)).toBeCloseTo(1, 1);
    expect(kept('rtrl', 1, 40)).toBe(kept('rtrl', 40));
  });

  it('RFLO reads seven numbers an update and sends what the wires carry', () => {
    const { counts, groups } = countLocal(twoNeurons(), target(T), random);
    // trace: retention p, slope, pre.rate; change: signal, p. The sum of changes is read and written, p is written.
    expect(groups[0].read).toEqual({
      updates: 3 * T,
      traced: 3 * T,
      own: 6 * T,
      presynaptic: 3 * T,
      postsynaptic: 6 * T,
      signal: 3 * T,
      global: 0,
      written: 3 * T,
    });
    expect(groups[1].read).toEqual(noReads());
    expect(counts).toEqual({
      synapses: 3,
      updates: 3 * T,
      // 3 + 2 synapses hear a rate, 3 their neuron, 2 neurons and the output the error.
      events: { axons: 5 * T, gates: 0, publications: 3 * T, scalars: 0, errors: 3 * T, transported: 0 },
      reads: 7 * 3 * T,
      writes: 2 * 3 * T,
      // retention p + slope rate: 3; rate signal p: 2; added to the sum: 1.
      operations: 6 * 3 * T,
      // p and the sum of changes of 3 synapses, the signal of 3 neurons.
      bytes: 8 * (2 * 3 + 3),
    });
    expect(
      groups.map(({ events, active, arrivals, effective, binary, held }) => ({
        events,
        active,
        arrivals,
        effective,
        binary,
        held,
      })),
    ).toEqual([
      { events: 2 * T, active: 2 * T, arrivals: 3 * T, effective: 3 * T, binary: false, held: 2 },
      { events: 2 * T, active: 2 * T, arrivals: 2 * T, effective: 2 * T, binary: false, held: 0 },
    ]);
  });

  it('weight transport is counted as such', () => {
    const { counts } = countLocal(twoNeurons(), target(T), symmetric);
    expect(counts.events).toEqual({
      axons: 5 * T,
      gates: 0,
      publications: 3 * T,
      scalars: 0,
      errors: 3 * T,
      transported: 2 * T,
    });
  });

  it('a global scalar is an event at each synapse whose rule reads it', () => {
    const rule = plasticityRule({
      name: 'r',
      params: {},
      globals: ['a', 'b', 'unread'],
      change: ({ pre, global }) => global.a * pre.rate + global.b,
    });
    const scalar = clock(({ t }) => t);
    const definition = circuit({
      neurons: { x: input(2), y: linear(3) },
      synapses: { xy: { from: 'x', to: 'y', weights: normal(), rule: rule() } },
      globals: { a: scalar, b: { from: 'x', neuron: 1 }, unread: scalar },
    });
    const trial: Trial = { timesteps: T, input: new Float64Array(2 * T), target: new Float64Array(3 * T) };
    const { counts, groups } = countLocal(build(definition, 1), trial, random);
    expect(counts.events).toMatchObject({ scalars: 2 * 6 * T, publications: 6 * T });
    expect(groups[0].read).toMatchObject({ presynaptic: 6 * T, global: 2 * 6 * T });
    expect(counts.reads).toBe((3 + 1) * 6 * T);
  });

  it('a gate is one event at each axon that it gates, or only what is new where its own axon sends only that', () => {
    const gated = (axons: Readonly<Record<string, Axon>>) =>
      circuit({
        neurons: { g: linear(3, { initial: 0.5 }), x: linear(4, { initial: 1 }), y: linear(2) },
        synapses: {
          holds: { from: 'x', to: 'x', weights: constant(1), connect: mask(identity(4)) },
          fades: { from: 'g', to: 'g', weights: constant(0.5), connect: mask(identity(3)) },
          // Of the four axons of x, one has no synapse here.
          out: { from: 'x', to: 'y', weights: constant(1), connect: mask([[1, 1, 1, 0], [1, 0, 0, 0]]), gate: { from: 'g', neuron: 2 } }, // prettier-ignore
        },
        axons,
        outputs: ['y'],
      });
    const trial: Trial = { timesteps: T, input: new Float64Array(0), target: new Float64Array(2 * T) };
    const events = (axons: Readonly<Record<string, Axon>>) => countLocal(build(gated(axons), 1), trial, random);
    const plain = events({});
    expect(plain.counts.events).toEqual({ axons: (4 + 3 + 4) * T, gates: 3 * T, publications: 0, scalars: 0, errors: 2 * T, transported: 0 }); // prettier-ignore
    // The gate sends 0.5, 0.25, 0.125, ...: beyond the initial rate, which axons know, only the second is new by more than 0.2.
    const sparing = events({ g: { threshold: 0.2 } });
    expect(sparing.groups[2]).toMatchObject({ gates: 3, arrivals: 4 * T });
    // Where x, too, sends only what is new, which is nothing, synapses hear of the gate's event alone.
    expect(events({ g: { threshold: 0.2 }, x: { threshold: 0.1 } }).groups[2]).toMatchObject({ gates: 3, arrivals: 4 });
  });

  it('BPTT keeps the sums, z, v and the activity from before', () => {
    const run = (timesteps: number) =>
      countBytes({ algorithm: SOLVERS.bptt, circuit: twoNeurons(), trial: target(timesteps), options: symmetric });
    // Of each further timestep: h and slope of 2 neurons, v of 3, e. The other derivatives never change, and are kept nowhere.
    expect(run(T + 1) - run(T)).toBe(8 * (2 * 2 + 3 + 1));
    const [sums, z, v, old] = [3, 2 * 3, (T + 1) * 3, (T - 2) * 5];
    // And h(0) of 2 neurons.
    expect(run(T)).toBe(8 * (sums + z + v + old + 2));
  });

  it('RTRL keeps the sums, its credits, and two timesteps of every influence', () => {
    const kept = countBytes({ algorithm: SOLVERS.rtrl, circuit: twoNeurons(), trial: target(T), options: symmetric });
    expect(kept).toBe(8 * (3 + 1 + 2 * 3 * (2 + 1)));
  });
});

describe('counting changes nothing', () => {
  const built = build(threeMatrices(), 3);
  const trial = noiseTrial(6, 2);

  it.each(['bptt', 'rtrl', 'snap-1', 'snap-2'] as const)('a watched %s has the bits of the plain one', (name) => {
    const meter = meteredMemory(['weights', 'activity', 'learning']);
    const [plain, watched] = [plainMemory, meter.memory].map((memory) =>
      SOLVERS[name].open(built, { ...symmetric, memory }),
    );
    for (let k = 0; k < 3; k++) expect(watched.trial(trial)).toBe(plain.trial(trial));
    expect(watched.weights()).toEqual(plain.weights());
    expect(watched.weights()).not.toEqual(Object.fromEntries(built.groups.map((group) => [group.name, group.weights])));
    expect(meter.accesses().reads).toBeGreaterThan(0);
  });

  it('actors that are overheard, with rules that are watched, have the bits of plain ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom('random', 'symmetric'), (seed, feedback) => {
        const circuitOf = build(threeMatrices({ units: 5 }), seed);
        const groups = circuitOf.groups.map((group) =>
          group.rule ? { ...group, rule: meteredRule(group.rule, noReads()) } : group,
        );
        const options = { schedule: 'online', feedback } as const;
        const [plain, counted] = [
          new ActorEngine(circuitOf, options),
          new ActorEngine({ ...circuitOf, groups }, options),
        ];
        counted.countTraffic();
        const own = noiseTrial(5, seed);
        expect(counted.trial(own)).toBe(plain.trial(own));
        expect(counted.weights()).toEqual(plain.weights());
      }),
      { numRuns: 20 },
    );
  });
});

describe('a watched memory', () => {
  it('sees every read and write, and what is remembered beyond a timestep', () => {
    const { memory, tick, accesses } = meteredMemory(['activity']);
    const [activity, learning] = [memory(3, 'activity'), memory(2, 'learning')];
    activity[0] = 1;
    activity[1] = 2;
    learning[0] = 5;
    tick();
    expect(activity[1]).toBe(2);
    expect(accesses()).toEqual({ reads: 1, writes: 2, learning: 2, remembered: 0 });
    activity[1] += 1;
    tick();
    expect([activity[0], activity[1], activity[2], activity.length]).toEqual([1, 3, 0, 3]);
    expect(accesses()).toEqual({ reads: 5, writes: 3, learning: 2, remembered: 2 });
  });

  it('gives up after as many as it may', () => {
    const run = { algorithm: SOLVERS.bptt, circuit: twoNeurons(), trial: target(5), options: symmetric };
    const { reads, writes } = countAccesses(run, Infinity);
    expect(reads).toBeGreaterThan(0);
    expect(writes).toBeGreaterThan(0);
    expect(countAccesses(run, 100)).toEqual({ reads: null, writes: null, operations: null });
  });
});

describe('fitted exponents', () => {
  const counted = ledger({ units: [4, 8, 16], timesteps: [10, 40, 160] });
  const fitted = ({ fits }: Ledger, learner: string, quantity: Fit['quantity'], by: Fit['by']): Fit => {
    const fit = fits.find((each) => each.learner === learner && each.quantity === quantity && each.by === by);
    if (!fit) throw new Error(`no fit of ${learner}, ${quantity} by ${by}`);
    return fit;
  };

  it("RFLO's reads for one update are constant in N and T, and so are its operations", () => {
    for (const quantity of ['reads', 'operations'] as const) {
      for (const by of ['units', 'timesteps'] as const) {
        const { exponent, residual } = fitted(counted, 'rflo', quantity, by);
        expect(Math.abs(exponent), `${quantity} by ${by}`).toBeLessThan(0.01);
        expect(residual).toBeLessThan(1e-9);
      }
    }
  });

  it("RTRL's memory for one synapse is linear in N and constant in T", () => {
    const { exponent, tail } = fitted(counted, 'rtrl', 'bytes', 'units');
    expect(tail).toBeGreaterThan(exponent);
    expect(tail).toBeCloseTo(1, 0.5);
    expect(fitted(counted, 'rtrl', 'bytes', 'timesteps').exponent).toBe(0);
    // 2 (N + 1) influences, one sum, and a credit shared by all: affine, slope two numbers of 8 bytes a unit.
    const bytes = (units: number) => {
      const row = counted.rows.find((each) => each.learner === 'rtrl' && each.units === units && each.timesteps === 10);
      return (row?.bytes ?? NaN) - 8;
    };
    for (const units of [4, 8, 16]) expect(bytes(units) / units ** 2).toBe(8 * (2 * (units + 1) + 1));
  });

  it("BPTT's memory is linear in T", () => {
    const { exponent, tail } = fitted(counted, 'bptt', 'bytes', 'timesteps');
    expect(tail).toBeGreaterThan(exponent);
    expect(tail).toBeCloseTo(1, 1.3);
    // Affine: the sums are there whatever T is.
    const bytes = (timesteps: number) =>
      counted.rows.find((row) => row.learner === 'bptt' && row.units === 8 && row.timesteps === timesteps)?.bytes ??
      NaN;
    expect((bytes(160) - bytes(40)) / 120).toBe((bytes(40) - bytes(10)) / 30);
  });

  it("SnAp-1's memory for one synapse is constant in N; SnAp-2 of a dense circuit keeps what RTRL keeps", () => {
    const { rows, fits } = ledger({ learners: ['snap-1', 'snap-2', 'rtrl-random'], units: [4, 8, 16], timesteps: [6] });
    const exponent = (learner: string) =>
      fits.find((fit) => fit.learner === learner && fit.quantity === 'bytes' && fit.by === 'units')?.tail ?? NaN;
    expect(exponent('snap-1')).toBeLessThan(0.05);
    expect(exponent('snap-2')).toBeGreaterThan(0.85);
    const bytes = (learner: string) => rows.filter((row) => row.learner === learner).map((row) => row.bytes);
    // One number a unit is scratch: the weights that bring influence to one neuron, gathered.
    expect(bytes('snap-2').map((kept, k) => kept - 8 * [4, 8, 16][k])).toEqual(bytes('rtrl-random'));
  });

  it('RTRL does about 2 N^2 operations an update, BPTT about 4, however large N is', () => {
    const operations = (learner: string, units: number) => {
      const row = counted.rows.find(
        (each) => each.learner === learner && each.units === units && each.timesteps === 10,
      );
      return (row?.operations ?? NaN) / (row?.updates ?? NaN);
    };
    expect(operations('rtrl', 16) / (2 * 16 ** 2)).toBeCloseTo(1, 0.5);
    expect(operations('bptt', 16)).toBeGreaterThan(4);
    expect(operations('bptt', 16)).toBeLessThan(6);
  });

  it('leaves out what would take too long, and still knows the bytes', () => {
    const { rows, fits } = ledger({ learners: ['rtrl'], units: [2, 4, 8], timesteps: [5], most: 8000 });
    expect(rows.map(({ reads }) => reads === null)).toEqual([false, false, true]);
    expect(rows.every(({ bytes }) => bytes > 0)).toBe(true);
    expect(fits.map(({ quantity, sizes }) => [quantity, sizes])).toEqual([
      ['reads', [2, 4]],
      ['operations', [2, 4]],
      ['bytes', [2, 4, 8]],
    ]);
  });

  it('is the same every time', () => {
    const options = { units: [3, 5], timesteps: [4, 6], learners: ['rflo-weight-transport', 'bptt-random'] };
    expect(ledger(options)).toEqual(ledger(options));
  });

  it.each([
    [{ units: [] }, 'units: is empty; give whole numbers in rising order'],
    [{ units: [8, 8] }, 'units[1]: 8 is not more than 8 before it; give rising numbers'],
    [{ timesteps: [1.5] }, 'timesteps[0]: 1.5 is not a whole number, 1 or more'],
    [{ learners: [] }, "learners: is empty; give some, such as ['rflo', 'bptt']"],
    [{ learners: ['rfol'] }, "learner: unknown learner 'rfol'; expected 'rflo', 'local', 'bptt', 'rtrl', 'uoro'"],
    [{ most: 0 }, 'most: expected a number of reads and writes above 0, got 0'],
    [{ units: [8], unit: [8] }, 'ledger.unit: unknown field; expected one of '],
  ])('%j is refused', (options, message) => {
    expect(() => ledger(options)).toThrow(message);
  });
});

describe('costs in the terms of NeuroBench', () => {
  const pulses: Task = {
    name: 'pulses',
    inputs: 2,
    outputs: 1,
    settings: {},
    // One channel sends 1 in the first two of four timesteps, the other nothing.
    trial: () => ({
      timesteps: 4,
      input: Float64Array.of(1, 0, 1, 0, 0, 0, 0, 0),
      target: new Float64Array(4).fill(1),
    }),
  };
  const sensed = circuit({
    neurons: { x: input(2), h: leakyTanh(3, { tau: 2, initial: 0.1 }), y: linear(1) },
    synapses: {
      input: { from: 'x', to: 'h', weights: [[1, 1], [0, 1], [1, 1]], rule: rflo() }, // prettier-ignore
      recurrent: { from: 'h', to: 'h', weights: constant(0.5), connect: mask([[0, 1, 0], [0, 0, 1], [1, 0, 0]]) }, // prettier-ignore
      readout: { from: 'h', to: 'y', weights: constant(0.5), rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: constant(1) } },
  });

  it('tells accumulates of pulses from multiplications of rates, and both from what dense hardware does', () => {
    const { synapticOperations, timesteps } = neuromorphicCosts(sensed, pulses);
    expect(timesteps).toBe(4);
    // Two pulses, each to two synapses of weight 1; every rate of h is a fraction, and reaches 3 synapses of h and 1 of y... each a timestep.
    expect(synapticOperations).toEqual({ effectiveAcs: 2 * 2, effectiveMacs: 4 * (3 + 3), dense: 4 * (6 + 9 + 3) });
  });

  it('knows how sparse activity and connections are, and what is stored', () => {
    const { activationSparsity, connectionSparsity, footprint } = neuromorphicCosts(sensed, pulses);
    // Of 5 neurons with axons in 4 timesteps, x was silent in 6 of its 8.
    expect(activationSparsity).toBeCloseTo(6 / 20, 15);
    // 6 absent and one of weight 0, of 18 pairs.
    expect(connectionSparsity).toBeCloseTo(7 / 18, 15);
    // Weights 6 + 3 + 3 and 3 of feedback; 6 rates and 3 under way; p and sum of 6, sum of 3, signals of 4.
    expect(footprint).toEqual({ parameters: 8 * 15, buffers: 8 * 9, learning: 8 * (12 + 3 + 4) });
  });

  it('a closed gate saves operations, and makes no neuron silent that others hear; each gated axon holds what it has heard', () => {
    const { neurons, synapses } = sensed;
    const costs = (gate?: Gate) =>
      neuromorphicCosts(
        circuit<string, string, string>({
          neurons: { ...neurons, g: linear(1) },
          synapses: { recurrent: { ...synapses.recurrent, ...(gate && { gate }) }, readout: synapses.readout },
          outputs: ['y'],
        }),
        pulses,
      );
    const [closed, open] = [costs({ from: 'g' }), costs()];
    expect(open.synapticOperations.effectiveMacs - closed.synapticOperations.effectiveMacs).toBe(4 * 3);
    expect(closed.activationSparsity).toBe(open.activationSparsity);
    expect(closed.footprint.buffers - open.footprint.buffers).toBe(8 * 3);
  });

  it('an axon that sends nothing new sends no event', () => {
    const costs = (threshold: number) => {
      const still = circuit({
        neurons: { h: leakyTanh(3, { tau: 2, initial: 0.1 }), y: linear(1) },
        synapses: {
          recurrent: { from: 'h', to: 'h', weights: constant(0.5), rule: rflo() },
          readout: { from: 'h', to: 'y', weights: constant(0.5) },
        },
        feedback: { error: { from: 'y', to: 'h', weights: constant(1) } },
        axons: { h: { threshold } },
      });
      return neuromorphicCosts(still, { ...pulses, inputs: 0, trial: () => target(4) });
    };
    expect(costs(Infinity)).toMatchObject({ activationSparsity: 1, synapticOperations: { effectiveMacs: 0 } });
    // Without a threshold every rate is sent; with one, h(0) is not, which synapses know already.
    expect(costs(0).activationSparsity).toBe(0);
    expect(costs(1e-9).activationSparsity).toBe(1 / 4);
    // While nothing comes, rates go 0.124, 0.137, 0.143 toward tanh(0.15): the third is more than 0.04 from h(0), and arrives in the fourth.
    expect(costs(0.04).activationSparsity).toBe(3 / 4);
  });

  it('refuses a trial that is none', () => {
    expect(() => neuromorphicCosts(sensed, pulses, { trial: 0 })).toThrow('trial: 0 is not the number of a trial');
  });
});

it("an opaque rule's reads of its view are counted, its operations are not known", () => {
  const opaque = plasticityRule({
    name: 'opaque',
    params: { eta: 0.1 },
    change: ({ pre, post, eta }) => eta * pre.rate * post.rate * post.rate,
    opaque: true,
  });
  const built = build(
    circuit({
      neurons: { h: leakyTanh(2), y: linear(1) },
      synapses: { readout: { from: 'h', to: 'y', weights: constant(0.5), rule: opaque() } },
    }),
    1,
  );
  const { counts, groups } = countLocal(built, target(3), random);
  expect(counts.operations).toBeNull();
  expect(groups[0].read).toMatchObject({ updates: 6, presynaptic: 6, postsynaptic: 12 });
  expect(counts.reads).toBe(6 * 4);
});

it('another seed draws other weights, and counts the same', () => {
  const options = { units: [3], timesteps: [4] };
  expect(ledger({ ...options, seed: 2 }).rows).toEqual(ledger({ ...options, seed: 9 }).rows);
  expect(stream(2, 'task', 1)()).not.toBe(stream(9, 'task', 1)());
});
