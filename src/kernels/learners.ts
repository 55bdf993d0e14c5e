import {
  checkInfluences,
  descentOf,
  feedbackOf,
  found,
  isCredited,
  refuseCarrying,
  refuseOnline,
  takeUpOf,
  timestepOf,
  type BuiltCircuit,
  type Connection,
  type DescendingGroup,
  type KernelProgram,
  type LearningOptions,
  type LearnStep,
  type Source,
  type SynapseProgram,
  type Timestep,
} from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { Graph } from '../local/index.ts';
import { byAxon } from './axons.ts';
import { creditsOf, writeBptt } from './backward.ts';
import { writeRtrl } from './influence.ts';
import { mayLag } from './catch-up.ts';
import type { Kernel } from './kernel.ts';
import { historyRows } from './history-rows.ts';
import { historyPlasticity } from './history.ts';
import type { Plan, Plasticity } from './layout.ts';
import { writeLocal } from './local.ts';
import { gradientProgram, ruleProgram } from './programs.ts';

/** A learning algorithm, as kernels see it. */
export interface KernelAlgorithm {
  readonly name: string;
  /** The kernel program that replaces it. Absent: it has no kernels. */
  readonly kernel?: KernelProgram;
}

/** The kernel program that replaces an algorithm. @throws InputError if it has no kernels. */
export function kernelProgram({ name, kernel }: KernelAlgorithm): KernelProgram {
  if (kernel !== undefined) return kernel;
  throw new InputError(
    'engine',
    `'kernels' cannot run '${name}', which has no kernels; leave it out, or run its plain solver (engine: 'actors', or --engine actors)`,
  );
}

/** A way to learn, as lowered to kernels. */
export interface KernelLearner extends Plan {
  /** Whether it looks back at the whole trial. */
  readonly wholeTrial: boolean;
  /** Writes what runs trials, with room for `frames` frames; null: for the whole trial. */
  readonly write: (kernel: Kernel, frames: number | null) => void;
}

/** @throws InputError if the circuit cannot be learned in this way. */
export function learnerOf(circuit: BuiltCircuit, algorithm: KernelAlgorithm, options: LearningOptions): KernelLearner {
  const { name } = algorithm;
  switch (kernelProgram(algorithm)) {
    case 'rules': {
      const feedback = feedbackOf(circuit, options.feedback);
      const timestep = timestepOf(circuit, {
        feedback,
        signalled: (population) => isCredited(circuit, 'random', population),
      });
      return {
        ...{ timestep, feedback, wholeTrial: false, rows: [] },
        plasticity: (step) => {
          const history = historyRows(step);
          const takeUp = takeUpOf(step.group, { ...options, byRules: true });
          const learning = history ? historyPlasticity(history) : { program: ruleProgram(step), reads: step.reads };
          const axons = history ? undefined : byAxon(step, learning.program, takeUp);
          const repeats = timestep.repeat !== undefined;
          return {
            ...{ ...learning, rate: 1, takeUp, ...(axons && { axons }) },
            // If axons that bring nothing are skipped, there is nothing to catch up with.
            lags: axons?.silent === undefined && mayLag(step, options, { feedback, takeUp, repeats }),
          };
        },
        write: (kernel, frames) => {
          writeLocal(kernel, frames, options);
        },
      };
    }
    case 'backward':
      refuseOnline(options.schedule, name);
      return referenceOf(circuit, name, options, (timestep, carrying) => {
        const credits = creditsOf(timestep);
        return {
          rows: [...credits.values()],
          learning: ({ group }) => {
            const { into, row, late } = timestep.connection(group);
            const reads = new Map<string, Source>([
              ['credit', { kind: 'row', row: found(credits, into), late: 0 }],
              ['brought', { kind: 'row', row, late }],
            ]);
            return { program: gradientProgram('credit', 'brought'), reads };
          },
          write: (kernel) => {
            writeBptt(kernel, credits, carrying);
          },
        };
      });
    case 'influence':
      refuseCarrying(circuit, `the kernels of '${name}'`, "run the plain solver (engine: 'actors')");
      return referenceOf(circuit, name, options, (_, carrying, plastic) => {
        const [through, learned] = [carrying, plastic].map((all) => all.map(({ group }) => group));
        checkInfluences(name, circuit, through, learned);
        return {
          rows: [],
          learning: ({ reads }) => ({ program: NOTHING, reads }),
          write: (kernel) => {
            writeRtrl(kernel, carrying, options);
          },
        };
      });
  }
}

/** How a reference learns a circuit: how the synapses of a learning group learn. */
interface Reference extends Pick<KernelLearner, 'rows' | 'write'> {
  readonly learning: (step: LearnStep) => Pick<Plasticity, 'program' | 'reads'>;
}

/**
 * A learner that follows the gradient, looking back at the whole trial.
 *
 * @param make Gets the connections that credit runs through, and the groups that learn.
 * @throws InputError if no exact gradient runs through the circuit.
 */
function referenceOf(
  circuit: BuiltCircuit,
  solver: string,
  options: LearningOptions,
  make: (timestep: Timestep, carrying: readonly Connection[], plastic: readonly DescendingGroup[]) => Reference,
): KernelLearner {
  const { heard, carrying, plastic } = descentOf(circuit, solver, options);
  const timestep = timestepOf(circuit, heard);
  refuseShared(timestep, circuit.groups, solver);
  const connections = timestep.connections.filter(({ group }) => carrying.includes(group));
  const { learning, ...made } = make(timestep, connections, plastic);
  return {
    ...{ ...made, timestep, feedback: heard.feedback, wholeTrial: true },
    plasticity: (step) => {
      const learned = plastic.find(({ group }) => group === step.group);
      return learned && { ...learned, ...learning(step) };
    },
  };
}

/** For RTRL: the changes are summed up from influences, not by the synapses. */
const NOTHING: SynapseProgram = { state: [], change: new Graph().constant(0) };

/** @throws InputError if a gradient runs through a number that neurons share, or through gates of synapses with their own delays. */
function refuseShared({ partials }: Timestep, groups: BuiltCircuit['groups'], solver: string): void {
  const gated = groups.find(({ gate, longer }) => gate && longer);
  if (gated) {
    throw new InputError(
      `synapses.${gated.name}.gate`,
      `scales axons whose synapses have delays of their own, and the kernels of ${solver} cannot follow a gradient through that; ` +
        "run its plain solver (engine: 'actors', or --engine actors)",
    );
  }
  const shared = partials.find(({ neuron }) => neuron !== undefined);
  if (!shared) return;
  const { of, by } = shared;
  throw new InputError(
    `neurons.${of.population.name}`,
    `'${of.name}' depends on a number of '${by.population.name}' that all share, and the kernels of ${solver} cannot follow a gradient through that; ` +
      "run its plain solver (engine: 'actors', or --engine actors)",
  );
}
