import { InputError, oneOf, RunError, show } from '../errors/index.ts';
import type { Numbers, TunableParameter } from '../local/index.ts';
import type { BuiltGroup } from './built.ts';
import type { GroupParameters } from './engine.ts';
import { tunableOf } from './take-up.ts';
import type { Timestep } from './timestep/timestep.ts';
import type { TunedNumber } from './dials/tunable.ts';

/** How an engine applies a new number. */
interface Takes {
  /** A number that the synapses of a group learn with. */
  group(group: BuiltGroup, name: string, value: number): void;
  /** A number that neurons compute with. By default only the timestep has it. */
  number?(number: TunedNumber, value: number): void;
}

/** A number that may change: `take` tells the engine, and `change` is how it changes from trial to trial, until it is set. */
interface Entry extends TunableParameter {
  readonly take: (value: number) => void;
  change: TunableParameter['overTrials'];
}

/**
 * The current tunable numbers of a circuit: as they were last set, else as they follow from the trial, else the circuit's own.
 * By owner: a synapse group, `feedback.error`, `neurons.h`, `axons.h`.
 */
export class Tuning {
  private readonly entries = new Map<string, Map<string, Entry>>();
  private readonly now = new Map<string, Record<string, number>>();

  constructor(groups: readonly BuiltGroup[], timestep: Timestep, takes: Takes) {
    for (const group of groups) {
      for (const one of tunableOf(group))
        this.add(group.name, one, (value) => {
          takes.group(group, one.name, value);
        });
    }
    for (const number of timestep.tuned.keys()) {
      this.add(number.owner, number, (value) => {
        timestep.tune(number, value);
        takes.number?.(number, value);
      });
    }
  }

  /** The current numbers of one group. */
  of({ name }: BuiltGroup): Numbers {
    return this.now.get(name) ?? {};
  }

  /** A copy of the current numbers. */
  parameters(): GroupParameters {
    return Object.fromEntries([...this.now].map(([owner, numbers]) => [owner, { ...numbers }]));
  }

  /** Sets them from now on. @throws InputError if there is no such owner, or a number is not tunable, not finite or out of its range. */
  tune(owner: string, numbers: Numbers): void {
    const [entries, now] = [this.entries.get(owner), this.now.get(owner)];
    if (!entries || !now) {
      const known =
        this.now.size === 0 ? 'nothing in this circuit is tunable' : `expected ${oneOf([...this.now.keys()])}`;
      throw new InputError(`tune.${owner}`, `has no tunable parameters; ${known}`);
    }
    const given = Object.entries<unknown>(numbers).map(([name, value]) => {
      const entry = entries.get(name);
      if (!entry) {
        const mend = `expected ${oneOf([...entries.keys()])}, or list it in tunable where it is defined`;
        throw new InputError(`tune.${owner}.${name}`, `is not a tunable parameter; ${mend}`);
      }
      const problem = wrong(entry, value, { ...now, ...numbers });
      if (problem !== undefined) throw new InputError(`tune.${owner}.${name}`, problem);
      return [entry, Number(value)] as const;
    });
    for (const [entry, value] of given) {
      entry.change = undefined;
      set(now, entry, value);
    }
  }

  /** Sets the numbers that change from trial to trial to those of trial `number`. @throws RunError if one is not finite, or out of its range. */
  begin(number: number): void {
    for (const [owner, now] of this.now) {
      for (const entry of this.entries.get(owner)?.values() ?? []) {
        if (!entry.change) continue;
        const value = entry.change.at(number);
        const problem = wrong(entry, value, now);
        if (problem !== undefined) {
          const place = owner.includes('.') ? owner.replace('.', ' ') : `synapses ${owner}`;
          throw new RunError(place, `its ${entry.name}: ${problem}`, { trial: number });
        }
        set(now, entry, value);
      }
    }
  }

  private add(owner: string, one: TunableParameter, take: Entry['take']): void {
    const entries = this.entries.get(owner) ?? new Map<string, Entry>();
    this.entries.set(owner, entries.set(one.name, { ...one, take, change: one.overTrials }));
    this.now.set(owner, { ...this.now.get(owner), [one.name]: one.start });
  }
}

function set(now: Record<string, number>, { name, take }: Entry, value: number): void {
  if (Object.is(now[name], value)) return;
  take(value);
  now[name] = value;
}

/** What is wrong with a number, given the other numbers of its owner; undefined: nothing. */
function wrong({ range, atMost }: Entry, value: unknown, others: Numbers): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return `${show(value)} is not a finite number`;
  if (range && !(value >= range[0] && value <= range[1])) {
    return `${show(value)} is outside its range, ${range[0]} to ${range[1]}`;
  }
  if (atMost !== undefined && value > others[atMost]) return `${show(value)} is above ${atMost}, ${others[atMost]}`;
  return undefined;
}
