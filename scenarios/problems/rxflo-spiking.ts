import { problemFormat, type ProblemFields, type SessionEvent, type Size, type Task } from 'rxflo';
import { weightsOf } from '../systems/problem-weights.ts';
import { rateLoss, withoutRates } from '../systems/rate-loss.ts';
import { AT_THRESHOLD, atThreshold, readLearning, readNeurons, refuseAutapses } from '../systems/spiking-problem.ts';
import { spikingCircuit, type SpikingNetwork } from '../systems/spiking.ts';

/** The most numbers recorded of the first trial, because they are printed. */
const MOST_SHOWN = 4_000_000;

type Rows = readonly (readonly number[])[];

/** The values recorded from the network, by their names in `firstTrial`. */
const WATCHED = {
  ...AT_THRESHOLD,
  slope: { neurons: 'h', value: 'slope', everyTimesteps: 1 },
  y: { neurons: 'y', value: 'y', everyTimesteps: 1 },
  error: { error: 'y', everyTimesteps: 1 },
} as const;

/** Recurrent spiking networks that learn the same trial repeatedly, by e-prop or by the exact gradient with their pseudo-derivatives. */
export default problemFormat({
  format: 'rxflo-spiking/1',
  read: (problem) => {
    const network = networkOf(problem.part('network'));
    const given = problem.part('task');
    const [units, outputs] = [network.w_rec.length, network.w_out.length];
    const input = given.matrix('input', {
      columns: { length: network.w_in[0].length, each: 'column of network.w_in' },
    });
    const timesteps: Size = { length: input.length, each: 'row of task.input' };
    const target = given.matrix('target', {
      rows: timesteps,
      columns: { length: outputs, each: 'row of network.w_out' },
    });
    if (input.length * units > MOST_SHOWN) {
      given.refuse(
        'input',
        `has ${input.length} timesteps of ${units} neurons each; give at most ${MOST_SHOWN} numbers in total`,
      );
    }
    const { algorithm, feedback, schedule, trials, window, ...learning } = learningOf(
      problem.part('learning'),
      input.length,
    );
    const { c, target: rate } = learning.regularisation;
    const pulled = { of: 'h', units, timesteps: input.length, c, target: rate };
    const rates = algorithm === 'local' || c === 0 ? undefined : rateLoss(pulled);
    // Outside its window there is no target.
    const asked = target.map((row, t) => (t + 1 < window[0] || t + 1 > window[1] ? row.map(() => NaN) : row));
    const task = taskOf(input, rates?.asked(asked) ?? asked);
    const learner = { learner: algorithm, feedback, schedule };
    return async (run) => {
      const [seen, outputsAlone] = [watching(), withoutRates(input.length)];
      const { loss, matrix } = await run({
        ...{ circuit: spikingCircuit(network, learning, input.length, rates), task, trials, learner },
        probes: { ...WATCHED, ...(rates && { rates: { error: rates.name, everyTimesteps: input.length } }) },
        watch: (event) => {
          seen.watch(event);
          outputsAlone.watch(event);
        },
      });
      const result = {
        loss: outputsAlone.of(loss),
        firstTrial: seen.firstTrial(),
        ...weightsOf(network, matrix),
        margin: seen.margin(),
      };
      return schedule === 'trial' ? { ...result, change: await change() } : result;

      /** g = -T dL/dw of the first trial: T times the update of plain descent with rates of 1. */
      async function change() {
        const plain = { ...learning, optimizer: 'descent', rates: { w_in: 1, w_rec: 1, w_out: 1 } } as const;
        const one = await run({
          circuit: spikingCircuit(network, plain, input.length, rates),
          task,
          trials: 1,
          learner,
        });
        const after = weightsOf(network, one.matrix);
        const grown = (name: keyof typeof after) =>
          after[name].map((row, i) => row.map((w, j) => input.length * (w - network[name][i][j])));
        return { w_in: grown('w_in'), w_rec: grown('w_rec'), w_out: grown('w_out') };
      }
    };
  },
});

/** The same trial every time. */
function taskOf(input: Rows, target: Rows): Task {
  const trial = {
    timesteps: input.length,
    input: Float64Array.from(input.flat()),
    target: Float64Array.from(target.flat()),
  };
  return { name: 'spiking', inputs: input[0].length, outputs: target[0].length, settings: {}, trial: () => trial };
}

/** Records the whole first trial, and the margin in all trials. */
function watching() {
  const rows: Readonly<Record<string, number[][]>> = Object.fromEntries(Object.keys(WATCHED).map((name) => [name, []]));
  const { watch, margin } = atThreshold();
  return {
    watch: (event: SessionEvent) => {
      if (event.type === 'probe' && event.trial === 1) rows[event.probe]?.push([...event.values]);
      watch(event);
    },
    firstTrial: () => {
      const { out, wait: _, ...shown } = rows;
      const events = out.flatMap((row, t) => row.flatMap((spike, neuron) => (spike > 0 ? [[t + 1, neuron]] : [])));
      return { events, ...shown };
    },
    margin,
  };
}

function networkOf(given: ProblemFields): SpikingNetwork {
  const w_rec = given.square('w_rec');
  const units: Size = { length: w_rec.length, each: 'row of network.w_rec' };
  const neurons = readNeurons(given, units);
  refuseAutapses(given, w_rec);
  const w_out = given.matrix('w_out', { columns: units });
  const w_in = given.matrix('w_in', { rows: units });
  return {
    ...{ ...neurons, w_in, w_rec, w_out },
    feedback: given.matrix('feedback', {
      rows: units,
      columns: { length: w_out.length, each: 'row of network.w_out' },
    }),
  };
}

function learningOf(given: ProblemFields, timesteps: number) {
  const algorithm = given.choice('algorithm', ['eprop', 'bptt', 'rtrl']);
  const exact = algorithm !== 'eprop';
  const learning = readLearning(given, timesteps);
  const feedback = given.choice('feedback', ['random', 'symmetric']);
  const { c } = learning.regularisation;
  if (exact && (c < 0 || (c > 0 && feedback === 'random'))) {
    const right =
      'give 0, or a positive number with symmetric feedback, with which the gradient follows the loss of rates';
    given.part('regularisation').refuse('c', `is ${c} with ${feedback} feedback for ${algorithm}; ${right}`);
  }
  return {
    ...learning,
    ...(exact && { reset_gradient: given.choice('reset_gradient', ['differentiated', 'detached']) }),
    algorithm: exact ? algorithm : ('local' as const),
    feedback,
    schedule: given.choice('schedule', algorithm === 'bptt' ? ['trial'] : ['trial', 'online']),
  };
}
