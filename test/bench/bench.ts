/**
 * The actor engine against a plain NumPy loop: RFLO on the periodic task, N = 50, T = 100.
 *
 *     npm run bench [-- --pairs 9 --trials 200 --json]
 *
 * Both start from the same weights and learn the same trials; that they learned the same is checked, then the time is
 * compared. The two take turns within one run, so that a machine that grows slower slows both: each pair has its ratio.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { ActorEngine } from '../../src/actors/index.ts';
import { findNumpy, runPeer, type PeerResult } from './peer.ts';
import { benchCircuit, problemOf, TASK } from './problem.ts';

/** What one learner did: milliseconds per trial, and the loss of each trial. */
interface Run {
  readonly milliseconds: number;
  readonly loss: readonly number[];
}

interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '9' },
    trials: { type: 'string', default: '200' },
    json: { type: 'boolean', default: false },
  },
});
const [pairs, trials] = [wholeNumber('pairs', values.pairs), wholeNumber('trials', values.trials)];

const circuit = benchCircuit(1);
const folder = mkdtempSync(join(tmpdir(), 'rxflo-bench-'));
try {
  const problem = join(folder, 'problem.json');
  writeFileSync(problem, JSON.stringify(problemOf(circuit, trials)));
  const python = findNumpy();
  const peer = python === null ? null : () => runPeer(python, problem);
  report(compare(peer));
} finally {
  rmSync(folder, { recursive: true });
}

function runActors(): Run {
  const engine = new ActorEngine(circuit, { schedule: 'trial', feedback: 'random' });
  const loss: number[] = [];
  const start = performance.now();
  for (let trial = 0; trial < trials; trial++) loss.push(engine.trial(TASK));
  return { milliseconds: (performance.now() - start) / trials, loss };
}

interface Comparison {
  readonly actors: readonly Run[];
  /** Empty where there is no NumPy. */
  readonly numpy: readonly PeerResult[];
}

/** Takes turns, the first of a pair changing; the first pair of all warms both up and is not counted. */
function compare(peer: (() => PeerResult) | null): Comparison {
  const [actors, numpy]: [Run[], PeerResult[]] = [[], []];
  for (let pair = 0; pair <= pairs; pair++) {
    if (pair % 2 === 0) actors.push(runActors());
    if (peer) numpy.push(peer());
    if (pair % 2 === 1) actors.push(runActors());
    process.stderr.write(pair === 0 ? 'warmed up\n' : `pair ${pair} of ${pairs}\n`);
  }
  return { actors: actors.slice(1), numpy: numpy.slice(1) };
}

function report({ actors, numpy }: Comparison): void {
  const [own, peer] = [spread(actors), spread(numpy)];
  const ratio = spreadOf(numpy.map(({ milliseconds }, pair) => milliseconds / actors[pair].milliseconds));
  const difference = numpy.length > 0 ? largestDifference(actors[0].loss, numpy[0].loss) : null;
  if (values.json) {
    const settings = { units: circuit.order[0].size, timesteps: TASK.timesteps, trials, pairs };
    const of = numpy.length > 0 ? { version: numpy[0].numpy, blas: numpy[0].blas, ...peer } : null;
    console.log(JSON.stringify({ settings, actors: own, numpy: of, ratio: of && ratio, difference }));
  } else {
    console.log(table(own, peer, ratio, numpy.at(0)));
    if (difference !== null) console.log(`Both learned the same: losses within ${difference.toExponential(1)}.`);
    else
      console.log(
        'There is no NumPy here to compare with: install python3-numpy, or name a Python that has it in PYTHON.',
      );
  }
  if (difference !== null && !(difference <= 1e-9)) {
    throw new Error(`the two did not learn the same: their losses differ by up to ${difference}`);
  }
}

function table(own: Spread, peer: Spread, ratio: Spread, about: PeerResult | undefined): string {
  const rows = new Table({
    head: [`RFLO, N = ${circuit.order[0].size}, T = ${TASK.timesteps}, ${pairs} pairs`, 'median', 'min - max'],
    style: { head: [], border: [] },
  });
  const row = (name: string, { median, min, max }: Spread, unit: string) =>
    rows.push([name, `${median.toFixed(3)}${unit}`, `${min.toFixed(3)} - ${max.toFixed(3)}${unit}`]);
  row('actors', own, ' ms a trial');
  if (about) {
    row(`NumPy ${about.numpy}${about.blas === null ? '' : ` on ${about.blas}`}`, peer, ' ms a trial');
    row('NumPy / actors', ratio, '');
  }
  return rows.toString();
}

function spread(runs: readonly { readonly milliseconds: number }[]): Spread {
  return spreadOf(runs.map(({ milliseconds }) => milliseconds));
}

function spreadOf(numbers: readonly number[]): Spread {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return {
    median: (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2,
    min: sorted[0],
    max: sorted[sorted.length - 1],
  };
}

function largestDifference(a: readonly number[], b: readonly number[]): number {
  return a.length === b.length ? Math.max(...a.map((value, i) => Math.abs(value - b[i]))) : NaN;
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${flag}: '${text}' is not a whole number, 1 or more`);
  return value;
}
