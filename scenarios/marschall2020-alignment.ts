/**
 * Marschall, Cho & Savin, "A unified framework of online learning algorithms for training recurrent neural networks" (JMLR 21, 2020): how similar
 * are the gradients that online algorithms estimate? RTRL learns to add two earlier bits; the other algorithms run on the same activity.
 *
 *     rxflo alignment scenarios/marschall2020-alignment.ts
 *     rxflo alignment scenarios/marschall2020-alignment.ts --quick
 *     rxflo alignment scenarios/marschall2020-alignment.ts --set tau=2
 *     rxflo sweep scenarios/marschall2020-alignment.ts
 *     rxflo alignment scenarios/marschall2020-alignment.ts --set task=mimicry
 *     rxflo sweep scenarios/marschall2020-alignment.ts --set task=mimicry tau=2
 *
 * tau = 1 (alpha = 1): lags 5 and 9. tau = 2 (alpha = 0.5): each bit lasts two timesteps, lags 2 and 4. The task is an endless stream;
 * a trial is 100 timesteps. In the sweep each learner trains alone, over lags d + 2 and d + 6. Results: docs/marschall.md.
 */
import { addition, InputError, mimicry, scenario } from 'rxflo';
import { onlineFamily } from './systems/family.ts';
import { T, unifiedCircuit } from './systems/unified.ts';

/** @throws InputError if it is neither -1 nor a difficulty of the sweeps. */
function checkDifficulty(difficulty: number): void {
  if (difficulty === -1 || (Number.isInteger(difficulty) && difficulty >= 0)) return;
  throw new InputError(
    'option difficulty',
    `expected 0, 1, 2 and so on, or -1 for the paper's lags, got ${difficulty}`,
  );
}

/** The Mimic task has two channels when the difficulty is swept, as in the paper. */
function channelsOf(task: string, difficulty: number): number {
  return task === 'mimicry' && difficulty < 0 ? 32 : 2;
}

export default scenario({
  title: 'Marschall et al. (2020): alignment of online algorithms',
  options: {
    task: 'addition', // or mimicry: the response of a random network to 32 bits
    units: 32,
    tau: 1, // 1/alpha; above 1, a bit lasts two timesteps
    rate: 1e-3, // per timestep, of all weights
    difficulty: -1, // d: lags d + 2 and d + 6, or the teacher's gain 0.5 + 0.1 d; -1: the paper's, by tau
    creditRate: 0.05,
    jacobianRate: 0.01,
  },
  circuit: ({ task, units, tau, rate, difficulty }) => {
    const channels = channelsOf(task, difficulty);
    const loss = task === 'mimicry' ? 'squared' : 'cross-entropy';
    return unifiedCircuit({ inputs: channels, units, outputs: channels, tau, eta: rate * T, loss });
  },
  task: ({ task, tau, difficulty }) => {
    checkDifficulty(difficulty);
    if (task === 'mimicry') {
      const gain = difficulty >= 0 ? 0.5 + 0.1 * difficulty : 1;
      return mimicry({ channels: channelsOf(task, difficulty), tau, hold: tau, samples: T / tau, gain });
    }
    if (task !== 'addition') throw new InputError('option task', `'${task}' is unknown; give addition or mimicry`);
    if (difficulty >= 0) return addition({ first: difficulty + 2, second: difficulty + 6, timesteps: T });
    return tau === 1
      ? addition({ first: 5, second: 9, timesteps: T })
      : addition({ first: 2, second: 4, hold: 2, timesteps: T });
  },
  carry: true,
  schedule: 'online',
  trials: 60,
  compare: onlineFamily,
  sweep: {
    grid: {
      difficulty: [0, 2, 4, 6, 8, 10, 12, 14],
      learner: ['UORO', 'KF-RTRL', 'R-KF-RTRL', 'RFLO', 'KeRNL', 'DNI', 'DNI(b)', 'F-BPTT(10)'],
    },
    seeds: 3,
    costs: true,
  },
  quick: {
    trials: 5,
    seeds: 1,
    settings: { units: 12 },
    grid: { difficulty: [0, 4], learner: ['UORO', 'RFLO', 'DNI', 'F-BPTT(10)'] },
  },
});
