/**
 * What learning costs where little happens, and what history saves where much does: ratios, side by side in one run.
 *
 *     npm run bench:activity [-- --units 1000 --timesteps 1000 --activities 1,0.1,0.01,0.001 --density 1 --rounds 3 --seconds 1]
 *     npm run bench:activity -- --only rate --rate-units 50,400,1000
 *
 * Kernels, too: beside C++ by hand and Brian2, where these are installed (`--peers none`: without them). They have to learn the same to 1e-6.
 *
 * Three tables. Kernels: e-prop on spiking neurons of a given activity, by history beside traces at the same activity and at full activity. Actors: the
 * same by history, beside their time at full activity. Rate: RFLO by history beside traces, on the paper's example. Times are processor time, since
 * others may use the machine; ratios are taken within each round.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import {
  build,
  circuit,
  oneToOne,
  probability,
  type BuiltCircuit,
  type Circuit,
  type Engine,
  type Evaluation,
} from '../../src/circuit/index.ts';
import { KernelEngine, loadKernels } from '../../src/kernels/index.ts';
import { input, leakyReadout, leakyTanh, lif, linear } from '../../src/neurons/index.ts';
import { normal, stream, uniform } from '../../src/random/index.ts';
import { delta, eprop, rflo } from '../../src/rules/index.ts';
import { periodic, type Trial } from '../../src/tasks/index.ts';
import { PeerProcess } from './peer-process.ts';
import { inCppEprop, brianEprop } from './contenders/eprop.ts';
import { ratiosOf, spreadOf, type Spread } from './spread.ts';
import type { Learned } from './peers/serve.ts';
import { takeTurns, type Runner } from './turns.ts';

const { values: options } = parseArgs({
  options: {
    units: { type: 'string', default: '1000' },
    timesteps: { type: 'string', default: '1000' },
    activities: { type: 'string', default: '1,0.1,0.01,0.001' },
    density: { type: 'string', default: '1' },
    'rate-units': { type: 'string', default: '50,400,1000' },
    peers: { type: 'string', default: 'cpp-events,cpp-events-128,cpp-trace,cpp-trace-128,brian2' },
    only: { type: 'string', default: 'kernels,actors,rate' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '1' },
  },
});
const numbers = (text: string) => text.split(',').map(Number);
const [units, timesteps, density] = [options.units, options.timesteps, options.density].map(Number);
const activities = numbers(options.activities);
const measure = { rounds: Number(options.rounds), seconds: Number(options.seconds) };
const only = options.only.split(',');
const how = { schedule: 'trial', feedback: 'random' } as const;
/** The spiking circuit, built once for each evaluation: at N = 4000 that takes seconds. */
const built = memo((evaluation: Evaluation) => build(spiking(), 1, { evaluation }));
/** What kernels learn in a trial. */
const expected = memo(learnedOnKernels);

await loadKernels();
if (only.includes('kernels')) await kernels();
if (only.includes('actors')) await actors();
if (only.includes('rate')) await rate();

async function kernels(): Promise<void> {
  const engines = (['history', 'trace'] as const).map((evaluation) => onKernels(built(evaluation)));
  const trials = activities.map(spikes);
  const runners = engines.flatMap((engine) => trials.map((trial) => running(engine, trial)));
  const peers = await peersOf(trials);
  const times = await turns([...runners, ...peers.flatMap(({ processes }) => processes)]);
  await Promise.all(peers.flatMap(({ processes }) => processes.map((process) => process.stop())));
  const full = activities.indexOf(Math.max(...activities));
  if (peers.length > 0) {
    print(
      [`beside the kernels by history`, ...peers.flatMap(({ name }) => [`${name}, ms`, `/ history`])],
      activities.map((activity, a) => [
        percent(activity),
        ...peers.flatMap((_, p) => {
          const theirs = times[runners.length + p * activities.length + a];
          return [theirs, ratiosOf(theirs, times[a])];
        }),
      ]),
    );
  }
  print(
    [`e-prop on kernels, N = ${units}, T = ${timesteps}, ${100 * density} % connected`, 'history, ms', 'trace, ms', 'history / trace', '/ trace at full activity'], // prettier-ignore
    activities.map((activity, a) => {
      const [byHistory, byTrace, dense] = [times[a], times[activities.length + a], times[activities.length + full]];
      return [percent(activity), byHistory, byTrace, ratiosOf(byHistory, byTrace), ratiosOf(byHistory, dense)];
    }),
  );
}

