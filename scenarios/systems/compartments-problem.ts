import type { ProblemFields, ProblemRun, RunProblem, Task } from 'rxflo';
import { weightsOf } from './problem-weights.ts';
import { compartments, type CompartmentNetwork, type CompartmentRates } from './compartments.ts';

const VOLTAGES = { basal: 'basal', proximal: 'proximal', feedback: 'feedback', burst: 'b', backward: 'backward', apical: 'apical' }; // prettier-ignore
const RATE = { least: 0 };

/** Reads how compartments are to learn. `task` plays the target, too, as what the teacher sends. */
export function readCompartments(
  given: ProblemFields,
  network: Omit<CompartmentNetwork, 'initial'>,
  rates: Pick<CompartmentRates, 'w_in' | 'w_rec' | 'w_out'>,
  task: Task,
): (run: RunProblem) => Promise<Readonly<Record<string, unknown>>> {
  given.choice('feedback', ['random']);
  given.choice('squash', ['tanh']);
  const decay = given.number('backwardDecay', { least: 0, most: 1 });
  const [units, outputs] = [
    { length: network.h0.length, each: 'unit' },
    { length: network.w_out.length, each: 'output' },
  ];
  const first = given.part('initial');
  const square = { rows: units, columns: units };
  const initial = {
    apical: first.matrix('apical', square),
    label: first.matrix('label', { rows: units, columns: outputs }),
    apicalBias: first.numbers('apicalBias', { size: units }),
    predict: first.matrix('predict', square),
    backward: first.matrix('backward', square),
  };
  // What begins as a mirror stays one where nothing decays: no weight has to be carried for that.
  if (given.choice('backward', ['mirror', 'tied']) === 'tied') {
    if (decay !== 0) given.refuse('backwardDecay', `is ${decay}, and tied weights do not decay; give 0`);
    const isMirror = initial.backward.every((row, i) => row.every((w, j) => w === initial.predict[j][i]));
    if (!isMirror) first.refuse('backward', 'is not the transpose of predict, to which it is tied');
  }
  const circuit = compartments(
    { ...network, initial },
    {
      ...rates,
      creditRate: given.number('creditRate', RATE),
      predictRate: given.number('predictRate', RATE),
      backwardDecay: decay,
    },
    given.number('holdInterval', { least: 1, most: 10_000_000, whole: true }),
  );
  const schedule = given.choice('schedule', ['online', 'trial']);
  const trials = given.number('trials', { least: 1, most: 10_000_000, whole: true });
  return async (run) => {
    const voltages: Record<string, number[][]> = Object.fromEntries(Object.keys(VOLTAGES).map((name) => [name, []]));
    const probes: NonNullable<ProblemRun['probes']> = Object.fromEntries(
      Object.entries(VOLTAGES).map(([name, value]) => [name, { neurons: 'h', value, everyTimesteps: 1 }]),
    );
    const { loss, matrix } = await run({
      ...{ circuit, task, trials, probes, learner: { schedule, feedback: 'random' } },
      watch: (event) => {
        if (event.type === 'probe') voltages[event.probe].push([...event.values]);
      },
    });
    return {
      ...{ loss, voltages, apicalBias: matrix('apicalBias').flat() },
      ...weightsOf(network, matrix),
      ...Object.fromEntries(['predict', 'backward', 'apical', 'label'].map((name) => [name, matrix(name)])),
    };
  };
}
