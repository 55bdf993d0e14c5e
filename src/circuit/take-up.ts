import { InputError, show } from '../errors/index.ts';
import {
  Graph,
  LocalFunction,
  specialise,
  type Numbers,
  type Result,
  type Tunable,
  type TunableParameter,
  type Value,
} from '../local/index.ts';
import { checkOptimiser } from '../optimisers/index.ts';
import type { BuiltGroup } from './built.ts';
import type { Settling } from './dials/weights.ts';
import type { LearningOptions } from './engine.ts';

/**
 * How a synapse applies the change that was requested: batch, optimiser, dials and rule as one computation.
 *
 * It reads the weight `w`, its state by name, `pre.` and `post.` as the rule does; and `take.change`, `take.pace`, `take.due` (1 where a batch
 * ends), `take.draw`, and the constants of each synapse, `take.sign`, `take.plastic` and `take.lot`, see Settling. All is computed from the old
 * values.
 */
export interface TakeUp extends Pick<Settling, 'constants' | 'chance'> {
  /** The new weight, called `w`, then the new state, by name. */
  readonly text: LocalFunction;
  /** The numbers that a synapse keeps for this alone, with their initial values: `optimiser.m`, `batch.sum`. */
  readonly state: Numbers;
  /**
   * Whether the change is divided by T only, and the pace is read separately: an optimiser sees changes as they were requested, and the pace
   * multiplies its steps. If not, the change includes the pace.
   */
  readonly pacesApart: boolean;
}

/** A number that a synapse keeps besides its weight. */
export interface Variable {
  readonly name: string;
  /** Its initial value; 'weight': its synapse's initial weight. */
  readonly start: number | 'weight';
  /** Whether it is kept from trial to trial; otherwise each trial resets it. */
  readonly lasting: boolean;
}

/** What the synapses of a group keep for their rule: nothing, where it is evaluated by history. */
export function ruleVariables({
  rule,
  keepsTraces,
  history,
}: Pick<BuiltGroup, 'rule' | 'keepsTraces' | 'history'>): readonly Variable[] {
  if (history) return [];
  return Object.entries(rule?.state ?? {}).map(([name, start]) =>
    rule?.lasting?.includes(name) === true
      ? { name, start: 'weight', lasting: true }
      : { name, start, lasting: keepsTraces },
  );
}

/** What they keep in order to apply changes. */
export function takeUpVariables(takeUp: TakeUp | undefined): readonly Variable[] {
  return Object.entries(takeUp?.state ?? {}).map(([name, start]) => ({ name, start, lasting: true }));
}

/** All that the synapses of a group keep in order to learn, besides the changes they request. */
export function synapseVariables(group: BuiltGroup, takeUp: TakeUp | undefined): readonly Variable[] {
  return [...ruleVariables(group), ...takeUpVariables(takeUp)];
}

/** @throws InputError if a group's optimiser is not one, or the group has no rule. */
export function checkGroupOptimiser(place: string, { optimiser, rule }: Pick<BuiltGroup, 'rule' | 'optimiser'>): void {
  checkOptimiser(place, optimiser);
  if (!rule) throw new InputError(place, 'needs a rule; give one next to it, or leave the optimiser out');
}

/** How the learner produces the changes that a group applies. */
export interface TakingUp extends Pick<LearningOptions, 'batch'> {
  /** Whether the group's rule runs; if not, what it computes `after` a change is left out. */
  readonly byRules: boolean;
}