async function actors(): Promise<void> {
  const engine = new ActorEngine(build(spiking(), 1), how);
  const times = await turns(activities.map((activity) => running(engine, spikes(activity))));
  const full = activities.indexOf(Math.max(...activities));
  print(
    [`e-prop on actors, N = ${units}, T = ${timesteps}, ${100 * density} % connected`, 'ms', '/ full activity'],
    activities.map((activity, a) => [percent(activity), times[a], ratiosOf(times[a], times[full])]),
  );
}

async function rate(): Promise<void> {
  const rows: Row[] = [];
  for (const n of numbers(options['rate-units'])) {
    const trial = periodic({ period: 100 }).trial(1, stream(1));
    const engines = (['history', 'trace'] as const).map((evaluation) =>
      onKernels(build(example(n), 1, { evaluation })),
    );
    const [byHistory, byTrace] = await turns(engines.map((engine) => running(engine, trial)));
    rows.push([`N = ${n}`, byHistory, byTrace, ratiosOf(byHistory, byTrace)]);
  }
  print(['RFLO on kernels, T = 100', 'history, ms', 'trace, ms', 'history / trace'], rows);
}

/** Peers that can be started here, one process of each for each trial, which have been seen to learn what the kernels do. */
async function peersOf(
  trials: readonly Trial[],
): Promise<readonly { readonly name: string; readonly processes: readonly PeerProcess[] }[]> {
  const asked = options.peers.split(',');
  const folder = mkdtempSync(join(tmpdir(), 'rxflo-activity-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const started = [];
  for (const { name, prepare } of [...inCppEprop, brianEprop].filter((one) => asked.includes(one.name))) {
    const command = prepare(folder);
    if (typeof command === 'string') {
      console.log(`skipped: ${name}: ${command}`);
      continue;
    }
    const processes: PeerProcess[] = [];
    for (const [k, trial] of trials.entries()) {
      const file = join(folder, `${k}.bin`);
      writeFileSync(file, problemOf(trial));
      const [peer] = await PeerProcess.start(name, command, file);
      processes.push(peer);
      const wrong = differenceOf(await peer.learn(1), trial);
      if (wrong === undefined) continue;
      console.log(`left out: ${name}: ${wrong}`);
      await Promise.all(processes.splice(0).map((one) => one.stop()));
      break;
    }
    if (processes.length > 0) started.push({ name, processes });
  }
  return started;
}

/** A problem as eprop.cpp reads it. */
function problemOf({ input, target }: Trial): Buffer {
  const { groups, feedback } = built('history');
  const [drive, recurrent, readout] = groups;
  const W = new Float64Array(units * units);
  for (let i = 0; i < units; i++) {
    for (let k = recurrent.rowStart[i]; k < recurrent.rowStart[i + 1]; k++)
      W[recurrent.pre[k] * units + i] = recurrent.weights[k];
  }
  const parts = [[units, timesteps, density], drive.weights, W, readout.weights, feedback[0].weights, input, target];
  return Buffer.concat(parts.map((part) => Buffer.from(Float64Array.from(part).buffer)));
}

/** In what a peer learns something else than the kernels; undefined: in nothing. */
function differenceOf({ loss, w_rec: [[changed]] }: Learned, trial: Trial): string | undefined {
  const { loss: wantedLoss, change } = expected(trial);
  for (const [what, got, wanted] of [
    ['loss', loss[0], wantedLoss],
    ['change', changed, change],
  ] as const) {
    if (Math.abs(got - wanted) > 1e-6 * Math.abs(wanted)) return `its ${what} is ${got}, not ${wanted}`;
  }
  return undefined;
}

/** The loss of a trial from the circuit's weights, and the sum of |dW|. */
function learnedOnKernels(trial: Trial): { readonly loss: number; readonly change: number } {
  const engine = onKernels(built('history'));
  const before = engine.weights()['recurrent'];
  const loss = engine.trial(trial);
  const change = engine.weights()['recurrent'].reduce((sum, w, k) => sum + Math.abs(w - before[k]), 0);
  return { loss, change };
}

/** Neurons that spike when their own input does, whatever the others do: each group's synapses learn, and change next to nothing. */
function spiking(): Circuit {
  const joined = density < 1 ? { connect: probability(density) } : {};
  return circuit({
    neurons: {
      x: input(units),
      h: lif(units, { lambda: 0.05, theta: 0.5, height: 0.3, width: 0.5 }),
      y: leakyReadout(1, { kappa: 0.95, gain: 0.05 }),
    },
    synapses: {
      drive: { from: 'x', to: 'h', weights: uniform(1.25, 1.25001), connect: oneToOne() },
      recurrent: {
        ...{ from: 'h', to: 'h', delay: 1, weights: normal({ sd: 1e-3 / units }), ...joined },
        rule: eprop({ eta: 1e-9, kappa: 0.95 }),
      },
      readout: { from: 'h', to: 'y', weights: normal({ sd: 1 / Math.sqrt(units) }), rule: rflo({ eta: 1e-9 }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}

function spikes(activity: number): Trial {
  const random = stream(1, 'activity', activity);
  return {
    timesteps,
    input: Float64Array.from({ length: timesteps * units }, () => (random() < activity ? 1 : 0)),
    target: Float64Array.from({ length: timesteps }, (_, t) => Math.sin(t / 20)),
  };
}

/** The example of Murray (2019), see problem.ts. */
function example(n: number): Circuit {
  const [end, eta] = [0.1 / Math.sqrt(n), (0.03 * 50) / n];
  return circuit({
    neurons: { h: leakyTanh(n, { tau: 10, initial: 0.1 }), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal({ sd: 1.5 / Math.sqrt(n) }), rule: rflo({ eta }) },
      readout: { from: 'h', to: 'y', weights: uniform(-end, end), rule: delta({ eta }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  });
}

function onKernels(circuit: BuiltCircuit): Engine {
  return new KernelEngine(circuit, { ...how, algorithm: local() });
}

/** Computes what belongs to a key once, when it is first asked for. */
function memo<K, V>(compute: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
}

function running(engine: Engine, trial: Trial): Runner {
  return {
    run: (trials) => {
      const { user, system } = process.cpuUsage();
      for (let k = 0; k < trials; k++) engine.trial(trial);
      const after = process.cpuUsage();
      return Promise.resolve((after.user - user + after.system - system) / 1000 / trials);
    },
  };
}

async function turns(runners: readonly Runner[]): Promise<readonly (readonly number[])[]> {
  const all = await takeTurns(runners, measure, () => undefined);
  return all.map(({ milliseconds }) => milliseconds);
}

type Row = readonly [name: string, ...columns: (readonly number[])[]];

function print(head: readonly string[], rows: readonly Row[]): void {
  const table = new Table({
    ...{ head: [...head], style: { head: [], border: [] } },
    colAligns: head.map((_, k) => (k === 0 ? 'left' : 'right')),
  });
  for (const [name, ...columns] of rows) table.push([name, ...columns.map((each) => shown(spreadOf(each)))]);
  console.log(`${table.toString()}\n`);
}

function shown({ median, min, max }: Spread): string {
  return [median, min, max].map((value) => value.toPrecision(3)).join(' ').replace(/ (.*) (.*)/, ' ($1 - $2)'); // prettier-ignore
}

function percent(activity: number): string {
  return `${100 * activity} %`;
}
