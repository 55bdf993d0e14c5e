import type { LearningOptions } from '../circuit/index.ts';
import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import { positive } from './positive.ts';
import { seedsOf } from './seeds.ts';
import { given, kindOf, type Setting, type Settings, type WidenedSetting } from './settings.ts';

/** What a grid may range over in addition to the scenario's options; an option of the same name comes first. */
const HOW = ['learner', 'feedback', 'schedule'] as const;
type How = (typeof HOW)[number];

/** The values that each axis of a sweep takes, by its name: an option of the scenario, or `learner`, `feedback` or `schedule`. */
export type Grid = Readonly<Record<string, readonly Setting[]>>;

/** One point of a grid: a value for each of its axes. */
export type Cell = Readonly<Record<string, Setting>>;

/** A grid as written in a scenario with these options. */
export type GridOf<O extends Settings> = {
  readonly [K in keyof O | How]?: readonly (K extends keyof O ? WidenedSetting<O[K]> : string)[];
};

/** A sweep that a scenario defines. */
export interface SweepDefinition<O extends Settings = Settings> {
  readonly grid: GridOf<O>;
  /** The number of seeds (1, 2, 3 and so on), or a list of them. Default 5. */
  readonly seeds?: number | readonly number[];
  /** Whether to count what each learner costs (see `ledger`), and to show it with the loss that it reached. Default false. */
  readonly costs?: boolean;
  /** Cells with a name, such as that of a published model: figures mark them. */
  readonly places?: Readonly<
    Record<string, { readonly [K in keyof O | How]?: K extends keyof O ? WidenedSetting<O[K]> : string }>
  >;
  /**
   * An axis of the grid, such as the learning rate, that everything else is tuned over: figures show each combination of the other axes
   * at its best value of this one, that with the lowest median final loss over the seeds, or the best median score.
   */
  readonly best?: (keyof O & string) | How;
  /** A score of the task's test, such as 'answered', that results are shown and compared by, if there is a test; absent: the final loss. */
  readonly score?: string;
  /** Plays the task's test after trials n, 2n, ... of each realization, to show its scores over training, and not only at the end. */
  readonly testEvery?: number;
}

/** A checked sweep of a scenario. */
export interface Sweep {
  readonly grid: Grid;
  readonly seeds: readonly number[];
  readonly costs: boolean;
  readonly places: Readonly<Record<string, Cell>>;
  /** The axis that everything else is tuned over; null if there is none. */
  readonly best: string | null;
  /** The score that results are compared by; null: the final loss. */
  readonly score: string | null;
  /** Null: only at the end. */
  readonly testEvery: number | null;
}

/** The number of seeds if none is given. */
export const USUAL_SEEDS = 5;

/** The most cells that a grid may have. */
const MOST_CELLS = 100_000;

/** The most realizations that a sweep may have. */
const MOST_REALIZATIONS = 1_000_000;

/** @throws InputError naming the field that is wrong. */
export function checkSweep(definition: SweepDefinition, options: Settings): Sweep {
  onlyFields('sweep', definition, ['grid', 'seeds', 'costs', 'places', 'best', 'score', 'testEvery']);
  const { seeds = USUAL_SEEDS, costs = false, best = null, score = null, testEvery = null } = definition;
  const grid = checkedGrid(definition.grid, options);
  if (best !== null) checkBest('sweep.best', best, grid);
  if (testEvery !== null) positive('sweep.testEvery', testEvery, true);
  const places = Object.entries(definition.places ?? {}).map(([name, place]): [string, Cell] => {
    const where = `sweep.places.${name}`;
    onlyFields(where, place, Object.keys(grid));
    const cell = given(place);
    for (const [axis, values] of Object.entries(grid)) {
      if (Object.hasOwn(cell, axis) && values.includes(cell[axis])) continue;
      throw new InputError(
        `${where}.${axis}`,
        `expected a value of the grid's axis (${values.map(show).join(', ')}), got ${show(place[axis])}`,
      );
    }
    return [name, cell];
  });
  const which = seedsOf(seeds);
  checkSize(grid, which.length);
  return { grid, seeds: which, costs, places: Object.fromEntries(places), best, score, testEvery };
}

