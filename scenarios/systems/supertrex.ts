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

// Reservoirs that learn movements from a reward: Pyle & Rosenbaum, Neural Computation 31(7):1430 (2019). The exploring pathway learns from how well it went,
// the mastery pathway from what the exploring one does. The plant that moves is the task's: it answers with the error e, a scalar.
// Everyone hears of e after the timestep, so synapses learn from it at the beginning of the next one, by what neurons remember: `was`, `kWas`.

/** x <- x + step (-x + J r + Q z), r = tanh x + noise. While it is not trained it hears what is played in the place of its own z. */
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

/** z = W r + psi noise, and by how much that is beyond what has been usual. A lesioned one is silent when it is not trained. */
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

/** What has been usual: zbar <- keep zbar + (1 - keep) z, at first z. */
export const usual = neuron({
  name: 'usual',
  params: { keep: 0.8 },
  globals: ['count'],
  ports: { z: null },
  state: { mean: 0 },
  step: ({ mean, z, global, keep }) => ({ mean: global.count === 1 ? z : keep * mean + (1 - keep) * z }),
  sends: ({ mean }) => ({ out: mean }),
});

/** z = W r. It learns what `source` says: 0 what the exploring pathway does, 1 what that usually does, 2 how far z is from what a teacher sends. */
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

/** 1 / (1 + r'P r), of this timestep and the one before. */
export const normalising = neuron({
  name: 'normalising',
  ports: { drive: null },
  state: { c: 0, was: 0 },
  step: ({ c, drive }) => ({ c: 1 / (1 + drive), was: c }),
  sends: ({ was }) => ({ out: was }),
});

/**
 * Hears e when the timestep is over. Holds the running error ebar, and says what follows from it: the amplitude psi of exploration, how the exploring pathway is
 * to be pushed, and whether the mastery pathway is open to learning.
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

/** Its distance from the target as published: the root of a running mean of the squared distance. One timestep late, as the task answers then. */
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

/** What a judge says: so the loss of a trial is the mean deviation. */
export const deviation = loss({ name: 'deviation', loss: ({ y, target }) => y - target });

/** Its square. */
export const squaredDeviation = loss({ name: 'squared-distance', loss: ({ y, target }) => y * y - target });

/** What its neuron is taught, times what the axon brought in the timestep before. */
export const taught = plasticityRule({
  name: 'taught',
  params: { eta: 0.0005 },
  sees: { pre: ['was'], post: ['lesson'] },
  change: ({ pre, post, eta }) => eta * post.lesson * pre.was,
});

/**
 * The same by recursive least squares: k = P r in the place of r. P is synapses of the reservoir onto itself, that learn by
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
  /** dt / tau; the amplitude of the noise that the task plays; gamma; zbar's part that is kept. */
  readonly step: number;
  readonly noise: number;
  readonly gamma: number;
  readonly keep: number;
  /** Of the exploring pathway. */
  readonly rate: number;
  /** Timesteps from one change of the mastery pathway to the next. */
  readonly every: number;
  /** Timesteps of training, from the first on; after them nothing learns. */
  readonly trained: number;
  /** By what the mastery pathway learns: recursive least squares with its N^2 synapses, or the delta rule at this rate. */
  readonly masters: 'least squares' | number;
  /** K, and whether it learns from z_exp or from zbar. */
  readonly gain: number;
  readonly source: 'instant' | 'filtered';
  readonly critic: NonNullable<Parameters<typeof critic>[1]>;
  /** In a test, by how many timesteps the output is late that the reservoir hears. Absent: it hears what the task plays. */
  readonly echo?: number;
  /** What a judge, one more output, measures; the loss of a trial is its mean. Absent: there is no judge. */
  readonly judged?: keyof typeof MEASURES;
}

/** The deviation as published, a root of a running mean; the squared distance of each timestep, which remembers no other. */
export const MEASURES = {
  deviation: { judge: judge(1), loss: deviation },
  'squared distance': { judge: judge(1, { keep: 0 }), loss: squaredDeviation },
} as const;

/** Inputs: noise of the reservoir [N] and of the readouts [outputs], what is heard in tests [outputs], the target for those who are shown it [outputs]. */
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
    // Nothing is asked of z and zbar.
    ...(judged && { losses: { z: judged.loss, zbar: judged.loss, judge: judged.loss } }),
    globals: {
      missed: fromTask(),
      distance: fromTask(),
      count: clock(({ count }) => count),
      training: clock(({ count, trained }) => (count <= trained ? 1 : 0), { trained }),
      // Whether the timestep before was one of those in which the mastery pathway learns.
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
