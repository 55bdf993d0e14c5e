import type { BuiltCircuit, BuiltFeedback, BuiltGroup, BuiltPopulation, Settling } from '../circuit/index.ts';
import type { Value } from '../local/index.ts';
import { placesOf } from './chance.ts';
import { Frames, type Field } from './frames.ts';
import type { Precision } from './lanes.ts';
import { LINE, type MemoryPlan } from './memory.ts';
import { isFull, lanesOf, masksOf, pack, type Packing, type Rows } from './packing.ts';
import { neuronProgram, sharedParts, type NeuronProgram, type SynapseProgram } from './programs.ts';

/** A row that is computed before the synapses are visited. */
export interface SharedRow {
  readonly value: Value;
  readonly offset: number;
}

/** A synapse group that learns: what it computes, and where its numbers are. */
export interface PlasticLayout {
  readonly program: SynapseProgram;
  /** w grows by this, divided by T/pace, times the sum of changes. */
  readonly rate: number;
  readonly asked: number;
  readonly state: Readonly<Record<string, number>>;
  readonly shared: { readonly pre: readonly SharedRow[]; readonly post: readonly SharedRow[] };
  /** How weights take up changes; absent: by their sum. */
  readonly settling?: SettlingLayout;
}

/** What a group's weights are settled by, each packed as they are. */
export interface SettlingLayout {
  readonly weight: Value;
  /** Where the numbers stand that each synapse has for good, by the name they are read under. */
  readonly constants: Readonly<Record<string, number>>;
  /** Where the places of the draws stand, and their seed. */
  readonly chance?: { readonly places: number; readonly seed: number };
}

/** What makes of a population's rates what its axons send. */
export interface SendingLayout {
  readonly population: BuiltPopulation;
  readonly sent: Value;
  /** Where the places of the draws stand, a number for each neuron, and their seed. */
  readonly chance?: { readonly places: number; readonly seed: number };
}

/** The tables of one part of a matrix; 0 where it needs none. */
export interface Tables {
  /** Where each panel's entries begin, in bytes of the next table. */
  readonly starts: number;
  /** Each entry's column, in bytes of a row. */
  readonly columns: number;
  /** Masks of the places where there is a synapse. */
  readonly masks: number;
}

/** Where a matrix of weights is, packed, with its tables. */
export interface MatrixLayout {
  readonly packing: Packing;
  readonly weights: number;
  /** One for each part. */
  readonly tables: readonly Tables[];
}

export interface GroupLayout {
  readonly group: BuiltGroup;
  readonly matrix: MatrixLayout;
  /** Where in a frame the row stands of what its axons send. */
  readonly sent: number;
  /** How many timesteps late its synapses read that row. */
  readonly late: number;
  readonly plastic?: PlasticLayout;
}

type Carried = Pick<GroupLayout, 'sent' | 'late'>;

export interface FeedbackLayout {
  readonly feedback: BuiltFeedback;
  /** B transposed: for each output neuron a row with a number for each neuron that receives it. Those who share B have one each, as each neuron of the actors has. */
  readonly weights: number;
  /** Where in a frame the row stands of what is sent of the error. */
  readonly row: number;
  /** After how many timesteps it arrives. */
  readonly delay: number;
  /** The synapses that relearn B. */
  readonly synapses?: GroupLayout;
}

export interface PopulationLayout {
  readonly population: BuiltPopulation;
  readonly program: NeuronProgram;
  /** A mask of the last vector's lanes that are neurons. */
  readonly lastLanes: number;
}

/** A plastic group as the learner wants it. */
export interface Plasticity {
  readonly program: SynapseProgram;
  readonly rate: number;
}

/** What a learner needs of a circuit. */
export interface Needs {
  /** How a group learns; undefined: it does not. */
  readonly plasticity: (group: BuiltGroup, neuron: NeuronProgram) => Plasticity | undefined;
  /** Whether a population's neurons form a learning signal, or are given credit. */
  readonly signalled: (population: BuiltPopulation) => boolean;
  /** The feedback that it hears. */
  readonly feedback: readonly BuiltFeedback[];
  /** Further fields that every neuron has. */
  readonly fields?: readonly Field[];
}

/** Where everything of a circuit is in a kernel's memory. */
export class Layout {
  readonly bytes: 4 | 8;
  readonly lanes: number;
  readonly frames: Frames;
  readonly populations: readonly PopulationLayout[];
  /** Of those populations whose axons do not send the rate as it is. */
  readonly sendings: readonly SendingLayout[];
  readonly groups: readonly GroupLayout[];
  readonly feedback: readonly FeedbackLayout[];
  /** NaN in some lane as soon as anything has stopped being finite; else 0. */
  readonly fault: number;
  /** Frames kept from before the current timestep: the longest delay, at least one. */
  readonly history: number;

  constructor(
    readonly circuit: BuiltCircuit,
    readonly precision: Precision,
    readonly memory: MemoryPlan,
    private readonly needs: Needs,
  ) {
    this.bytes = precision === 'f64' ? 8 : 4;
    this.lanes = lanesOf(this.bytes);
    this.frames = new Frames(this.bytes);
    const late = needs.feedback.map(({ broadcast }) => broadcast?.delay ?? 0);
    this.history = Math.max(1, ...circuit.groups.map(({ delay }) => delay), ...late);
    this.fault = memory.reserve(LINE);
    for (const population of circuit.populations) this.frames.add(population, 'rate');
    this.sendings = circuit.populations.flatMap((population) => this.sendingLayout(population));
    this.populations = circuit.order.map((population) => this.populationLayout(population));
    this.groups = circuit.groups.map((group) => {
      const to = this.populations.find(({ population }) => population === group.to);
      const plasticity = to && group.rule ? needs.plasticity(group, to.program) : undefined;
      return this.groupLayout(group, this.carriedBy(group), plasticity);
    });
    this.feedback = needs.feedback.map((feedback) => this.feedbackLayout(feedback));
  }

