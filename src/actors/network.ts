import {
  transposedReadouts,
  type BuiltCircuit,
  type BuiltGroup,
  type BuiltPopulation,
  type FeedbackKind,
} from '../circuit/index.ts';
import { InputError, oneOf, show } from '../errors/index.ts';
import type { Numbers } from '../local/index.ts';
import { chancePlace } from '../random/index.ts';
import { axonsOf } from './axon.ts';
import { ErrorUnit } from './error-unit.ts';
import { membrane } from './membrane.ts';
import { Neuron, Source } from './neuron.ts';
import { synapseActors, type AxonBranch, type DendriticField, type Synapse, type Tract } from './synapse.ts';
import { WeightTransport, type Transported } from './weight-transport.ts';

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
  readonly feedbackRows: readonly (readonly Float64Array[])[];
  /** Only with symmetric feedback. */
  readonly transport: WeightTransport | undefined;

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
    this.feedbackRows = this.createReceptors();
    this.transport =
      feedback === 'symmetric' ? new WeightTransport(this.feedbackRows.flat(), this.transported()) : undefined;
  }

  /** Every actor as it is at the start of a trial. */
  begin(): void {
    for (const sources of this.sources.values()) for (const source of sources) source.begin();
    for (const neurons of this.neurons.values()) for (const neuron of neurons) neuron.begin();
    for (const { tract, field } of this.groups.values()) {
      tract.begin();
      field.begin();
    }
    this.errorUnit.begin();
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

  /** @throws InputError if there is no such synapse group. */
  groupOf(name: string): GroupActors {
    return named(this.groups, name, 'synapses', 'no group');
  }

  /** Where in the error vector an output population stands. @throws InputError if it is none. */
  outputSlice(name: string): { readonly offset: number; readonly size: number } {
    const { outputs } = this.circuit;
    const at = outputs.findIndex((output) => output.name === name);
    if (at < 0) {
      throw new InputError(
        'error',
        `${show(name)} is no output; there is ${oneOf(outputs.map((output) => output.name))}`,
      );
    }
    return { offset: outputs.slice(0, at).reduce((sum, { size }) => sum + size, 0), size: outputs[at].size };
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
    const output = this.circuit.outputs.includes(population) ? this.outputSlice(name) : undefined;
    this.neurons.set(
      name,
      indices.map((i) => {
        const at = output ? output.offset + i : -1;
        return new Neuron(`neuron ${name} ${i}`, step, initial[i], at, axon?.(i));
      }),
    );
  }

  private createSynapses(group: BuiltGroup): GroupActors {
    const { from, to, delay, rowStart, pre, weights, settling } = group;
    const actors = synapseActors(group);
    const constants = Object.entries(settling?.constants ?? {});
    const own = (k: number) => ({
      ...Object.fromEntries(constants.map(([name, values]) => [name, values[k]])),
      ...(settling?.chance !== undefined && { place: chancePlace(k) }),
    });
    const presynaptic = this.sources.get(from.name) ?? this.neuronsOf(from.name);
    const axons = presynaptic.map(({ published }) => actors.axonBranch(published, delay));
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

  /** Gives every neuron its own feedback weights; returns them by feedback, a row for each neuron. */
  private createReceptors(): readonly (readonly Float64Array[])[] {
    return this.circuit.feedback.map(({ from, to, weights }) => {
      const { offset, size } = this.outputSlice(from.name);
      return this.neuronsOf(to.name).map((neuron, i) => {
        const row = weights.slice(i * size, (i + 1) * size);
        neuron.addReceptor({ weights: row, offset });
        return row;
      });
    });
  }

  /** Which readout synapse is carried into which of the neurons' feedback weights. */
  private transported(): readonly Transported[] {
    return this.circuit.feedback.flatMap((feedback, f) =>
      transposedReadouts(this.circuit, feedback).flatMap(({ name }) => {
        const { group, synapses } = this.groupOf(name);
        return synapses.map((synapse, s) => {
          const at = group.rowStart.findLastIndex((start) => start <= s);
          return { synapse, into: this.feedbackRows[f][group.pre[s]], at };
        });
      }),
    );
  }
}

function named<T>(actors: ReadonlyMap<string, T>, name: string, place: string, what: string): T {
  const found = actors.get(name);
  if (found === undefined) {
    throw new InputError(place, `${show(name)} is ${what}; there is ${oneOf([...actors.keys()])}`);
  }
  return found;
}
