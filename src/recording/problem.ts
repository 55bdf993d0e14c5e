import { z } from 'zod';
import { algorithmNamed, local } from '../algorithms/index.ts';
import { circuit, type Circuit, type FeedbackKind, type Schedule } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { input, leakyTanh, linear } from '../neurons/index.ts';
import { delta, rflo } from '../rules/index.ts';
import type { Task } from '../tasks/index.ts';
import { check, fields } from './check.ts';
import { readJson } from './json.ts';
import { ProblemFields } from './problem-fields.ts';
import { problemSchema, WITH_AXONS, type ProblemAlgorithm, type ProblemFile } from './problem-schema.ts';
import { checkShapes, type ProblemShape } from './problem-shapes.ts';

/** A learning problem with every number given: nothing in it is drawn, so it does not depend on a seed. */
export interface Problem {
  /** Populations x (absent without input), h, y; groups recurrent, input (absent without input), readout; feedback error. */
  readonly circuit: Circuit<'rflo' | 'delta'>;
  /** The same trial every time. */
  readonly task: Task;
  readonly learner: {
    readonly algorithm: ProblemAlgorithm;
    readonly feedback: FeedbackKind;
    readonly schedule: Schedule;
  };
  /** How many trials to learn for. */
  readonly trials: number;
  /** The synapse group that holds each of the file's matrices; null if there is none. */
  readonly groups: { readonly w_in: 'input' | null; readonly w_rec: 'recurrent'; readonly w_out: 'readout' };
  readonly shape: ProblemShape;
  /** What the units send, if their axons send only changes: with a threshold of 0 that is their rate. Null: no axons are given. */
  readonly sends: 'sent' | 'rate' | null;
}

/** A larger file is not loaded: a thousand units take about 20 MB, and a million values. Nearly all of a problem is numbers. */
const BOUNDS = {
  bytes: 256 * 1024 * 1024,
  values: 8_000_000,
  names: 100_000,
  lists: 2_500_000,
  textBytes: 4 * 1024 * 1024,
};

/** The problem that a file holds, before it is checked. */
export interface OpenedProblem {
  readonly problem: unknown;
  /** Whether it is the `problem` of a reference vector. */
  readonly wrapped: boolean;
  /** Its format, if it gives one. */
  readonly format: string | null;
}

/** Opens a problem file of any format, or a reference vector. @throws InputError if it is not JSON, or larger than any problem. */
export function openProblem(file: string): OpenedProblem {
  const content = readJson(file, BOUNDS);
  const wrapped = isObject(content) && 'problem' in content;
  const problem = wrapped ? content['problem'] : content;
  const format = isObject(problem) ? problem['format'] : undefined;
  return { problem, wrapped, format: typeof format === 'string' ? format : null };
}

/** The fields of a problem in any format except rxflo-problem/1. */
export function problemFields(file: string, { problem, wrapped }: OpenedProblem): ProblemFields {
  return new ProblemFields(problem, `${file}:${wrapped ? ' problem' : ''}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const vectorSchema = fields({ problem: problemSchema, expected: z.unknown(), tolerance: z.unknown() });

/**
 * Reads a problem file (format rxflo-problem/1, with axons or without), or a reference vector `{ problem, expected, tolerance }` that holds one.
 *
 * @throws InputError naming the file, the field, its value and what would be right.
 */
export function readProblem(file: string): Problem {
  const content = readJson(file, BOUNDS);
  const wrapped = typeof content === 'object' && content !== null && 'problem' in content;
  const problem = wrapped ? check(vectorSchema, content, file).problem : check(problemSchema, content, file);
  const at = (field: string): string => `${file}: ${wrapped ? 'problem.' : ''}${field}`;
  const shape = checkShapes(problem, at);
  const { algorithm, schedule, trials } = problem.learning;
  checkAxons(problem, at);
  const { causal, title, feedback: usual } = algorithmNamed(algorithm) ?? local();
  const { feedback = usual } = problem.learning;
  if (!causal && schedule === 'online') {
    throw new InputError(
      at('learning.schedule'),
      `is 'online', but ${title} needs the whole trial before it can learn (it is acausal); give 'trial', or a causal algorithm`,
    );
  }
  return {
    circuit: circuitOf(problem, shape),
    task: taskOf(problem, shape),
    learner: { algorithm, feedback, schedule },
    trials,
    groups: { w_in: shape.n_in > 0 ? 'input' : null, w_rec: 'recurrent', w_out: 'readout' },
    shape,
    sends: problem.network.axons ? (problem.network.axons.threshold > 0 ? 'sent' : 'rate') : null,
  };
}

/**
 * @throws InputError if axons are given but the format is without axons, or the other way round; or if what they send jumps, and the learner needs
 * its derivative with respect to the rate.
 */
function checkAxons({ format, network: { axons }, learning }: ProblemFile, at: (field: string) => string): void {
  if (axons && axons.threshold > 0 && learning.algorithm !== 'rflo') {
    const problem = `is ${axons.threshold}, so what is sent jumps, without the derivative that '${learning.algorithm}' needs`;
    throw new InputError(at('network.axons.threshold'), `${problem}; give 0, or learn by 'rflo'`);
  }
  if ((format === WITH_AXONS) === (axons !== undefined)) return;
  const problem = axons ? `is given, but the format is '${format}'` : `is missing, but the format is '${format}'`;
  const right = axons ? `give format '${WITH_AXONS}', or leave it out` : 'give it, such as { threshold: 0.05 }';
  throw new InputError(at('network.axons'), `${problem}; ${right}`);
}

/** Neurons sum their input in the order of the groups: recurrent first, then input. */
function circuitOf(
  { network, learning: { rates } }: ProblemFile,
  { n_in, n_rec, n_out }: ProblemShape,
): Problem['circuit'] {
  const { tau, h0, w_in, w_rec, w_out, feedback, axons } = network;
  return circuit<string, string, 'rflo' | 'delta'>({
    neurons: {
      ...(n_in > 0 && { x: input(n_in) }),
      h: leakyTanh(n_rec, { tau, initial: h0 }),
      y: linear(n_out),
    },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: w_rec, rule: rflo({ eta: rates.w_rec }) },
      ...(n_in > 0 && { input: { from: 'x', to: 'h', weights: w_in, rule: rflo({ eta: rates.w_in }) } }),
      readout: { from: 'h', to: 'y', weights: w_out, rule: delta({ eta: rates.w_out }) },
    },
    feedback: { error: { from: 'y', to: 'h', weights: feedback } },
    ...(axons && { axons: { h: axons } }),
  });
}

function taskOf({ task }: ProblemFile, { n_in, n_out }: ProblemShape): Task {
  const trial = {
    timesteps: task.target.length,
    input: Float64Array.from(task.input.flat()),
    target: Float64Array.from(task.target.flat(), (value) => value ?? NaN),
  };
  return { name: 'problem', inputs: n_in, outputs: n_out, settings: { ...task }, trial: () => trial };
}
