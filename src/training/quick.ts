import { InputError, onlyFields } from '../errors/index.ts';
import { checkedGrid, type Grid, type GridOf } from './grid.ts';
import { positive } from './positive.ts';
import { seedsOf } from './seeds.ts';
import { checkSettings, given, type Settings, type Widened } from './settings.ts';

/** A reduced size of a scenario, to try it out: fields that are left out keep their full size. */
export interface QuickDefinition<O extends Settings = Settings> {
  readonly trials?: number;
  /** Of its sweep: the number of seeds (1, 2, 3 and so on), or a list of them. */
  readonly seeds?: number | readonly number[];
  /** Of its sweep. */
  readonly grid?: GridOf<O>;
  readonly settings?: Partial<Widened<O>>;
}

/** The checked quick size of a scenario. */
export interface Quick {
  readonly trials?: number;
  readonly seeds?: readonly number[];
  readonly grid?: Grid;
  readonly settings: Settings;
}

/** @throws InputError naming the field that is wrong. */
export function checkQuick(definition: QuickDefinition, options: Settings): Quick {
  onlyFields('quick', definition, ['trials', 'seeds', 'grid', 'settings']);
  const { trials, seeds, grid } = definition;
  const settings = given(definition.settings ?? {});
  if (trials !== undefined) positive('quick.trials', trials, true);
  checkSettings('quick.settings', settings, options);
  return {
    ...(trials !== undefined && { trials }),
    ...(seeds !== undefined && { seeds: seedsOf(seeds) }),
    ...(grid !== undefined && { grid: checkedGrid(grid, options) }),
    settings,
  };
}

/** The quick size of a scenario. @throws InputError if it has none. */
export function quickOf({ quick }: { readonly quick: Quick | null }): Quick {
  if (quick !== null) return quick;
  throw new InputError(
    'quick',
    'this scenario has no quick size; leave it out and give fewer trials, or add one to the scenario, quick: { trials: 100 }',
  );
}
