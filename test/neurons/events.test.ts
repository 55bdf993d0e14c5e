import { beforeAll, describe, expect, it } from 'vitest';
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit, type BuiltCircuit } from '../../src/circuit/index.ts';
import { loadKernels } from '../../src/kernels/index.ts';
import { abs, detach, max, min, spike } from '../../src/local/index.ts';
import { certifyLearner, ledger, neuromorphicCosts } from '../../src/locality/index.ts';
import { input, linear, neuron } from '../../src/neurons/index.ts';
import { constant, integers, normal } from '../../src/random/index.ts';
import { eligibility, plasticityRule } from '../../src/rules/index.ts';
import { Pair } from '../support/agreement.ts';
import { played } from '../support/dialled.ts';
import { refusal } from '../refusal.ts';

beforeAll(loadKernels);

const params = { theta: 0.5 };
const lif = {
  name: 'lif',
  params,
  ports: { u: 'v' },
  state: { v: 0 },
  step: ({ v, u, last, theta }: { v: number; u: number; last: { out: number }; theta: number }) => ({
    v: 0.8 * v + u - theta * detach(last.out),
  }),
  sends: ({ v, theta }: { v: number; theta: number }) => ({ out: spike(v - theta, max(0, 1 - abs(v - theta))) }),
} as const;
const events = neuron({ ...lif, axon: 'event' });
const numbers = neuron(lif);
const learned = plasticityRule({
  name: 'traced',
  params: { rate: 0.1 },
  state: { e: eligibility },
  change: ({ e, post, rate }) => rate * post.signal * e,
})();

const net = (cells: typeof events, delay: number | ReturnType<typeof integers> = 1) =>
  circuit({
    neurons: { x: input(2), h: cells(6), y: linear(1) },
    synapses: {
      in: { from: 'x', to: 'h', weights: normal({ sd: 0.8 }) },
      loop: { from: 'h', to: 'h', weights: normal({ sd: 0.3 }), delay, rule: learned, evaluation: 'trace' },
      out: { from: 'h', to: 'y', weights: constant(0.2) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
const trial = played(Array.from({ length: 40 }, (_, k) => Number(k % 3 === 0)), 20); // prettier-ignore
const HOW = { schedule: 'trial', feedback: 'random' } as const;
const traffic = (built: BuiltCircuit) => {
  const engine = new ActorEngine(built, HOW);
  const counted = engine.countTraffic();
  engine.trial(trial);
  return counted.groups.find(({ name }) => name === 'loop');
};

/** Whether a neuron that sends this is one of events. */
const sending = (
  sends: (view: { s: number; z: number; w: number }) => { out: number },
  state = { s: 0, z: 0, w: 0.5 },
) =>
  neuron({
    name: 'n',
    params: { p: 1 },
    ports: { u: null },
    state,
    step: ({ s, z, u }) => ({ s: s + u, z: u > s ? z : 0, w: s }),
    sends,
    axon: 'event',
  });

describe('an axon of events', () => {
  it('changes no bit, and counts only what was sent', () => {
    const [as, plain] = [events, numbers].map((cells) => build(net(cells), 3));
    const engines = [as, plain].map((built) => new ActorEngine(built, HOW));
    for (const _ of [1, 2]) expect(engines[0].trial(trial)).toBe(engines[1].trial(trial));
    expect(engines[0].weights()).toEqual(engines[1].weights());
    const [few, all] = [traffic(as), traffic(plain)];
    expect(all?.events).toBe(6 * 20);
    expect(few?.events).toBe(all?.active);
    expect(few?.active).toBe(all?.active);
    expect(few?.arrivals).toBe(6 * (all?.active ?? 0));
    expect(all?.active).toBeGreaterThan(5);
    expect(all?.active).toBeLessThan(80);
  });

  it('has the same bits on kernels, where events take times of their own, too', () => {
    const pair = new Pair(build(net(events, integers(1, 4)), 3), HOW);
    for (const _ of [1, 2]) pair.watchedTrial(trial);
  });

  it('is in certificates', () => {
    const notes = (cells: typeof events) =>
      certifyLearner(build(net(cells), 1), { name: 'local', algorithm: 'local', feedback: 'random' }).synapses.flatMap(
        (synapses) => synapses.notes,
      );
    expect(notes(events)).toContain('its axon brings events, 0 or 1');
    expect(notes(numbers)).not.toContain('its axon brings events, 0 or 1');
  });

  it('counts in the ledger as what was sent, whatever its neurons imply for the synapses’ traces', () => {
    const task = { name: 'pulses', inputs: 2, outputs: 1, settings: {}, trial: () => trial };
    const costs = (cells: typeof events) => neuromorphicCosts(net(cells), task, { seed: 3 });
    expect(costs(events)).toEqual(costs(numbers));
    expect(costs(events).activationSparsity).toBeGreaterThan(0.3);
    const [few, all] = [events, numbers].map((cells) => {
      const [row] = ledger({ circuit: () => net(cells), task: () => task, learners: ['local'], units: [6], timesteps: [20] }).rows; // prettier-ignore
      return row;
    });
    expect(few.events?.axons).toBeLessThan(all.events?.axons ?? 0);
    expect({ ...few, events: null }).toEqual({ ...all, events: null });
    // Of an update: the trace and the sum of changes, what the axon brought, how the neuron depends on its port, and the signal.
    expect(few.reads).toBeGreaterThanOrEqual(5 * few.updates);
  });

  it('is one whose text shows that it sends 0 or 1', () => {
    expect(() => sending(({ s }) => ({ out: s >= 1 ? 1 : 0 }))).not.toThrow();
    expect(() => sending(({ s }) => ({ out: s >= 1 && s < 2 ? spike(s, 1) : 0 }))).not.toThrow();
    expect(() => sending(({ s, z }) => ({ out: min(z, 1 - spike(s, 1)) * detach(z) }))).not.toThrow();
    expect(() => sending(({ z }) => ({ out: z }))).not.toThrow();
  });

  it.each<[string, Parameters<typeof sending>[0]]>([
    ['a number', ({ s }) => ({ out: s })],
    ['a state that becomes one', ({ w }) => ({ out: w })],
    ['a size', ({ s }) => ({ out: s >= 1 ? 2 : 0 })],
    ['a sum', ({ s, z }) => ({ out: spike(s, 1) + z })],
    ['less than nothing', ({ z }) => ({ out: -z })],
  ])('is refused where it may send %s', (_, sends) => {
    expect(refusal(() => sending(sends))).toContain("neuron 'n'.sends: the text does not show that `out`");
  });

  it('is refused where it begins as something else, or is called otherwise', () => {
    const sends = ({ z }: { z: number }) => ({ out: z });
    expect(refusal(() => sending(sends, { s: 0, z: 0.5, w: 0 }))).toContain(
      "neuron 'n'.state.z: expected 0 or 1, got 0.5: the axon sends it as an event",
    );
    expect(refusal(() => sending(sends)(2, { initial: { z: [0, 3] } }))).toContain(
      "neuron 'n'.initial.z: expected 0 or 1, got 3: the axon sends it as an event",
    );
    expect(refusal(() => neuron({ ...lif, axon: 'spikes' as 'event' }))).toContain(".axon: expected 'event'");
  });

  it.each(['threshold', 'bits', 'noise'])('has no dial %s', (dial) => {
    const { neurons, synapses } = net(events);
    expect(refusal(() => circuit<string, string, string>({ neurons, synapses, outputs: ['y'], axons: { h: { [dial]: 1 } } }))).toContain(`axons.h.${dial}: has no meaning for axons that send events`); // prettier-ignore
  });
});
