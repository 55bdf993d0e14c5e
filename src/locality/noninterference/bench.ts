import type { Carried, Engine, GroupWeights, Held, Place, StopPhase, TrialOptions } from '../../circuit/index.ts';
import { RunError } from '../../errors/index.ts';
import { stream } from '../../random/index.ts';
import type { Trial } from '../../tasks/index.ts';
import { roleOf, type Moment, type SynapseAt } from './entitlement.ts';

/** A number that was changed, and when. */
export interface Change {
  readonly held: Held;
  readonly k: number;
  readonly timestep: number;
  readonly moment: Moment;
}

/** Called at each moment of each timestep of a run, to change what is held. */
export type Tamper = (moment: Moment, timestep: number) => void;

/**
 * What a synapse holds after it has learned: its weight, its state, its requested change. Then its state at the end of the timestep, when its change
 * has been applied; this is missing if a run fails before that.
 */
export type Update = readonly number[];

/** Whether any bit differs in what both contain. */
export function differ(one: Update, other: Update): boolean {
  return one.some((value, k) => k < other.length && !Object.is(value, other[k]));
}

/**
 * How numbers are changed: each is shifted by an amount, up or down; or what synapses keep, or every number, shrinks. A run in which everything is
 * shifted may fail before there is anything to see: an optimiser, for example, takes the root of what it keeps. A number that shrinks keeps its
 * sign, and stays below 1 if it was; 0 becomes a small positive number.
 */
export const MANNERS = ['shift', 'shrink states', 'shrink'] as const;
export type Manner = (typeof MANNERS)[number];

/** Thrown to end a run when everything is known. */
const ENOUGH = new Error('enough');

/** The number of different amounts by which numbers are changed; a prime, so that few numbers share one. */
const AMOUNTS = 997;

/**
 * One engine and one trial, run again and again from the same start, each time with a different change on the way.
 *
 * In every run, the changes requested so far are cleared before synapses learn, so that the change requested in that timestep is seen with
 * every bit, and not rounded away in a sum.
 */
export class Bench {
  /** Everything that the engine holds. */
  readonly held: readonly Held[];
  /** The same without the trial's input and target, which nothing in a run changes. */
  readonly running: readonly Held[];
  private readonly weights: GroupWeights;
  private readonly carried: Carried;
  /** Feedback weights, which a trial does not reset either. */
  private readonly lasting: readonly { readonly held: Held; readonly values: readonly number[] }[];
  private readonly amounts: readonly number[];
  private readonly places: ReadonlyMap<Held, number>;

  constructor(
    private readonly engine: Engine,
    private readonly trial: Trial,
    seed: number,
  ) {
    this.held = engine.held();
    this.running = this.held.filter(({ place }) => place.kind !== 'input' && place.kind !== 'target');
    this.weights = engine.weights();
    this.carried = engine.carried();
    this.lasting = this.held
      .filter(({ place }) => place.kind === 'feedback')
      .map((held) => ({ held, values: valuesOf(held) }));
    const random = stream(seed, 'noninterference');
    this.amounts = Array.from({ length: AMOUNTS }, () => (random() < 0.5 ? -1 : 1) * (0.25 + random()));
    this.places = new Map(this.held.map((held, h) => [held, h]));
  }

  /** Runs the trial from the start. @throws RunError if the run fails. */
  play({ onPhase, ...others }: Pick<TrialOptions, 'onPhase' | 'onTimestep' | 'onIntegrate' | 'onLearn'>): void {
    const { engine, trial } = this;
    for (const { held, values } of this.lasting) {
      values.forEach((value, k) => {
        held.set(k, value);
      });
    }
    engine.setWeights(this.weights);
    engine.setCarried(this.carried);
    engine.trial(
      { ...trial, input: trial.input.slice(), target: trial.target.slice() },
      {
        ...others,
        number: 1,
        onPhase: (ended, now) => {
          onPhase?.(ended, now);
          if (ended === 'broadcast') this.forgetAsked();
        },
      },
    );
  }

  /**
   * Runs the trial only as far as needed and returns the updates of these synapses in one timestep. `tamper` is called at the moments of the first.
   *
   * @throws RunError if the run fails before that.
   */
  run(timestep: number, synapses: readonly SynapseAt[], tamper?: Tamper): readonly Update[] {
    let updates: readonly Update[] | undefined;
    let sweep = 0;
    try {
      const stops = tamper && momentsOf(synapses[0], tamper);
      this.play({
        ...stops,
        onPhase: (ended, now) => {
          sweep = now;
          stops?.onPhase(ended, now);
          if (ended === 'learn' && now === timestep) updates = synapses.map((synapse) => this.updateOf(synapse));
        },
        onTimestep: (now) => {
          // Synapses that learn when the trial has ended have no updates yet.
          if ((this.engine.circuit.repeat ? sweep : now) !== timestep || !updates) return;
          updates = updates.map((update, s) => [...update, ...this.stateOf(synapses[s])]);
          throw ENOUGH;
        },
      });
    } catch (error) {
      // What comes after the update may fail, because it runs with altered numbers.
      if (error !== ENOUGH && !(updates && error instanceof RunError)) throw error;
    }
    if (!updates) throw new Error(`no synapse learned in timestep ${timestep}`);
    return updates;
  }

