/**
 * A movement learned from a reward, after Pyle & Rosenbaum, Neural Computation 31(7):1430 (2019): a butterfly is drawn repeatedly. SUPERTREX is
 * compared with RMHL, which has no mastery pathway, FORCE, which receives the target, and SUPERTREX with the delta rule in place of recursive least
 * squares.
 *
 *     task        1: the outputs are the position; 2: they move an arm of two segments; 3: an arm of three segments, with a cost of movement
 *     timesteps   length of a trial, once around; the last five trials are a test without learning
 *
 *     measure     the loss of a trial is the mean of this: 'deviation' from the target as published, that is, the root of a running mean, over about
 *                 5,000 timesteps, of the squared distance; or the 'squared distance', which does not depend on the previous trial
 *
 *     npm run -s rxflo -- sweep scenarios/rosenbaum-supertrex.ts
 *
 * The published size is units=1000 timesteps=50000.
 */
import { InputError, normal, probability, scenario, uniform, type Answer, type Task, type Trial } from 'rxflo';
import { arm, butterfly, direct, type Plant } from './systems/plants.ts';
import { MEASURES, supertrex, type Supertrex } from './systems/supertrex.ts';
import { whole } from './systems/whole.ts';

/** The numbers of training and test trials. */
export const [TRAINED, TESTED] = [10, 5];

const PLANTS: readonly Plant[] = [direct, arm([1.8, 1.8], [0, -2]), arm([1.8, 1.2, 0.6], [0, -2], [0.1, 0.05, 0])];
const OUTPUTS = [2, 2, 3];

/** The published constants of a task. */
const CRITICS = [
  { gain: 0.025, power: 0.25, onlyBetter: 1, threshold: 1.5e-3 },
  { gain: 0.01, power: 0.2, onlyBetter: 0, threshold: 1.5e-3 },
  { gain: 0.005, power: 0.25, onlyBetter: 0, threshold: 1.5e-2 },
];

const LEARNERS: Readonly<Record<string, Pick<Supertrex, 'algorithm' | 'masters'>>> = {
  SUPERTREX: { algorithm: 'supertrex', masters: 'least squares' },
  'SUPERTREX delta': { algorithm: 'supertrex', masters: 0.001 },
  RMHL: { algorithm: 'rmhl', masters: 'least squares' },
  FORCE: { algorithm: 'force', masters: 'least squares' },
};

function learnerNamed(name: string) {
  if (Object.hasOwn(LEARNERS, name)) return LEARNERS[name];
  throw new InputError('option pathways', `'${name}' is unknown; give one of ${Object.keys(LEARNERS).join(', ')}`);
}

function taskNumber(task: number): number {
  if ([1, 2, 3].includes(task)) return task - 1;
  throw new InputError('option task', `expected 1, 2 or 3, got ${task}`);
}

function measureNamed(name: string): NonNullable<Supertrex['judged']> {
  if (name === 'deviation' || name === 'squared distance') return name;
  throw new InputError('option measure', `'${name}' is unknown; give ${Object.keys(MEASURES).join(' or ')}`);
}

interface Options {
  readonly pathways: string;
  readonly task: number;
  readonly units: number;
  readonly timesteps: number;
  readonly rate: number;
  readonly measure: string;
}

/** The circuit with the published constants. */
export function published({ pathways, task, rate, measure, ...size }: Options): Supertrex {
  const [units, timesteps] = [whole('units', size.units), whole('timesteps', size.timesteps)];
  const which = taskNumber(task);
  return {
    ...learnerNamed(pathways),
    ...{ units, outputs: OUTPUTS[which], trained: TRAINED * timesteps, step: 0.02, noise: 0.025, gamma: 10 },
    recurrent: { weights: normal({ sd: 1.5 / Math.sqrt(0.1 * units) }), connect: probability(0.1) },
    feedback: uniform(-1, 1),
    potential: Array.from({ length: units }, (_, i) => ((i * 0.618034) % 1) - 0.5),
    ...{ keep: which === 1 ? 0.9 : 0.8, rate: which === 2 ? rate / 2 : rate, every: 10 },
    ...{ gain: which === 2 ? 0.9 : 0.5, source: which === 0 ? 'instant' : 'filtered', critic: CRITICS[which] },
    // The right outputs of an arm are unknown, so in a test it receives its own outputs of five trials before.
    ...{ judged: measureNamed(measure), ...(!PLANTS[which].shows && { echo: TESTED * timesteps }) },
  };
}

/** The butterfly, drawn once in each trial. Noise is present during training; in a test, the network receives the target if its outputs are positions. */
function movement(which: number, units: number, timesteps: number): Task {
  const [plant, outputs, aims] = [PLANTS[which], OUTPUTS[which], butterfly(timesteps)];
  const inputs = units + 3 * outputs;
  const trial = (index: number, random: () => number): Trial => {
    const input = new Float64Array(timesteps * inputs);
    // z and its running mean have no targets; the deviation is measured by `answer`.
    const target = Float64Array.from({ length: timesteps * (2 * outputs + 1) }, (_, k) =>
      k % (2 * outputs + 1) === 2 * outputs ? 0 : NaN,
    );
    for (let t = 0; t < timesteps; t++) {
      if (index <= TRAINED) for (let k = 0; k < units + outputs; k++) input[t * inputs + k] = 2 * random() - 1;
      if (!plant.shows) continue;
      if (index > TRAINED) input.set(aims[t], t * inputs + units + outputs);
      input.set(aims[t], t * inputs + units + 2 * outputs);
    }
    const answer = ({ t, outputs: done }: { readonly t: number; readonly outputs: Float64Array }): Answer => {
      const [z, zbar] = [done.subarray(0, outputs), done.subarray(outputs, 2 * outputs)];
      return { missed: plant.error(z, zbar, aims[t - 1]), distance: plant.distance(z, aims[t - 1]) };
    };
    return { timesteps, input, target, answer };
  };
  return { name: 'butterfly', inputs, outputs: 2 * outputs + 1, settings: { which, units, timesteps }, trial };
}

export default scenario({
  title: 'SUPERTREX',
  options: { pathways: 'SUPERTREX', task: 1, units: 300, timesteps: 30_000, rate: 0.0005, measure: 'deviation' },
  circuit: (options) => supertrex(published(options)),
  task: ({ task, units, timesteps }) => movement(taskNumber(task), units, timesteps),
  trials: TRAINED + TESTED,
  carry: true,
  compare: ['local'],
  engine: 'kernels',
  probes: { ebar: { neurons: 'critic', value: 'mean' }, distance: { global: 'distance', everyTimesteps: 100 } },
  sweep: { grid: { pathways: Object.keys(LEARNERS) }, seeds: 5 },
  quick: { settings: { units: 100, timesteps: 2_000 }, seeds: 1, grid: { pathways: ['SUPERTREX', 'RMHL', 'FORCE'] } },
});
