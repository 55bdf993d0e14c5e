import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, type BuiltCircuit, type Engine, type Held, type Schedule } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { exp } from '../../src/local/index.ts';
import { certifyLearner, expectLocal, ledger, noninterference } from '../../src/locality/index.ts';
import { countLocal } from '../../src/locality/ledger/count-local.ts';
import { roleOf, synapsesOf, type SynapseAt } from '../../src/locality/noninterference/entitlement.ts';
import { alif, input, leakyReadout, leakyTanh, neuron } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { eprop, rflo } from '../../src/rules/index.ts';
import { bptt } from '../../src/solvers/index.ts';

beforeAll(loadKernels);

const network = circuit({
  neurons: { x: input(2), h: alif(3, { theta: 0.3, height: 1 }), y: leakyReadout(1) },
  synapses: {
    input: { from: 'x', to: 'h', weights: normal({ sd: 0.8 }), rule: eprop({ eta: 1 }) },
    recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.8 }), delay: 1, rule: eprop({ eta: 1 }) },
    readout: { from: 'h', to: 'y', weights: normal(), rule: eprop({ eta: 1 }) },
  },
  feedback: { e: { from: 'y', to: 'h', weights: normal() } },
});
const built = build(network, 5, { evaluation: 'history' });
const how = { schedule: 'trial', feedback: 'random' } as const;
const engines: Readonly<Record<string, () => Engine>> = {
  actors: () => new ActorEngine(built, how),
  kernels: () => new KernelEngine(built, { ...how, algorithm: local() }),
};
/** A trial of its own for each run: what is played may be changed while it runs. */
const played = () => ({
  timesteps: 6,
  input: Float64Array.of(1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0),
  target: Float64Array.of(1, -1, 2, 0.5, 1, -2),
});

/** What one synapse's weight becomes where, before anyone learns, some of what is held is changed in every timestep, and the rest put back. */
function weightOf(
  open: () => Engine,
  { group, index }: SynapseAt,
  change: (held: Held, k: number, t: number) => boolean,
): number {
  const recorded: Float64Array[] = [];
  const watched = open();
  const kept = watched.held();
  const read = () => kept.flatMap((held) => Array.from({ length: held.length }, (_, k) => held.get(k)));
  watched.trial(played(), { onPhase: (ended) => ended === 'broadcast' && recorded.push(Float64Array.from(read())) });
  const engine = open();
  const all = engine.held();
  engine.trial(played(), {
    onPhase: (ended, t) => {
      if (ended !== 'broadcast') return;
      let at = 0;
      for (const held of all) {
        for (let k = 0; k < held.length; k++) {
          const before = recorded[t - 1][at++];
          // What was in timesteps before stays as it was: on kernels it is the history that is learned from.
          const isPast = 'ago' in held.place && held.place.ago > 0;
          if (held.place.kind !== 'asked')
            held.set(k, !isPast && change(held, k, t) ? before + 0.3 + 0.01 * k : before);
        }
      }
    },
  });
  return engine.weights()[group.name][index];
}

describe.each(Object.entries(engines))('a synapse that learns by history, on %s,', (_name, open) => {
  const synapses = synapsesOf(built, built.groups);
  const role = (held: Held, k: number, synapse: SynapseAt, t: number) => roleOf(held.place, k, synapse, 'broadcast', t);

  it('has every bit whatever all others have and do, in every timestep', () => {
    for (const synapse of synapses) {
      const usual = weightOf(open, synapse, () => false);
      const touched = weightOf(open, synapse, (held, k, t) => role(held, k, synapse, t) === undefined);
      expect(touched, `${synapse.group.name} ${synapse.post} <- ${synapse.pre}`).toBe(usual);
    }
  });

  it('learns from what its rule reads, also of timesteps long before the end', () => {
    const moved = synapses.filter((synapse) => {
      const usual = weightOf(open, synapse, () => false);
      const changed = weightOf(open, synapse, (held, k, t) => t === 2 && role(held, k, synapse, t) === 'post.signal');
      return changed !== usual;
    });
    expect(moved.length).toBeGreaterThan(2);
  });
});

describe('noninterference of synapses that learn by history', () => {
  it.each(Object.entries(engines))('holds on %s, and what their rule reads changes what they learn', (_name, open) => {
    const { counterexample, updates, entitled } = noninterference(open(), played());
    expect(counterexample).toBeUndefined();
    expect(updates).toBe(played().timesteps * synapsesOf(built, built.groups).length);
    const [moved] = Object.values(entitled);
    expect(Object.values(moved)).not.toContain(false);
    expect(Object.keys(moved)).toEqual(expect.arrayContaining(['pre.out', 'post.signal']));
  });

  it('is broken by a learner that looks elsewhere, and names a number that is enough', () => {
    const { counterexample } = noninterference(bptt().open(built, { ...how, seed: 1 }), played());
    expect(counterexample?.changed).toHaveLength(1);
  });

  it('counts no update as looked at where every run fails in which all is changed', () => {
    const fragile = neuron({
      name: 'fragile',
      params: {},
      ports: { u: 'y' },
      state: { y: 0.5 },
      step: ({ y }) => ({ y: y === 0.5 ? 0.5 : exp(1000) }),
      sends: ({ y }) => ({ out: y }),
    });
    const { neurons, synapses, feedback } = network;
    const failing = circuit<string, string, string>({
      ...{ neurons: { ...neurons, z: fragile(1) }, feedback },
      synapses: { ...synapses, aside: { from: 'x', to: 'z', weights: normal() } },
      outputs: ['y'],
    });
    const engine = new ActorEngine(build(failing, 5, { evaluation: 'history' }), how);
    expect(noninterference(engine, played())).toMatchObject({ updates: 0 });
  });

  it('holds in a circuit of spiking neurons that a rule is tried in, under both schedules', () => {
    expect(expectLocal(eprop({ eta: 1 }), { circuit: network, circuits: 2, timesteps: 12 })).toMatchObject({
      circuits: 2,
    });
  });
});

