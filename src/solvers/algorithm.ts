import type { BuiltCircuit, Engine, FeedbackKind, KernelProgram, LearningOptions } from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import { register } from '../local/index.ts';
import type { SolverArithmetic } from './running.ts';
import type { Footprint } from './footprint.ts';
import type { Memory } from './memory.ts';
import type { Outside } from './outside.ts';

/** How an algorithm learns a circuit. */
export interface OpenOptions extends LearningOptions {
  /** The session's seed: all random numbers in learning are drawn from its streams. */
  readonly seed: number;
  /** Where it takes its arrays from, so that what it reads, writes and keeps can be counted. Default: ordinary arrays. */
  readonly memory?: Memory;
  /** What does its arithmetic on whole arrays. Default: ordinary loops. */
  readonly arithmetic?: SolverArithmetic;
}

/**
 * A way to learn, as a value: what `compare` lists, and what sessions, certificates, ledgers and files use. The built-in ones
 * come from their makers (`bptt()`, `snap(2)`), others from `learningAlgorithm`. It is immutable, and copies are refused.
 */
export interface LearningAlgorithm<Name extends string = string> {
  /** Its name in results, in files and on the command line. */
  readonly name: Name;
  /** Its name in sentences: 'SnAp'. */
  readonly title: string;
  /** Whatever else its result depends on, as plain data: a run is resumed only if this is the same. Empty if the name determines everything. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether a timestep's changes are known in that timestep. If not, it cannot learn online. */
  readonly causal: boolean;
  /** By how many timesteps an estimate follows the timestep that it belongs to; at the end of a trial, all estimates held back come at once. */
  readonly late: number;
  /** Whether it follows the exact gradient, given symmetric feedback: a reference, not a local learner. */
  readonly exact: boolean;
  /** Whether it runs the circuit's own rules. If not, it takes only its learning rates from them. */
  readonly rules: boolean;
  /** The default feedback that it learns through. */
  readonly feedback: FeedbackKind;
  /** The kernels that can run in its place, with the same bits. Absent: it has no kernels. */
  readonly kernel?: KernelProgram;
  /** Whether its plain engine uses kernels for its arithmetic if they are loaded. Absent: it does not. */
  readonly arithmetic?: boolean;
  /** Its plain engine, for a circuit. @throws InputError if it cannot learn the circuit in this way. */
  readonly open: (circuit: BuiltCircuit, options: OpenOptions) => Engine;
  /** What its updates are computed from. Absent: not known, or determined by its rules. */
  readonly footprint?: (circuit: BuiltCircuit, options: Pick<LearningOptions, 'feedback'>) => Footprint;
  /** If it runs the circuit's own rules and something is brought to them from outside: what that is. Absent: nothing is. */
  readonly outside?: (circuit: BuiltCircuit) => readonly Outside[];
}

/** The fields of an algorithm as given; missing fields have their defaults. */
export type AlgorithmFields<Name extends string = string> = Pick<
  LearningAlgorithm<Name>,
  'name' | 'title' | 'feedback' | 'open'
> &
  Partial<LearningAlgorithm<Name>>;

const made = register<LearningAlgorithm>();

/** Whether this is a learning algorithm from a maker; a copy does not count. */
export function isAlgorithm(value: unknown): value is LearningAlgorithm {
  return made.has(value);
}

/** @throws InputError if this is not a learning algorithm, or a copy of one. */
export function checkAlgorithm(place: string, value: unknown): asserts value is LearningAlgorithm {
  refuseCopy(place, value);
  if (isAlgorithm(value)) return;
  throw new InputError(
    place,
    `expected a learning algorithm, such as bptt(), or the name of a learner, got ${show(value)}`,
  );
}

/** @throws InputError if this looks like an algorithm but does not come from a maker. */
export function refuseCopy(place: string, value: unknown): void {
  if (isAlgorithm(value) || typeof value !== 'object' || value === null || !('open' in value)) return;
  throw new InputError(
    place,
    'is an algorithm that was copied, changed or put together by hand; make a new one with learningAlgorithm',
  );
}

/** Makes an algorithm without checking anything: `learningAlgorithm`, which users call, does the checks. */
export function makeAlgorithm<const Name extends string>(fields: AlgorithmFields<Name>): LearningAlgorithm<Name> {
  return made.enter({ settings: {}, causal: true, late: 0, exact: false, rules: false, ...fields });
}

/** An entry in a list of algorithms: one algorithm, or a family of them. */
export interface ListedAlgorithm<Name extends string = string> {
  /** How help and errors list its names: ['bptt'], or ['snap-1', 'snap-2', '...']. */
  readonly names: readonly string[];
  /** How it learns, in one line for the guide. */
  readonly about: string;
  /** The algorithm of this name; undefined if the name is not one of its names. */
  readonly parse: (name: string) => LearningAlgorithm<Name> | undefined;
  /** What is wrong with a name that is nearly one of its names; undefined for other names. */
  readonly wrong?: (name: string) => string | undefined;
}

/** Makes a built-in algorithm, and knows its name. */
export type AlgorithmMaker<Name extends string, Settings extends readonly unknown[] = []> = ListedAlgorithm<Name> &
  ((...settings: Settings) => LearningAlgorithm<Name>);

/** The maker of one algorithm. */
export function algorithmMaker<const Name extends string>({
  about,
  ...fields
}: AlgorithmFields<Name> & Pick<ListedAlgorithm, 'about'>): AlgorithmMaker<Name> {
  const algorithm = makeAlgorithm(fields);
  const parse = (name: string) => (name === algorithm.name ? algorithm : undefined);
  return Object.assign(() => algorithm, { names: [algorithm.name], about, parse });
}

/** A family of algorithms, one for each whole number n from 1, called `prefix-1`, `prefix-2` and so on. */
export interface NumberedAlgorithms<Prefix extends string, Options extends object = never> extends Pick<
  ListedAlgorithm,
  'about'
> {
  readonly prefix: Prefix;
  readonly title: string;
  readonly make: (n: number, options?: Options) => Omit<AlgorithmFields, 'name' | 'title'>;
}

/** The maker of a numbered family. */
export function numberedMaker<const Prefix extends string, Options extends object = never>({
  prefix,
  title,
  about,
  make,
}: NumberedAlgorithms<Prefix, Options>): AlgorithmMaker<`${Prefix}-${number}`, [n: number, options?: Options]> {
  const isNumber = (n: number) => Number.isSafeInteger(n) && n >= 1;
  const maker = (n: number, options?: Options) => {
    if (!isNumber(n)) throw new InputError(`${prefix}: n`, `${show(n)} is not a whole number, 1 or more`);
    return makeAlgorithm<`${Prefix}-${number}`>({ name: `${prefix}-${n}`, title, ...make(n, options) });
  };
  return Object.assign(maker, {
    names: [`${prefix}-1`, `${prefix}-2`, '...'],
    about,
    parse: (name: string) => {
      const n = Number(name.slice(prefix.length + 1));
      return isNumber(n) && name === `${prefix}-${n}` ? maker(n) : undefined;
    },
    wrong: (name: string) =>
      name === prefix || name.startsWith(`${prefix}-`)
        ? `expected '${prefix}-n' with n a whole number, 1 or more, such as '${prefix}-1', got ${show(name)}`
        : undefined,
  });
}
