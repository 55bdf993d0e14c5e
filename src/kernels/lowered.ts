import type { BuiltCircuit, LearningOptions, Timestep } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { kept, once } from '../local/index.ts';
import { assemble, loadedOrThrow } from './generator.ts';
import { Kernel } from './kernel.ts';
import type { Precision } from './lanes.ts';
import { Layout } from './layout.ts';
import { kernelProgram, learnerOf, type KernelAlgorithm, type KernelLearner } from './learners.ts';
import { LARGEST, MemoryPlan } from './memory.ts';

/** How many timesteps are run before the synapses go through them: what they need stays in the cache. */
const CHUNK = 32;
/** If all groups learn by history, frames are only copied. Then there are as many as fit in CACHE bytes, but at least FEWEST. */
const FEWEST = 8;
const CACHE = 2 ** 18;

/** Where the frames begin, and how many are kept (null: the whole trial). */
export interface Room {
  readonly first: number;
  readonly count: number | null;
}

/** A circuit lowered to a module. It has no state; that is in the memory of each machine. */
export interface Lowered {
  readonly layout: Layout;
  readonly room: Room;
  readonly module: WebAssembly.Module;
}

const loweredFrom = once((_timestep: Timestep) => new Map<string, Lowered>());

/**
 * A circuit lowered, once for all engines that share its timestep and learn in the same way.
 *
 * @throws InputError if the kernels are not loaded, the circuit cannot be learned in this way, something is opaque, or the memory would be too large.
 */
export function lowered(
  circuit: BuiltCircuit,
  precision: Precision,
  algorithm: KernelAlgorithm,
  options: LearningOptions,
): Lowered {
  const learner = learnerOf(circuit, algorithm, options);
  loadedOrThrow();
  const { schedule, batch = 1 } = options;
  const key = [kernelProgram(algorithm), precision, schedule, batch].join();
  return kept(loweredFrom(learner.timestep), key, () => lower(circuit, precision, learner));
}

function lower(circuit: BuiltCircuit, precision: Precision, learner: KernelLearner): Lowered {
  const plan = new MemoryPlan();
  const layout = new Layout(circuit, precision, plan, learner);
  const { history } = learner.timestep;
  const kernel = new Kernel(layout);
  const count = learner.wholeTrial ? null : history + Math.max(chunkOf(layout), history);
  learner.write(kernel, count);
  const first = plan.reserve((count ?? 0) * layout.frames.stride);
  if (plan.size > LARGEST) throw tooLarge(plan.size);
  return { layout, room: { first, count }, module: assemble(kernel.text(first)) };
}

function chunkOf({ plastic, frames }: Layout): number {
  const fits = Math.floor(CACHE / frames.stride);
  return plastic.every(({ history }) => history) ? Math.min(CHUNK, Math.max(FEWEST, fits)) : CHUNK;
}

export function tooLarge(bytes: number): InputError {
  const gibibytes = (bytes / 2 ** 30).toFixed(1);
  return new InputError(
    'engine',
    `the kernels would need ${gibibytes} GiB, but can have at most 2; use engine 'actors', or fewer synapses`,
  );
}
