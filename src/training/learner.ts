import { ActorEngine } from '../actors/index.ts';
import type { BuiltCircuit, Circuit, Engine, FeedbackKind, LearningOptions, Schedule } from '../circuit/index.ts';
import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { Bptt, Rtrl } from '../solvers/index.ts';
import { checkLabel } from './label.ts';
import { positive } from './positive.ts';

/** Engines that run a circuit's own rules. */
export type EngineName = 'actors';

/**
 * Who learns. 'local': the circuit's own rules; the name of one of its rules, such as 'rflo', means the same.
 * 'bptt' and 'rtrl': the global references, in place of the circuit's rules.
 */
export type LearnerName<R extends string = string> = 'local' | 'bptt' | 'rtrl' | R;

/** A learner and how it is to learn. */
export interface LearnerOptions<R extends string = string> extends Partial<LearningOptions> {
  readonly learner: LearnerName<R>;
  /** What it is called in results; by default the learner's name with what differs from its defaults. */
  readonly name?: string;
  /** It stops after this many trials even when others go on: for a learner that costs too much. */
  readonly trials?: number;
}

/** A learner with everything decided. */
export interface Learner extends LearningOptions {
  readonly name: string;
  readonly algorithm: 'local' | 'bptt' | 'rtrl';
  readonly trials: number;
}

const SOLVERS: readonly string[] = ['bptt', 'rtrl'];

/** Completes a learner's options. @throws InputError naming what is wrong. */
export function resolveLearner(
  given: LearnerName | LearnerOptions,
  circuit: Circuit,
  defaults: { readonly trials: number } & Partial<LearningOptions>,
): Learner {
  const options: LearnerOptions = typeof given === 'string' ? { learner: given } : given;
  onlyFields('learner', options, ['learner', 'name', 'trials', 'schedule', 'feedback']);
  const { learner, trials = Infinity } = options;
  if (options.trials !== undefined) positive('learner.trials', trials, true);
  const rules = [...new Set(Object.values(circuit.synapses).flatMap(({ rule }) => (rule ? [rule.name] : [])))];
  const reserved = rules.find((rule) => SOLVERS.includes(rule) || rule === 'local');
  if (reserved !== undefined) {
    throw new InputError(`rule '${reserved}'`, 'has the name of a learner that is not a rule; give it another');
  }
  const algorithm = learner === 'bptt' || learner === 'rtrl' ? learner : 'local';
  if (algorithm === 'local' && learner !== 'local' && !rules.includes(learner)) {
    throw new InputError('learner', `${show(learner)} is none; give ${oneOf([...rules, 'local', 'bptt', 'rtrl'])}`);
  }
  const usual = algorithm === 'local' ? 'random' : 'symmetric';
  const feedback = choice('feedback', options.feedback ?? defaults.feedback ?? usual, ['random', 'symmetric'] as const);
  const schedule = choice('schedule', options.schedule ?? defaults.schedule ?? 'trial', ['trial', 'online'] as const);
  const name = options.name ?? label(learner, { feedback, schedule }, usual);
  checkLabel('learner.name', name);
  return { name, algorithm, feedback, schedule, trials: Math.min(trials, defaults.trials) };
}

/** Builds what learns. @throws InputError if the learner cannot learn this circuit in this way. */
export function createEngine(circuit: BuiltCircuit, learner: Learner): Engine {
  switch (learner.algorithm) {
    case 'local':
      return new ActorEngine(circuit, learner);
    case 'bptt':
      return new Bptt(circuit, learner);
    case 'rtrl':
      return new Rtrl(circuit, learner);
  }
}

/** What runs a learner, as tables name it. */
export function engineOf({ algorithm }: Learner): EngineName | 'bptt' | 'rtrl' {
  return algorithm === 'local' ? 'actors' : algorithm;
}

/** Symmetric feedback goes by what it is, weight transport: no learner that needs it may pass for a local one. */
function label(learner: string, { feedback, schedule }: LearningOptions, usual: FeedbackKind): string {
  const unusual = feedback === 'symmetric' ? 'weight-transport' : 'random';
  return [learner, ...(schedule === 'online' ? ['online'] : []), ...(feedback === usual ? [] : [unusual])].join('-');
}

function choice<T extends Schedule | FeedbackKind>(place: string, value: T, choices: readonly T[]): T {
  if (!choices.includes(value)) throw new InputError(place, `${show(value)} is none; give ${oneOf(choices)}`);
  return value;
}
