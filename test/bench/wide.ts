/**
 * Networks with 784 inputs that learn one image at a time, beside PyTorch written the same way, in turns within one run: microseconds of processor time a
 * sample, one thread each.
 *
 *     npm run bench:wide [-- --layers 784,170,130,100,70,10 --networks errors,oja --precisions f64,f32 --images fashion,dense,sparse --rounds 100 --seconds 0.01]
 *
 * Both first learn ten samples from the same weights, and must have learned the same (1e-9 of the largest change of a weight; 1e-3 in float32), or the run
 * fails. Others may use the machine, so turns are short, and what counts are those that were disturbed least: the quickest tenth.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { z } from 'zod';
import { imagesOf } from '../../scenarios/systems/images.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, type BuiltCircuit } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { stream } from '../../src/random/index.ts';
import type { Trial } from '../../src/tasks/index.ts';
import { pythonWith } from './contenders/python.ts';
import { thisMachine } from './machine.ts';
import { PeerProcess } from './peer-process.ts';
import { rows } from './problem.ts';
import { takeTurns, type Runner } from './turns.ts';
import { BETA, NETWORKS, RATE } from './wide-circuits.ts';

const { values: given } = parseArgs({
  options: {
    layers: { type: 'string', default: '784,170,130,100,70,10' },
    networks: { type: 'string', default: 'errors,oja' },
    precisions: { type: 'string', default: 'f64,f32' },
    images: { type: 'string', default: 'fashion,dense,sparse' },
    rounds: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '0.01' },
  },
});
const sizes = given.layers.split(',').map(Number);
const measure = { rounds: Number(given.rounds), seconds: Number(given.seconds) };
/** How many images are shown in turn, and how many are learned to compare what was learned. */
const [SAMPLES, COMPARED] = [20, 10];
/** How many samples each learns before it is measured: by then what it runs has been compiled for speed. */
const WARM = 1000;

type Precision = 'f64' | 'f32';

interface Sample {
  readonly image: readonly number[];
  readonly label: number;
}

const random = stream(1, 'wide');
const drawn = (zeros: number): readonly Sample[] =>
  Array.from({ length: SAMPLES }, (_, k) => ({
    image: Array.from({ length: sizes[0] }, () => (random() < zeros ? 0 : random())),
    label: k % sizes[sizes.length - 1],
  }));
const IMAGES: Readonly<Record<string, () => readonly Sample[]>> = {
  fashion: () => {
    const { pixels, labels, rows: height, columns } = imagesOf('', 'train');
    const size = height * columns;
    if (size !== sizes[0])
      throw new Error(`--images fashion: its images have ${size} pixels, the first layer ${sizes[0]}`);
    return Array.from({ length: SAMPLES }, (_, k) => ({
      image: Array.from(pixels.subarray(k * size, (k + 1) * size), (pixel) => pixel / 255),
      label: labels[k],
    }));
  },
  dense: () => drawn(0),
  sparse: () => drawn(0.8),
};

const zerosOf = (samples: readonly Sample[]) => {
  const all = samples.flatMap(({ image }) => image);
  return all.filter((value) => value === 0).length / all.length;
};

const folder = mkdtempSync(join(tmpdir(), 'rxflo-wide-'));
process.on('exit', () => {
  rmSync(folder, { recursive: true, force: true });
});

function oneOf<T>(
  option: string,
  known: Readonly<Record<string, T>>,
  names: string,
): readonly (readonly [string, T])[] {
  return names.split(',').map((name) => {
    if (!Object.hasOwn(known, name))
      throw new Error(`--${option}: '${name}' is unknown; there is ${Object.keys(known).join(', ')}`);
    return [name, known[name]] as const;
  });
}

function trialOf({ image, label }: Sample): Trial {
  const target = Float64Array.from({ length: sizes[sizes.length - 1] }, (_, k) => (k === label ? 1 : 0));
  return { timesteps: 1, input: Float64Array.of(...image, ...target), target };
}

const engineOf = (built: BuiltCircuit, precision: Precision) =>
  new KernelEngine(built, { algorithm: local(), schedule: 'trial', feedback: 'random', precision });

/** Ours, the same samples in turn. */
function ours(built: BuiltCircuit, precision: Precision, samples: readonly Sample[]): Runner {
  const engine = engineOf(built, precision);
  const trials = samples.map(trialOf);
  return {
    run: (count) => {
      const { user, system } = process.cpuUsage();
      for (let k = 0; k < count; k++) engine.trial(trials[k % trials.length]);
      const after = process.cpuUsage();
      return Promise.resolve((after.user - user + after.system - system) / 1000 / count);
    },
  };
}

