import { ActorEngine } from '../../src/actors/index.ts';
import { local } from '../../src/algorithms/index.ts';
import {
  build,
  circuit,
  type Circuit,
  type CircuitDefinition,
  type Engine,
  type LearningOptions,
  type Published,
} from '../../src/circuit/index.ts';
import { KernelEngine } from '../../src/kernels/index.ts';
import type { Trial } from '../../src/tasks/index.ts';

export const online: LearningOptions = { schedule: 'online', feedback: 'random' };
export const byTrial: LearningOptions = { schedule: 'trial', feedback: 'random' };

/** The actors and the kernels of a circuit, by name. The kernels must be loaded. */
export function bothEngines(
  definition: Circuit,
  how: LearningOptions,
  seed = 1,
): Readonly<Record<'actors' | 'kernels', Engine>> {
  const built = build(definition, seed);
  return { actors: new ActorEngine(built, how), kernels: new KernelEngine(built, { algorithm: local(), ...how }) };
}

/** A checked circuit with something of its definition changed. */
export function changed(
  { neurons, synapses, feedback, axons, losses, globals, outputs }: Circuit,
  change: Partial<CircuitDefinition<string, string, string>>,
): Circuit {
  const definition: CircuitDefinition<string, string, string> = {
    ...{ neurons, synapses, feedback, outputs },
    axons: Object.fromEntries(Object.entries(axons).flatMap(([name, axon]) => (axon ? [[name, axon]] : []))),
    // Of those that a neuron sends, what weights multiply.
    globals: Object.fromEntries(
      Object.entries(globals).map(([name, one]) => [
        name,
        one.kind === 'neuron' ? { from: one.from, neuron: one.neuron } : one,
      ]),
    ),
    losses: Object.fromEntries(Object.entries(losses).flatMap(([name, loss]) => (loss ? [[name, loss]] : []))),
    ...change,
  };
  return circuit<string, string, string>(definition);
}

/** What is published at the end of every timestep of a trial: a reading a timestep. */
export function watch(engine: Engine, trial: Trial, what: Published, learn = true): readonly (readonly number[])[] {
  const reader = engine.reader(what);
  const seen: number[][] = [];
  engine.trial(trial, {
    learn,
    onTimestep: () => {
      const values = new Float64Array(reader.length);
      reader.read(values, 0);
      seen.push([...values]);
    },
  });
  return seen;
}

/** A trial of so many timesteps, with an input, and a target of 0 unless it is given. */
export function played(input: readonly number[], timesteps: number, target: readonly number[] | number = 1): Trial {
  const wanted = typeof target === 'number' ? new Array<number>(target * timesteps).fill(0) : target;
  return { timesteps, input: Float64Array.from(input), target: Float64Array.from(wanted) };
}
