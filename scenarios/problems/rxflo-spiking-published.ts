import { problemFormat, type ProblemFields, type Task, type Trial } from 'rxflo';
import { AT_THRESHOLD, atThreshold, readLearning, readNeurons, refuseAutapses } from '../systems/spiking-problem.ts';
import { spikingCircuit, type SpikingLearning, type SpikingNetwork } from '../systems/spiking.ts';

/** The largest dense input of a trial, timesteps times channels, and the largest number of synapses. */
const LARGEST = 4_000_000;

/** Two tasks of Bellec et al. (2020), learned by e-prop, for which NEST publishes losses: sine waves and evidence accumulation. */
export default problemFormat({
  format: 'rxflo-spiking-published/1',
  read: (problem) => {
    const network = networkOf(problem.part('network'));
    const given = problem.part('learning');
    const most = Math.floor(LARGEST / Math.max(network.w_in[0].length, network.w_rec.length));
    const timesteps = given.number('timesteps', { least: 1, most, whole: true });
    const { trials, window, ...learning } = learningOf(given, timesteps);
    const lossTimes = given.number('lossTimes');
    const task = taskOf(problem.part('task'), network, { timesteps, trials, window });
    return async (run) => {
      const seen = atThreshold();
      const { loss } = await run({
        ...{ circuit: spikingCircuit(network, learning, timesteps), task, trials },
        ...{ probes: AT_THRESHOLD, watch: seen.watch },
      });
      const published = loss.map((one) => lossTimes * one);
      return { loss: published, spikes: seen.spikes(), margin: seen.margin(), published };
    };
  },
});

function networkOf(given: ProblemFields): SpikingNetwork {
  const size = (name: string, each: string) => ({
    length: given.number(name, { least: 1, most: LARGEST, whole: true }),
    each,
  });
  const [inputs, units, outputs] = [size('n_in', 'input'), size('n_rec', 'neuron'), size('n_out', 'output')];
  const w_rec = given.singles('w_rec', units, units);
  refuseAutapses(given, w_rec);
  return {
    ...readNeurons(given, units),
    ...{ w_rec, w_in: given.singles('w_in', units, inputs), w_out: given.singles('w_out', outputs, units) },
    feedback: given.singles('feedback', units, outputs),
  };
}

function learningOf(
  given: ProblemFields,
  timesteps: number,
): SpikingLearning & Pick<ReturnType<typeof readLearning>, 'window' | 'trials'> {
  given.choice('algorithm', ['eprop']);
  given.choice('feedback', ['random']);
  given.choice('schedule', ['trial']);
  const learning = readLearning(given, timesteps);
  if (learning.optimizer === 'descent') return learning;
  const adam = given.part('adam');
  const below1 = { least: 0, most: 1 - Number.EPSILON / 2 };
  return {
    ...learning,
    adam: {
      beta1: adam.number('beta1', below1),
      beta2: adam.number('beta2', below1),
      epsilon: adam.number('epsilon', { least: 0 }),
      gradientOver: adam.number('gradientOver', { least: Number.MIN_VALUE }),
    },
  };
}

/** Plays the same list of events in every trial, with a wave as target; or one list per trial, with the class given by its label. */
function taskOf(
  given: ProblemFields,
  { w_in, w_out }: SpikingNetwork,
  {
    timesteps,
    trials,
    window,
  }: { readonly timesteps: number; readonly trials: number; readonly window: readonly number[] },
): Task {
  const [inputs, outputs] = [w_in[0].length, w_out.length];
  const isAsked = (t: number) => t >= window[0] && t <= window[1];
  const byTimestep = (wanted: (t: number, output: number) => number) =>
    Float64Array.from({ length: timesteps * outputs }, (_, at) => {
      const t = 1 + Math.floor(at / outputs);
      return isAsked(t) ? wanted(t, at % outputs) : NaN;
    });
  /** Lists of [timestep, channel]. */
  const eventsOf = (lists: number, each: string) => {
    const columns = { length: 2, each: 'timestep and channel' };
    const all = given.matrices(
      'inputEvents',
      Array.from({ length: lists }, () => ({ columns })),
      each,
    );
    all.forEach((events, list) => {
      const wrong = events.findIndex(([t, channel]) => !isWhole(t, 1, timesteps) || !isWhole(channel, 0, inputs - 1));
      if (wrong < 0) return;
      const right = `a timestep from 1 to ${timesteps} and a channel from 0 to ${inputs - 1}`;
      given.refuse(`inputEvents[${list}][${wrong}]`, `expected ${right}, got [${events[wrong].join(', ')}]`);
    });
    return all;
  };
  const played = (events: readonly (readonly number[])[]): Trial['input'] => {
    const input = new Float64Array(timesteps * inputs);
    for (const [t, channel] of events) input[(t - 1) * inputs + channel] = 1;
    return input;
  };
  const task = { name: 'published', inputs, outputs, settings: {} };
  if (given.has('labels')) {
    const range = { least: 0, most: outputs - 1, whole: true };
    const labels = given.numbers('labels', { size: { length: trials, each: 'trial' }, range });
    const events = eventsOf(trials, 'trial');
    return {
      ...task,
      trial: (number) => ({
        ...{ timesteps, input: played(events[number - 1]) },
        target: byTimestep((_, output) => (output === labels[number - 1] ? 1 : 0)),
      }),
    };
  }
  if (outputs !== 1)
    given.refuse('labels', `are missing, and a wave is only for one output, not for ${outputs}; give labels`);
  const wave = given.numbers('targetWave', { size: { length: timesteps, each: 'timestep' } });
  const [events] = eventsOf(1, 'task: it is played in every trial');
  const [input, target] = [played(events), byTimestep((t) => wave[t - 1])];
  return { ...task, trial: () => ({ timesteps, input, target }) };
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
