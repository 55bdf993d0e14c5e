/**
 * What the derivative of an episode costs: processor time of `ThroughLearning` for learning 50 samples and being asked about 10, against that of the same
 * on kernels, in turns, for the three coefficients of the published rule and for the ten of the pool.
 *
 *     npm run bench:episode [-- --rounds 5]
 */
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { local } from '../../src/algorithms/index.ts';
import { build } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { stream } from '../../src/random/index.ts';
import { ThroughLearning } from '../../src/solvers/index.ts';
import {
  adapt,
  metaCircuit,
  THETA,
  trialOf,
  weightsOf,
  type Episode,
} from '../../scenarios/systems/meta-plasticity.ts';
import { thisMachine } from './machine.ts';
import { spreadOf } from './spread.ts';

const { values: given } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });

const SIZES = [196, 60, 40, 20, 10];
const [SAMPLES, QUERY] = [50, 10];
const CLASSES = 10;
/** Small enough that no weight runs away. */
const COEFFICIENT = 1e-4;

const draw = stream(1, 'an episode');
const matrices = () =>
  SIZES.slice(1).map((rows, k) => {
    const most = Math.sqrt(6 / (rows + SIZES[k]));
    return Array.from({ length: rows }, () => Array.from({ length: SIZES[k] }, () => most * (2 * draw() - 1)));
  });
const shown = (count: number) =>
  Array.from({ length: count }, () => ({
    input: Array.from({ length: SIZES[0] }, draw),
    label: Math.floor(CLASSES * draw()),
  }));
const episode: Episode = { weights: matrices(), feedback: matrices(), samples: shown(SAMPLES), query: shown(QUERY) };

/** Milliseconds of processor time. */
function timed(thing: () => unknown): number {
  const before = process.cpuUsage();
  thing();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function turnsOf(terms: readonly number[]) {
  const circuit = build(metaCircuit({ sizes: SIZES, beta: 10, terms, feedback: 'fixed' }), 1);
  const theta = Object.fromEntries(terms.map((term) => [THETA[term], COEFFICIENT]));
  const through = new ThroughLearning(circuit, Object.keys(theta));
  const kernels = new KernelEngine(circuit, { schedule: 'trial', feedback: 'random', algorithm: local() });
  for (const group of circuit.groups) if (group.rule) kernels.tune(group.name, theta);
  const trials = [...episode.samples, ...episode.query].map((sample) => trialOf(sample, CLASSES));
  const learn = () => {
    kernels.setWeights({ ...kernels.weights(), ...weightsOf(episode, circuit) });
    trials.forEach((trial, k) => {
      kernels.trial(trial, { learn: k < SAMPLES });
    });
  };
  const differentiate = () => adapt(through, episode, theta);
  for (const warm of [learn, learn, differentiate]) warm();
  return Array.from({ length: Number(given.rounds) }, () => [timed(learn), timed(differentiate)] as const);
}

await loadKernels();
console.log(thisMachine());
const table = new Table({ head: ['coefficients', 'kernels, ms', 'derivative, ms', 'times'], style: { head: [] } });
for (const terms of [[0, 2, 9], THETA.map((_, term) => term)]) {
  const turns = turnsOf(terms);
  const columns = [turns.map(([ms]) => ms), turns.map(([, ms]) => ms), turns.map(([plain, ms]) => ms / plain)];
  table.push([String(terms.length), ...columns.map((each) => spreadOf(each).median.toPrecision(3))]);
}
console.log(table.toString());
