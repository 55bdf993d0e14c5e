import {
  found,
  takeUpVariables,
  tunableOf,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type LearnStep,
  type Row,
  type Source,
  type SynapseProgram,
  type TakeUp,
  type Timestep,
  type TunedNumber,
  type Variable,
  type Ways,
} from '../circuit/index.ts';
import type { Value } from '../local/index.ts';
import { placesOf } from './chance.ts';
import { columnsOf, refuseApart } from './columns.ts';
import { Frames } from './frames.ts';
import { listedOf, type EventLists, type HistoryRows } from './history-rows.ts';
import { keptOf, type Kept } from './kept.ts';
import { VECTOR, type Precision } from './lanes.ts';
import { readsOf } from './lower.ts';
import { numbersOf, packed, planMatrix, type Matrix } from './matrix.ts';
import { LINE, type MemoryPlan } from './memory.ts';
import { mirrorsOf, type Mirror } from './mirrors.ts';
import type { Packing } from './packing.ts';
import { rootsOf, sharedParts } from './programs.ts';
import { sheetOf, type Sheet } from './sheet.ts';
import type { ByAxon } from './silent.ts';

/** How a learner learns a circuit. */
export interface Plan {
  readonly timestep: Timestep;
  /** The feedback that it receives. */
  readonly feedback: readonly BuiltFeedback[];
  /** How the synapses of a group learn; undefined if they do not. */
  readonly plasticity: (step: LearnStep) => Plasticity | undefined;
  /** Rows that frames hold in addition to those of the timestep. */
  readonly rows: readonly Row[];
}

/** How the synapses of a group learn. */
export interface Plasticity {
  readonly program: SynapseProgram;
  /** The sources of the program's names. */
  readonly reads: ReadonlyMap<string, Source>;
  /** Initial rate: w += rate / (T/pace) times the sum of changes. */
  readonly rate: number;
  /** How changes are applied instead; absent: they are added. */
  readonly takeUp?: TakeUp | undefined;
  /** For a group that learns by history: how its neurons go back. */
  readonly history?: HistoryRows;
  /** Whether its synapses may lag behind until their axon brings something. */
  readonly lags?: boolean;
  /** Present if synapses that learn in one timestep, and apply their change in it, do so axon by axon. */
  readonly axons?: ByAxon;
}

/** A number that depends on no synapse and no neuron, held in every lane of a vector. */
export interface OwnNumber {
  readonly value: Value;
  readonly address: number;
}

/** A row that is computed before the synapses are visited, for all synapses of a neuron. */
export interface SharedRow {
  readonly population: BuiltPopulation;
  readonly value: Value;
}

/** How a group learns, before its numbers have places. */
interface Learned extends Plasticity {
  readonly group: BuiltGroup;
  /** What is computed once for all synapses, or once for all synapses of a neuron. */
  readonly parts: Pick<PlasticGroup['shared'], 'pre' | 'post'> & { readonly own: readonly Value[] };
}

/** A variable of the synapses, and where it is. */
interface VariablePlace {
  readonly variable: Variable;
  readonly address: number;
}

/** The memory that a group needs for applying changes; numbers of synapses are packed like weights. */
interface TakeUpPlaces {
  /** Where each synapse's constants are, by the name they are read under. */
  readonly constants: Readonly<Record<string, number>>;
  /** The address of the places of random draws, and their seed. */
  readonly chance?: { readonly places: number; readonly seed: number };
}