/** The problem as the peer reads it. */
function problemOf(built: BuiltCircuit, oja: number, precision: Precision, samples: readonly Sample[]): string {
  const matrices = (prefix: string, from: number) =>
    sizes.slice(from).map((_, k) => {
      const group = built.groups.find(({ name }) => name === `${prefix}${k + from}`);
      if (!group) throw new Error(`there is no group '${prefix}${k + from}'`);
      return rows(group.weights, group.from.size);
    });
  const file = join(folder, 'problem.json');
  const { length } = samples;
  const content = {
    ...{ precision, beta: BETA, rate: RATE, oja, weights: matrices('forward', 1), feedback: matrices('errors', 2) },
    ...{ images: samples.map(({ image }) => image), labels: samples.map(({ label }) => label), length },
  };
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const learned = z.object({ weights: z.array(z.array(z.array(z.number()))) });

/** @throws Error if the peer learns something else. */
function compare(
  python: string,
  problem: string,
  built: BuiltCircuit,
  precision: Precision,
  samples: readonly Sample[],
): void {
  const peer = spawnSync(python, [script, problem], {
    input: `learn ${COMPARED}\n`,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (peer.status !== 0) throw new Error(`PyTorch failed: ${peer.stderr}`);
  const { weights: told } = learned.parse(JSON.parse(peer.stdout.trim().split('\n')[1]));
  const engine = engineOf(built, precision);
  const before = engine.weights();
  for (const sample of samples.slice(0, COMPARED)) engine.trial(trialOf(sample));
  const after = engine.weights();
  let [most, off] = [0, 0];
  told.forEach((layer, l) => {
    const [was, is, other] = [before[`forward${l + 1}`], after[`forward${l + 1}`], layer.flat()];
    for (let k = 0; k < is.length; k++) {
      most = Math.max(most, Math.abs(is[k] - was[k]));
      off = Math.max(off, Math.abs(is[k] - other[k]));
    }
  });
  const allowed = precision === 'f64' ? 1e-9 : 1e-3;
  if (!(off <= allowed * most)) throw new Error(`PyTorch and rxflo learned weights that differ by ${off}, of ${most}`);
}

/** The least, and what a tenth of the turns are below; microseconds. */
function quick(milliseconds: readonly number[]): { readonly least: number; readonly tenth: number } {
  const sorted = milliseconds.map((ms) => 1000 * ms).sort((a, b) => a - b);
  return { least: sorted[0], tenth: sorted[Math.floor(sorted.length / 10)] };
}

const script = fileURLToPath(new URL('peers/torch_wide.py', import.meta.url));
const table = new Table({
  head: ['network', 'precision', 'images', 'zeros', 'rxflo, us', 'PyTorch, us', 'ratio'],
  style: { head: [], border: [] },
});
await loadKernels();
const python = pythonWith(['torch']);
if (python === null)
  console.log('PyTorch is left out: no Python here has torch (the variable PYTHON may name one that has)');
const shown = ({ least, tenth }: ReturnType<typeof quick>) => `${tenth.toFixed(0)} (least ${least.toFixed(0)})`;
for (const [name, { of, oja }] of oneOf('networks', NETWORKS, given.networks)) {
  const built = build(of(sizes), 1);
  for (const [precision] of oneOf('precisions', { f64: true, f32: true }, given.precisions)) {
    if (precision !== 'f64' && precision !== 'f32') continue;
    for (const [images, make] of oneOf('images', IMAGES, given.images)) {
      const samples = make();
      const mine = ours(built, precision, samples);
      const cells = [name, precision, images, `${(100 * zerosOf(samples)).toFixed(0)} %`];
      if (python === null) {
        await mine.run(WARM);
        const [own] = await takeTurns([mine], measure, () => undefined);
        table.push([...cells, shown(quick(own.milliseconds)), '', '']);
        continue;
      }
      const problem = problemOf(built, oja, precision, samples);
      compare(python, problem, built, precision, samples);
      const [peer] = await PeerProcess.start('torch', { program: python, args: [script] }, problem);
      try {
        for (const one of [mine, peer]) await one.run(WARM);
        const [own, other] = await takeTurns([mine, peer], measure, () => undefined);
        const [fast, slow] = [quick(own.milliseconds), quick(other.milliseconds)];
        table.push([...cells, shown(fast), shown(slow), (slow.tenth / fast.tenth).toFixed(1)]);
        process.stderr.write(`${cells.join(', ')}: ${shown(fast)} us, PyTorch ${shown(slow)} us\n`);
      } finally {
        await peer.stop();
      }
    }
  }
}
const { cpu, cores, node } = thisMachine();
console.log(`${cpu}, ${cores} cores, Node ${node}, layers ${given.layers}\n${table.toString()}`);
