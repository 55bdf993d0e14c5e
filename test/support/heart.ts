import {
  build,
  circuit,
  mask,
  type Axon,
  type BuiltCircuit,
  type Circuit,
  type CircuitDefinition,
  type SynapseGroup,
} from '../../src/circuit/index.ts';
import { abs, detach, exp, logistic, max, softplus, spike, tanh } from '../../src/local/index.ts';
import { crossEntropy } from '../../src/losses/index.ts';
import { input, leakyTanh, linear, neuron, type Population } from '../../src/neurons/index.ts';
import { normal, stream, uniform, type Stream } from '../../src/random/index.ts';
import { eligibility, plasticityRule } from '../../src/rules/index.ts';
import type { Trial } from '../../src/tasks/index.ts';

// Circuits over the whole language of neurons: several states, ports and messages, each circuit the same for its number.

/** Two compartments: basal drive, apical credit, coupled by g. */
export const pyramidal = neuron({
  name: 'pyramidal',
  params: { tau: 4, tauApical: 3, g: 0.2 },
  ports: { basal: 'v', apical: 'd' },
  state: { v: 0, d: 0 },
  step: ({ v, d, basal, apical, tau, tauApical, g }) => ({
    v: v + (tanh(basal) + g * (d - v) - v) / tau,
    d: d + (apical - d) / tauApical,
  }),
  sends: ({ v, d }) => ({ out: v, burst: softplus(d) }),
  shows: ({ d }) => ({ plateau: tanh(d) }),
});

/** A rate that adapts to what it has sent, and is damped by what a second port brings. */
export const adapting = neuron({
  name: 'adapting',
  params: { tau: 3, tauA: 8, beta: 0.5 },
  ports: { u: 'v', shunt: null },
  state: { v: 0.1, a: 0 },
  step: ({ v, a, u, shunt, last, tau, tauA, beta }) => ({
    v: v + (u / (1 + exp(-shunt)) - beta * a - v) / tau,
    a: a + (last.out - a) / tauA,
  }),
  sends: ({ v, a }) => ({ out: logistic(v - a) }),
});

/** A resonator: two states that turn into each other. */
export const resonator = neuron({
  name: 'resonator',
  params: { decay: 0.8, turn: 0.4 },
  ports: { u: 'x' },
  state: { x: 0, y: 0.2 },
  step: ({ x, y, u, decay, turn }) => ({
    x: decay * (x - turn * y) + u,
    y: decay * (y + turn * x),
  }),
  sends: ({ x, y }) => ({ out: tanh(x), quadrature: y }),
  shows: ({ x, y }) => ({ amplitude: x * x + y * y }),
});

/** An adaptive spiking neuron with a declared pseudo-derivative. */
export const spiking = neuron({
  name: 'spiking',
  params: { lambda: 0.8, rho: 0.9, theta: 0.5, beta: 0.2 },
  ports: { u: 'v' },
  state: { v: 0, a: 0 },
  step: ({ v, a, u, last, lambda, rho, theta }) => ({
    v: lambda * v + u - theta * detach(last.out),
    a: rho * a + last.out,
  }),
  sends: ({ v, a, theta, beta }) => {
    const over = v - theta - beta * a;
    return { out: spike(over, 0.3 * max(0, 1 - abs(over))) };
  },
});

/** A rate unit with noise of its own. */
export const noisy = neuron({
  name: 'noisy',
  params: { tau: 5, sd: 0.2 },
  ports: { u: null },
  state: { h: 0 },
  noise: ['xi'],
  step: ({ h, u, xi, tau, sd }) => ({ h: h + (tanh(u + sd * xi) - h) / tau }),
  sends: ({ h }) => ({ out: h }),
});

/** A rate that leaks, and a softmax of it over the population; the other message is damped by what all sent before. */
export const pooled = neuron({
  name: 'pooled',
  params: { tau: 3 },
  ports: { u: 'v' },
  state: { v: 0.1 },
  pools: {
    top: { largest: ({ v, u, tau }) => v + (u - v) / tau },
    z: { sum: ({ v, u, top, tau }) => exp(v + (u - v) / tau - top) },
    before: { sum: ({ last }) => last.out * last.out },
  },
  step: ({ v, u, tau }) => ({ v: v + (u - v) / tau }),
  sends: ({ v, top, z, before }) => ({ out: exp(v - top) / z, damped: v / (1 + before) }),
});