/** A learning synapse group: what it computes, and where its numbers are. */
export interface PlasticGroup extends Plasticity {
  readonly group: BuiltGroup;
  readonly matrix: Matrix;
  /** The address of the sums of changes that are not applied yet. */
  readonly asked: number;
  /** The variables of the program, in their order; then those that are also needed for applying changes. */
  readonly places: readonly VariablePlace[];
  /** The address of the current rate, f64. */
  readonly rateAt: number;
  /** Addresses of the tunable parameters that the program, or the application of changes, reads: vectors that hold them in every lane. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly shared: {
    readonly own: readonly OwnNumber[];
    readonly pre: readonly SharedRow[];
    readonly post: readonly SharedRow[];
  };
  /** For a group by history whose synapses have ways of their own: for each part, a table of where each entry finds what it was brought. */
  readonly apart?: readonly number[];
  /** For a group by history whose axons may be silent: how events are listed. */
  readonly listed?: EventLists;
  /** For a large group by history: a copy of its weights, axon by axon. */
  readonly sheet?: Sheet;
  /** For a group that may lag behind: the address of a table with the window of the first timestep that each axon's synapses have not learned from. */
  readonly behind?: number;
  /** Present if changes are not simply added. */
  readonly taking?: TakeUpPlaces;
}

