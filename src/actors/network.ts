import {
  carrier,
  feedbackOf,
  found,
  synapseName,
  timestepOf,
  tunableOf,
  waysOf,
  type BuiltCircuit,
  type BuiltFeedback,
  type BuiltGroup,
  type BuiltPopulation,
  type ComputeStep,
  type FeedbackKind,
  type Row,
  type Term,
  type Timestep,
} from '../circuit/index.ts';
import { InputError, oneOf, show } from '../errors/index.ts';
import { listOf, literal } from '../local/index.ts';
import { chancePlace } from '../random/index.ts';
import { Bundle, Tract, type Target } from './axon.ts';
import { classesOf, type SynapseClass } from './classes.ts';
import { DendriteBranch, type Dendrite, type Synapse } from './dendrite.ts';
import { ErrorUnit } from './error-unit.ts';
import type { Addressed, RowActors } from './neuron-actors.ts';
import { Neurons } from './neurons.ts';
import { CarriedFeedback, passErrors, Receptor } from './receptor.ts';
import { Replay } from './replay.ts';

/** The actors of one synapse group. */
export interface GroupActors {
  readonly group: BuiltGroup;
  /** All synapses, in the group's order. */
  readonly synapses: readonly Synapse[];
  /** Where they sit, by postsynaptic neuron. */
  readonly branches: readonly DendriteBranch[];
  readonly actors: SynapseClass;
  /** The tunable parameters, as they are now. */
  readonly tuned: Float64Array;
  /** What learns when a trial has ended; absent: the synapses learn in every timestep. */
  readonly replay?: Replay;
  /** Where to find what is brought to them, and what brings it. */
  readonly term: Term;
  readonly bundle: Bundle;
}

/** Synapses that relearn a feedback's weights, and transmit nothing. */
export type LearningActors = Omit<GroupActors, 'term' | 'bundle'>;

/** The actors of one feedback. */
export interface FeedbackActors {
  readonly feedback: BuiltFeedback;
  /** The neurons' feedback weights, [to.size][from.size]. */
  readonly receptors: readonly Receptor[];
  readonly bundle: Bundle;
}

/**
 * All the actors of a circuit. Only the engine holds it, to wire them, to turn the clock and to show their ports:
 * no actor holds a reference to it.
 */
export class ActorNetwork {
  readonly timestep: Timestep;
  readonly neurons: ReadonlyMap<BuiltPopulation, Neurons>;
  readonly groups: readonly GroupActors[];
  readonly relearned: readonly LearningActors[];
  readonly feedback: readonly FeedbackActors[];
  /** What updates feedback weights that follow learning weights, by the first feedback that has them. */
  readonly carried: ReadonlyMap<BuiltFeedback, CarriedFeedback>;
  readonly errorUnit = new ErrorUnit();
  readonly tracts: Tract[] = [];
  readonly addressed: Addressed;

  /** @throws InputError if feedback is symmetric and the circuit has no readout to transpose. */
  constructor(
    readonly circuit: BuiltCircuit,
    kind: FeedbackKind,
    private readonly batch: number,
  ) {
    const feedback = feedbackOf(circuit, kind);
    this.timestep = timestepOf(circuit, { feedback, signalled: () => true });
    // A population as a whole also has numbers that it sends.
    const populations = new Set([...circuit.populations, ...this.timestep.rows.map(({ population }) => population)]);
    this.addressed = classesOf(this.timestep).addressed;
    this.neurons = new Map([...populations].map((one) => [one, new Neurons(one, this.timestep)]));
    this.feedback = feedback.map((entry) => this.createReceptors(entry));
    this.groups = circuit.groups.map((group) => this.createGroup(group));
    this.relearned = feedback.flatMap((entry) =>
      entry.synapses ? [this.createSynapses(entry.synapses, entry, this.useOf(entry))] : [],
    );
    this.carried = this.carriedFeedback();
  }

  /** Every actor as it is at the start of a trial. */
  begin(): void {
    for (const neurons of this.neurons.values()) neurons.begin();
    for (const tract of this.tracts) tract.begin();
    for (const { actors, branches, replay } of [...this.groups, ...this.relearned]) {
      actors.begin(branches);
      replay?.begin();
    }
    this.errorUnit.begin();
  }

