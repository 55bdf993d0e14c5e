import {
  circuit,
  delta,
  input,
  leakyTanh,
  learningAlgorithm,
  linear,
  mask,
  overTrials,
  problemFormat,
  rflo,
  bptt,
  withTrial,
  type BuiltCircuit,
  type Carried,
  type FeedbackKind,
  type GroupWeights,
  type LearningAlgorithm,
  type ProblemFields,
  type RunProblem,
  type Task,
} from 'rxflo';
import { readCompartments } from '../systems/compartments-problem.ts';
import { learnerNames, readLearner, type ProblemSize, type ReadLearner } from '../systems/online-learners.ts';
import { weightsOf } from '../systems/problem-weights.ts';

type Matrix = readonly (readonly number[])[];
type Network = ReturnType<typeof networkOf>;

/** The most numbers of all gradients of a trial, because they are printed. */
const MOST_SHOWN = 4_000_000;

/** The most learners of one problem: all pairs are compared. */
const MOST_LEARNERS = 100;

/** Algorithms of the unified family of Marschall, Cho & Savin (2020): their estimates in every timestep, or the weights that they learn. */
export default problemFormat({
  format: 'rxflo-online/1',
  read: (problem) => {
    const network = networkOf(problem.part('network'));
    const played = taskOf(problem.part('task'), network);
    const setting = { network, played };
    if (problem.has('learners')) return compared(problem, setting);
    const given = problem.part('learning');
    const name = given.choice('algorithm', [...learnerNames, 'compartments']);
    if (name === 'compartments') {
      const task = { task: asTask(played, played.target), timesteps: played.target.length };
      return readCompartments(given, network, ratesOf(given), task);
    }
    const trials = given.number('trials', { least: 1, most: 10_000_000, whole: true });
    const learner = readLearner(name, { given, noise: problem, size: sizeOf(setting, trials) });
    const feedback = given.choice('feedback', ['random', 'symmetric']);
    const schedule = given.choice('schedule', ['none', 'trial', 'online']);
    const rates = ratesOf(given);
    const { algorithm, learned } = learner;
    if (schedule === 'none' && trials > 1) {
      given.refuse('trials', `is ${trials}, but schedule 'none' changes nothing between trials; give 1`);
    }
    if (schedule !== 'none') {
      return async (run) => {
        const { session, loss, matrix } = await run({
          ...{ circuit: circuitOf(network, rates), task: asTask(played), trials },
          learner: { learner: algorithm, feedback, schedule },
        });
        const carried = learned && { learned: learned(session.engine.carried()) };
        return { loss, ...weightsOf(network, matrix), ...carried };
      };
    }
    refuseLong(problem, setting);
    return async (run) => {
      const exact = await courseOf(run, setting, { algorithm: bptt() }, 'symmetric');
      const own = await courseOf(run, setting, learner, feedback, name === 'snap' ? exact.rates : undefined);
      const gradient = { w_rec: own.timesteps.map(({ w_rec }) => w_rec), w_in: own.timesteps.map(({ w_in }) => w_in) };
      const cosineToExact = cosine(summed(vectors(own)), summed(vectors(exact)));
      const { loss, credit } = own;
      return {
        loss,
        gradient,
        cosineToExact,
        ...(learned && { learned: learned(own.carried) }),
        ...(credit && { credit }),
      };
    };
  },
});

/** Several learners, separately on the same activity: how similar their estimates are. */
function compared(problem: ProblemFields, setting: Setting) {
  refuseLong(problem, setting);
  const given = problem.part('learners');
  const count = given.names().length;
  if (count > MOST_LEARNERS) problem.refuse('learners', `has ${count} learners; give ${MOST_LEARNERS} or fewer`);
  const learners = given.names().map((name) => {
    const own = given.part(name);
    const algorithm = own.choice('algorithm', learnerNames);
    const read = readLearner(algorithm, { given: own, noise: own, size: sizeOf(setting, 1) });
    return { name, read, feedback: own.choice('feedback', ['random', 'symmetric']) };
  });
  const [order, pastFacing] = ['order', 'pastFacing'].map((field) => problem.words(field, given.names()));
  return async (run: RunProblem) => {
    const courses: Record<string, Matrix> = {};
    for (const { name, read, feedback } of learners) {
      courses[name] = vectors(await courseOf(run, setting, read, feedback));
    }
    const totals = order.map((name) => summed(courses[name]));
    const past = pastFacing.map((name) => courses[name]);
    return {
      trialTotals: totals.map((one) => totals.map((other) => cosine(one, other))),
      meanOverTimesteps: past.map((one) => past.map((other) => mean(one.map((row, t) => cosine(row, other[t]))))),
    };
  };
}

