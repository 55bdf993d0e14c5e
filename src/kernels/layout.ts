import type {
  BuiltCircuit,
  BuiltFeedback,
  BuiltGroup,
  BuiltPopulation,
  LearnStep,
  Row,
  Settling,
  Source,
  Timestep,
  Ways,
} from '../circuit/index.ts';
import type { Value } from '../local/index.ts';
import { placesOf } from './chance.ts';
import { columnsOf } from './columns.ts';
import { Frames } from './frames.ts';
import type { Precision } from './lanes.ts';
import { numbersOf, packed, planMatrix, type Matrix } from './matrix.ts';
import { LINE, type MemoryPlan } from './memory.ts';
import type { Packing } from './packing.ts';
import { sharedParts, type SynapseProgram } from './programs.ts';

/** What a learner makes of a circuit. */
export interface Plan {
  readonly timestep: Timestep;
  /** The feedback that it hears. */
  readonly feedback: readonly BuiltFeedback[];
  /** How the synapses of a group learn; undefined: they do not. */
  readonly plasticity: (step: LearnStep) => Plasticity | undefined;
  /** Rows that frames hold besides those of the timestep. */
  readonly rows: readonly Row[];
}

/** How the synapses of a group learn. */
export interface Plasticity {
  readonly program: SynapseProgram;
  /** Where the program's names are found. */
  readonly reads: ReadonlyMap<string, Source>;
  /** w grows by this, divided by T/pace, times the sum of changes. */
  readonly rate: number;
}

/** A row that is computed before the synapses are visited, for all synapses of a neuron. */
export interface SharedRow {
  readonly population: BuiltPopulation;
  readonly value: Value;
}

/** A group that learns, before its numbers have a place. */
interface Learned extends Plasticity {
  readonly group: BuiltGroup;
  readonly shared: { readonly pre: readonly SharedRow[]; readonly post: readonly SharedRow[] };
}

/** How a group's weights take up changes; what belongs to a synapse is packed as its weight is. */
interface WeightUpdate {
  readonly weight: Value;
  /** Where each synapse's constants are, by the name they are read under. */
  readonly constants: Readonly<Record<string, number>>;
  /** Where the places of the draws are, and their seed. */
  readonly chance?: { readonly places: number; readonly seed: number };
}

/** A synapse group that learns: what it computes, and where its numbers are. */
export interface PlasticGroup extends Learned {
  readonly matrix: Matrix;
  /** Where the sums of changes are that are not applied yet. */
  readonly asked: number;
  /** Where each variable is. */
  readonly state: Readonly<Record<string, number>>;
  /** How weights take up changes; absent: by their sum. */
  readonly settling?: WeightUpdate;
}

/** Where everything of a circuit is in a kernel's memory. */
export class Layout {
  readonly bytes: 4 | 8;
  readonly frames: Frames;
  /** The groups that learn, in the order in which they do. */
  readonly plastic: readonly PlasticGroup[];
  /** The synapses that relearn feedback. */
  readonly relearned: readonly BuiltGroup[];
  /** NaN in some lane as soon as anything has stopped being finite; else 0. */
  readonly fault: number;
  readonly timestep: Timestep;
  /** The feedback that the learner hears. */
  readonly feedback: readonly BuiltFeedback[];
  private readonly matrices: ReadonlyMap<BuiltGroup | BuiltFeedback, Matrix>;

  constructor(
    readonly circuit: BuiltCircuit,
    readonly precision: Precision,
    readonly memory: MemoryPlan,
    { timestep, feedback, rows, plasticity }: Plan,
  ) {
    this.timestep = timestep;
    this.feedback = feedback;
    this.bytes = precision === 'f64' ? 8 : 4;
    this.fault = memory.reserve(LINE);
    this.relearned = feedback.flatMap(({ synapses }) => synapses ?? []);
    const learning = timestep.steps.flatMap((step) => (step.do === 'learn' ? this.learned(step, plasticity) : []));
    const shared = learning.flatMap((one) => [...one.shared.pre, ...one.shared.post]);
    const held = timestep.rows.filter((row) => !timestep.constants.has(row));
    this.frames = new Frames([...held, ...rows, ...shared], this.bytes, timestep.history);
    const all = [...circuit.groups, ...this.relearned, ...feedback];
    this.matrices = new Map(
      all.map((weights) => [weights, planMatrix(memory, this.bytes, columnsOf(weights, this.waysOf(weights), this))]),
    );
    this.plastic = learning.map((one) => this.plasticGroup(one));
  }

  /** Where the weights of a group or a feedback are. Feedbacks that share B have one each, as each neuron of the actors has. */
  matrixOf(weights: BuiltGroup | BuiltFeedback): Matrix {
    const matrix = this.matrices.get(weights);
    if (!matrix) throw new Error(`the weights of '${weights.name}' have no place in memory`);
    return matrix;
  }

  /** How a group learns, if it does. */
  plasticOf(group: BuiltGroup): PlasticGroup | undefined {
    return this.plastic.find((one) => one.group === group);
  }

  /** The ways of synapses that have delays of their own. */
  private waysOf(weights: BuiltGroup | BuiltFeedback): Ways | undefined {
    return this.timestep.connections.find(({ group }) => group === weights)?.ways;
  }

  /** How a group learns, and the rows that are computed once for all synapses of a neuron: where each has a way of its own, none of what is sent. */
  private learned(step: LearnStep, plasticity: Plan['plasticity']): readonly Learned[] {
    const how = plasticity(step);
    if (!how) return [];
    const { group } = step;
    const { pre, post } = sharedParts(how.program);
    const shared = {
      pre: (this.waysOf(group) ? [] : pre).map((value) => ({ population: group.from, value })),
      post: post.map((value) => ({ population: group.to, value })),
    };
    return [{ ...how, group, shared }];
  }

  private plasticGroup(learned: Learned): PlasticGroup {
    const { group, program } = learned;
    const { keepsTraces, settling } = group;
    const matrix = this.matrixOf(group);
    const { size } = matrix.packing;
    const room = () => this.memory.reserve(size * this.bytes);
    const filled = (initial: number) => this.memory.hold(numbersOf(this.precision, size).fill(initial));
    return {
      ...learned,
      ...{ matrix, asked: room() },
      state: Object.fromEntries(
        program.state.map(({ name, initial }) => [name, keepsTraces ? filled(initial) : room()]),
      ),
      ...(settling && { settling: this.weightUpdate(settling, matrix.packing) }),
    };
  }

  private weightUpdate({ weight, constants, chance }: Settling, packing: Packing): WeightUpdate {
    const { memory, precision, bytes } = this;
    const { place, size } = packing;
    const places = () => memory.hold(placesOf(place.length, bytes, size, (k) => place[k]));
    return {
      weight: weight.value,
      constants: Object.fromEntries(
        Object.entries(constants).map(([name, values]) => [name, memory.hold(packed(precision, packing, values))]),
      ),
      ...(chance !== undefined && { chance: { seed: chance, places: places() } }),
    };
  }
}
