/**
 * Murray, eLife 8:e43299 (2019), Fig. 3: a network of 100 units hears two pulses, and is to answer with one as late after the second as that came
 * after the first. The delay is drawn anew in each trial.
 *
 *     rxflo sweep scenarios/murray2019-fig3.ts
 *     rxflo sweep scenarios/murray2019-fig3.ts --quick
 *
 * Both learners are shown at their own best rate, for each range of delays. What else each learns best with was searched for: RFLO's readout learns
 * ten times as fast as its other synapses, and its rates fall. Where delays are drawn from a range, the fifth in its middle is left out of training, and the
 * test has them. docs/murray-2019.md says what comes out, and what was searched.
 */
import {
  circuit,
  delta,
  input,
  InputError,
  intervalMatching,
  leakyTanh,
  linear,
  normal,
  rflo,
  scenario,
  uniform,
} from 'rxflo';

const how = {
  RFLO: { learner: 'rflo', readout: 10, rateHalfLife: 1_000 },
  BPTT: { learner: 'bptt', readout: 1, rateHalfLife: 0 },
} as const;

function howOf(name: string): (typeof how)['RFLO' | 'BPTT'] {
  if (name === 'RFLO' || name === 'BPTT') return how[name];
  throw new InputError('option learner', `'${name}' is none; there is ${Object.keys(how).join(', ')}`);
}

/** Delays drawn from a range, its ends included, but for the fifth in its middle: `150 to 250`. */
function delaysOf(range: string): { shortest: number; longest: number; unseen?: readonly [number, number] } {
  const found = /^(\d+) to (\d+)$/.exec(range);
  if (!found) throw new InputError('option delays', `'${range}' is no range of timesteps; give one such as 150 to 250`);
  const [shortest, longest] = [Number(found[1]), Number(found[2])];
  const [middle, tenth] = [(shortest + longest) / 2, (longest - shortest) / 10];
  return { shortest, longest, ...(tenth >= 1 && { unseen: [Math.ceil(middle - tenth), Math.floor(middle + tenth)] }) };
}

export default scenario({
  title: 'Murray (2019), Fig. 3: interval matching',
  options: {
    learner: 'RFLO',
    delays: '150 to 250', // timesteps, of which 10 are a time constant
    units: 100,
    rate: 0.01,
    gain: 1.65,
    input: 3, // standard deviation of the input weights
    pulse: 20,
    width: 25, // standard deviation of the answer, a bell
  },
  circuit: ({ learner, units, rate, gain, input: strength }) =>
    circuit({
      neurons: { x: input(1), h: leakyTanh(units, { tau: 10 }), y: linear(1) },
      synapses: {
        input: { from: 'x', to: 'h', weights: normal({ sd: strength }), rule: rflo({ rate }) },
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: gain / Math.sqrt(units) }), rule: rflo({ rate }) },
        readout: {
          from: 'h',
          to: 'y',
          weights: uniform(-1 / Math.sqrt(units), 1 / Math.sqrt(units)),
          rule: delta({ rate: rate * howOf(learner).readout }),
        },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
    }),
  task: ({ delays, pulse, width }) => intervalMatching({ ...delaysOf(delays), pulse, width }),
  trials: 5_000,
  rateHalfLife: ({ learner }) => howOf(learner).rateHalfLife,
  compare: ({ learner }) => [howOf(learner).learner],
  sweep: {
    grid: {
      delays: ['50 to 100', '200 to 200', '175 to 225', '150 to 250'],
      learner: ['RFLO', 'BPTT'],
      rate: [0.003, 0.01, 0.03, 0.1],
    },
    best: 'rate',
    score: 'answered',
    testEvery: 500,
    seeds: 5,
  },
  quick: {
    trials: 300,
    seeds: 2,
    grid: { delays: ['50 to 100', '150 to 250'], learner: ['RFLO', 'BPTT'], rate: [0.01, 0.03] },
  },
});