interface Setting {
  readonly network: Network;
  readonly played: ReturnType<typeof taskOf>;
}

function sizeOf({ network: { w_rec, w_in, w_out }, played }: Setting, trials: number): ProblemSize {
  return { N: w_rec.length, inputs: w_in[0].length, outputs: w_out.length, timesteps: played.target.length, trials };
}

function refuseLong(problem: ProblemFields, { network: { w_rec, w_in }, played: { target } }: Setting): void {
  const each = w_rec.length * (w_rec.length + w_in[0].length);
  if (target.length * each <= MOST_SHOWN) return;
  const right = `give at most ${MOST_SHOWN} in total`;
  problem.refuse('task', `has ${target.length} timesteps of ${each} estimates each, which are printed; ${right}`);
}

/**
 * The estimates of an algorithm in each timestep of one trial in which no weight changes.
 *
 * @param brought The activity of recurrent axons in each timestep; if given, no influence crosses a recurrent synapse of weight 0.
 */
async function courseOf(
  run: RunProblem,
  { network, played }: Setting,
  { algorithm, credit }: ReadLearner,
  feedback: FeedbackKind,
  brought?: Matrix,
) {
  const unit = { w_rec: 1, w_in: 1, w_out: 1 };
  const apart = brought !== undefined && network.w_rec.flat().includes(0);
  // h(0), h(1), ...: h(t-1) is what recurrent axons bring at t.
  const rates: number[][] = [[...network.h0]];
  const kept: Carried[] = [];
  const { learner, timesteps } = recorded(algorithm, feedback, (carried) => {
    if (credit) kept.push(carried());
  });
  const { session, loss } = await run({
    ...{ circuit: circuitOf(network, unit, apart), task: asTask(played, apart ? brought : undefined), trials: 1 },
    learner: { schedule: 'trial', learner, feedback },
    probes: { h: { neurons: 'h', value: 'rate', everyTimesteps: 1 } },
    watch: (event) => {
      if (event.type === 'probe') rates.push([...event.values]);
    },
  });
  const credits = credit && kept.map((carried, k) => credit(carried, rates[k + 1], played.target[k]));
  return { loss, rates, timesteps, carried: session.engine.carried(), ...(credits && { credit: credits }) };
}

function networkOf(given: ProblemFields) {
  given.choice('activation', ['tanh']);
  const w_rec = given.square('w_rec');
  const units = { length: w_rec.length, each: 'row of network.w_rec' };
  const w_in = given.matrix('w_in', { rows: units });
  const w_out = given.matrix('w_out', { columns: units });
  return {
    ...{ w_rec, w_in, w_out },
    tau: given.number('tau', { least: 1 }),
    h0: given.numbers('h0', { size: units }),
    feedback: given.matrix('feedback', {
      rows: units,
      columns: { length: w_out.length, each: 'row of network.w_out' },
    }),
  };
}

function taskOf(given: ProblemFields, { w_in, w_out }: Network) {
  const input = given.matrix('input', { columns: { length: w_in[0].length, each: 'column of network.w_in' } });
  const target = given.matrix('target', {
    rows: { length: input.length, each: 'row of task.input' },
    columns: { length: w_out.length, each: 'row of network.w_out' },
  });
  return { input, target };
}

function ratesOf(given: ProblemFields) {
  const [rates, rate] = [given.part('rates'), { least: 0 }];
  return { w_in: rates.number('w_in', rate), w_rec: rates.number('w_rec', rate), w_out: rates.number('w_out', rate) };
}

/**
 * `apart`: no influence crosses a recurrent synapse of weight 0, although the gradient of its weight is requested. What it would bring arrives
 * as an input instead.
 */
