import { InputError, oneOf, RunError, show } from '../errors/index.ts';
import type { Numbers, OverTrials } from '../local/index.ts';
import type { BuiltGroup } from './built.ts';
import type { GroupParameters } from './engine.ts';
import { tunableOf } from './take-up.ts';

/** How an engine takes up another number of a parameter. */
type Take = (group: BuiltGroup, name: string, value: number) => void;

/**
 * The tunable parameters of a circuit's rules and optimisers, as they are now: as an engine was told last, else as they follow from the trial, else as the rule has them.
 */
export class Tuning {
  private readonly now = new Map<BuiltGroup, Record<string, number>>();
  /** What changes from trial to trial, until it is told otherwise. */
  private readonly changing = new Map<BuiltGroup, Map<string, OverTrials>>();

  constructor(
    groups: readonly BuiltGroup[],
    private readonly take: Take,
  ) {
    for (const group of groups) {
      const all = tunableOf(group);
      if (all.length === 0) continue;
      this.now.set(group, Object.fromEntries(all.map(({ name, start }) => [name, start])));
      this.changing.set(
        group,
        new Map(all.flatMap(({ name, overTrials }) => (overTrials ? [[name, overTrials] as const] : []))),
      );
    }
  }

  /** Those of one group, as they are now. */
  of(group: BuiltGroup): Numbers {
    return this.now.get(group) ?? {};
  }

  /** A copy of what they are now. */
  parameters(): GroupParameters {
    return Object.fromEntries([...this.now].map(([{ name }, params]) => [name, { ...params }]));
  }

  /** From now on parameters are these. @throws InputError if there is no such group, or a parameter is not tunable or no finite number. */
  tune(name: string, params: Numbers): void {
    const [group, now] = this.groupOf(name);
    const entries = Object.entries<unknown>(params);
    for (const [parameter, value] of entries) {
      const place = `tune.${name}.${parameter}`;
      if (!Object.hasOwn(now, parameter)) {
        const mend = `expected ${oneOf(Object.keys(now))}, or add it where that is defined, to tunable`;
        const owners = [`rule '${group.rule?.name ?? ''}'`, ...(group.optimiser ? [`its optimiser`] : [])];
        throw new InputError(place, `is not a tunable parameter of ${owners.join(' or ')}; ${mend}`);
      }
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        throw new InputError(place, `${show(value)} is not a finite number`);
      }
    }
    for (const [parameter, value] of entries) {
      this.changing.get(group)?.delete(parameter);
      this.set(group, parameter, Number(value));
    }
  }

  /** What changes from trial to trial is as trial `number` has it. @throws RunError where that is no finite number. */
  begin(number: number): void {
    for (const [group, parameters] of this.changing) {
      for (const [name, overTrials] of parameters) {
        const value = overTrials.at(number);
        if (!Number.isFinite(value)) {
          throw new RunError(`synapses ${group.name}`, `its ${name} is ${value} in trial ${number}`);
        }
        this.set(group, name, value);
      }
    }
  }

  private set(group: BuiltGroup, name: string, value: number): void {
    const now = this.now.get(group);
    if (!now || Object.is(now[name], value)) return;
    this.take(group, name, value);
    now[name] = value;
  }

  private groupOf(name: string): [BuiltGroup, Record<string, number>] {
    const found = [...this.now].find(([group]) => group.name === name);
    if (found) return found;
    const names = [...this.now.keys()].map((group) => group.name);
    const known = names.length === 0 ? 'no rule of this circuit has any' : `expected ${oneOf(names)}`;
    throw new InputError(`tune.${name}`, `is not a synapse group with tunable parameters; ${known}`);
  }
}
