import {
  takeUpVariables,
  tunableOf,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type LearnStep,
  type Row,
  type Source,
  type TakeUp,
  type Timestep,
  type Variable,
} from '../circuit/index.ts';
import type { Value } from '../local/index.ts';
import { placesOf } from './chance.ts';
import { Frames } from './frames.ts';
import { VECTOR, type Precision } from './lanes.ts';
import { readsOf } from './lower.ts';
import { numbersOf, packed, planMatrix, rowsOf, type Matrix } from './matrix.ts';
import { LINE, type MemoryPlan } from './memory.ts';
import type { Packing } from './packing.ts';
import { rootsOf, sharedParts, type SynapseProgram } from './programs.ts';

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
  /** w grows by this at first, divided by T/pace, times the sum of changes. */
  readonly rate: number;
  /** What else becomes of that; absent: nothing. */
  readonly takeUp?: TakeUp | undefined;
}

/** A number that no synapse and no neuron takes part in: a vector that holds it in every lane. */
export interface OwnNumber {
  readonly value: Value;
  readonly address: number;
}

/** A row that is computed before the synapses are visited, for all synapses of a neuron. */
export interface SharedRow {
  readonly population: BuiltPopulation;
  readonly value: Value;
}

/** A variable of the synapses, and where it is. */
interface VariablePlace {
  readonly variable: Variable;
  readonly address: number;
}

/** What a group's take-up needs of memory; what belongs to a synapse is packed as its weight is. */
interface TakeUpPlaces {
  /** Where each synapse's constants are, by the name they are read under. */
  readonly constants: Readonly<Record<string, number>>;
  /** Where the places of the draws are, and their seed. */
  readonly chance?: { readonly places: number; readonly seed: number };
}

/** A synapse group that learns: what it computes, and where its numbers are. */
export interface PlasticGroup extends Plasticity {
  readonly group: BuiltGroup;
  readonly matrix: Matrix;
  /** Where the sums of changes are that are not applied yet. */
  readonly asked: number;
  /** Where each variable of the program is. */
  readonly state: Readonly<Record<string, number>>;
  /** The same, and those that taking up changes needs besides. */
  readonly places: readonly VariablePlace[];
  /** Where the rate is as it is now, f64. */
  readonly rateAt: number;
  /** Where each tunable parameter is that the program reads, or the take-up: a vector that holds it in every lane. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly shared: {
    readonly own: readonly OwnNumber[];
    readonly pre: readonly SharedRow[];
    readonly post: readonly SharedRow[];
  };
  /** Present where changes are taken up otherwise than by their sum. */
  readonly taking?: TakeUpPlaces;
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
    const all = [...circuit.groups, ...this.relearned, ...feedback];
    this.matrices = new Map(all.map((weights) => [weights, planMatrix(memory, this.bytes, rowsOf(weights))]));
    this.plastic = timestep.steps.flatMap((step) =>
      step.do === 'learn' ? this.plasticGroup(step.group, plasticity(step)) : [],
    );
    const shared = this.plastic.flatMap(({ shared: { pre, post } }) => [...pre, ...post]);
    const held = timestep.rows.filter((row) => !timestep.constants.has(row));
    this.frames = new Frames([...held, ...rows, ...shared], this.bytes, timestep.history);
  }

  /** Where the weights of a group or a feedback are. Feedbacks that share B have one each, as each neuron of the actors has. */
  matrixOf(weights: BuiltGroup | BuiltFeedback): Matrix {
    const matrix = this.matrices.get(weights);
    if (!matrix) throw new Error(`the weights of '${weights.name}' have no place in memory`);
    return matrix;
  }

  /** Where a variable of a group's state is. */
  stateOf(weights: BuiltGroup | BuiltFeedback, variable: string): number {
    const address = this.plastic.find(({ group }) => group === weights)?.state[variable];
    if (address === undefined) throw new Error(`'${weights.name}' holds no '${variable}'`);
    return address;
  }

  /** How a group learns, if it does. */
  plasticOf(group: BuiltGroup): PlasticGroup | undefined {
    return this.plastic.find((one) => one.group === group);
  }

  private plasticGroup(group: BuiltGroup, plasticity: Plasticity | undefined): readonly PlasticGroup[] {
    if (!plasticity) return [];
    const { from, to, weights } = group;
    const matrix = this.matrixOf(group);
    const { size } = matrix.packing;
    const room = () => this.memory.reserve(size * this.bytes);
    const filled = (initial: number) => this.memory.hold(numbersOf(this.precision, size).fill(initial));
    const { program, takeUp } = plasticity;
    const { own, pre, post } = sharedParts(program);
    const everywhere = (value: number) => this.memory.hold(numbersOf(this.precision, VECTOR / this.bytes).fill(value));
    const roots = [...rootsOf(program), ...(takeUp?.text.namedResults.map(({ value }) => value) ?? [])];
    const read = new Set(readsOf(roots).map(({ path }) => path));
    const tunable = tunableOf(group).filter(({ name }) => read.has(name));
    const placed = (variable: Variable): VariablePlace => {
      const { start, lasting } = variable;
      const first = () =>
        start === 'weight' ? this.memory.hold(packed(this.precision, matrix.packing, weights)) : filled(start);
      return { variable, address: lasting ? first() : room() };
    };
    const asked = room();
    const variables = program.state.map(({ variable }) => placed(variable));
    return [
      {
        ...plasticity,
        ...{ group, matrix, asked },
        state: Object.fromEntries(variables.map(({ variable, address }) => [variable.name, address])),
        places: [...variables, ...takeUpVariables(takeUp).map(placed)],
        rateAt: this.memory.hold(Float64Array.of(plasticity.rate)),
        parameters: Object.fromEntries(tunable.map(({ name, start }) => [name, everywhere(start)])),
        shared: {
          own: own.map((value) => ({ value, address: everywhere(0) })),
          pre: pre.map((value) => ({ population: from, value })),
          post: post.map((value) => ({ population: to, value })),
        },
        ...(takeUp && { taking: this.takeUpPlaces(takeUp, matrix.packing) }),
      },
    ];
  }

  private takeUpPlaces({ constants, chance }: TakeUp, packing: Packing): TakeUpPlaces {
    const { memory, precision, bytes } = this;
    const { place, size } = packing;
    const places = () => memory.hold(placesOf(place.length, bytes, size, (k) => place[k]));
    return {
      constants: Object.fromEntries(
        Object.entries(constants).map(([name, values]) => [name, memory.hold(packed(precision, packing, values))]),
      ),
      ...(chance !== undefined && { chance: { seed: chance, places: places() } }),
    };
  }
}