/** How the synapses of a group apply changes; undefined: changes are added to the weights, and nothing else happens. */
export function takeUpOf(
  { settling, optimiser, rule, atOnce }: BuiltGroup,
  { batch: trials = 1, byRules }: TakingUp,
): TakeUp | undefined {
  // Changes that are applied at once wait for no other trial.
  const batch = atOnce ? 1 : trials;
  const after = byRules ? rule?.analysis?.function('after') : undefined;
  if (!settling && !optimiser && !after && batch === 1) return undefined;
  const graph = new Graph();
  const own = (name: string): Value => graph.read(name, 'own state');
  // All parameters but the tunable ones are filled in.
  const parameter = (name: string, path: string, of: Tunable | undefined): Value =>
    of?.tunable?.includes(path) ? graph.read(name, 'parameter') : graph.constant(of?.params[path] ?? NaN);
  const [w, change] = [graph.read('w', 'own weight'), own('take.change')];

  // In the last trial of a batch, the mean of the changes that its trials requested is applied.
  const [zero, sum] = [graph.constant(0), graph.arithmetic('+', own(BATCH), change)];
  const isLast = graph.compare('>', graph.read('take.due', 'global'), zero);
  const atEnd = (name: string, value: Value, before = own(name)): Result => ({
    name,
    value: batch === 1 ? value : graph.choose(isLast, value, before),
  });
  const asked = batch === 1 ? change : graph.arithmetic('/', sum, graph.constant(batch));

  const steps = (optimiser?.analysis.function('step')?.namedResults ?? []).map(({ name, value }) => {
    const filled = specialise(graph, value, ({ path, scope }) => {
      if (path === 'change') return asked;
      if (scope === 'parameter') return parameter(ofOptimiser(path), path, optimiser);
      return scope === 'own state' ? own(ofOptimiser(path)) : w;
    });
    return { name, value: filled };
  });
  const step = steps.find(({ name }) => name === 'change');
  const taken = step ? graph.arithmetic('*', graph.read('take.pace', 'global'), step.value) : asked;

  const settled = settling
    ? specialise(graph, settling.weight.value, ({ path, scope }) => {
        if (path === 'change') return taken;
        if (path === 'w') return w;
        return scope === 'parameter' ? graph.read(path, scope) : graph.read(`take.${path}`, scope);
      })
    : graph.arithmetic('+', w, taken);
  const next = (after?.namedResults ?? []).map(({ name, value }) => {
    const filled = specialise(graph, value, ({ path, scope }) => {
      if (path === 'w') return settled;
      return scope === 'parameter' ? parameter(path, path, rule) : graph.read(path, scope);
    });
    return atEnd(name, filled);
  });
  const results: readonly Result[] = [
    atEnd('w', settled, w),
    ...steps.flatMap(({ name, value }) => (name === 'change' ? [] : [atEnd(ofOptimiser(name), value)])),
    ...(batch === 1 ? [] : [{ name: BATCH, value: graph.choose(isLast, zero, sum) }]),
    ...next,
  ];
  const kept = Object.entries(optimiser?.state ?? {}).map(([name, start]) => [ofOptimiser(name), start] as const);
  const { constants = {}, chance } = settling ?? {};
  return {
    text: new LocalFunction('take up', graph, results),
    state: Object.fromEntries([...kept, ...(batch === 1 ? [] : [[BATCH, 0] as const])]),
    ...{ constants, ...(chance !== undefined && { chance }), pacesApart: optimiser !== undefined },
  };
}

const BATCH = 'batch.sum';

/** The name of an optimiser's variable in a synapse's state; no rule can have such a name. */
function ofOptimiser(name: string): string {
  return `optimiser.${name}`;
}

/** The tunable parameters of a group's rule, then those of its optimiser, and its dials. @throws InputError if two have one name. */
export function tunableOf({ name: group, rule, optimiser, settling }: BuiltGroup): readonly TunableParameter[] {
  const parameters = (of: Tunable | undefined, called: (name: string) => string) =>
    (of?.tunable ?? []).map((name): TunableParameter => {
      const changing = Object.entries(of?.overTrials ?? {}).find(([other]) => other === name);
      const range = of?.ranges?.[name];
      return {
        ...{ name: called(name), start: of?.params[name] ?? NaN },
        ...(range && { range }),
        ...(changing && { overTrials: changing[1] }),
      };
    });
  const all = [
    ...parameters(rule, (name) => name),
    ...parameters(optimiser, ofOptimiser),
    ...(settling?.tunable ?? []),
  ];
  const twice = all.find(({ name }, k) => all.findIndex((other) => other.name === name) !== k);
  if (!twice) return all;
  throw new InputError(
    `synapses.${group}.tunable`,
    `${show(twice.name)} is also a parameter of the group's rule; rename that parameter`,
  );
}
