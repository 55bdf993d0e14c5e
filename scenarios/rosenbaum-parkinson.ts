/**
 * Parkinson's disease and its surgery in SUPERTREX, after the abstract of Pyle & Rosenbaum, Neural Computation 31(7):1430 (2019). The protocol of the
 * paper is not public; this one is ours. A healthy network learns the butterfly in ten trials. In the next five trials
 *
 *     condition   'healthy': it continues as before; 'Parkinson': its critic receives noise in place of the error, so that the exploratory pathway
 *                 moves and learns at random; 'surgery': the exploratory pathway is silenced, and nothing learns
 *     movement    'learned': the same butterfly; 'new': rotated by 90 degrees
 *     hears       after surgery the reservoir receives its own output ('itself'), as before, or the target position ('target'), as in the published
 *                 test of task 1
 *
 *     npm run -s rxflo -- sweep scenarios/rosenbaum-parkinson.ts
 *
 * During learning the reservoir receives its own output. The loss of a trial is the mean deviation, as in rosenbaum-supertrex.ts.
 */
import { InputError, scenario, type Task } from 'rxflo';
import supertrexScenario, { published, TESTED, TRAINED } from './rosenbaum-supertrex.ts';
import { butterfly, direct } from './systems/plants.ts';
import { supertrex } from './systems/supertrex.ts';

const CONDITIONS = ['healthy', 'Parkinson', 'surgery'];
const MOVEMENTS = ['learned', 'new'];
const HEARS = ['itself', 'target'];
const OUTPUTS = 2;

function known(option: string, name: string, names: readonly string[]): string {
  if (names.includes(name)) return name;
  throw new InputError(`option ${option}`, `'${name}' is unknown; give one of ${names.join(', ')}`);
}

const plain = (units: number, timesteps: number) => ({
  pathways: 'SUPERTREX',
  task: 1,
  units,
  timesteps,
  rate: 0.0005,
  measure: 'deviation',
});

interface Options {
  readonly condition: string;
  readonly movement: string;
  readonly units: number;
  readonly timesteps: number;
  readonly heard: number;
  readonly hears: string;
}

function disease({ condition, movement, units, timesteps, heard, hears }: Options): Task {
  const healthy = supertrexScenario.definition.task(plain(units, timesteps));
  const aims = butterfly(timesteps, known('movement', movement, MOVEMENTS) === 'new' ? 1 : 0);
  known('condition', condition, CONDITIONS);
  const isShown = known('hears', hears, HEARS) === 'target';
  return {
    ...{ ...healthy, name: 'disease', settings: { condition, movement, units, timesteps, heard, hears } },
    trial: (index, random) => {
      const trial = healthy.trial(index, random);
      if (index <= TRAINED) return trial;
      const input = new Float64Array(trial.input.length);
      const errors = new Float64Array(timesteps);
      for (const [t, aim] of isShown ? aims.entries() : []) input.set(aim, t * healthy.inputs + units + OUTPUTS);
      for (let t = 0; t < timesteps && condition !== 'surgery'; t++) {
        for (let k = 0; k < units + OUTPUTS; k++) input[t * healthy.inputs + k] = 2 * random() - 1;
        errors[t] = 2 * heard * random();
      }
      return {
        ...{ ...trial, input },
        answer: ({ t, outputs }) => {
          const distance = direct.distance(outputs, aims[t - 1]);
          return { missed: condition === 'Parkinson' ? errors[t - 1] : distance, distance };
        },
      };
    },
  };
}

export default scenario({
  title: "Parkinson's disease and its surgery in SUPERTREX",
  // heard: the mean of the noise that the critic receives in place of the error
  options: { condition: 'Parkinson', movement: 'learned', units: 300, timesteps: 30_000, heard: 0.05, hears: 'itself' },
  circuit: ({ condition, units, timesteps, hears }) =>
    supertrex({
      ...published(plain(units, timesteps)),
      trained: (condition === 'surgery' ? TRAINED : TRAINED + TESTED) * timesteps,
      ...(known('hears', hears, HEARS) === 'itself' && { echo: 1 }),
    }),
  task: disease,
  trials: TRAINED + TESTED,
  carry: true,
  feedback: 'random',
  compare: ['local'],
  engine: 'kernels',
  sweep: { grid: { condition: CONDITIONS, movement: MOVEMENTS }, seeds: 5 },
  quick: { settings: { units: 50, timesteps: 2_000 }, seeds: 1 },
});
