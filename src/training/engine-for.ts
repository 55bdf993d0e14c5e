import { readsPastGate, sharesNumbers, type Circuit, type Evaluation } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { kernelProgram, type Precision } from '../kernels/index.ts';
import type { LearningAlgorithm } from '../solvers/index.ts';
import { choice } from './choice.ts';
import { opaqueParts } from './opaque.ts';
import { learnedCircuit, type OwnRules } from './own-rules.ts';

/** What runs a learner: 'actors', which define what a circuit means, or 'kernels', the same circuit compiled, with the same bits. */
export type EngineName = 'actors' | 'kernels';

/** On which engine a learner runs, and with which precision. */
export interface EngineChoice {
  /**
   * For an algorithm other than the circuit's own rules, 'actors' means its plain engine; not all algorithms have kernels. Kernels are compiled
   * from the text of rules and neuron models, so none may be opaque. They have no actors to tap, and `await loadKernels()` must come
   * before a session is opened with them. Default 'actors'.
   */
  readonly engine?: EngineName;
  /** 'f32', on kernels only: faster, but not the same bits. Default 'f64'. */
  readonly precision?: Precision;
  /**
   * For the circuit's own rules with schedule 'trial'. 'history': changes are computed after a trial, from the events of the axons. Every rule
   * must then be linear in its trace, unless its group has evaluation 'trace'. Faster than 'trace', but not the same bits. By default that of each
   * group; a group without one has 'history' at spiking neurons if its rule allows it, else 'trace'.
   */
  readonly evaluation?: Evaluation;
}

/** What decides the engine of a learner that names none itself. */
export interface EngineDefaults {
  /** Whether state carries on from trial to trial. Default false. */
  readonly carry?: boolean;
  /** The engine named for all learners. An algorithm without kernels still runs in its plain engine. */
  readonly engine?: EngineName;
  /** The engine if none was named. If something is opaque or a solver has no kernels, 'actors' takes its place. Default 'actors'. */
  readonly usualEngine?: EngineName;
}

/** The engine that was named; else the usual one, or actors if there are no kernels: for opaque parts, some algorithms, and some gates. */
export function engineFor(
  algorithm: LearningAlgorithm,
  precision: Precision,
  circuit: Circuit,
  own: EngineName | undefined,
  { engine: ofAll, usualEngine = 'actors', carry = false }: EngineDefaults,
): EngineName {
  for (const named of [own, ofAll]) if (named !== undefined) choice('engine', named, ['actors', 'kernels'] as const);
  const opaque = opaqueParts(circuit, [{ algorithm }]).at(0);
  const lack = lackFor(algorithm, circuit, carry);
  const isPast =
    algorithm.kernel === 'rules' &&
    Object.values(circuit.synapses).some((group) => readsPastGate(group, circuit.neurons));
  const engine = own ?? (lack === undefined ? ofAll : undefined);
  const chosen = engine ?? (opaque || lack !== undefined || isPast ? 'actors' : usualEngine);
  if (chosen === 'kernels') kernelProgram(algorithm);
  if (chosen === 'kernels' && opaque) {
    throw new InputError(
      `${opaque.kind} '${opaque.name}'`,
      "is opaque, but kernels are compiled from the text of rules and neuron models; leave opaque out, or run the actors (engine: 'actors', or --engine actors)",
    );
  }
  if (chosen === 'actors' && precision === 'f32') {
    const why =
      opaque && engine === undefined ? ` (${opaque.kind} '${opaque.name}' is opaque, so the actors run it)` : '';
    const fix = lack === undefined ? ", or give engine 'kernels'" : `: '${algorithm.name}' has ${lack}`;
    throw new InputError(
      'precision',
      `'f32' is only for kernels: the actors and the plain solvers are float64${why}; leave it out${fix}`,
    );
  }
  return chosen;
}

/** Why a learner of a circuit cannot run on kernels, such as 'no kernels for trials that carry on'. Undefined if it can. */
export function lackOf(
  { algorithm, rules }: { readonly algorithm: LearningAlgorithm; readonly rules?: OwnRules },
  { circuit, carry }: { readonly circuit: Circuit; readonly carry: boolean },
): string | undefined {
  return lackFor(algorithm, learnedCircuit(circuit, rules), carry);
}

function lackFor({ kernel }: LearningAlgorithm, circuit: Circuit, carry: boolean): string | undefined {
  if (kernel === undefined) return 'no kernels';
  // Kernels compute the influences of weights in turns, and keep none of them.
  if (carry && kernel === 'influence') return 'no kernels for trials that carry on';
  if (kernel !== 'rules' && sharesNumbers(circuit)) {
    return 'no kernels for gradients through gates, pools or scalars of neurons';
  }
  return undefined;
}