/** The grid of a scenario, checked. @throws InputError as `checkGrid`. */
export function checkedGrid(written: GridOf<Settings>, options: Settings): Grid {
  const grid = given(written);
  checkGrid(grid, options);
  return grid;
}

/** @throws InputError if what everything else is tuned over is not an axis. */
export function checkBest(place: string, best: string, grid: Grid): void {
  if (Object.hasOwn(grid, best)) return;
  throw new InputError(place, `unknown axis ${show(best)} of the grid; expected ${oneOf(Object.keys(grid))}`);
}

/** @throws InputError if a grid has no axis, an axis that this scenario does not have, or a value twice. */
export function checkGrid(grid: Grid, options: Settings): void {
  const axes = Object.entries(grid);
  if (axes.length === 0) throw new InputError('grid', 'has no axis; give one, such as period=100,200');
  for (const [name, values] of axes) checkAxis(name, values, options);
  checkSize(grid, 1);
}

/** @throws InputError if a sweep is too large to be run or read. */
export function checkSize(grid: Grid, seeds: number): void {
  const cells = Object.values(grid).reduce((product, values) => product * values.length, 1);
  if (cells > MOST_CELLS) throw new InputError('grid', `has ${cells} cells; give at most ${MOST_CELLS}`);
  const realizations = cells * seeds;
  if (realizations <= MOST_REALIZATIONS) return;
  const product = `${cells} cells and ${seeds} seeds make ${realizations} realizations`;
  throw new InputError('seeds', `${product}; give at most ${MOST_REALIZATIONS}`);
}

/** @throws InputError if an axis has a value twice. */
export function checkUnlikeValues(place: string, values: readonly Setting[]): void {
  const known = new Set<Setting>();
  for (const value of values) {
    if (known.has(value)) throw new InputError(place, `${show(value)} is listed twice; remove one`);
    known.add(value);
  }
}

function checkAxis(name: string, values: readonly Setting[], options: Settings): void {
  const place = `grid ${name}`;
  const like = likeOf(name, options);
  if (like === undefined) {
    const known = [...new Set([...Object.keys(options), ...HOW])];
    throw new InputError(place, `unknown option; expected ${oneOf(known)}`);
  }
  if (!Array.isArray(values) || values.length === 0) throw new InputError(place, 'has no values; give one or more');
  for (const value of values as readonly Setting[]) {
    if (typeof value !== typeof like || (typeof value === 'number' && !Number.isFinite(value))) {
      throw new InputError(place, `expected ${kindOf(like)}, got ${show(value)}`);
    }
  }
  checkUnlikeValues(place, values);
}

/** A value of an axis's type; undefined if there is no such axis. */
function likeOf(name: string, options: Settings): Setting | undefined {
  if (Object.hasOwn(options, name)) return options[name];
  return HOW.some((how) => how === name) ? 'text' : undefined;
}

/** The cells of a grid, the last axis changing fastest. */
export function cellsOf(grid: Grid): readonly Cell[] {
  return Object.entries(grid).reduce<readonly Cell[]>(
    (cells, [name, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value }))),
    [{}],
  );
}

/** What a cell changes of its scenario. @throws InputError if its feedback or schedule is unknown. */
export function cellOverrides(
  cell: Cell,
  options: Settings,
): Partial<LearningOptions> & { readonly settings: Settings; readonly learners?: readonly string[] } {
  const how: Readonly<Record<string, Setting | undefined>> = Object.fromEntries(
    Object.entries(cell).filter(([name]) => !Object.hasOwn(options, name)),
  );
  const { learner, feedback, schedule } = how;
  return {
    settings: Object.fromEntries(Object.entries(cell).filter(([name]) => Object.hasOwn(options, name))),
    ...(learner !== undefined && { learners: [String(learner)] }),
    ...(feedback !== undefined && { feedback: among('feedback', feedback, ['random', 'symmetric'] as const) }),
    ...(schedule !== undefined && { schedule: among('schedule', schedule, ['trial', 'online'] as const) }),
  };
}

function among<T extends Setting & string>(name: string, value: Setting, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new InputError(`grid ${name}`, `expected ${oneOf(choices)}, got ${show(value)}`);
  return found;
}
