import type { Carried, Engine, GroupWeights, Held } from '../../circuit/index.ts';
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

/** What a synapse holds when it has learned: its weight, its state, what it asks for. */
export type Update = readonly number[];

/** Whether any bit differs. */
export function differ(one: Update, other: Update): boolean {
  return one.some((value, k) => !Object.is(value, other[k]));
}

/** How many amounts by which numbers are changed; a prime, so that few numbers share one. */
const AMOUNTS = 997;

/**
 * One engine and one trial, run again and again from the same start, each time with something else changed on the way.
 *
 * In every run, what synapses have asked for so far is forgotten before they learn: so what they ask for in that timestep is seen with
 * every bit, and not rounded away in a sum.
 */
export class Bench {
  private readonly held: readonly Held[];
  private readonly weights: GroupWeights;
  private readonly carried: Carried;
  /** Feedback weights: what a trial does not begin anew either. */
  private readonly lasting: readonly { readonly held: Held; readonly values: readonly number[] }[];
  private readonly amounts: readonly number[];
  private readonly places: ReadonlyMap<Held, number>;

  constructor(
    private readonly engine: Engine,
    private readonly trial: Trial,
    seed: number,
  ) {
    this.held = engine.held();
    this.weights = engine.weights();
    this.carried = engine.carried();
    this.lasting = this.held
      .filter(({ place }) => place.kind === 'feedback')
      .map((held) => ({ held, values: valuesOf(held) }));
    const random = stream(seed, 'noninterference');
    this.amounts = Array.from({ length: AMOUNTS }, () => (random() < 0.5 ? -1 : 1) * (0.25 + random()));
    this.places = new Map(this.held.map((held, h) => [held, h]));
  }

  /** Runs the trial; returns the updates of these synapses in one timestep. @throws RunError if the run fails before that. */
  run(timestep: number, synapses: readonly SynapseAt[], tamper?: Tamper): readonly Update[] {
    const { engine, trial } = this;
    let updates: readonly Update[] | undefined;
    for (const { held, values } of this.lasting) {
      values.forEach((value, k) => {
        held.set(k, value);
      });
    }
    engine.setWeights(this.weights);
    engine.setCarried(this.carried);
    try {
      engine.trial(
        { ...trial, input: trial.input.slice(), target: trial.target.slice() },
        {
          number: 1,
          onPhase: (ended, now) => {
            if (ended !== 'learn') {
              tamper?.(ended, now);
              if (ended === 'broadcast') this.forgetAsked();
            } else if (now === timestep) updates = synapses.map((synapse) => this.updateOf(synapse));
          },
        },
      );
    } catch (error) {
      // What comes after the update may fail: it runs with numbers that never were.
      if (!updates || !(error instanceof RunError)) throw error;
    }
    if (!updates) throw new Error(`no synapse learned in timestep ${timestep}`);
    return updates;
  }

  /** The update of a synapse in a run that is tampered with; undefined where the run fails before that. */
  attempt(timestep: number, synapse: SynapseAt, tamper?: Tamper): Update | undefined {
    try {
      return this.run(timestep, [synapse], tamper)[0];
    } catch (error) {
      if (error instanceof RunError) return undefined;
      throw error;
    }
  }

  /** What comes out where nothing is changed, and nothing was in the run before. */
  usual(timestep: number, synapses: readonly SynapseAt[]): readonly Update[] {
    this.run(timestep, synapses);
    return this.run(timestep, synapses);
  }

  /** All numbers that are held now, each with what it is to a synapse. */
  *numbers(
    synapse: SynapseAt,
    moment: Moment,
    timestep: number,
  ): Generator<{ readonly held: Held; readonly k: number; readonly role: string | undefined }> {
    for (const held of this.held) {
      for (let k = 0; k < held.length; k++) {
        yield { held, k, role: roleOf(held.place, k, synapse, moment, timestep) };
      }
    }
  }

  /** Changes a number, by an amount of its own. */
  change({ held, k }: Pick<Change, 'held' | 'k'>): void {
    held.set(k, held.get(k) + this.amounts[(31 * (this.places.get(held) ?? 0) + k) % AMOUNTS]);
  }

  private forgetAsked(): void {
    for (const held of this.held) {
      if (held.place.kind === 'asked') for (let k = 0; k < held.length; k++) held.set(k, 0);
    }
  }

  private updateOf(synapse: SynapseAt): Update {
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

function valuesOf(held: Held): readonly number[] {
  return Array.from({ length: held.length }, (_, k) => held.get(k));
}
