import type { ProblemFields, ProblemFormat, SessionEvent, Task } from 'rxflo';
import { compartments } from './compartments.ts';

/** What of the voltages may be printed. */
const MOST_SHOWN = 4_000_000;

/** The numbers of the neuron that are its voltages, by what a problem calls them. */
const VOLTAGES = {
  ...{ basal: 'basal', proximal: 'proximal', feedback: 'feedback' },
  ...{ burst: 'b', backward: 'backward', apical: 'apical' },
} as const;

/** A problem of format rxflo-online/1 whose algorithm is 'compartments': the circuit of compartments.ts. */
export function compartmentProblem(problem: ProblemFields): ReturnType<ProblemFormat['read']> {
  const network = problem.part('network');
  network.choice('activation', ['tanh']);
  const w_rec = network.matrix('w_rec');
  const units = { length: w_rec.length, each: 'row of network.w_rec' };
  if (w_rec[0].length !== w_rec.length) network.refuse('w_rec', `has ${w_rec[0].length} columns; give a square`);
  const w_in = network.matrix('w_in', { rows: units });
  if (w_in[0].length === 0) network.refuse('w_in', 'has no columns; give at least one input');
  const w_out = network.matrix('w_out', { columns: units });
  const outputs = { length: w_out.length, each: 'row of network.w_out' };
  const task = problem.part('task');
  const input = task.matrix('input', { columns: { length: w_in[0].length, each: 'column of network.w_in' } });
  const target = task.matrix('target', {
    rows: { length: input.length, each: 'row of task.input' },
    columns: outputs,
  });
  const learning = problem.part('learning');
  learning.choice('algorithm', ['compartments']);
  learning.choice('squash', ['tanh']);
  learning.choice('backward', ['mirror', 'tied']);
  const schedule = learning.choice('schedule', ['online', 'trial']);
  const trials = learning.number('trials', { least: 1, most: 10_000_000, whole: true });
  if (trials * input.length * units.length > MOST_SHOWN) {
    learning.refuse('trials', `${trials}, of ${input.length} timesteps, have too many voltages to print`);
  }
  const [rates, initial, rate] = [learning.part('rates'), learning.part('initial'), { least: 0 }];
  const square = { rows: units, columns: units };
  const circuit = compartments(
    {
      ...{ w_in, w_rec, w_out, tau: network.number('tau', { least: 1 }), h0: network.numbers('h0', { size: units }) },
      feedback: network.matrix('feedback', { rows: units, columns: outputs }),
      initial: {
        apical: initial.matrix('apical', square),
        label: initial.matrix('label', { rows: units, columns: outputs }),
        apicalBias: initial.numbers('apicalBias', { size: units }),
        predict: initial.matrix('predict', square),
        backward: initial.matrix('backward', square),
      },
    },
    {
      ...{ w_in: rates.number('w_in', rate), w_rec: rates.number('w_rec', rate), w_out: rates.number('w_out', rate) },
      creditRate: learning.number('creditRate', rate),
      predictRate: learning.number('predictRate', rate),
      backwardDecay: learning.number('backwardDecay', rate),
    },
    learning.number('holdInterval', { least: 1, whole: true }),
  );
  const learner = { feedback: learning.choice('feedback', ['random']), schedule };
  // The teacher plays the target as activity, too.
  const played: Task = {
    ...{ name: 'compartments', inputs: w_in[0].length + w_out.length, outputs: w_out.length, settings: {} },
    trial: () => ({
      timesteps: input.length,
      input: Float64Array.from(input.flatMap((row, t) => [...row, ...target[t]])),
      target: Float64Array.from(target.flat()),
    }),
  };
  return async (run) => {
    const voltages: Readonly<Record<string, number[][]>> = Object.fromEntries(
      Object.keys(VOLTAGES).map((name) => [name, []]),
    );
    const probes = Object.fromEntries(
      Object.entries(VOLTAGES).map(([name, value]) => [name, { neurons: 'h', value, everyTimesteps: 1 }]),
    );
    const watch = (event: SessionEvent) => {
      if (event.type === 'probe') voltages[event.probe].push([...event.values]);
    };
    const { loss, matrix } = await run({ circuit, task: played, trials, learner, probes, watch });
    return {
      ...{ loss, voltages, w_rec: matrix('recurrent'), w_in: matrix('input'), w_out: matrix('readout') },
      ...{ predict: matrix('predict'), backward: matrix('backward'), apical: matrix('apical') },
      ...{ label: matrix('label'), apicalBias: matrix('bias').flat() },
    };
  };
}
