import { problemFormat, type Answer, type ProblemFields, type ProblemRun, type Size, type Task } from 'rxflo';
import { arm, direct, type Plant } from '../systems/plants.ts';
import { supertrex, type Supertrex } from '../systems/supertrex.ts';

type Matrix = readonly (readonly number[])[];

/** Reservoirs that learn a movement from a reward, or from its target: training, then a test, as one trial. */
export default problemFormat({
  format: 'rosenbaum-supertrex/1',
  read: (problem) => {
    const algorithm = problem.choice('algorithm', ['force', 'rmhl', 'supertrex']);
    const { plant, moved } = plantOf(problem.part('plant'));
    // FORCE learns from the target of z, which is only known for positions.
    if (algorithm === 'force' && !plant.shows) problem.refuse('plant.kind', "is 'arm'; give 'direct' for force");
    const recurrent = problem.square('recurrent');
    const unit = { length: recurrent.length, each: 'unit' };
    const feedback = problem.matrix('feedback', { rows: unit, columns: moved });
    const output = { length: moved.length, each: 'output' };
    const target = problem.matrix('target', { columns: { length: 2, each: 'coordinate' } });
    const noise = problem.part('noise');
    const reservoir = noise.matrix('reservoir', { columns: unit, range: { least: 0, most: 1 } });
    const trained = reservoir.length;
    const exploration = noise.matrix('exploration', {
      ...{ rows: { length: trained, each: 'timestep of noise.reservoir' }, columns: output },
      range: { least: 0, most: 1 },
    });
    const forced = problem.part('test').matrix('forced_feedback', { columns: output });
    const given: Supertrex = {
      ...{
        algorithm,
        units: unit.length,
        outputs: output.length,
        trained,
        recurrent: { weights: recurrent },
        feedback,
      },
      ...{ potential: problem.numbers('potential', { size: unit }), masters: 'least squares' },
      ...constantsOf(problem.part('constants')),
    };
    const task = taskOf({ target, reservoir, exploration, forced, plant });
    const timesteps = trained + forced.length;
    return async (run) => {
      const seen: Record<string, number[][]> = {};
      const probes = probesOf(algorithm);
      const { matrix } = await run({
        ...{ circuit: supertrex(given), task, trials: 1, probes },
        watch: (event) => {
          if (event.type === 'probe') (seen[event.probe] ??= []).push([...event.values]);
        },
      });
      const course = (name: string, width = output.length): Matrix =>
        seen[name] ?? Array.from({ length: timesteps }, () => new Array<number>(width).fill(0));
      const training = (name: string) => course(name).slice(0, trained);
      // The critic's output for a timestep is available in the next one.
      const heard = (name: string) => course(name, 1).slice(1, trained + 1).flat(); // prettier-ignore
      const none: Matrix = feedback[0].map(() => new Array<number>(unit.length).fill(0));
      const P: Matrix = recurrent.map((row, i) => row.map((_, j) => (i === j ? 1 / given.gamma : 0)));
      return {
        error: training('error').flat(),
        running_error: heard('ebar'),
        amplitude: training('psi').flat(),
        gate: heard('gate'),
        ...{ z: training('z'), z_exploring: training('exploring'), z_mastery: training('mastery') },
        test: { error: course('distance', 1).slice(trained).flat(), z: course('z').slice(trained) },
        exploring: algorithm === 'force' ? none : matrix('exploring'),
        mastery: algorithm === 'rmhl' ? none : matrix('mastery'),
        inverse_correlation: algorithm === 'rmhl' ? P : matrix('correlation'),
        potential: course('x')[timesteps - 1],
      };
    };
  },
});

