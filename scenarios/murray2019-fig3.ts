/**
 * Murray, eLife 8:e43299 (2019), Fig. 3: a network of 100 units receives two pulses and must answer with a third, as long after the second as the
 * second came after the first. The delay is drawn again in each trial.
 *
 *     rxflo sweep scenarios/murray2019-fig3.ts
 *     rxflo sweep scenarios/murray2019-fig3.ts --quick
 *
 * Each learner is shown at its own best rate, for each range of delays. Other settings were also tuned for each learner: RFLO's readout learns
 * ten times as fast as its other synapses, and its rates fall; 'readout alone' is the same with all other synapses fixed. If delays are drawn from a
 * range, the middle fifth is left out of training but included in the test. Results and the search: docs/murray-2019.md.
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

interface How {
  readonly algorithm: 'local' | 'bptt';
  /** Whether input and recurrent synapses learn; otherwise only the readout learns. */
  readonly all: boolean;
  /** How much faster the readout learns. */
  readonly readout: number;
  readonly rateHalfLife: number;
}

const learners: Readonly<Record<string, How>> = {
  RFLO: { algorithm: 'local', all: true, readout: 10, rateHalfLife: 1_000 },
  BPTT: { algorithm: 'bptt', all: true, readout: 1, rateHalfLife: 0 },
  'readout alone': { algorithm: 'local', all: false, readout: 10, rateHalfLife: 1_000 },
};

function howOf(name: string): How {
  if (Object.hasOwn(learners, name)) return learners[name];
  throw new InputError('option learner', `'${name}' is unknown; give one of ${Object.keys(learners).join(', ')}`);
}

/** Parses a range of delays, `150 to 250`, ends included; its middle fifth is unseen in training. */
function delaysOf(range: string): { shortest: number; longest: number; unseen?: readonly [number, number] } {
  const found = /^(\d+) to (\d+)$/.exec(range);
  if (!found)
    throw new InputError('option delays', `expected a range of timesteps, such as 150 to 250, got '${range}'`);
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
  circuit: ({ learner, units, rate, gain, input: strength }) => {
    const { all, readout } = howOf(learner);
    const rule = all && { rule: rflo({ eta: rate }) };
    return circuit({
      neurons: { x: input(1), h: leakyTanh(units, { tau: 10 }), y: linear(1) },
      synapses: {
        input: { from: 'x', to: 'h', weights: normal({ sd: strength }), ...rule },
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: gain / Math.sqrt(units) }), ...rule },
        readout: {
          from: 'h',
          to: 'y',
          weights: uniform(-1 / Math.sqrt(units), 1 / Math.sqrt(units)),
          rule: delta({ eta: rate * readout }),
        },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal({ sd: 1 }) } },
    });
  },
  task: ({ delays, pulse, width }) => intervalMatching({ ...delaysOf(delays), pulse, width }),
  trials: 2_500,
  rateHalfLife: ({ learner }) => howOf(learner).rateHalfLife,
  compare: ({ learner }) => [{ name: learner, learner: howOf(learner).algorithm }],
  sweep: {
    grid: {
      delays: ['150 to 250', '175 to 225', '200 to 200', '100 to 150', '50 to 100'],
      learner: Object.keys(learners),
      rate: [0.003, 0.01, 0.03],
    },
    best: 'rate',
    score: 'answered',
    testEvery: 250,
    seeds: 5,
  },
  quick: {
    trials: 300,
    seeds: 2,
    grid: { delays: ['50 to 100', '150 to 250'], learner: Object.keys(learners), rate: [0.01, 0.03] },
  },
});
