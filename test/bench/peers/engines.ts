import { performance } from 'node:perf_hooks';
import { ActorEngine } from '../../../src/actors/index.ts';
import { build, type BuiltCircuit, type Engine } from '../../../src/circuit/index.ts';
import { stream } from '../../../src/random/index.ts';
import { readProblem, type Problem } from '../../../src/recording/index.ts';
import { Bptt, Rtrl } from '../../../src/solvers/index.ts';
import { rows } from '../problem.ts';
import { kernels } from './kernels.ts';
import type { Learner } from './serve.ts';

type Builder = (circuit: BuiltCircuit) => Engine;

/** rxflo's own engines and solvers: each gives what builds it for a way of learning, with everything loaded. */
const ENGINES: Readonly<Record<string, (how: Problem['learner']) => Builder | Promise<Builder>>> = {
  actors: (how) => (circuit) => new ActorEngine(circuit, how),
  solvers: (how) => (circuit) => (how.algorithm === 'bptt' ? new Bptt(circuit, how) : new Rtrl(circuit, how)),
  'kernels-f64': (how) => kernels(how, 'f64'),
  'kernels-history': (how) => kernels(how, 'f64'),
  'kernels-f32': (how) => kernels(how, 'f32'),
};

/**
 * One of them, about to learn the problem of a file.
 *
 * @param builds How often it is built, the last being used.
 * @returns The learner, and how long each building took, ms.
 */
export async function engineLearner(
  name: string,
  file: string,
  builds = 1,
): Promise<{ readonly learner: Learner; readonly milliseconds: readonly number[] }> {
  const problem = readProblem(file);
  const circuit = build(problem.circuit, 1, { evaluation: name === 'kernels-history' ? 'history' : 'trace' });
  const trial = problem.task.trial(1, stream(1));
  const construct = await ENGINES[name](problem.learner);
  let engine: Engine;
  const milliseconds: number[] = [];
  do {
    const start = performance.now();
    engine = construct(circuit);
    milliseconds.push(performance.now() - start);
  } while (milliseconds.length < builds);

  const initial = engine.weights();
  const width = problem.shape.n_rec;
  const learner: Learner = {
    begin: () => {
      engine.setWeights(initial);
    },
    trial: () => engine.trial(trial),
    weights: () => {
      const { recurrent, readout } = engine.weights();
      return { w_rec: rows(recurrent, width), w_out: rows(readout, width) };
    },
  };
  return { learner, milliseconds };
}
