import { readsPastGate, sharesNumbers, type Circuit, type Evaluation } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { kernelProgram, type Precision } from '../kernels/index.ts';
import type { LearningAlgorithm } from '../solvers/index.ts';
import { choice } from './choice.ts';
import { opaqueParts } from './opaque.ts';
import { learnedCircuit, type OwnRules } from './own-rules.ts';

/** What runs a learner: 'actors', which are what a circuit means, or 'kernels', the same circuit compiled, with the same bits. */
export type EngineName = 'actors' | 'kernels';

/** On which engine a learner runs, and how exactly. */
export interface EngineChoice {
  /**
   * For an algorithm other than the circuit's own rules, 'actors' means its plain engine, and not all have kernels. Kernels are compiled
   * from the text of rules and neuron models, so none may be opaque; they have no actors to tap, and `await loadKernels()` must come
   * before a session is opened with them. Default 'actors'.
   */
  readonly engine?: EngineName;
  /** 'f32', on kernels only: faster and not the same bits. Default 'f64'. */
  readonly precision?: Precision;
  /**
   * Of the circuit's own rules and schedule 'trial': 'history', what a trial asks for is found when it has ended, from the events of the axons; every
   * rule must then be linear in its trace, unless its group says evaluation 'trace'. Not the same bits as 'trace', and faster. By default each group as it
   * says; where it says nothing, 'history' at spiking neurons where its rule can be, else 'trace'.
   */
  readonly evaluation?: Evaluation;
}

/** What is known of engines where a learner names none itself. */
export interface EngineDefaults {
  /** Whether trials carry on. Default false. */
  readonly carry?: boolean;
  /** The engine named for all. An algorithm without kernels runs in its plain engine even so. */
  readonly engine?: EngineName;
  /** The engine where none was named: given up for the actors where something is opaque, or for a solver without kernels. Default 'actors'. */
  readonly usualEngine?: EngineName;
}

/** The engine that was named; else the usual one, or the actors where there are no kernels: of what is opaque, of some algorithms, and past some gates. */
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
      "is opaque, and kernels are compiled from text that was read; leave opaque out, or run the actors (engine: 'actors', or --engine actors)",
    );
  }
  if (chosen === 'actors' && precision === 'f32') {
    const why =
      opaque && engine === undefined ? ` (${opaque.kind} '${opaque.name}' is opaque, so the actors run it)` : '';
    const mend = lack === undefined ? ", or give engine 'kernels'" : `: '${algorithm.name}' has ${lack}`;
    throw new InputError(
      'precision',
      `'f32' is for kernels: the actors and the plain solvers are float64${why}; leave it out${mend}`,
    );
  }
  return chosen;
}

/** Why a learner of a circuit cannot run as kernels: 'no kernels for trials that carry on'. Undefined: it can. */
export function lackOf(
  { algorithm, rules }: { readonly algorithm: LearningAlgorithm; readonly rules?: OwnRules },
  { circuit, carry }: { readonly circuit: Circuit; readonly carry: boolean },
): string | undefined {
  return lackFor(algorithm, learnedCircuit(circuit, rules), carry);
}

function lackFor({ kernel }: LearningAlgorithm, circuit: Circuit, carry: boolean): string | undefined {
  if (kernel === undefined) return 'no kernels';
  // Kernels take the influences of weights in turns, and keep none of them.
  if (carry && kernel === 'influence') return 'no kernels for trials that carry on';
  if (kernel !== 'rules' && sharesNumbers(circuit)) {
    return 'no kernels for gradients through gates, pools or scalars of neurons';
  }
  return undefined;
}
