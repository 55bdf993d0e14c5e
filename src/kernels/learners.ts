import {
  carryingGroups,
  checkInfluences,
  feedbackOf,
  heardBy,
  isCredited,
  learningRate,
  refuseGates,
  refuseOnline,
  refuseRelearned,
  refuseSending,
  Timestep,
  type BuiltCircuit,
  type BuiltPopulation,
  type Connection,
  type LearningOptions,
  type Source,
} from '../circuit/index.ts';
import { Graph } from '../local/index.ts';
import { creditOf, creditsOf, writeBptt } from './backward.ts';
import { writeRtrl } from './influence.ts';
import type { Kernel } from './kernel.ts';
import type { Plan } from './layout.ts';
import { writeLocal } from './local.ts';
import { gradientProgram, ruleProgram, type SynapseProgram } from './programs.ts';

/** Who learns: the circuit's own rules, or a global reference. */
export type Algorithm = 'local' | 'bptt' | 'rtrl';

/** A way to learn, as it is lowered. */
export interface KernelLearner extends Plan {
  /** Whether it looks back at the whole trial. */
  readonly wholeTrial: boolean;
  /** Writes what runs trials, with room for so many frames; null: for those of the whole trial. */
  readonly write: (kernel: Kernel, frames: number | null) => void;
}

/** @throws InputError if the circuit cannot be learned in this way. */
export function learnerOf(circuit: BuiltCircuit, algorithm: Algorithm, options: LearningOptions): KernelLearner {
  switch (algorithm) {
    case 'local': {
      const feedback = feedbackOf(circuit, options.feedback);
      return {
        timestep: new Timestep(circuit, {
          feedback,
          signalled: (population) => isCredited(circuit, 'random', population),
        }),
        ...{ feedback, rows: [], wholeTrial: false },
        plasticity: (step) => ({ program: ruleProgram(step), reads: step.reads, rate: 1 }),
        write: (kernel, frames) => {
          writeLocal(kernel, frames, options);
        },
      };
    }
    case 'bptt': {
      refuseOnline(options.schedule);
      const { carrying, ...plan } = reference(circuit, algorithm, options);
      const credits = creditsOf(plan.timestep);
      return {
        ...plan,
        rows: [...credits.values()],
        plasticity: ({ group }) => {
          const rate = learningRate(group, algorithm);
          if (rate === 0) return undefined;
          const { into, row, late } = plan.timestep.connection(group);
          const reads = new Map<string, Source>([
            ['credit', { kind: 'row', row: creditOf(credits, into), late: 0 }],
            ['brought', { kind: 'row', row, late }],
          ]);
          return { program: gradientProgram('credit', 'brought'), reads, rate };
        },
        write: (kernel) => {
          writeBptt(kernel, credits, carrying);
        },
      };
    }
    case 'rtrl': {
      const { carrying, ...plan } = reference(circuit, algorithm, options);
      const plastic = circuit.groups.filter((group) => learningRate(group, algorithm) !== 0);
      checkInfluences(circuit, carryingGroups(circuit, options.feedback), plastic);
      return {
        ...plan,
        rows: [],
        plasticity: ({ group, reads }) => {
          const rate = learningRate(group, algorithm);
          return rate === 0 ? undefined : { program: NOTHING, reads, rate };
        },
        write: (kernel) => {
          writeRtrl(kernel, carrying, options);
        },
      };
    }
  }
}

/** Of RTRL: the changes are summed up from influences, not by the synapses. */
const NOTHING: SynapseProgram = { state: [], change: new Graph().constant(0) };

/** What both references need. */
function reference(
  circuit: BuiltCircuit,
  solver: string,
  { feedback: kind }: LearningOptions,
): Pick<KernelLearner, 'timestep' | 'feedback' | 'wholeTrial'> & { readonly carrying: readonly Connection[] } {
  const feedback = heardBy(circuit, kind);
  refuseRelearned(feedback, solver);
  refuseSending(circuit, solver);
  refuseGates(circuit.groups, solver);
  const signalled = (population: BuiltPopulation) => isCredited(circuit, kind, population);
  const timestep = new Timestep(circuit, { feedback, signalled });
  const groups = carryingGroups(circuit, kind);
  const carrying = timestep.connections.filter(({ group }) => groups.includes(group));
  return { timestep, feedback, wholeTrial: true, carrying };
}
