import { withRules } from '../circuit/index.ts';
import { InputError, onlyFields, show } from '../errors/index.ts';
import type { PlasticityRule } from '../rules/index.ts';
import type { Task } from '../tasks/index.ts';
import type { Grid } from './grid.ts';
import { scenario, SCENARIO_FIELDS, type Compare, type DefinedScenario, type ScenarioRun } from './scenario.ts';
import { checkSettings, type Settings, type Widened } from './settings.ts';

/**
 * What is different in a variation of a scenario that has the options O, rules named R and synapse groups named G; fields that are left out stay as
 * they are. A are the options that it adds.
 */
export interface VariationDefinition<
  O extends Settings,
  A extends Settings,
  R extends string,
  G extends string = string,
> extends ScenarioRun<O & A> {
  readonly title: string;
  /** Different defaults of the scenario's options. */
  readonly options?: Partial<Widened<O>>;
  /** Options that the scenario does not have, and their defaults: for the rules, the task and the learners given here. */
  readonly newOptions?: A;
  readonly task?: (options: Widened<O & A>) => Task;
  /** The learners to compare. If the scenario's own sweep ranges over its learners, it now ranges over these. */
  readonly compare?: Compare<O & A, R, G>;
}

/** A variation in which some synapse groups learn by other rules, named N. */
export interface RuledVariationDefinition<
  O extends Settings,
  A extends Settings,
  R extends string,
  N extends string,
  G extends string = string,
> extends VariationDefinition<O, A, R | N, G> {
  /** By the name of the synapse group, the rule that replaces its own. */
  readonly rules: (options: Widened<O & A>) => Readonly<Record<string, PlasticityRule<N>>>;
}

const FIELDS = [...SCENARIO_FIELDS.filter((field) => field !== 'circuit'), 'newOptions', 'rules'];

/**
 * Defines an experiment by its differences from another.
 *
 * @example
 * export default variation(fig2, { title: 'Fig. 2 with 100 units', options: { units: 100 } });
 *
 * @throws InputError naming the field that is wrong; an unknown synapse group is reported only when the circuit is built.
 */
export function variation<O extends Settings, R extends string, G extends string, A extends Settings = O>(
  of: DefinedScenario<O, R, G>,
  definition: VariationDefinition<O, A, R, G>,
): DefinedScenario<O & A, R, G>;
// Separate from the first overload, in which no rule determines N, so any learner would be accepted.
export function variation<
  O extends Settings,
  R extends string,
  N extends string,
  G extends string,
  A extends Settings = O,
>(of: DefinedScenario<O, R, G>, definition: RuledVariationDefinition<O, A, R, N, G>): DefinedScenario<O & A, R | N, G>;
export function variation<O extends Settings, R extends string, N extends string, G extends string, A extends Settings>(
  of: DefinedScenario<O, R, G>,
  definition: VariationDefinition<O, A, R | N, G> & Partial<RuledVariationDefinition<O, A, R, N, G>>,
): DefinedScenario<O & A, R | N, G> {
  if (typeof (of as Partial<typeof of> | null | undefined)?.definition !== 'object') {
    throw new InputError('variation', `${show(of)} is not a scenario; import one, and pass it before the changes`);
  }
  onlyFields('variation', definition, FIELDS);
  const { title, rules, options = {}, newOptions, ...changes } = definition;
  const original = of.definition;
  checkSettings('options', options, of.options);
  const known = Object.keys(newOptions ?? {}).find((name) => Object.hasOwn(of.options, name));
  if (known !== undefined) {
    throw new InputError(`newOptions.${known}`, 'is an option of the scenario; give its default in options');
  }
  const varied = scenario<R | N, O & A, G>({
    ...original,
    ...changes,
    title,
    options: Object.assign({}, original.options, options, newOptions),
    circuit: (settings) => {
      const circuit = original.circuit(settings);
      return rules ? withRules(circuit, rules(settings)) : circuit;
    },
  });
  const ranged = (grid: Grid): Grid =>
    changes.compare !== undefined && Object.hasOwn(grid, 'learner') && !Object.hasOwn(varied.options, 'learner')
      ? { ...grid, learner: varied.plan().learners.map(({ name }) => name) }
      : grid;
  const { sweep, quick } = of;
  return {
    ...varied,
    sweep: varied.sweep ?? (sweep && { ...sweep, grid: ranged(sweep.grid) }),
    quick: varied.quick ?? (quick && { ...quick, ...(quick.grid && { grid: ranged(quick.grid) }) }),
  };
}