  /** The update of a synapse in a run that is tampered with; undefined if the run fails before that. */
  attempt(timestep: number, synapse: SynapseAt, tamper?: Tamper): Update | undefined {
    try {
      return this.run(timestep, [synapse], tamper)[0];
    } catch (error) {
      if (error instanceof RunError) return undefined;
      throw error;
    }
  }

  /** How many timesteps the trial has; in a circuit that repeats, how many sweeps. */
  timesteps(): number {
    if (!this.engine.circuit.repeat) return this.trial.timesteps;
    let count = 0;
    this.play({
      onPhase: (ended) => {
        if (ended === 'learn') count++;
      },
    });
    return count;
  }

  /** The updates if nothing is changed, neither in this run nor in the run before. */
  usual(timestep: number, synapses: readonly SynapseAt[]): readonly Update[] {
    this.run(timestep, synapses);
    return this.run(timestep, synapses);
  }

  /** Every number that is held now, except the trial's input and target. */
  snapshot(): Float64Array {
    const all = new Float64Array(this.running.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const held of this.running) for (let k = 0; k < held.length; k++) all[at++] = held.get(k);
    return all;
  }

  restore(snapshot: Float64Array): void {
    let at = 0;
    for (const held of this.running) for (let k = 0; k < held.length; k++) held.set(k, snapshot[at++]);
  }

  /** Where in a snapshot a synapse's update is. */
  placesOf(synapse: SynapseAt): readonly number[] {
    let before = 0;
    return this.running.flatMap(({ place, length }) => {
      const own = isOfSynapses(place) && place.group === synapse.group ? [before + synapse.index] : [];
      before += length;
      return own;
    });
  }

  /** All numbers that are held now, each with its role for a synapse. */
  *numbers(
    synapse: SynapseAt,
    moment: Moment,
    timestep: number,
    among: readonly Held[] = this.held,
  ): Generator<{ readonly held: Held; readonly k: number; readonly role: string | undefined }> {
    for (const held of among) {
      for (let k = 0; k < held.length; k++) {
        yield { held, k, role: roleOf(held.place, k, synapse, moment, timestep) };
      }
    }
  }

  /** Changes a number, by an amount of its own. Which sweep is the last is never changed: that describes the sweep, not what is learned in it. */
  change({ held, k }: Pick<Change, 'held' | 'k'>, manner: Manner = 'shift'): void {
    if (held.place.kind === 'last') return;
    const amount = this.amounts[(31 * (this.places.get(held) ?? 0) + k) % AMOUNTS];
    const shrinks = manner === 'shrink' || (manner === 'shrink states' && held.place.kind === 'state');
    const value = held.get(k);
    if (!shrinks) held.set(k, value + amount);
    else held.set(k, value === 0 ? Math.abs(amount) / 2 : value * (1 - Math.abs(amount) / 2));
  }

  private forgetAsked(): void {
    for (const held of this.held) {
      if (held.place.kind === 'asked') for (let k = 0; k < held.length; k++) held.set(k, 0);
    }
  }

  /** What a synapse keeps besides its weight. */
  private stateOf({ group, index }: SynapseAt): Update {
    return this.held.flatMap((held) => {
      const { place } = held;
      return place.kind === 'state' && place.group === group ? [held.get(index)] : [];
    });
  }

  /** What a synapse holds now: its weight, its state, its requested change. */
  updateOf(synapse: SynapseAt): Update {
    return this.held.flatMap((held) => {
      const { place } = held;
      switch (place.kind) {
        case 'weight':
        case 'asked':
        case 'state':
          return place.group === synapse.group ? [held.get(synapse.index)] : [];
        case 'influence': {
          if (place.ago > 0 || place.group !== synapse.group || place.population !== synapse.group.to) return [];
          const [row, column] = [place.neurons.indexOf(synapse.post), synapse.index - place.first];
          return row >= 0 && column >= 0 && column < place.width ? [held.get(row * place.width + column)] : [];
        }
        default:
          return [];
      }
    });
  }
}

/** Stops a trial at the moments of a synapse: if it learns at once, that is just before it learns, when everything that it reads is known. */
export function momentsOf(
  { group }: SynapseAt,
  tamper: Tamper,
): { readonly onPhase: (ended: StopPhase, timestep: number) => void } & Pick<TrialOptions, 'onLearn'> {
  let learned = 0;
  return {
    onPhase: (ended, now) => {
      if (ended !== 'learn' && (!group.atOnce || (ended === 'compare' && learned < now))) tamper(ended, now);
    },
    ...(group.atOnce && {
      onLearn: (name, now) => {
        if (name !== group.name) return;
        learned = now;
        tamper('broadcast', now);
      },
    }),
  };
}

function isOfSynapses(place: Place): place is Extract<Place, { kind: 'weight' | 'asked' | 'state' }> {
  return place.kind === 'weight' || place.kind === 'asked' || place.kind === 'state';
}

function valuesOf(held: Held): readonly number[] {
  return Array.from({ length: held.length }, (_, k) => held.get(k));
}
