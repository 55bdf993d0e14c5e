import { InputError, onlyFields, show } from '../../errors/index.ts';
import type { BuiltCircuit, FeedbackKind, LearningOptions } from '../../circuit/index.ts';
import {
  linearised,
  makeAlgorithm,
  type AlgorithmFields,
  type AlgorithmMaker,
  type Footprint,
  type Linearised,
  type OnlineLearner,
  type OpenOptions,
} from '../../solvers/index.ts';
import { plainCopy } from '../plain.ts';
import { withKernels } from '../with-kernels.ts';

/** An online algorithm with its options filled in. */
export interface OnlineDefinition {
  readonly title: string;
  readonly settings: object;
  /** Default 'symmetric'. */
  readonly feedback?: FeedbackKind;
  /** Whether it can learn online. Default true. */
  readonly causal?: boolean;
  /** By how many timesteps its estimates are late. Default 0. */
  readonly late?: number;
  readonly learner: (step: Linearised, how: OpenOptions) => OnlineLearner;
  readonly footprint: (circuit: BuiltCircuit, options: Pick<LearningOptions, 'feedback'>) => Footprint;
}

/** The fields of an online algorithm of this name, for an entry of `compare`. */
export function online(
  name: string,
  { settings, feedback = 'symmetric', learner, ...rest }: OnlineDefinition,
): Omit<AlgorithmFields, 'name'> {
  return {
    ...rest,
    feedback,
    arithmetic: true,
    settings: plainCopy(name, settings),
    open: (circuit, how) => linearised(circuit, name, withKernels(circuit, how), (step) => learner(step, how)),
  };
}

/** The maker of an online algorithm whose options are all optional. */
export function onlineMaker<const Name extends string, Options extends object>({
  name,
  about,
  fields,
  make,
}: {
  readonly name: Name;
  readonly about: string;
  /** The names of the options. */
  readonly fields: readonly (keyof Options & string)[];
  readonly make: (options: Partial<Options>) => OnlineDefinition;
}): AlgorithmMaker<Name, [options?: Options]> {
  const maker = (options?: Options) => {
    const given = options ?? {};
    onlyFields(name, given, fields);
    return makeAlgorithm<Name>({ ...online(name, make(given)), name });
  };
  return Object.assign(maker, { names: [name], about, parse: (text: string) => (text === name ? maker() : undefined) });
}

/** What an option must be. */
export interface OptionRange {
  readonly above?: number;
  readonly least?: number;
  readonly most?: number;
  readonly whole?: boolean;
}

/** @throws InputError if an option is not a finite number within its range, or not a whole number if it must be. */
export function checkOption(place: string, value: number, { above, least, most, whole = false }: OptionRange): void {
  const isRight =
    (whole ? Number.isSafeInteger(value) : Number.isFinite(value)) &&
    (above === undefined || value > above) &&
    (least === undefined || value >= least) &&
    (most === undefined || value <= most);
  if (isRight) return;
  const wanted = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(least === undefined ? [] : [`${least} or more`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
  ];
  throw new InputError(
    place,
    `${show(value)} is not a ${whole ? 'whole' : 'finite'} number${wanted.map((one) => `, ${one}`).join('')}`,
  );
}
