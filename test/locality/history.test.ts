import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, type Engine, type Held } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { certifyLearner } from '../../src/locality/index.ts';
import { roleOf, synapsesOf, type SynapseAt } from '../../src/locality/noninterference/entitlement.ts';
import { alif, input, leakyReadout } from '../../src/neurons/index.ts';
import { normal } from '../../src/random/index.ts';
import { eprop } from '../../src/rules/index.ts';

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
const trial = {
  timesteps: 6,
  input: Float64Array.of(1, 0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 0),
  target: Float64Array.of(1, -1, 2, 0.5, 1, -2),
};

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
  watched.trial(trial, { onPhase: (ended) => ended === 'broadcast' && recorded.push(Float64Array.from(read())) });
  const engine = open();
  const all = engine.held();
  engine.trial(trial, {
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