  /** Neurons continue from the last timesteps of a row, the latest first, [depth][size]. */
  goOn(row: Row, values: Float64Array): void {
    const { size } = row.population;
    const { set } = this.row(row);
    for (let i = 0; i < size; i++) set(i, values[i]);
    for (const { lines, late } of this.tracts.filter((tract) => tract.row === row)) {
      // What was sent in the last timestep arrives last.
      for (let k = 0; k < size * late; k++) lines[k] = values[(late - 1 - (k % late)) * size + Math.floor(k / late)];
    }
  }

  /** The last timesteps of a row, the latest first, [depth][size], after a trial of `timesteps` timesteps (or sweeps). */
  history(row: Row, depth: number, timesteps: number): Float64Array {
    const { size } = row.population;
    const { get } = this.row(row);
    const tract = this.tracts.find((one) => one.row === row && one.late >= depth);
    return Float64Array.from({ length: depth * size }, (_, k) => {
      const [ago, i] = [Math.floor(k / size), k % size];
      if (ago === 0 || !tract) return get(i);
      const place = (timesteps - 1 - ago) % tract.late;
      return tract.lines[i * tract.late + (place < 0 ? place + tract.late : place)];
    });
  }

  complete(): void {
    for (const { all } of this.neurons.values()) for (const neuron of all) neuron.complete();
  }

  neuronsOf(population: BuiltPopulation): Neurons {
    return found(this.neurons, population);
  }

  /** What neurons do with the numbers of a row. */
  row(row: Row): RowActors {
    return this.neuronsOf(row.population).row(row);
  }

  /** A synapse group, or `feedback.NAME`: the synapses that relearn that feedback. @throws InputError if it does not exist. */
  groupOf(name: string): LearningActors {
    const found = [...this.groups, ...this.relearned].find(({ group }) => group.name === name);
    if (found) return found;
    const names = this.groups.map(({ group }) => group.name);
    throw new InputError('synapses', `unknown synapse group ${show(name)}; expected ${oneOf(names)}`);
  }

  /** What brings the weights their input. */
  bundleTo(weights: BuiltGroup | BuiltFeedback): Bundle {
    const found =
      this.groups.find(({ group }) => group === weights) ?? this.feedback.find(({ feedback }) => feedback === weights);
    if (!found) throw new Error(`nothing is brought to '${weights.name}'`);
    return found.bundle;
  }

  /** The tract that brings a row to weights with this delay; created if it does not exist. */
  tractTo(target: Target, row: Row, late: number, atOnce = row.kind === 'message'): Tract {
    const known = this.tracts.find((one) => one.target === target && one.row === row && one.late === late);
    if (known) return known;
    const tract = new Tract(target, row, late, atOnce);
    this.tracts.push(tract);
    if (atOnce) this.neuronsOf(row.population).connect(tract);
    return tract;
  }

  /** The tract that brings a row with this delay to neurons that compute, or, given `step`, back to the neurons that sent it. */
  tractBack(row: Row, late: number, step?: ComputeStep): Tract {
    const terms = this.timestep.steps.flatMap((one) => (one.do === 'sum' ? one.terms : []));
    const use = terms.find((term) =>
      step?.results.some((result) => waysOf(term).some((way) => way.row === result.row)),
    );
    return this.tractTo(use?.weights, row, late, true);
  }

  /** What weights are multiplied by, and the dendrites that sum up the products. */
  private useOf(weights: BuiltGroup | BuiltFeedback, by?: string) {
    for (const step of this.timestep.steps) {
      const term = step.do === 'sum' ? step.terms.find((one) => one.weights === weights && one.by === by) : undefined;
      if (step.do !== 'sum' || !term) continue;
      const neurons = this.neuronsOf(weights.to);
      const { dendrite } = neurons.sum(step.into);
      return { ...term, dendrites: neurons.all.map((_, i) => dendrite(i)) };
    }
    throw new Error(`nothing sums up what is brought to '${weights.name}'`);
  }

  private createReceptors(feedback: BuiltFeedback): FeedbackActors {
    const { size } = feedback.from;
    const { row, late, dendrites } = this.useOf(feedback);
    const tract = this.tractTo(feedback, row, late);
    const { weights } = feedback;
    const receptors = listOf(weights.length, (k) => new Receptor(weights[k], dendrites[Math.floor(k / size)]));
    receptors.forEach((receptor, k) => tract.branches[k % size].endings.push(receptor));
    return { feedback, receptors, bundle: new Bundle([tract], passErrors) };
  }