/** Where everything of a circuit is in a kernel's memory. */
export class Layout {
  readonly bytes: 4 | 8;
  readonly frames: Frames;
  /** What is kept of a trial for learning by history. */
  readonly kept: Kept;
  /** The groups that learn, in the order in which they do. */
  readonly plastic: readonly PlasticGroup[];
  /** Whether a trial of one timestep learns and applies its changes in one visit; worth its code only for groups that learn axon by axon. */
  readonly learnsOnce: boolean;
  /** Groups that may share the weights of another. */
  readonly mirrors: readonly Mirror[];
  readonly relearned: readonly BuiltGroup[];
  /** NaN in some lane as soon as anything has stopped being finite; otherwise 0. */
  readonly fault: number;
  /** How often weights were set from outside, f64. */
  readonly written: number;
  readonly timestep: Timestep;
  /** The feedback that the learner receives. */
  readonly feedback: readonly BuiltFeedback[];
  /** The frame that a trial begins with. */
  readonly initial: number;
  /** The addresses of the numbers that may change from trial to trial, f64. */
  private readonly tuned: ReadonlyMap<TunedNumber, number>;
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
    this.written = memory.reserve(8);
    this.relearned = feedback.flatMap(({ synapses }) => synapses ?? []);
    const learning = timestep.steps.flatMap((step) => (step.do === 'learn' ? this.learned(step, plasticity) : []));
    const shared = learning.flatMap(({ parts: { pre, post } }) => [...pre, ...post]);
    const held = timestep.rows.filter((row) => !timestep.constants.has(row));
    this.frames = new Frames([...held, ...rows, ...shared], this.bytes, timestep.history);
    this.kept = keptOf(
      learning.flatMap(({ history }) => history ?? []),
      this.bytes,
      timestep.history,
    );
    this.initial = memory.hold(this.firstFrame());
    this.tuned = new Map([...timestep.tuned].map(([number, now]) => [number, memory.hold(now)]));
    const all = [...circuit.groups, ...this.relearned, ...feedback];
    this.matrices = new Map(
      all.map((weights) => [weights, planMatrix(memory, this.bytes, columnsOf(weights, this.waysOf(weights), this))]),
    );
    this.plastic = learning.map((one) => this.plasticGroup(one));
    this.learnsOnce =
      !timestep.repeat && this.plastic.some(({ axons }) => axons) && this.plastic.every(({ history }) => !history);
    // Then nothing can be inspected in between, and only weights remain.
    const able = this.learnsOnce ? this.plastic.filter(({ axons, group }) => axons && !group.atOnce) : [];
    this.mirrors = mirrorsOf(able, feedback, this.frames, memory);
  }

  /** The numbers of neurons before the first timestep, in the layout of a frame. */
  firstFrame(): Float32Array | Float64Array {
    const { frames, bytes, precision, timestep } = this;
    const initial = numbersOf(precision, frames.stride / bytes);
    for (const row of timestep.rows) {
      if (!timestep.constants.has(row)) initial.set(row.initial, frames.within(row) / bytes);
    }
    return initial;
  }

  tunedAt(number: TunedNumber): number {
    return found(this.tuned, number);
  }

  /** The weights of a group or a feedback. Feedbacks that share B have a copy each, as the neurons of the actors do. */
  matrixOf(weights: BuiltGroup | BuiltFeedback): Matrix {
    return found(this.matrices, weights);
  }

  /** Where a variable of a group's state is. */
  stateOf(weights: BuiltGroup | BuiltFeedback, variable: string): number {
    const plastic = this.plastic.find(({ group }) => group === weights);
    const address = plastic && placeOf(plastic, variable);
    if (address === undefined) throw new Error(`'${weights.name}' holds no '${variable}'`);
    return address;
  }

  plasticOf(group: BuiltGroup): PlasticGroup | undefined {
    return this.plastic.find((one) => one.group === group);
  }

  mirrorOf(group: BuiltGroup | BuiltFeedback): Mirror | undefined {
    return this.mirrors.find((mirror) => mirror.group.group === group);
  }

  /** The ways of synapses that have delays of their own. */
  private waysOf(weights: BuiltGroup | BuiltFeedback): Ways | undefined {
    return this.timestep.connections.find(({ group }) => group === weights)?.ways;
  }

  private learned(step: LearnStep, plasticityOf: Plan['plasticity']): readonly Learned[] {
    const plasticity = plasticityOf(step);
    if (!plasticity) return [];
    const { group } = step;
    const { own, pre, post } = sharedParts(plasticity.program);
    refuseApart(step);
    const parts = {
      own,
      // If synapses have ways of their own, a neuron does not bring the same number to all of them.
      pre: (step.ways ? [] : pre).map((value) => ({ population: group.from, value })),
      post: post.map((value) => ({ population: group.to, value })),
    };
    return [{ ...plasticity, group, parts }];
  }

  private plasticGroup({ parts, ...plasticity }: Learned): PlasticGroup {
    const { group, program, takeUp, history } = plasticity;
    const matrix = this.matrixOf(group);
    const { size } = matrix.packing;
    const room = () => this.memory.reserve(size * this.bytes);
    const everywhere = (value: number) => this.memory.hold(numbersOf(this.precision, VECTOR / this.bytes).fill(value));
    const texts = [takeUp?.text, history?.text].flatMap((text) => text?.namedResults ?? []);
    const roots = [...rootsOf(program), ...texts.map(({ value }) => value)];
    const read = new Set(readsOf(roots).map(({ path }) => path));
    const tunable = tunableOf(group).filter(({ name }) => read.has(name));
    const placed = (variable: Variable): VariablePlace => {
      const { start, lasting } = variable;
      if (!lasting) return { variable, address: room() };
      const { precision } = this;
      const first =
        start === 'weight' ? packed(precision, matrix.packing, group.weights) : numbersOf(precision, size).fill(start);
      return { variable, address: this.memory.hold(first) };
    };
    const asked = room();
    return {
      ...{ ...plasticity, matrix, asked },
      places: [...program.state.map(({ variable }) => variable), ...takeUpVariables(takeUp)].map(placed),
      ...(history && listedOf(this.memory, group, history, this.waysOf(group))),
      ...(history && sheetOf(this.memory, group, matrix)),
      ...(history && this.waysOf(group) && { apart: this.kept.tables(this.memory, matrix.packing, history) }),
      ...(plasticity.lags && { behind: this.memory.reserve(4 * group.from.size) }),
      rateAt: this.memory.hold(Float64Array.of(plasticity.rate)),
      parameters: Object.fromEntries(tunable.map(({ name, start }) => [name, everywhere(start)])),
      shared: { ...parts, own: parts.own.map((value) => ({ value, address: everywhere(0) })) },
      ...(takeUp && { taking: this.takeUpPlaces(takeUp, matrix.packing) }),
    };
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

/** Where a variable of a group's synapses is, if they have it. */
export function placeOf({ places }: Pick<PlasticGroup, 'places'>, name: string): number | undefined {
  return places.find(({ variable }) => variable.name === name)?.address;
}
