/**
 * The online algorithms beside NumPy, in turns within one run: microseconds of processor time per timestep, one thread each. NumPy comes twice: as
 * the authors' public program has it, and with no more work than there need be.
 *
 *     npm run bench:online [-- --units 32,100 --learners uoro,dni --rounds 3 --seconds 1]
 *
 * Each first learns a trial online from the same weights and the same noise, and must have learned the same (1e-9), or the run fails.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import {
  dni,
  dniB,
  eBptt,
  fBptt,
  kernl,
  kfRtrl,
  local,
  nodePerturbation,
  ok,
  rKfRtrl,
  uoro,
  weightPerturbation,
  withKernels,
  type NoiseTape,
} from '../../src/algorithms/index.ts';
import { build, circuit as define, type Engine } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal, sampler, stream } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { rtrl, snap, type LearningAlgorithm } from '../../src/solvers/index.ts';
import { pythonWith } from './contenders/python.ts';
import { thisMachine } from './machine.ts';

const { values: given } = parseArgs({
  options: {
    units: { type: 'string', default: '32,100' },
    learners: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '1' },
  },
});

/** Timesteps of a trial. */
const T = 100;
const [INPUTS, OUTPUTS] = [2, 2];
const [RATE, RATE_OUT] = [0.01, 0.02];

interface Made {
  /** With the noise of its first trial. */
  readonly algorithm: LearningAlgorithm;
  readonly fresh: LearningAlgorithm;
  readonly noise: readonly (readonly number[])[] | null;
  readonly options: object;
  readonly random?: boolean;
  readonly cost: 'N^2' | 'N^3' | 'H N^2' | 'r N^3' | 'N^4';
}

function tapeOf(numbers: number, kind: 'sign' | 'normal', scale = 1): readonly (readonly number[])[] {
  const source = stream(5, 'noise');
  const draw = kind === 'sign' ? () => (source() < 0.5 ? -1 : 1) : sampler(normal({ sd: scale }), source);
  return Array.from({ length: T }, () => Array.from({ length: numbers }, draw));
}

const noiseless = { draws: ['none', 0, 1], jacobian: false, random: false };
const seen = (N: number) => N + OUTPUTS + 1;
const numbersOf = (count: number) => Array.from({ length: count }, sampler(normal({ sd: 0.1 }), stream(6, 'credit')));

/** A learner that draws, from a tape and by itself. */
function drawn(
  make: (tape: { tape?: NoiseTape }) => LearningAlgorithm,
  numbers: number,
  kind: 'sign' | 'normal',
  rest: { readonly scale?: number; readonly options: object; readonly cost: Made['cost']; readonly random?: boolean },
): Made {
  const { scale = 1, options, ...others } = rest;
  const noise = tapeOf(numbers, kind, scale);
  return {
    ...{ algorithm: make({ tape: [noise] }), fresh: make({}), noise, ...others },
    options: { draws: [kind, numbers, scale], jacobian: false, random: false, ...options },
  };
}

function still(algorithm: LearningAlgorithm, options: object, cost: Made['cost'], random = false): Made {
  return { algorithm, fresh: algorithm, noise: null, options: { ...noiseless, ...options }, cost, random };
}

