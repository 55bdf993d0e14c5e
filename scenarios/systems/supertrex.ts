import {
  abs,
  circuit,
  clock,
  constant,
  copyOf,
  floor,
  fromTask,
  input,
  linear,
  loss,
  neuron,
  oneToOne,
  plasticityRule,
  pow,
  sign,
  sqrt,
  tanh,
  type Circuit,
  type Population,
  type SynapseGroup,
  type Weights,
} from 'rxflo';

// Reservoirs that learn movements from a reward: Pyle & Rosenbaum, Neural Computation 31(7):1430 (2019). The exploratory pathway learns from the
// reward, the mastery pathway from the activity of the exploratory one. The plant that moves belongs to the task, which answers with the error e, a
// scalar. All neurons receive e after the timestep, so synapses learn from it at the beginning of the next one, using stored values: `was`, `kWas`.

/** x <- x + step (-x + J r + Q z), r = tanh x + noise. After training it receives what the task plays in place of its own z. */
export const reservoir = neuron({
  name: 'reservoir',
  params: { step: 0.02 },
  globals: ['training'],
  ports: { drive: 'x', heard: null, forced: null, noise: null, decorrelated: null, open: null, norm: null },
  state: { x: 0, r: 0, was: 0, k: 0, kWas: 0, rk: 0, lesson: 0 },
  step: ({ x, r, k, drive, heard, forced, noise, decorrelated, open, norm, global, step }) => {
    const potential = x + step * (drive + (global.training > 0 ? heard : forced) - x);
    const rate = tanh(potential) + noise;
    return {
      x: potential,
      r: rate,
      was: r,
      k: decorrelated,
      kWas: k,
      rk: rate * decorrelated,
      lesson: -(open * norm) * k,
    };
  },
  sends: ({ r, was, kWas, rk }) => ({ out: r, was, kWas, rk }),
  shows: ({ lesson }) => ({ lesson }),
});

/** z = W r + psi noise, and its difference from its running mean. A lesioned one is silent after training. */
export const exploring = neuron({
  name: 'exploring',
  params: { lesioned: 1 },
  globals: ['training'],
  ports: { drive: 'z', noise: null, amplitude: null, usual: null, push: null },
  state: { z: 0, beyond: 0, lesson: 0 },
  step: ({ beyond, drive, noise, amplitude, usual, push, global, lesioned }) => {
    const z = global.training > 0 ? drive + amplitude * noise : lesioned > 0 ? 0 : drive;
    return { z, beyond: z - usual, lesson: push * beyond };
  },
  sends: ({ z }) => ({ out: z }),
  shows: ({ lesson }) => ({ lesson }),
});

/** The running mean: zbar <- keep zbar + (1 - keep) z, at first z. */
export const usual = neuron({
  name: 'usual',
  params: { keep: 0.8 },
  globals: ['count'],
  ports: { z: null },
  state: { mean: 0 },
  step: ({ mean, z, global, keep }) => ({ mean: global.count === 1 ? z : keep * mean + (1 - keep) * z }),
  sends: ({ mean }) => ({ out: mean }),
});

/**
 * z = W r. It learns from `source`: 0 the activity of the exploratory pathway, 1 the running mean of that, 2 the difference of z from the activity of
 * a teacher.
 */
export const mastery = neuron({
  name: 'mastery',
  params: { gain: 0.5, source: 0 },
  ports: { drive: 'z', exploring: null, usual: null, teacher: null, open: null, norm: null },
  state: { z: 0, q: 0, lesson: 0 },
  step: ({ q, drive, exploring, usual, teacher, open, norm, gain, source }) => ({
    z: drive,
    q: source === 2 ? teacher - drive : source === 1 ? usual : exploring,
    lesson: gain * (open * norm) * q,
  }),
  sends: ({ z }) => ({ out: z }),
  shows: ({ lesson }) => ({ lesson }),
});

/** 1 / (1 + r'P r), for this timestep and the previous one. */
export const normalising = neuron({
  name: 'normalising',
  ports: { drive: null },
  state: { c: 0, was: 0 },
  step: ({ c, drive }) => ({ c: 1 / (1 + drive), was: c }),
  sends: ({ was }) => ({ out: was }),
});

/**
 * Receives e after the timestep. Holds the running error ebar, and derives from it the amplitude psi of exploration, the factor by which the
 * exploratory pathway learns, and whether the mastery pathway may learn.
 */
