import {
  carrier,
  feedbackOf,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type FeedbackKind,
} from '../circuit/index.ts';
import { InputError, oneOf, show } from '../errors/index.ts';
import type { Numbers } from '../local/index.ts';
import { chancePlace } from '../random/index.ts';
import { axonsOf } from './axon.ts';
import { ErrorAxon } from './error-axon.ts';
import { ErrorUnit } from './error-unit.ts';
import { CarriedFeedback, type Rows } from './feedback-weights.ts';
import { membrane } from './membrane.ts';
import { Neuron, Source } from './neuron.ts';
import { synapseActors, type AxonBranch, type DendriticField, type Synapse, type Tract } from './synapse.ts';

const NOTHING: Numbers = {};

/** The actors of one synapse group. */
export interface GroupActors {
  readonly group: BuiltGroup;
  /** All synapses, in the group's order. */
  readonly synapses: readonly Synapse[];
  /** The axon branch of each presynaptic neuron. */
  readonly axons: readonly AxonBranch[];
  readonly tract: Tract;
  readonly field: DendriticField;
}

/** The synapses that relearn one feedback's weights. */
export type FeedbackActors = Omit<GroupActors, 'tract' | 'axons'>;

/**
 * All the actors of a circuit. Only the engine holds it, to wire them, to turn the clock and to show their ports:
 * no actor holds a reference to it.
 */
export class ActorNetwork {
  readonly sources = new Map<string, readonly Source[]>();
  readonly neurons = new Map<string, readonly Neuron[]>();
  readonly groups = new Map<string, GroupActors>();
  readonly errorUnit: ErrorUnit;
  /** The neurons' feedback weights, by feedback, a row for each neuron. */
  readonly feedbackRows: readonly Rows[];
  /** Of those feedbacks whose errors are not sent as they are, or teach synapses. */
  readonly errorAxons: readonly ErrorAxon[];
  readonly relearned: readonly FeedbackActors[];
  /** The feedback weights that follow weights that learn. */
  readonly carriedFeedback: readonly CarriedFeedback[];

  /** @throws InputError if feedback is to be symmetric and there is no readout to transpose. */
  constructor(
    readonly circuit: BuiltCircuit,
    feedback: FeedbackKind,
  ) {
    for (const population of circuit.populations) this.createNeurons(population);
    for (const group of circuit.groups) this.groups.set(group.name, this.createSynapses(group));
    this.errorUnit = new ErrorUnit(
      circuit.outputs.flatMap(({ name }) => this.neuronsOf(name).map(({ published }) => published)),
    );
    const received = feedbackOf(circuit, feedback);
    const axons = new Map(received.flatMap((entry) => this.createErrorAxon(entry)));
    this.errorAxons = [...axons.values()];
    this.relearned = received.flatMap((entry) => this.createFeedbackSynapses(entry, axons.get(entry)));
    this.feedbackRows = received.map((entry) => this.createReceptors(entry, axons.get(entry)));
    this.carriedFeedback = this.carriedOf(received);
  }

  /** Every actor as it is at the start of a trial. */
  begin(trial: number): void {
    for (const sources of this.sources.values()) for (const source of sources) source.begin();
    for (const neurons of this.neurons.values()) for (const neuron of neurons) neuron.begin();
    for (const { tract, field } of this.groups.values()) {
      tract.begin();
      field.begin();
    }
    this.errorUnit.begin();
    for (const axon of this.errorAxons) axon.begin(trial);
    for (const { field } of this.relearned) field.begin();
  }

  /** Brings the feedback weights after the weights that they follow. */
  carryFeedback(): void {
    for (const carried of this.carriedFeedback) carried.carry();
  }

  complete(): void {
    this.errorUnit.error$.complete();
    for (const actor of [...this.sources.values(), ...this.neurons.values()].flat()) actor.complete();
  }

  /** @throws InputError if there is no such population, or it is an input population. */
  neuronsOf(population: string): readonly Neuron[] {
    return named(this.neurons, population, 'population', 'none');
  }

  /** @throws InputError if there is no such input population. */
  sourcesOf(population: string): readonly Source[] {
    return named(this.sources, population, 'source', 'none');
  }

  /** A synapse group, or `feedback.NAME`: the synapses that relearn that feedback. @throws InputError if there is none. */
  groupOf(name: string): FeedbackActors {
    const relearned = this.relearned.find(({ group }) => group.name === name);
    return relearned ?? named(this.groups, name, 'synapses', 'no group');
  }

  private createNeurons(population: BuiltPopulation): void {
    const { name, size, model, params, initial, sending } = population;
    const axon = axonsOf(sending);
    const indices = Array.from({ length: size }, (_, i) => i);
    if (!model) {
      this.sources.set(
        name,
        indices.map((i) => new Source(`input ${name} ${i}`, axon?.(i))),
      );
      return;
    }
    const step = membrane(model, params);
    const output = this.circuit.outputs.includes(population) ? this.outputSlice(population) : undefined;
    this.neurons.set(
      name,
      indices.map((i) => {
        const at = output ? output.offset + i : -1;
        return new Neuron(`neuron ${name} ${i}`, step, initial[i], at, axon?.(i));
      }),
    );
  }