/** A rate that one neuron of the circuit turns up and down for all. */
export const told = neuron({
  name: 'told',
  params: { tau: 3 },
  ports: { u: 'v' },
  state: { v: 0.1 },
  globals: ['tone'],
  step: ({ v, u, global, tau }) => ({ v: v + (tanh(u) * (1 + global.tone) - v) / tau }),
  sends: ({ v }) => ({ out: v }),
});

/** Learns from the trace that its neuron implies, whatever neuron it is. */
export const eprop = plasticityRule({
  name: 'e-prop',
  params: { eta: 0.1, kappa: 0.5 },
  state: { e: eligibility, filtered: 0 },
  trace: ({ e, filtered, kappa }) => ({ filtered: kappa * filtered + (1 - kappa) * e }),
  change: ({ filtered, post, eta }) => eta * post.signal * filtered,
});

/** A rule that reads most of what there is to see. */
export const curious = plasticityRule({
  name: 'curious',
  params: { eta: 0.05 },
  state: { m: 0.1 },
  trace: ({ m, pre, post, w }) => ({ m: 0.7 * m + 0.3 * pre.out * post.out - 0.01 * w }),
  change: ({ m, post, eta }) => eta * (m + post.signal * post.out),
});

/** Learns before it transmits: from what its axon brings alone. */
export const habituating = plasticityRule({
  name: 'habituating',
  params: { eta: 0.1 },
  state: { m: 0.2 },
  trace: ({ m, pre }) => ({ m: 0.6 * m + 0.4 * abs(pre.out) }),
  change: ({ m, pre, w, eta }) => eta * (0.1 - m * pre.out * w),
});

/** Learns when its neuron has computed what it sends, before or after the synapse transmits, as the neuron will have it. */
export const oja = plasticityRule({
  name: 'oja',
  params: { eta: 0.1 },
  change: ({ pre, post, w, eta }) => eta * post.out * (pre.out - w * post.out),
});

/** Learns from what the synapse does not carry. */
export const overhearing = plasticityRule({
  name: 'overhearing',
  params: { eta: 0.1 },
  sees: { pre: ['burst'], post: [] },
  change: ({ pre, post, w, eta }) => eta * (pre.burst * pre.out * post.out - 0.2 * w),
});

export interface HeartOptions {
  /** Spiking neurons, too, whose gradient is that of a pseudo-derivative. */
  readonly spikes?: boolean;
  /** Neurons that see a sum over their population, too. */
  readonly pools?: boolean;
  /** Gates, noise and delays on axons, and neurons that a global scalar reaches, too. */
  readonly shared?: boolean;
  /** Groups that learn at once, and groups that transmit through their state, too. */
  readonly atOnce?: boolean;
  /** How often each timestep is run through: up to four times, or until the first hidden population has settled. */
  readonly repeats?: 'times' | 'until';
}