  private createGroup(group: BuiltGroup): GroupActors {
    const { dendrites, ...term } = this.useOf(group);
    const again = group.also && this.useOf(group, group.also.weight).dendrites;
    const created = this.createSynapses(group, group, term, { first: dendrites, again });
    const tracts = waysOf(term).map(({ row, late }) => this.tractTo(group, row, late));
    const { pre } = group;
    const of = term.ways?.of;
    const branches = tracts.map((tract) => tract.branches);
    created.synapses.forEach((synapse, k) => branches[of ? of[k] : 0][pre[k]].endings.push(synapse));
    const { transmit, transmitAgain } = created.actors;
    return { ...created, term, bundle: new Bundle(tracts, transmit, transmitAgain) };
  }

  /** @param target What their axons end at: the synapses themselves, or the feedback that they relearn. */
  private createSynapses(
    group: BuiltGroup,
    target: Target,
    term: Term,
    { first, again }: { readonly first?: readonly Dendrite[]; readonly again?: readonly Dendrite[] | undefined } = {},
  ): LearningActors {
    const { from, to, rowStart, pre, weights } = group;
    const actors = classesOf(this.timestep).synapses(group, this.batch);
    const { takeUp } = actors;
    // What is learned from before the group transmits is sent as soon as it is computed.
    const atOnce = (row: Row) => group.atOnce || row.kind === 'message';
    // For each of the group's ways, what is brought to the synapses from each neuron.
    const broughtFrom = waysOf(term).map((way) => {
      const brought = actors.seen.brought.map(({ row, late }) =>
        row === term.row
          ? this.tractTo(target, way.row, way.late, atOnce(way.row))
          : this.tractTo(target, row, late + way.longer, atOnce(row)),
      );
      return listOf(from.size, (j) => brought.map(({ branches }) => branches[j]));
    });
    const of = term.ways?.of;
    const broughtTo = (k: number) => broughtFrom[of ? of[k] : 0][pre[k]];
    const constants = Object.entries(takeUp?.constants ?? {});
    const own = (k: number) =>
      takeUp && {
        ...Object.fromEntries(constants.map(([constant, values]) => [constant, values[k]])),
        place: chancePlace(k),
      };
    const synapses: Synapse[] = [];
    const tellers = actors.seen.told.map(({ row, neuron }) => ({
      ...(neuron !== undefined && { neuron }),
      tell: this.neuronsOf(row.population).telling(row),
    }));
    const branches = listOf(to.size, (i) => {
      const dendrites = [first?.[i], again?.[i]];
      const [start, end] = [rowStart[i], rowStart[i + 1]];
      for (let k = start; k < end; k++) {
        synapses.push(actors.make(weights[k], broughtTo(k), dendrites, own(k)));
      }
      const nameOf = (k: number) => synapseName(group, start + k);
      const branch = new DendriteBranch(synapses.slice(start, end), tellers.length, nameOf);
      tellers.forEach(({ neuron = i, tell }, place) => {
        tell(neuron, branch.told, place);
      });
      return branch;
    });
    const tuned = Float64Array.from(tunableOf(group), ({ start }) => Number(literal(start)));
    const { history } = group;
    // A rule that learns by history reads one number of its axons, whatever its name.
    const replay = history && new Replay(to, branches, { history, ...actors }, (i, k) => broughtTo(rowStart[i] + k)[0]);
    return {
      ...{ group, actors, branches, synapses, tuned },
      ...(replay && { replay }),
    };
  }

  /** Each B that follows other weights, once. */
  private carriedFeedback(): Map<BuiltFeedback, CarriedFeedback> {
    const weightsOf = ({ name }: BuiltGroup) => {
      const { synapses } = this.groupOf(name);
      return (k: number) => synapses[k].w;
    };
    const carried = this.feedback.flatMap(({ feedback: { carriage, from } }) => (carriage ? [{ carriage, from }] : []));
    return new Map(
      [...new Map(carried.map((one) => [one.carriage, one])).values()].map(({ carriage, from }) => {
        const having = this.feedback.filter(({ feedback }) => feedback.carriage === carriage);
        const foreign = carriage.sources.filter((source) => this.groups.some(({ group }) => group === source.group));
        const transported = foreign.reduce((sum, { group }) => sum + group.pre.length, 0);
        const receptors = having.map((one) => one.receptors);
        return [
          having[0].feedback,
          new CarriedFeedback(carrier(carriage, from.size, weightsOf), receptors, transported),
        ];
      }),
    );
  }
}