  /** Where in the error vector an output population stands. */
  outputSlice(output: BuiltPopulation): { readonly offset: number; readonly size: number } {
    const { outputs } = this.circuit;
    const before = outputs.slice(0, outputs.indexOf(output));
    return { offset: before.reduce((sum, { size }) => sum + size, 0), size: output.size };
  }

  private createSynapses(group: BuiltGroup): GroupActors {
    const { from, to, delay, rowStart, pre, weights, settling, gate } = group;
    const actors = synapseActors(group);
    const constants = Object.entries(settling?.constants ?? {});
    const own = (k: number) => ({
      ...Object.fromEntries(constants.map(([name, values]) => [name, values[k]])),
      ...(settling?.chance !== undefined && { place: chancePlace(k) }),
    });
    const gated = gate && this.senders(gate.from)[gate.neuron].published;
    const axons = this.senders(from).map(({ published }) => actors.axonBranch(published, delay, gated));
    const dendrites = this.neuronsOf(to.name).map(({ published }, i) =>
      actors.dendriteBranch(published, (k) => `synapse ${group.name} ${i} <- ${pre[rowStart[i] + k]}`),
    );
    const synapses: Synapse[] = [];
    this.neuronsOf(to.name).forEach(({ dendrite }, i) => {
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        synapses.push(actors.synapse(weights[k], axons[pre[k]], dendrites[i], dendrite, settling ? own(k) : NOTHING));
      }
    });
    return { group, synapses, axons, tract: actors.tract(axons), field: actors.field(dendrites) };
  }

  /** All of a population, of whatever kind. */
  private senders({ name }: BuiltPopulation): readonly (Source | Neuron)[] {
    return this.sources.get(name) ?? this.neuronsOf(name);
  }

  private createErrorAxon(entry: BuiltFeedback): [BuiltFeedback, ErrorAxon][] {
    const { from, broadcast, synapses } = entry;
    if (!broadcast && !synapses) return [];
    return [[entry, new ErrorAxon(entry, this.outputSlice(from).offset)]];
  }

  private createFeedbackSynapses({ to, synapses: group }: BuiltFeedback, axon?: ErrorAxon): FeedbackActors[] {
    if (!group || !axon) return [];
    const { rowStart, pre, weights, name } = group;
    const actors = synapseActors(group);
    const synapses: Synapse[] = [];
    const dendrites = this.neuronsOf(to.name).map(({ published }, i) => {
      const branch = actors.dendriteBranch(published, (k) => `synapse ${name} ${i} <- ${pre[rowStart[i] + k]}`);
      for (let k = rowStart[i]; k < rowStart[i + 1]; k++) {
        synapses.push(actors.silentSynapse(weights[k], axon.branches[pre[k]], branch));
      }
      return branch;
    });
    return [{ group, synapses, field: actors.field(dendrites) }];
  }

  /** Gives every neuron its own feedback weights; returns them, a row for each neuron. */
  private createReceptors({ from, to, weights }: BuiltFeedback, axon?: ErrorAxon): Rows {
    const { offset, size } = this.outputSlice(from);
    const error = axon?.arriving ?? this.errorUnit.error.subarray(offset, offset + size);
    return this.neuronsOf(to.name).map((neuron, i) => {
      const row = weights.slice(i * size, (i + 1) * size);
      neuron.addReceptor({ weights: row, error });
      return row;
    });
  }

  /** Each B that follows other weights, once. */
  private carriedOf(received: readonly BuiltFeedback[]): CarriedFeedback[] {
    const weightsOf = ({ name }: BuiltGroup) => {
      const { synapses } = this.groupOf(name);
      return (k: number) => synapses[k].w;
    };
    return received.flatMap(({ carriage, from }, f) => {
      if (!carriage || received.findIndex((entry) => entry.carriage === carriage) !== f) return [];
      const heldBy = this.feedbackRows.filter((_, other) => received[other].carriage === carriage);
      const own = this.relearned.map(({ group }) => group);
      const foreign = carriage.sources.filter(({ group }) => !own.includes(group));
      const transported = foreign.reduce((sum, { group }) => sum + group.pre.length, 0);
      return [new CarriedFeedback(carrier(carriage, from.size, weightsOf), heldBy, transported)];
    });
  }
}

function named<T>(actors: ReadonlyMap<string, T>, name: string, place: string, what: string): T {
  const found = actors.get(name);
  if (found === undefined) {
    throw new InputError(place, `${show(name)} is ${what}; there is ${oneOf([...actors.keys()])}`);
  }
  return found;
}