it('what it costs grows with events: counted by hand', () => {
  const definition = circuit({
    neurons: { x: input(2), y: leakyReadout(3) },
    synapses: { xy: { from: 'x', to: 'y', weights: normal(), rule: rflo() } },
  });
  const counted = (evaluation: 'history' | 'trace') =>
    countLocal(
      build(definition, 1, { evaluation }),
      // Four events: three of the first axon, one of the second.
      { timesteps: 5, input: Float64Array.of(1, 0, 0, 0, 1, 0, 2, 0, 0, 1), target: new Float64Array(15) },
      how,
    );
  const [byHistory, byTrace] = [counted('history'), counted('trace')].map(({ counts }) => counts);
  // Each of 4 events meets 3 synapses, once forward (zeros, too: 30 arrivals) and once more with what it counts.
  expect(byHistory.events).toMatchObject({ axons: 30 + 12, publications: 12, scalars: 0 });
  expect(byTrace.events).toMatchObject({ axons: 30, publications: 30, scalars: 0 });
  expect([byHistory.updates, byTrace.updates]).toEqual([30, 30]);
  // A neuron goes back through 5 timesteps: reads signal, slope, retention and what came back, writes that and g.
  expect(byHistory.reads).toBe(3 * 12 + 4 * 3 * 5);
  expect(byHistory.writes).toBe(12 + 2 * 3 * 5);
  // The sums asked for, 6; the signals, 3; of 3 neurons and 5 timesteps what was told and g; of 4 events time and number.
  expect(byHistory.bytes).toBe(8 * (6 + 3 + 3 * 5 * 4 + 2 * 4));
  expect(byTrace.bytes).toBe(8 * (2 * 6 + 3));
});

it('the ledger counts a learner by either evaluation', () => {
  const { rows } = ledger({ learners: ['rflo-history', 'rflo-trace'], units: [3], timesteps: [4] });
  const [byHistory, byTrace] = rows;
  expect(byHistory.bytes).toBeGreaterThan(byTrace.bytes);
  expect(byHistory.operations).toBeLessThan(byTrace.operations ?? 0);
});

describe('where nothing is said, spiking groups learn by history under schedule trial:', () => {
  const plain = build(network, 5);
  const weights = (circuit: BuiltCircuit, schedule: Schedule) => {
    const engine = new ActorEngine(circuit, { schedule, feedback: 'random' });
    engine.trial(played());
    return engine.weights();
  };

  it('with the bits of that', () => {
    expect(weights(plain, 'trial')).toEqual(weights(built, 'trial'));
  });

  it('and online by trace, with the bits of that', () => {
    expect(weights(plain, 'online')).toEqual(weights(build(network, 5, { evaluation: 'trace' }), 'online'));
    const online = new KernelEngine(plain, { schedule: 'online', feedback: 'symmetric', algorithm: local() });
    expect(online.reader({ synapses: 'input', value: 'e_v' }).length).toBe(6);
  });

  it('while rate groups learn by trace, and whoever cannot', () => {
    const { groups } = build(
      circuit({
        neurons: { x: input(2), r: leakyTanh(2), h: alif(3), y: leakyReadout(1) },
        synapses: {
          rate: { from: 'x', to: 'r', weights: normal(), rule: rflo() },
          onto: { from: 'r', to: 'h', weights: normal(), rule: eprop() },
          kept: { from: 'h', to: 'h', weights: normal(), delay: 1, rule: eprop(), traces: { keep: true } },
          out: { from: 'h', to: 'y', weights: normal(), rule: eprop() },
          told: { from: 'h', to: 'y', weights: normal(), rule: eprop(), evaluation: 'trace' },
        },
      }),
      1,
    );
    expect(groups.map(({ history }) => history !== undefined)).toEqual([false, true, false, true, false]);
  });
});

it('its certificate is that of its rule, but for where memory is', () => {
  const [byTrace, byHistory] = (['trace', 'history'] as const).map((evaluation) =>
    certifyLearner(build(network, 5, { evaluation }), { name: 'e-prop', algorithm: 'local', feedback: 'random' }),
  );
  expect(byHistory.class).toBe(byTrace.class);
  const stores = [byTrace, byHistory].map(({ synapses }) => synapses[0].stores);
  // w, e with its components v and a, m; by history w, and of its neuron in each timestep five derivatives, the learning signal and g.
  expect(stores.map((one) => one?.numbers)).toEqual([5, 1]);
  expect(stores.map((one) => one?.perNeuronAndTimestep)).toEqual([0, 7]);
});
