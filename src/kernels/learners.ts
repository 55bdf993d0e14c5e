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
  type BuiltCircuit,
  type KernelProgram,
  type LearningOptions,
} from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { writeBptt } from './backward.ts';
import type { Room } from './forward.ts';
import { writeRtrl } from './influence.ts';
import type { Kernel } from './kernel.ts';
import type { Needs } from './layout.ts';
import { writeLocal } from './local.ts';
import { gradientProgram, synapseProgram } from './programs.ts';

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
export interface KernelLearner extends Needs {
  /** Whether it looks back at the whole trial. */
  readonly wholeTrial: boolean;
  /** Writes `begin`, `advance`, `finish` and `trial`. */
  readonly write: (kernel: Kernel, room: Room) => void;
}

/** @throws InputError if the circuit cannot be learned in this way. */
export function learnerOf(circuit: BuiltCircuit, algorithm: KernelAlgorithm, options: LearningOptions): KernelLearner {
  const { name } = algorithm;
  switch (kernelProgram(algorithm)) {
    case 'rules':
      return {
        feedback: feedbackOf(circuit, options.feedback),
        wholeTrial: false,
        plasticity: (group, neuron) => ({
          program: synapseProgram(group, neuron, isCredited(circuit, 'random', group.to)),
          rate: 1,
        }),
        signalled: (population) => isCredited(circuit, 'random', population),
        write: (kernel, room) => {
          writeLocal(kernel, room, options);
        },
      };
    case 'backward':
      refuseOnline(options.schedule, name);
      return {
        ...reference(circuit, name, options),
        fields: ['z', 'v'],
        write: (kernel, room) => {
          writeBptt(kernel, room, options);
        },
      };
    case 'influence': {
      const plastic = circuit.groups.filter((group) => learningRate(group, name) !== 0);
      checkInfluences(name, circuit, carryingGroups(circuit, options.feedback), plastic);
      return {
        ...reference(circuit, name, options),
        write: (kernel, room) => {
          writeRtrl(kernel, room, options);
        },
      };
    }
  }
}

/** What both references need: the gradient of every weight that has a learning rate. */
function reference(
  circuit: BuiltCircuit,
  solver: string,
  { feedback }: LearningOptions,
): Pick<KernelLearner, 'wholeTrial' | 'plasticity' | 'signalled' | 'feedback'> {
  const heard = heardBy(circuit, feedback);
  refuseRelearned(heard, solver);
  refuseSending(circuit, solver);
  refuseGates(circuit.groups, solver);
  return {
    feedback: heard,
    wholeTrial: true,
    plasticity: (group) => {
      const rate = learningRate(group, solver);
      return rate === 0 ? undefined : { program: gradientProgram(), rate };
    },
    signalled: (population) => isCredited(circuit, feedback, population),
  };
}
