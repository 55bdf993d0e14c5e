/**
 * Marschall, Cho & Savin (arXiv:1905.12100, 2019): the apical voltage of a neuron learns to be its credit, by local rules, and its basal synapses
 * learn from it. Task: addition of two earlier bits.
 *
 *     rxflo sweep scenarios/marschall2019.ts
 *     rxflo sweep scenarios/marschall2019.ts --quick
 *     rxflo run scenarios/marschall2019.ts --set lags="5 9" learner=compartments
 *
 *     learner        how it learns
 *     compartments   only local rules: apical, predictive and mirrored synapses, phases within a timestep; `squash`, `hold`, `bootstrap`, `trace`
 *                    are dials
 *     tied           the same circuit, with backward synapses that mirror the predictive ones from the start
 *     DNI(b)         the algorithm that tied compartments implement, with weight transport
 *     DNI            the same with the exact Jacobian, symmetric feedback and no squash
 *     RFLO           each synapse has its own trace; the error comes through fixed feedback
 *     RTRL           the exact gradient
 *     readout only   only the readout learns
 *
 * The task is an endless stream; a trial is 100 timesteps of it. Results: docs/marschall.md.
 */
import {
  addition,
  dni,
  dniB,
  InputError,
  normal,
  orthogonal,
  scenario,
  stream,
  type Circuit,
  type LearnerOptions,
} from 'rxflo';
import { compartmentCircuit, type CompartmentCircuit } from './systems/compartments.ts';
import { T, unifiedCircuit } from './systems/unified.ts';

const LEARNERS = ['readout only', 'RFLO', 'compartments', 'tied', 'DNI(b)', 'DNI', 'RTRL'] as const;

interface Network {
  readonly learner: string;
  readonly units: number;
  readonly tau: number;
  readonly rate: number;
  readonly gain: number;
  readonly creditRate: number;
  readonly predictRate: number;
  readonly decay: number;
  readonly hold: number;
  readonly start: number;
  readonly squash: string;
  readonly bootstrap: string;
  readonly trace: string;
}

function among<T extends string>(option: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new InputError(`option ${option}`, `'${value}' is unknown; give one of ${choices.join(', ')}`);
}

/** Initial weights for estimating credit: those of each unit from all rates, targets and the constant have one distribution. */
function firstCredit(units: number) {
  return normal({ sd: 1 / Math.sqrt(units + 3) });
}

function isCompartments({ learner }: Pick<Network, 'learner'>): boolean {
  return learner === 'compartments' || learner === 'tied';
}

/** A uniform random matrix of this standard deviation and its transpose, the same for all seeds. */
function mirrors(units: number, sd: number) {
  const random = stream(1, 'tied');
  const predict = Array.from({ length: units }, () =>
    Array.from({ length: units }, () => sd * Math.sqrt(3) * (2 * random() - 1)),
  );
  return { predict, backward: predict.map((_, j) => predict.map((row) => row[j])) };
}

function withCompartments(how: Network): Circuit {
  const { units, tau, rate, gain, creditRate, predictRate, decay, hold, start } = how;
  const square = normal({ sd: 1 / Math.sqrt(units) });
  const small = start / Math.sqrt(units);
  const drawn = normal({ sd: small });
  const given: CompartmentCircuit = {
    ...{ inputs: 2, units, outputs: 2, tau, hold, loss: 'cross-entropy' },
    weights: {
      ...{ input: normal({ sd: 1 / Math.sqrt(2) }), recurrent: orthogonal({ gain }), readout: square },
      ...{ feedback: normal({ sd: 1 / Math.sqrt(2) }), composite: drawn },
      ...(how.learner === 'tied' ? mirrors(units, small) : { predict: drawn, backward: drawn }),
      ...{ apical: firstCredit(units), label: firstCredit(units), apicalBias: firstCredit(units) },
    },
    rates: {
      ...{ recurrent: rate * T, input: rate * T, readout: rate * T, bias: rate * T },
      ...{ credit: creditRate, predict: predictRate, decay },
    },
    squash: among('squash', how.squash, ['tanh', 'none']),
    bootstrap: among('bootstrap', how.bootstrap, ['backward', 'identity', 'composite']),
    trace: among('trace', how.trace, ['none', 'eligibility']),
  };
  return compartmentCircuit(given);
}

function learnerOf({ learner, creditRate, predictRate, hold }: Network): LearnerOptions {
  switch (among('learner', learner, LEARNERS)) {
    case 'DNI(b)':
      return { learner: dniB({ creditRate, hold, jacobianRate: predictRate }) };
    case 'DNI':
      return { learner: dni({ creditRate, hold }) };
    case 'RTRL':
      return { learner: 'rtrl' };
    case 'readout only':
    case 'RFLO':
    case 'compartments':
    case 'tied':
      return { learner: 'local' };
  }
}

export default scenario({
  title: 'Marschall et al. (2019): learning with compartments',
  options: {
    learner: 'compartments',
    lags: '3 5', // t1 and t2, samples
    units: 32,
    tau: 1, // 1/alpha
    rate: 1e-3, // per timestep: of W, W_in, W_out and biases
    gain: 1, // of W, which is orthogonal
    creditRate: 0.05,
    predictRate: 0.01, // of F, V and U
    decay: 0.01, // of predictive and mirrored synapses, per timestep
    start: 0.1, // of predictive and mirrored synapses, drawn independently: standard deviation times sqrt(units)
    hold: 5,
    squash: 'tanh', // or none
    bootstrap: 'backward', // or identity: a neuron uses its own burst as the credit that comes back; or composite: U predicts it from rates
    trace: 'none', // or eligibility
    labels: 'probability', // or coin
  },
  circuit: (how) => {
    if (isCompartments(how)) return withCompartments(how);
    const { learner, units, tau, rate, gain } = how;
    return unifiedCircuit({
      ...{ inputs: 2, units, outputs: 2, tau, eta: rate * T, gain },
      readoutOnly: learner === 'readout only',
    });
  },
  task: ({ lags, labels, learner }) => {
    const found = /^(\d+) (\d+)$/.exec(lags);
    if (!found) throw new InputError('option lags', `expected a pair of lags, such as "3 5", got '${lags}'`);
    const played = addition({
      ...{ first: Number(found[1]), second: Number(found[2]), timesteps: T },
      labels: among('labels', labels, ['probability', 'coin']),
    });
    if (!isCompartments({ learner })) return played;
    // The teacher sends the target.
    return {
      ...played,
      inputs: played.inputs + played.outputs,
      trial: (index, random, earlier) => {
        const { timesteps, input: x, target } = played.trial(index, random, earlier);
        const both = Float64Array.from({ length: 4 * timesteps }, (_, k) => {
          const [row, column] = [Math.floor(k / 4), k % 4];
          return column < 2 ? x[2 * row + column] : target[2 * row + column - 2];
        });
        return { timesteps, input: both, target };
      },
    };
  },
  carry: true,
  schedule: 'online',
  trials: 400,
  compare: (how) => [{ name: how.learner, ...learnerOf(how) }],
  sweep: {
    grid: { lags: ['3 5', '5 9'], learner: [...LEARNERS] },
    seeds: 5,
  },
  quick: { trials: 100, seeds: 1, grid: { lags: ['3 5'], learner: ['RFLO', 'compartments', 'DNI(b)'] } },
});
