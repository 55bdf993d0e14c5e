import {
  carryingGroups,
  checkInfluences,
  descends,
  feedbackOf,
  heardBy,
  isCredited,
  learningRate,
  refuseAlso,
  refuseCarrying,
  refuseOnline,
  refuseRelearned,
  refuseSending,
  takeUpOf,
  Timestep,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type Connection,
  type KernelProgram,
  type LearningOptions,
  type Source,
  type TakeUp,
} from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { Graph } from '../local/index.ts';
import { byAxon } from './axons.ts';
import { creditOf, creditsOf, writeBptt } from './backward.ts';
import { writeRtrl } from './influence.ts';
import { mayLag } from './catch-up.ts';
import type { Kernel } from './kernel.ts';
import { historyRows } from './history-rows.ts';
import { historyPlasticity } from './history.ts';
import type { Plan } from './layout.ts';
import { writeLocal } from './local.ts';
import { gradientProgram, ruleProgram, type SynapseProgram } from './programs.ts';

/** A learning algorithm, as kernels see it. */
export interface KernelAlgorithm {
  readonly name: string;
  /** The program that runs in its place. Absent: it has no kernels. */
  readonly kernel?: KernelProgram;
}

/** The program that runs in an algorithm's place. @throws InputError if there is none. */
export function kernelProgram({ name, kernel }: KernelAlgorithm): KernelProgram {
  if (kernel !== undefined) return kernel;
  throw new InputError(
    'engine',
    `'kernels' cannot run '${name}', which has none; leave it out, or run the plain solver (engine: 'actors', or --engine actors)`,
  );
}

/** A way to learn, as it is lowered. */
export interface KernelLearner extends Plan {
  /** Whether a timestep can be run phase by phase. */
  readonly phases: boolean;
  /** Whether it looks back at the whole trial. */
  readonly wholeTrial: boolean;
  /** Writes what runs trials, with room for `frames` frames; null: for those of the whole trial. */
  readonly write: (kernel: Kernel, frames: number | null) => void;
}

/** @throws InputError if the circuit cannot be learned in this way. */
export function learnerOf(circuit: BuiltCircuit, algorithm: KernelAlgorithm, options: LearningOptions): KernelLearner {
  const { name } = algorithm;
  switch (kernelProgram(algorithm)) {
    case 'rules': {
      const feedback = feedbackOf(circuit, options.feedback);
      const timestep = new Timestep(circuit, {
        feedback,
        signalled: (population) => isCredited(circuit, 'random', population),
      });
      const histories = new Map(
        timestep.steps.flatMap((step) => {
          const rows = step.do === 'learn' ? historyRows(step) : undefined;
          return rows && step.do === 'learn' ? [[step.group, rows] as const] : [];
        }),
      );
      return {
        ...{ timestep, feedback, wholeTrial: false, phases: true, rows: [] },
        plasticity: (step) => {
          const history = histories.get(step.group);
          const takeUp = takeUpOf(step.group, { ...options, byRules: true });
          const learning = history ? historyPlasticity(history) : { program: ruleProgram(step), reads: step.reads };
          const axons = history ? undefined : byAxon(step, learning.program, takeUp);
          const repeats = timestep.repeat !== undefined;
          return {
            ...{ ...learning, rate: 1, takeUp, ...(axons && { axons }) },
            // Where axons that bring nothing are left out, there is nothing to catch up with.
            lags: !axons?.silence && mayLag(step, options, { feedback, takeUp, repeats }),
          };
        },
        write: (kernel, frames) => {
          writeLocal(kernel, frames, options);
        },
      };
    }
    case 'backward':
      refuseOnline(options.schedule, name);
      return bpttLearner(referenceOf(circuit, name, options));
    case 'influence': {
      refuseCarrying(circuit, `the kernels of '${name}'`, "run the plain solver (engine: 'actors')");
      const reference = referenceOf(circuit, name, options);
      const plastic = circuit.groups.filter((group) => descends(group, name));
      checkInfluences(name, circuit, carryingGroups(circuit, options.feedback), plastic);
      return rtrlLearner(reference, options);
    }
  }
}