/** The plant, and the size of the outputs that move it. */
function plantOf(given: ProblemFields): { readonly plant: Plant; readonly moved: Size } {
  const coordinates = { length: 2, each: 'coordinate' };
  if (given.choice('kind', ['direct', 'arm']) === 'direct') return { plant: direct, moved: coordinates };
  const lengths = given.numbers('lengths', { range: { least: 0 } });
  if (lengths.length === 0) given.refuse('lengths', 'is empty; give the lengths of one or more segments');
  const segments = { length: lengths.length, each: 'segment of the arm' };
  const origin = given.numbers('origin', { size: coordinates });
  const costs = given.has('costs') ? given.numbers('costs', { size: segments }) : undefined;
  return { plant: arm(lengths, [origin[0], origin[1]], costs), moved: segments };
}

/** P begins with its inverse, which is finite. */
const LEAST_GAMMA = 1e-300;

function constantsOf(given: ProblemFields) {
  const [exploration, reward, transfer] = ['exploration', 'reward', 'transfer'].map((name) => given.part(name));
  return {
    ...{ step: given.number('step'), noise: given.number('reservoir_noise'), rate: given.number('rate') },
    ...{ keep: given.number('keep_z'), gamma: given.number('gamma', { least: LEAST_GAMMA }) },
    every: given.number('every', { least: 1, whole: true }),
    ...{ gain: transfer.number('gain'), source: transfer.choice('source', ['instant', 'filtered']) },
    critic: {
      ...{ keep: given.number('keep_e'), first: exploration.number('initial'), gain: exploration.number('gain') },
      ...{ scale: exploration.number('scale'), power: exploration.number('power') },
      ...{ reward: reward.number('gain'), rewardPower: reward.number('power') },
      onlyBetter: reward.truth('only_better') ? 1 : 0,
      ...{ steepness: transfer.number('steepness'), threshold: transfer.number('threshold') },
    },
  };
}

interface Played {
  readonly target: Matrix;
  readonly reservoir: Matrix;
  readonly exploration: Matrix;
  readonly forced: Matrix;
  readonly plant: Plant;
}

/** Noise during training, and feedback in the test; the target starts again with the test. */
function taskOf({ target, reservoir, exploration, forced, plant }: Played): Task {
  const [trained, units, outputs] = [reservoir.length, reservoir[0].length, forced[0].length];
  const timesteps = trained + forced.length;
  const silent = (length: number) => new Array<number>(length).fill(0);
  const spread = (draws: readonly number[]) => draws.map((u) => 2 * u - 1);
  const aims = Array.from({ length: timesteps }, (_, t) => target[(t < trained ? t : t - trained) % target.length]);
  const input = aims.map((aim, t) => [
    ...(t < trained ? [...spread(reservoir[t]), ...spread(exploration[t])] : silent(units + outputs)),
    ...(t < trained ? silent(outputs) : forced[t - trained]),
    ...(plant.shows ? aim : silent(outputs)),
  ]);
  const answer = ({ t, outputs: done }: { readonly t: number; readonly outputs: Float64Array }): Answer => {
    const [z, zbar] = [done.subarray(0, outputs), done.subarray(outputs)];
    return { missed: plant.error(z, zbar, aims[t - 1]), distance: plant.distance(z, aims[t - 1]) };
  };
  const trial = {
    ...{ timesteps, input: Float64Array.from(input.flat()), answer },
    target: new Float64Array(2 * outputs * timesteps).fill(NaN),
  };
  return { name: 'movement', inputs: units + 3 * outputs, outputs: 2 * outputs, settings: {}, trial: () => trial };
}

function probesOf(algorithm: Supertrex['algorithm']): NonNullable<ProblemRun['probes']> {
  const of = (neurons: string, value: string) => ({ neurons, value, everyTimesteps: 1 });
  return {
    ...{ error: { global: 'missed', everyTimesteps: 1 }, distance: { global: 'distance', everyTimesteps: 1 } },
    ...{ z: of('z', 'rate'), x: of('r', 'x') },
    ...{ ebar: of('critic', 'mean'), psi: of('critic', 'psi'), gate: of('critic', 'gate') },
    ...(algorithm !== 'force' && { exploring: of('exploring', 'z') }),
    ...(algorithm !== 'rmhl' && { mastery: of('mastery', 'z') }),
  };
}
