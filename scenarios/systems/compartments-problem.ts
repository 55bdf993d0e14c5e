import type { ProblemFields, ProblemRun, RunProblem, Task } from 'rxflo';
import { weightsOf } from './problem-weights.ts';
import { compartments, type CompartmentNetwork, type CompartmentRates } from './given-compartments.ts';

const VOLTAGES = { basal: 'basal', proximal: 'proximal', feedback: 'feedback', burst: 'b', backward: 'backward', apical: 'apical' }; // prettier-ignore
const RATE = { least: 0 };

/** The most numbers of all voltages, because they are printed. */
const MOST_SHOWN = 4_000_000;

type Matrix = CompartmentNetwork['w_rec'];

/** Reads how compartments learn. `task` also plays the target, as the activity of the teacher. */
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
  // Weights that start as a mirror remain one: both get the same updates and the same decay. This needs no weight transport.
  if (isTied && initial.backward.some((row, i) => row.some((w, j) => w !== mirror[i][j]))) {
    first.refuse(
      'backward',
      'is not the transpose of predict, to which it is tied; give the transpose, or leave it out',
    );
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
    const right = `give fewer: trials times timesteps times units may be at most ${MOST_SHOWN}`;
    given.refuse('trials', `is ${trials}, but voltages are printed for every timestep of each; ${right}`);
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