/** Circuit number k, with a trial for it. */
export function heartCircuit(
  k: number,
  { spikes = false, pools = false, shared = false, atOnce = false, repeats }: HeartOptions = {},
): { circuit: Circuit; built: BuiltCircuit; trial: Trial } {
  const random = stream(k, 'heart');
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const size = () => 1 + Math.floor(random() * 4);
  const hidden: Record<string, Population> = {};
  const count = 1 + Math.floor(random() * 3);
  for (let n = 0; n < count; n++) hidden[`h${n}`] = pick(makers({ spikes, pools, shared }))(size(), random);
  const outputs = random() < 0.3 ? ['y', 'z'] : ['y'];
  const neurons: Record<string, Population> = {
    x: input(1 + Math.floor(random() * 2)),
    ...hidden,
    ...Object.fromEntries(
      outputs.map((name) => [name, pick([linear, (n: number) => leakyTanh(n, { tau: 2 })])(size())]),
    ),
  };
  const synapses: Record<string, SynapseGroup> = {};
  const ends = (from: string, to: string) => {
    const ports = neurons[to].model?.ports.map(({ name }) => name) ?? [];
    const messages = Object.keys(neurons[from].model?.messages ?? { rate: 'rate' });
    return { port: pick(ports), carries: pick(messages) };
  };
  const add = (from: string, to: string, delay: number) => {
    const [rows, columns] = [neurons[to].size, neurons[from].size];
    const joined = Array.from({ length: rows }, () => Array.from({ length: columns }, () => (random() < 0.8 ? 1 : 0)));
    synapses[`g${Object.keys(synapses).length}`] = {
      ...{ from, to, delay, ...ends(from, to) },
      weights: normal({ sd: 0.7 }),
      ...(random() < 0.5 && { connect: mask(joined) }),
      ...(random() < 0.9 && { rule: pick([eprop({ eta: 0.2 }), curious(), eprop({ kappa: 0 })]) }),
    };
  };
  const names = Object.keys(hidden);
  add('x', names[0], Math.floor(random() * 2));
  names.forEach((from, n) => {
    for (const to of names.slice(n + 1)) if (random() < 0.7) add(from, to, Math.floor(random() * 2));
    for (const to of names.slice(0, n + 1)) if (random() < 0.6) add(from, to, 1 + Math.floor(random() * 3));
    for (const to of outputs) if (random() < 0.7) add(from, to, Math.floor(random() * 2));
  });
  for (const to of outputs) add(pick(names), to, 0);
  if (atOnce) {
    for (const [name, group] of Object.entries(synapses)) {
      if (random() < 0.3) continue;
      const burst = Object.hasOwn(neurons[group.from].model?.messages ?? {}, 'burst');
      const rule = pick([
        habituating(),
        oja({ eta: 0.05 }),
        curious(),
        ...(burst ? [overhearing(), overhearing()] : []),
      ]);
      synapses[name] = { ...group, rule, ...(random() < 0.8 && { learns: 'at once' }) };
      if (random() < 0.2) synapses[name] = { ...synapses[name], gate: { from: names[0] } };
      const ports = neurons[group.to].model?.ports.map((port) => port.name) ?? [];
      if (Object.hasOwn(rule.state, 'm') && random() < 0.4) {
        synapses[name] = { ...synapses[name], also: { port: pick(ports), weight: 'm' } };
      }
    }
  }
  const axons: Record<string, Axon> = {};
  if (shared) {
    for (const [name, group] of Object.entries(synapses)) {
      if (random() < 0.6) continue;
      const from = pick(Object.keys(neurons));
      synapses[name] = { ...group, gate: { from, neuron: Math.floor(random() * neurons[from].size) } };
    }
    for (const name of [...names, ...outputs]) {
      if (random() < 0.3) axons[name] = { noise: 0.2, ...(random() < 0.5 && { delay: 1 }) };
    }
  }
  const definition: CircuitDefinition<string, string, string> = {
    neurons,
    axons,
    ...(Object.values(neurons).some(({ model }) => model?.name === 'told') && {
      globals: { tone: { from: names[0], neuron: 0 } },
    }),
    synapses,
    feedback: Object.fromEntries(
      names.map((to) => [`to-${to}`.replace('-', '_'), { from: pick(outputs), to, weights: uniform(-1, 1) }]),
    ),
    outputs,
    ...(repeats === 'times' && { repeat: { times: 2 + (k % 3) } }),
    ...(repeats === 'until' && { repeat: { times: 5, until: { population: names[0], moves: 0.05 } } }),
    losses: Object.fromEntries(outputs.flatMap((name) => (random() < 0.4 ? [[name, crossEntropy] as const] : []))),
  };
  const made = circuit(definition);
  const built = build(made, k);
  const timesteps = 3 + Math.floor(random() * 6);
  return { circuit: made, built, trial: trialFor(built, timesteps, random) };
}

function trialFor({ inputs, outputs }: BuiltCircuit, timesteps: number, random: Stream): Trial {
  const channels = (populations: BuiltCircuit['inputs']) => populations.reduce((sum, { size }) => sum + size, 0);
  const numbers = (width: number, missing: number) =>
    Float64Array.from({ length: timesteps * width }, () => (random() < missing ? NaN : 2 * random() - 1));
  return { timesteps, input: numbers(channels(inputs), 0), target: numbers(channels(outputs), 0.1) };
}

type Maker = (size: number, random: Stream) => Population;

function makers({ spikes, pools, shared }: HeartOptions): readonly Maker[] {
  const graded: Maker[] = [
    (size) => pyramidal(size, { tau: uniform(2, 6) }),
    (size, random) => adapting(size, { beta: Array.from({ length: size }, () => random()) }),
    (size) => resonator(size, { decay: 0.7, initial: { x: 0.3 } }),
    (size) => noisy(size),
    (size) => leakyTanh(size, { tau: 3, initial: 0.2 }),
  ];
  return [
    ...graded,
    ...(spikes ? [(size: number) => spiking(size, { beta: uniform(0, 0.4) }), (size: number) => spiking(size)] : []),
    ...(shared ? [(size: number) => told(size)] : []),
    ...(pools ? [(size: number) => pooled(size + 1, { tau: uniform(1, 4) })] : []),
  ];
}