/** What the gradient of a timestep follows from. */
export interface Reference extends Pick<KernelLearner, 'timestep' | 'feedback'> {
  /** How a group takes up changes. */
  readonly takeUpOf: (group: BuiltGroup) => TakeUp | undefined;
  /** The groups that credit runs through. */
  readonly carrying: readonly Connection[];
  /** A group's learning rate at first; undefined: it does not learn. */
  readonly rateOf: (group: BuiltGroup) => number | undefined;
}

export function bpttLearner({ timestep, feedback, carrying, rateOf, takeUpOf: taking }: Reference): KernelLearner {
  const credits = creditsOf(timestep);
  return {
    ...{ timestep, feedback, wholeTrial: true, phases: false, rows: [...credits.values()] },
    plasticity: ({ group }) => {
      const { into, row, late } = timestep.connection(group);
      const reads = new Map<string, Source>([
        ['credit', { kind: 'row', row: creditOf(credits, into), late: 0 }],
        ['brought', { kind: 'row', row, late }],
      ]);
      const rate = rateOf(group);
      if (rate === undefined) return undefined;
      return { program: gradientProgram('credit', 'brought'), reads, rate, takeUp: taking(group) };
    },
    write: (kernel) => {
      writeBptt(kernel, credits, carrying);
    },
  };
}

export function rtrlLearner(
  { timestep, feedback, carrying, rateOf, takeUpOf: taking }: Reference,
  options: Pick<LearningOptions, 'schedule'>,
): KernelLearner {
  return {
    ...{ timestep, feedback, wholeTrial: true, phases: false, rows: [] },
    plasticity: ({ group, reads }) => {
      const rate = rateOf(group);
      return rate === undefined ? undefined : { program: NOTHING, reads, rate, takeUp: taking(group) };
    },
    write: (kernel) => {
      writeRtrl(kernel, carrying, options);
    },
  };
}

/** Of RTRL: the changes are summed up from influences, not by the synapses. */
const NOTHING: SynapseProgram = { state: [], change: new Graph().constant(0) };

/** @throws InputError if no exact gradient runs through the circuit. */
function referenceOf(circuit: BuiltCircuit, solver: string, options: LearningOptions): Reference {
  const { feedback: kind } = options;
  const feedback = heardBy(circuit, kind);
  refuseRelearned(feedback, solver);
  refuseSending(circuit, solver);
  refuseAlso(circuit.groups, solver);
  const signalled = (population: BuiltPopulation) => isCredited(circuit, kind, population);
  const timestep = new Timestep(circuit, { feedback, signalled, derivatives: true });
  refuseShared(timestep, circuit.groups, solver);
  const groups = carryingGroups(circuit, kind);
  const carrying = timestep.connections.filter(({ group }) => groups.includes(group));
  return {
    ...{ timestep, feedback, carrying },
    rateOf: (group) => (descends(group, solver) ? learningRate(group, solver) : undefined),
    takeUpOf: (group) => takeUpOf(group, { ...options, byRules: false }),
  };
}

/** @throws InputError if a gradient runs through a number that one neuron, or a whole population, has for others, or through gates of synapses with delays of their own. */
function refuseShared({ partials }: Timestep, groups: BuiltCircuit['groups'], solver: string): void {
  const gated = groups.find(({ gate, longer }) => gate && longer);
  if (gated) {
    throw new InputError(
      `synapses.${gated.name}.gate`,
      `scales axons whose synapses have delays of their own, and the kernels of ${solver} take no gradient through that; ` +
        "run its plain solver (engine: 'actors', or --engine actors)",
    );
  }
  const shared = partials.find(({ neuron }) => neuron !== undefined);
  if (!shared) return;
  const { of, by } = shared;
  throw new InputError(
    `neurons.${of.population.name}`,
    `'${of.name}' follows from a number of '${by.population.name}' that all share, and the kernels of ${solver} take no gradient through that; ` +
      "run its plain solver (engine: 'actors', or --engine actors)",
  );
}