export const critic = neuron({
  name: 'critic',
  params: {
    ...{ keep: 0.8, first: 0.01, gain: 0.025, scale: 10, power: 0.25, reward: 5, rewardPower: 0.25 },
    ...{ onlyBetter: 1, steepness: 500_000, threshold: 0.0015, always: 0 },
  },
  globals: ['missed', 'training', 'due', 'count'],
  ports: { none: null },
  state: { mean: 0, psi: 0, push: 0, gate: 0, open: 0, was: 0 },
  // prettier-ignore
  step: ({ mean, was, global, keep, first, gain, scale, power, reward, rewardPower, onlyBetter, steepness, threshold, always }) => {
    const ebar = was > 0 ? (global.count === 2 ? global.missed : keep * mean + (1 - keep) * global.missed) : mean;
    const s = ebar - global.missed;
    const gate = always > 0 ? 1 : 0.5 - 0.5 * tanh(steepness * (ebar - threshold));
    return {
      mean: ebar,
      psi: always > 0 || global.count <= 2 ? first : gain * pow(scale * ebar, power),
      push: was > 0 && global.count > 2 && (onlyBetter === 0 || s >= 0) ? reward * sign(s) * pow(abs(s), rewardPower) : 0,
      gate,
      open: was > 0 ? global.due * gate : 0,
      was: global.training,
    };
  },
  sends: ({ psi, push, open }) => ({ out: psi, push, open }),
});

/** The distance from the target as published: the root of a running mean of the squared distance. One timestep late, because the task answers then. */
export const judge = neuron({
  name: 'judge',
  params: { keep: 0.9998 },
  globals: ['distance'],
  ports: { none: null },
  state: { mean: 0, deviation: 0 },
  step: ({ mean, global, keep }) => {
    const m = keep * mean + (1 - keep) * global.distance;
    return { mean: m, deviation: sqrt(m) };
  },
  sends: ({ deviation }) => ({ out: deviation }),
});

/** The output of a judge as a loss, so that the loss of a trial is the mean deviation. */
export const deviation = loss({ name: 'deviation', loss: ({ y, target }) => y - target });

/** Its square. */
export const squaredDeviation = loss({ name: 'squared-distance', loss: ({ y, target }) => y * y - target });

/** The teaching signal of its neuron, times what the axon brought in the previous timestep. */
export const taught = plasticityRule({
  name: 'taught',
  params: { eta: 0.0005 },
  sees: { pre: ['was'], post: ['lesson'] },
  change: ({ pre, post, eta }) => eta * post.lesson * pre.was,
});

/**
 * The same by recursive least squares: k = P r in place of r. P consists of synapses of the reservoir onto itself, which learn by
 * dP = -open c k k', so that P = (sum of r r' + gamma I)^-1. Haykin, Adaptive Filter Theory, chapter 13.
 */
export const decorrelated = plasticityRule({
  name: 'decorrelated',
  params: {},
  sees: { pre: ['kWas'], post: ['lesson'] },
  change: ({ pre, post }) => post.lesson * pre.kWas,
});

export interface Supertrex {
  readonly algorithm: 'supertrex' | 'rmhl' | 'force';
  /** N; outputs z. */
  readonly units: number;
  readonly outputs: number;
  /** J and Q, fixed; x(0). */
  readonly recurrent: Pick<SynapseGroup, 'weights' | 'connect'>;
  readonly feedback: Weights;
  readonly potential: readonly number[];
  /** dt / tau; the amplitude of the noise that the task plays; gamma; the fraction of zbar that is kept. */
  readonly step: number;
  readonly noise: number;
  readonly gamma: number;
  readonly keep: number;
  /** Of the exploratory pathway. */
  readonly rate: number;
  /** Timesteps between updates of the mastery pathway. */
  readonly every: number;
  /** The number of timesteps of training; after them nothing learns. */
  readonly trained: number;
  /** How the mastery pathway learns: by recursive least squares with its N^2 synapses, or by the delta rule at this rate. */
  readonly masters: 'least squares' | number;
  /** K, and whether it learns from z_exp or from zbar. */
  readonly gain: number;
  readonly source: 'instant' | 'filtered';
  readonly critic: NonNullable<Parameters<typeof critic>[1]>;
  /** In a test, the delay, in timesteps, of the output that the reservoir receives. Absent: it receives what the task plays. */
  readonly echo?: number;
  /** What a judge, an additional output, measures; the loss of a trial is its mean. Absent: no judge. */
  readonly judged?: keyof typeof MEASURES;
}

/** The deviation as published, a root of a running mean; and the squared distance of each timestep, without memory. */
export const MEASURES = {
  deviation: { judge: judge(1), loss: deviation },
  'squared distance': { judge: judge(1, { keep: 0 }), loss: squaredDeviation },
} as const;