const LEARNERS: Readonly<Record<string, (N: number) => Made>> = {
  rflo: () => still(local(), {}, 'N^2'),
  uoro: (N) => drawn((tape) => uoro(tape), N, 'sign', { options: { jacobian: true }, cost: 'N^2' }),
  kernl: (N) => {
    const how = { eta: 0.1, sigma: 0.01 };
    const options = { eta: how.eta, gamma: 0.5 };
    return drawn((tape) => kernl({ ...how, ...tape }), N, 'normal', { scale: how.sigma, options, cost: 'N^2' });
  },
  dni: (N) => {
    const A = numbersOf(N * seen(N));
    return still(dni({ A }), { A, credit_rate: 1e-3, hold: 5, jacobian: true }, 'N^2');
  },
  'dni-b': (N) => {
    const [A, J] = [numbersOf(N * seen(N)), numbersOf(N * N)];
    return still(dniB({ A, J }), { A, J, credit_rate: 1e-3, jacobian_rate: 1e-3, hold: 5, random: true }, 'N^2', true);
  },
  'e-bptt-10': () => still(eBptt(10), { H: 10 }, 'N^2'),
  'node-perturbation': (N) =>
    drawn((tape) => nodePerturbation(tape), N, 'normal', {
      ...{ scale: 0.1, cost: 'N^2' },
      options: { sigma: 0.1, baseline_rate: 0.01 },
    }),
  'weight-perturbation': (N) =>
    drawn((tape) => weightPerturbation({ sigma: 0.01, ...tape }), N * (N + INPUTS), 'normal', {
      ...{ scale: 0.01, cost: 'N^2' },
      options: { sigma: 0.01, baseline_rate: 0.01 },
    }),
  'snap-1': () => still(snap(1), { jacobian: true }, 'N^2'),
  'f-bptt-10': () => still(fBptt(10), { H: 10 }, 'H N^2'),
  'kf-rtrl': () => drawn((tape) => kfRtrl(tape), 2, 'sign', { options: { jacobian: true }, cost: 'N^3' }),
  'r-kf-rtrl': (N) => drawn((tape) => rKfRtrl(tape), N, 'sign', { options: { jacobian: true }, cost: 'N^3' }),
  'ok-2': () => drawn((tape) => ok(2, tape), 3, 'sign', { options: { jacobian: true, r: 2 }, cost: 'r N^3' }),
  rtrl: () => still(rtrl(), { jacobian: true }, 'N^4'),
};