  /** Room for a matrix, given by compressed rows. */
  matrix(rows: Rows): MatrixLayout {
    const packing = pack(rows, this.lanes);
    const tables = packing.parts.map((part) => ({
      starts: part.dense ? 0 : this.memory.hold(part.starts.map((entry) => 4 * entry)),
      columns: part.dense ? 0 : this.memory.hold(part.columns.map((column) => column * this.bytes)),
      masks: isFull(part, this.lanes) ? 0 : this.memory.hold(masksOf(packing, part, this.bytes)),
    }));
    return { packing, tables, weights: this.memory.reserve(packing.size * this.bytes) };
  }

  /** Numbers as a kernel keeps them. */
  numbers(length: number): Float32Array | Float64Array {
    return this.precision === 'f64' ? new Float64Array(length) : new Float32Array(length);
  }

  /** Feedback weights, or what goes with each of them, as they are kept: for each output neuron a row. */
  turned({ from, to }: BuiltFeedback, values: Float64Array): Float32Array | Float64Array {
    const width = this.frames.rowBytes(to) / this.bytes;
    const turned = this.numbers(from.size * width);
    for (let i = 0; i < to.size; i++) {
      for (let k = 0; k < from.size; k++) turned[k * width + i] = values[i * from.size + k];
    }
    return turned;
  }

  private populationLayout(population: BuiltPopulation): PopulationLayout {
    const program = neuronProgram(population);
    this.frames.add(population, 'potential');
    for (const field of ['slope', 'retention'] as const) {
      if (program[field].kind !== 'constant') this.frames.add(population, field);
    }
    if (this.needs.signalled(population)) this.frames.add(population, 'signal');
    if (this.circuit.outputs.includes(population)) this.frames.add(population, 'error');
    for (const field of this.needs.fields ?? []) this.frames.add(population, field);
    const rest = population.size % this.lanes;
    return { population, program, lastLanes: this.memory.hold(new Uint8Array(16).fill(0xff, 0, rest * this.bytes)) };
  }

  private sendingLayout(population: BuiltPopulation): readonly SendingLayout[] {
    const { sending, size } = population;
    if (!sending) return [];
    this.frames.add(population, 'sent');
    const room = this.frames.rowBytes(population) / this.bytes;
    const places = () => this.memory.hold(placesOf(size, this.bytes, room, (i) => i));
    const { sent, chance } = sending;
    return [
      { population, sent: sent.value, ...(chance !== undefined && { chance: { seed: chance, places: places() } }) },
    ];
  }

  /** What the synapses of a group see of its axons: a gated group has a row of its own, written in the timestep in which they see it. */
  private carriedBy({ from, delay, gate, name }: BuiltGroup): Carried {
    return gate
      ? { sent: this.frames.add(from, `${name} gated`), late: 0 }
      : { sent: this.frames.sentBy(from), late: delay };
  }

  private groupLayout(group: BuiltGroup, carried: Carried, plasticity: Plasticity | undefined): GroupLayout {
    const rows = { start: group.rowStart, column: group.pre, columns: group.from.size };
    const matrix = this.matrix(rows);
    if (!plasticity) return { group, matrix, ...carried };
    const room = () => this.memory.reserve(matrix.packing.size * this.bytes);
    const filled = (initial: number) => this.memory.hold(this.numbers(matrix.packing.size).fill(initial));
    const { pre, post } = sharedParts(plasticity.program);
    const row = (population: BuiltPopulation, side: string) => (value: Value, k: number) => ({
      value,
      offset: this.frames.add(population, `${group.name} ${side} ${k}`),
    });
    const plastic: PlasticLayout = {
      ...plasticity,
      asked: room(),
      state: Object.fromEntries(
        plasticity.program.state.map(({ name, initial }) => [name, group.keepsTraces ? filled(initial) : room()]),
      ),
      shared: { pre: pre.map(row(group.from, 'pre')), post: post.map(row(group.to, 'post')) },
      ...(group.settling && { settling: this.settlingLayout(group.settling, matrix.packing) }),
    };
    return { group, matrix, ...carried, plastic };
  }

  private settlingLayout({ weight, constants, chance }: Settling, { place, size }: Packing): SettlingLayout {
    const packed = (values: Float64Array) => {
      const numbers = this.numbers(size);
      values.forEach((value, k) => (numbers[place[k]] = value));
      return this.memory.hold(numbers);
    };
    return {
      weight: weight.value,
      constants: Object.fromEntries(Object.entries(constants).map(([name, values]) => [name, packed(values)])),
      ...(chance !== undefined && {
        chance: { seed: chance, places: this.memory.hold(placesOf(place.length, this.bytes, size, (k) => place[k])) },
      }),
    };
  }

  private feedbackLayout(feedback: BuiltFeedback): FeedbackLayout {
    const { name, from, to, broadcast, synapses } = feedback;
    const row = broadcast?.message ? this.frames.add(from, `feedback.${name}`) : this.frames.of(from, 'error');
    const weights = this.memory.hold(this.turned(feedback, feedback.weights));
    const delay = broadcast?.delay ?? 0;
    const layout = { feedback, weights, row, delay };
    const neuron = this.populations.find(({ population }) => population === to);
    if (!synapses || !neuron) return layout;
    const plasticity = this.needs.plasticity(synapses, neuron.program);
    return { ...layout, synapses: this.groupLayout(synapses, { sent: row, late: delay }, plasticity) };
  }
}
