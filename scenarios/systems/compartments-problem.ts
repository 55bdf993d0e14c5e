import type { ProblemFields, ProblemRun, RunProblem, Task } from 'rxflo';
import { weightsOf } from './problem-weights.ts';
import { compartments, type CompartmentNetwork, type CompartmentRates } from './given-compartments.ts';

const VOLTAGES = { basal: 'basal', proximal: 'proximal', feedback: 'feedback', burst: 'b', backward: 'backward', apical: 'apical' }; // prettier-ignore
const RATE = { least: 0 };

/** What the voltages may come to: they are printed. */
const MOST_SHOWN = 4_000_000;

type Matrix = CompartmentNetwork['w_rec'];

/** Reads how compartments are to learn. `task` plays the target, too, as what the teacher sends. */
export function readCompartments(
  given: ProblemFields,
  network: Omit<CompartmentNetwork, 'initial' | 'feedback' | 'squash'> & { readonly feedback: Matrix },
  rates: Pick<CompartmentRates, 'w_in' | 'w_rec' | 'w_out'>,
  { task, timesteps }: { readonly task: Task; readonly timesteps: number },
): (run: RunProblem) => Promise<Readonly<Record<string, unknown>>> {
  const feedback = given.choice('feedback', ['random', 'symmetric']) === 'random' ? network.feedback : 'symmetric';
  const squash = given.choice('squash', ['tanh', 'none']);
  const decay = given.number('backwardDecay', { least: 0, most: 1 });
  const [units, outputs] = [
    { length: network.h0.length, each: 'unit' },
    { length: network.w_out.length, each: 'output' },
  ];
  const first = given.part('initial');
  const square = { rows: units, columns: units };
  const predict = first.matrix('predict', square);
  const mirror = predict.map((_, i) => predict.map((row) => row[i]));
  const isTied = given.choice('backward', ['mirror', 'tied']) === 'tied';
  const initial = {
    ...{ predict, apical: first.matrix('apical', square) },
    label: first.matrix('label', { rows: units, columns: outputs }),
    apicalBias: first.numbers('apicalBias', { size: units }),
    backward: isTied && !first.has('backward') ? mirror : first.matrix('backward', square),
  };
  // What begins as a mirror stays one: both get the same changes, and lose the same. No weight has to be carried for that.
  if (isTied && initial.backward.some((row, i) => row.some((w, j) => w !== mirror[i][j]))) {
    first.refuse('backward', 'is not the transpose of predict, to which it is tied; give that, or leave it out');
  }
  const circuit = compartments(
    { ...network, feedback, squash, initial },
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
  const shown = trials * timesteps * network.h0.length;
  if (shown > MOST_SHOWN) {
    const right = `give fewer; timesteps times units may be ${MOST_SHOWN} in all trials together`;
    given.refuse('trials', `is ${trials}, and voltages are printed in every timestep of each; ${right}`);
  }
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