const folder = mkdtempSync(join(tmpdir(), 'rxflo-online-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

function network(N: number) {
  return build(
    define({
      neurons: { x: input(INPUTS), h: leakyTanh(N, { tau: 2, initial: 0.1 }), y: linear(OUTPUTS) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 1 / Math.sqrt(N) }), rule: rflo({ eta: RATE }) },
        input: { from: 'x', to: 'h', weights: normal(), rule: rflo({ eta: RATE }) },
        readout: { from: 'h', to: 'y', weights: normal({ sd: 1 / Math.sqrt(N) }), rule: delta({ eta: RATE_OUT }) },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
    1,
  );
}

const trial = {
  timesteps: T,
  input: Float64Array.from({ length: T * INPUTS }, (_, k) => Math.sin(0.7 * k)),
  target: Float64Array.from({ length: T * OUTPUTS }, (_, k) => Math.cos(0.3 * k)),
};

function rows(numbers: ArrayLike<number>, width: number): number[][] {
  return Array.from({ length: numbers.length / width }, (_, i) =>
    Array.from({ length: width }, (_j, j) => numbers[i * width + j]),
  );
}

function side(one: ArrayLike<number>, other: ArrayLike<number>, N: number): number[][] {
  const right = rows(other, INPUTS);
  return rows(one, N).map((row, i) => [...row, ...right[i]]);
}

/** Opens ours: kernels where there are some. */
function open(algorithm: LearningAlgorithm, N: number, random: boolean): Engine {
  const schedule = algorithm.causal ? 'online' : 'trial';
  const how = { schedule, feedback: random ? 'random' : 'symmetric', seed: 1 } as const;
  const circuit = network(N);
  if (algorithm.kernel) return new KernelEngine(circuit, { algorithm, ...how });
  return algorithm.open(circuit, algorithm.arithmetic ? withKernels(circuit, how) : how);
}

/** Plays for so many milliseconds; returns microseconds of processor time per timestep. */
function play(engine: Engine, milliseconds: number): number {
  const began = performance.now();
  const { user, system } = process.cpuUsage();
  let trials = 0;
  do {
    engine.trial(trial);
    trials++;
  } while (performance.now() - began < milliseconds);
  const used = process.cpuUsage();
  return (used.user - user + used.system - system) / trials / T;
}

function farthest(got: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  return Math.max(...wanted.flatMap((row, i) => row.map((value, j) => Math.abs(got[i][j] - value))));
}

await loadKernels();
const python = pythonWith(['numpy']);
if (python === null) throw new Error('no Python here has numpy');
const { cpu } = thisMachine();
const PEERS = { published: 'numpy_published.py', tight: 'numpy_online.py' } as const;
const ways = ['rxflo', ...Object.keys(PEERS)];
const table = new Table({
  head: ['learner', 'cost', 'N', ...ways.map((way) => `${way}, us`), ...Object.keys(PEERS).flatMap((peer) => [`${peer} / rxflo`, 'least', 'most'])], // prettier-ignore
  style: { head: [], border: [] },
});

/** Lets a peer learn the trial, and play; returns its weights and its microseconds per timestep. */
function playPeer(script: string, file: string): { w: number[][]; w_out: number[][]; microseconds: number } {
  const peer = spawnSync(python ?? '', [fileURLToPath(new URL(`peers/${script}`, import.meta.url)), file], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  if (peer.status !== 0) throw new Error(`${script} failed: ${peer.stderr}`);
  return JSON.parse(peer.stdout) as ReturnType<typeof playPeer>;
}

const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);
const middle = (numbers: readonly number[]) => sorted(numbers)[Math.floor(numbers.length / 2)];

for (const N of given.units.split(',').map(Number)) {
  const { groups, feedback } = network(N);
  const weights = (name: string) => groups.find((group) => group.name === name)?.weights ?? [];
  for (const name of given.learners?.split(',') ?? Object.keys(LEARNERS)) {
    const { algorithm, fresh, noise, options, cost, random = false } = LEARNERS[name](N);
    const file = join(folder, `${name}-${N}.json`);
    const seconds = Number(given.seconds);
    const problem = {
      ...{
        learner: name,
        T,
        alpha: 0.5,
        rate: RATE,
        rate_out: RATE_OUT,
        h0: Array(N).fill(0.1),
        noise,
        options,
        seconds,
      },
      ...{ w: side(weights('recurrent'), weights('input'), N), w_out: rows(weights('readout'), N) },
      ...{
        b: rows(feedback[0].weights, OUTPUTS),
        input: rows(trial.input, INPUTS),
        target: rows(trial.target, OUTPUTS),
      },
    };
    writeFileSync(file, JSON.stringify(problem));
    const first = open(algorithm, N, random);
    first.trial(trial, { number: 1 });
    const learned = first.weights();
    const engine = open(fresh, N, random);
    // A second for the compiler.
    play(engine, 1000);
    const own: number[] = [];
    const peers = Object.entries(PEERS).map(([peer, script]) => ({ peer, script, taken: [] as number[] }));
    for (let round = 0; round < Number(given.rounds); round++) {
      own.push(play(engine, 1000 * seconds));
      for (const { script, taken } of peers) {
        const { w, w_out, microseconds } = playPeer(script, file);
        const off = Math.max(
          farthest(w, side(learned['recurrent'], learned['input'], N)),
          farthest(w_out, rows(learned['readout'], N)),
        );
        if (!(off < 1e-9))
          throw new Error(`${name}, N = ${N}: ${script} and rxflo learned weights that differ by ${off}`);
        taken.push(microseconds);
      }
    }
    const times = [own, ...peers.map(({ taken }) => taken)].map((taken) => middle(taken).toFixed(1));
    const ratios = peers.flatMap(({ taken }) => {
      const all = sorted(taken.map((time, round) => time / own[round]));
      return [middle(all), all[0], all[all.length - 1]].map((ratio) => ratio.toFixed(1));
    });
    table.push([name, cost, N, ...times, ...ratios]);
    process.stderr.write(`${name}, N = ${N}: ${ways.map((way, k) => `${way} ${times[k]} us`).join(', ')}\n`);
  }
}
console.log(`${cpu}, one thread each\n${table.toString()}`);