/** Inputs: noise of the reservoir [N] and of the readouts [outputs], feedback in tests [outputs], the target for networks that receive it [outputs]. */
export function supertrex(given: Supertrex): Circuit {
  const { algorithm, units, outputs, trained, every, masters } = given;
  const judged = given.judged && MEASURES[given.judged];
  const one = { weights: constant(1), connect: oneToOne() };
  const fromCritic = { from: 'critic', weights: constant(1) } as const;
  const explores = algorithm !== 'force';
  const isRls = masters === 'least squares';
  const neurons: Record<string, Population> = {
    ...{ noise: input(units), explore: input(outputs), forced: input(outputs), teacher: input(outputs) },
    r: reservoir(units, { step: given.step, initial: { x: given.potential, r: given.potential.map((x) => tanh(x)) } }),
    z: linear(outputs),
    zbar: usual(outputs, { keep: given.keep }),
    critic: critic(1, { ...given.critic, always: explores ? 0 : 1 }),
    ...(judged && { judge: judged.judge }),
  };
  const synapses: Record<string, SynapseGroup> = {
    recurrent: { from: 'r', to: 'r', port: 'drive', ...given.recurrent },
    heard: { from: 'z', to: 'r', port: 'heard', delay: 1, weights: given.feedback },
    forced: {
      ...(given.echo === undefined ? { from: 'forced' } : { from: 'z', delay: given.echo }),
      ...{ to: 'r', port: 'forced', weights: copyOf('heard') },
    },
    noise: { from: 'noise', to: 'r', port: 'noise', weights: constant(given.noise), connect: oneToOne() },
  };
  if (explores) {
    neurons['exploring'] = exploring(outputs, { lesioned: algorithm === 'rmhl' ? 0 : 1 });
    const to = 'exploring';
    const learning = { rule: taught({ eta: given.rate }), learns: 'at once' } as const;
    synapses['exploring'] = { from: 'r', to, port: 'drive', weights: constant(0), ...learning };
    synapses['explore'] = { ...one, from: 'explore', to, port: 'noise' };
    synapses['amplitude'] = { ...fromCritic, to, port: 'amplitude' };
    synapses['push'] = { ...fromCritic, to, port: 'push', carries: 'push' };
    synapses['usual'] = { ...one, from: 'zbar', to, port: 'usual' };
    synapses['averaged'] = { ...one, from: to, to: 'zbar' };
    synapses['explored'] = { ...one, from: to, to: 'z' };
  }
  if (algorithm !== 'rmhl') {
    const source = explores ? (given.source === 'instant' ? 0 : 1) : 2;
    const to = 'mastery';
    neurons[to] = mastery(outputs, { gain: explores ? given.gain : 1, source });
    const rule = isRls ? decorrelated() : taught({ eta: masters });
    synapses[to] = { from: 'r', to, port: 'drive', weights: constant(0), rule, learns: 'at once' };
    if (source === 0) synapses['shown'] = { ...one, from: 'exploring', to, port: 'exploring' };
    if (source === 1) synapses['shown'] = { ...one, from: 'zbar', to, port: 'usual' };
    if (source === 2) synapses['shown'] = { ...one, from: 'teacher', to, port: 'teacher' };
    synapses['opens'] = { ...fromCritic, to, port: 'open', carries: 'open' };
    synapses['mastered'] = { ...one, from: to, to: 'z' };
    neurons['norm'] = isRls ? normalising(1) : steady(1);
    synapses['norm'] = { from: 'norm', to, port: 'norm', weights: constant(1) };
    if (isRls) Object.assign(synapses, inverseCorrelation(given, fromCritic));
  }
  return circuit<string, string, string>({
    ...{ neurons, synapses, outputs: judged ? ['z', 'zbar', 'judge'] : ['z', 'zbar'] },
    // z and zbar have no targets.
    ...(judged && { losses: { z: judged.loss, zbar: judged.loss, judge: judged.loss } }),
    globals: {
      missed: fromTask(),
      distance: fromTask(),
      count: clock(({ count }) => count),
      training: clock(({ count, trained }) => (count <= trained ? 1 : 0), { trained }),
      // Whether the mastery pathway learned in the previous timestep.
      due: clock(({ count, every }) => (count - 1 - every * floor((count - 1) / every) === 0 ? 1 : 0), { every }),
    },
  });
}

/** Always 1. */
export const steady = neuron({
  name: 'steady',
  ports: { none: null },
  state: { one: 1 },
  step: ({ one }) => ({ one }),
  sends: ({ one }) => ({ out: one }),
});

function inverseCorrelation({ units, gamma }: Supertrex, fromCritic: Pick<SynapseGroup, 'from' | 'weights'>) {
  const P = Array.from({ length: units }, (_, i) => Array.from({ length: units }, (_, j) => (i === j ? 1 / gamma : 0)));
  return {
    correlation: {
      ...({ from: 'r', to: 'r', port: 'decorrelated', delay: 0, learns: 'at once' } as const),
      ...{ weights: P, rule: decorrelated() },
    },
    correlated: { from: 'r', to: 'norm', port: 'drive', carries: 'rk', weights: constant(1) },
    opensReservoir: { ...fromCritic, to: 'r', port: 'open', carries: 'open' },
    normReservoir: { from: 'norm', to: 'r', port: 'norm', weights: constant(1) },
  } satisfies Record<string, SynapseGroup>;
}
