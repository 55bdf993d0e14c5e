/**
 * How long it takes to write down the RFLO circuit of Murray (2019), to draw its numbers and to make its engines: milliseconds of wall time, the first
 * of a process, and the median once the code is warm. Each round is a process of its own.
 *
 *     npm run bench:building [-- --units 50,400,1000 --rounds 3 --seconds 0.5]
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import { build, circuit, type BuiltCircuit, type Circuit } from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal, uniform } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { thisMachine } from './machine.ts';
import { spreadOf } from './spread.ts';

const { values: given } = parseArgs({
  options: {
    units: { type: 'string', default: '50,400,1000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '0.5' },
    one: { type: 'string' },
  },
});

/** No more repetitions than these are timed, and no fewer. */
const [MOST, LEAST] = [200, 5];
const learning = { schedule: 'online', feedback: 'random' } as const;

function define(units: number, eta = 0.03) {
  return circuit({
    neurons: { h: leakyTanh(units, { tau: 10, initial: 0.1 }), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 1.5 / Math.sqrt(units) }), rule: rflo({ eta }) },
      readout: { from: 'h', to: 'y', weights: uniform(-0.1, 0.1), rule: delta({ eta }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}

/** What is timed: the first of each in this order, as each needs those before it; then each many times. */
function things(units: number): Readonly<Record<string, () => unknown>> {
  let [known, built]: [Circuit | undefined, BuiltCircuit | undefined] = [undefined, undefined];
  const drawn = () => (built ??= build((known ??= define(units)), 1));
  let seed = 1;
  const actors = (made = build(define(units), ++seed)) => new ActorEngine(made, learning);
  const kernels = (made = build(define(units), ++seed)) => new KernelEngine(made, { ...learning, algorithm: local() });
  return {
    'circuit()': () => (known = define(units)),
    'build()': () => (built = build((known ??= define(units)), ++seed)),
    'actors, all new': () => actors(),
    'kernels, all new': () => kernels(),
    'kernels, another rate': () => kernels(build(define(units, 0.01 + 1e-6 * ++seed), 1)),
    'actors of a built circuit': () => actors(drawn()),
    'kernels of a built circuit': () => kernels(drawn()),
  };
}

type Times = Readonly<Record<string, { readonly first: number; readonly warm: number }>>;

function timed(thing: () => unknown): number {
  const start = performance.now();
  thing();
  return performance.now() - start;
}

async function timesOf(units: number, seconds: number): Promise<Times> {
  await loadKernels();
  const all = Object.entries(things(units));
  const firsts = all.map(([, thing]) => timed(thing));
  const warm = all.map(([, thing]) => {
    const until = performance.now() + 1000 * seconds;
    const times: number[] = [];
    while (times.length < LEAST || (times.length < MOST && performance.now() < until)) times.push(timed(thing));
    return spreadOf(times.slice(Math.floor(times.length / 2))).median;
  });
  return Object.fromEntries(all.map(([name], k) => [name, { first: firsts[k], warm: warm[k] }]));
}

function inProcess(units: string): Times {
  const file = fileURLToPath(import.meta.url);
  const words = ['--import', 'tsx', file, '--one', units, '--seconds', given.seconds];
  const { stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Times;
}

if (given.one !== undefined) {
  console.log(JSON.stringify(await timesOf(Number(given.one), Number(given.seconds))));
} else {
  console.log(thisMachine());
  for (const units of given.units.split(',')) {
    const rounds = Array.from({ length: Number(given.rounds) }, () => inProcess(units));
    const table = new Table({ head: [`N = ${units}, ms`, 'first', 'warm'], style: { head: [] } });
    const shown = (numbers: readonly number[]) => {
      const { median, min, max } = spreadOf(numbers);
      return `${median.toPrecision(3)} (${min.toPrecision(3)} to ${max.toPrecision(3)})`;
    };
    for (const name of Object.keys(rounds[0])) {
      table.push([name, shown(rounds.map((one) => one[name].first)), shown(rounds.map((one) => one[name].warm))]);
    }
    console.log(table.toString());
  }
}