function circuitOf(
  { tau, h0, w_in, w_rec, w_out, feedback }: Network,
  rates: { readonly w_rec: number; readonly w_in: number; readonly w_out: number },
  apart = false,
) {
  // Weights whose rate is 0 must also be part of the algorithm's state: an eta that may change ensures this.
  const kept = (rate: number) => (rate === 0 ? overTrials(0, ({ start }) => start) : rate);
  const rule = rflo({ eta: kept(rates.w_rec) });
  const driven = w_in[0].length > 0;
  const where = (isThere: (w: number) => boolean) => mask(w_rec.map((row) => row.map((w) => (isThere(w) ? 1 : 0))));
  return circuit<string, string, 'rflo' | 'delta'>({
    neurons: {
      ...(driven && { x: input(w_in[0].length) }),
      h: leakyTanh(w_rec.length, { tau, initial: h0 }),
      y: linear(w_out.length),
      ...(apart && { echo: input(w_rec.length) }),
    },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: w_rec, rule, ...(apart && { connect: where((w) => w !== 0) }) },
      ...(driven && { input: { from: 'x', to: 'h', weights: w_in, rule: rflo({ eta: kept(rates.w_in) }) } }),
      readout: { from: 'h', to: 'y', weights: w_out, rule: delta({ eta: rates.w_out }) },
      ...(apart && { absent: { from: 'echo', to: 'h', weights: w_rec, connect: where((w) => w === 0), rule } }),
    },
    feedback: { error: { from: 'y', to: 'h', weights: feedback } },
  });
}

/** The same trial every time; `echo`: further inputs. */
function asTask({ input: rows, target }: ReturnType<typeof taskOf>, echo?: Matrix): Task {
  const inputs = rows.map((row, t) => [...row, ...(echo?.[t] ?? [])]);
  return {
    ...{ name: 'online', inputs: inputs[0].length, outputs: target[0].length, settings: {} },
    trial: () => ({
      timesteps: inputs.length,
      input: Float64Array.from(inputs.flat()),
      target: Float64Array.from(target.flat()),
    }),
  };
}

/**
 * An algorithm that changes no weight: its estimates in each timestep are recorded, row = postsynaptic, and then removed. `look` may read
 * its state.
 */
function recorded(algorithm: LearningAlgorithm, feedback: FeedbackKind, look: (carried: () => Carried) => void) {
  const timesteps: { readonly w_rec: Matrix; readonly w_in: Matrix }[] = [];
  const learner = learningAlgorithm({
    ...{ name: 'recorded', title: algorithm.title, feedback },
    open: (built, how) => {
      const engine = algorithm.open(built, how);
      const asked = engine
        .held()
        .flatMap(({ place, ...numbers }) => (place.kind === 'asked' ? [{ name: place.group.name, numbers }] : []));
      return withTrial(engine, (trial, options) =>
        engine.trial(trial, {
          ...options,
          onPhase: (phase) => {
            if (phase !== 'learn') return;
            const given: GroupWeights = Object.fromEntries(
              asked.map(({ name, numbers }) => [
                name,
                Float64Array.from({ length: numbers.length }, (_, k) => numbers.get(k)),
              ]),
            );
            for (const { numbers } of asked) for (let k = 0; k < numbers.length; k++) numbers.set(k, 0);
            const w_rec = matrixOf(built, given, 'recurrent', 'absent');
            timesteps.push({ w_rec, w_in: matrixOf(built, given, 'input') });
            look(() => engine.carried());
          },
        }),
      );
    },
  });
  return { learner, timesteps };
}

/** The weights of groups onto the units, next to each other in one matrix; its rows are empty without such a group. */
function matrixOf({ groups, populations }: BuiltCircuit, given: GroupWeights, ...names: readonly string[]): Matrix {
  const found = groups.filter(({ name }) => names.includes(name));
  return Array.from({ length: populations.find(({ name }) => name === 'h')?.size ?? 0 }, (_, i) =>
    found
      .flatMap(({ name, rowStart, pre }) =>
        Array.from(pre.subarray(rowStart[i], rowStart[i + 1]), (j, k) => ({ j, value: given[name][rowStart[i] + k] })),
      )
      .toSorted((one, other) => one.j - other.j)
      .map(({ value }) => value),
  );
}

/** The estimates of each timestep, as one vector. */
function vectors({ timesteps }: Pick<ReturnType<typeof recorded>, 'timesteps'>): Matrix {
  return timesteps.map(({ w_rec, w_in }) => [...w_rec.flat(), ...w_in.flat()]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function summed(rows: Matrix): readonly number[] {
  return rows.reduce((sum, row) => sum.map((value, k) => value + row[k]));
}

function cosine(one: readonly number[], other: readonly number[]): number {
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, k) => sum + value * b[k], 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}
