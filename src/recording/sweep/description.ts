import { z } from 'zod';
import type { FeedbackKind } from '../../circuit/index.ts';
import { InputError, oneOf, show, within } from '../../errors/index.ts';
import type { Score } from '../../tasks/index.ts';
import type { Cell, Floor, Grid, Setting, Settings } from '../../training/index.ts';
import { cellsOf, checkBest, checkSeeds, checkSize, checkUnlikeValues } from '../../training/index.ts';
import { check, fields } from '../check.ts';
import { writeWhole } from '../files.ts';
import type { Identity } from '../identity.ts';
import { readJson } from '../json.ts';
import { listOf, recordOf } from '../lists.ts';
import { floorSchema, MOST_NAMES, namedScoreSchema } from '../record-schema.ts';
import { namedScores } from '../records.ts';

/** `sweep.json`: the description of a sweep, written before it begins. */
export interface SweepDescription {
  readonly title: string;
  /** The scenario file, as it was given. */
  readonly scenario: string;
  readonly grid: Grid;
  readonly seeds: readonly number[];
  /** Cells with a name. */
  readonly places: Readonly<Record<string, Cell>>;
  /** The axis that everything else is tuned over: figures show only its best value. Null if there is none. */
  readonly best: string | null;
  /** The scores of the tasks' tests, by name; empty without a test. */
  readonly scores: Readonly<Record<string, Score>>;
  /** The one of these that results are shown and compared by; null: the final loss. */
  readonly score: string | null;
  /** The floors of the loss, if the tasks of all cells have the same; else empty. */
  readonly floors: readonly Floor[];
  /** The name of the outputs' loss, unless it is half the mean squared error in every cell. */
  readonly loss?: string;
  /** The scenario's options as they were set for all cells. */
  readonly settings: Settings;
  /** Each cell's learner, in the order of the cells. */
  readonly learners: readonly SweptLearner[];
  /** What learners cost, counted at the first cell of each; empty if that was not requested. */
  readonly costs: readonly LearnerCost[];
  /** What must be the same for the sweep to be resumed, by name. */
  readonly identity: Identity;
}

/** The learner of a cell. */
export interface SweptLearner {
  readonly name: string;
  /** The most trials that it runs. */
  readonly trials: number;
  readonly feedback: FeedbackKind;
}

/** What a learner costs, counted in one trial: bytes for each synapse, reads and operations for each of its updates. */
export interface LearnerCost {
  readonly learner: string;
  /** Kept in order to learn, in addition to the weight. */
  readonly bytes: number;
  /** Null if there were too many to count. */
  readonly reads: number | null;
  readonly operations: number | null;
}

/** The first is written, and all can be read: version 2 had no scores, version 1 also no best, and not always costs. */
const FORMATS = ['rxflo-sweep/3', 'rxflo-sweep/2', 'rxflo-sweep/1'] as const;

/** The most axes; each is an option of the scenario. */
const MOST_AXES = 100;

const oneSetting = z.union([z.string(), z.number(), z.boolean()], { error: 'text, a number, true or false' });
const count = z.number().min(0);
const namedSettings = recordOf(oneSetting);
const schema = fields({
  format: z.enum(FORMATS),
  title: z.string(),
  scenario: z.string(),
  grid: listOf(fields({ name: z.string(), values: listOf(oneSetting, { least: 1 }) }), { least: 1, most: MOST_AXES }),
  seeds: listOf(z.int(), { least: 1 }),
  places: recordOf(namedSettings),
  best: z.string().nullable().default(null),
  scores: listOf(namedScoreSchema, { most: MOST_NAMES }).default([]),
  score: z.string().nullable().default(null),
  floors: listOf(floorSchema, { most: MOST_NAMES }).default([]),
  loss: z.string().exactOptional(),
  settings: namedSettings,
  learners: listOf(
    fields({
      name: z.string(),
      trials: z.int().min(1),
      feedback: z.enum(['random', 'symmetric']).default('random'), // older sweeps lack it: their alignment is shown
    }),
    { least: 1 },
  ),
  costs: listOf(
    fields({ learner: z.string(), bytes: count, reads: count.nullable(), operations: count.nullable() }),
  ).default([]),
  identity: recordOf(z.string()),
});

/** Writes `sweep.json` completely or not at all. */
export function writeDescription(file: string, { grid, scores, ...others }: SweepDescription): void {
  // The order of the axes determines that of the cells, and readers in other languages may not keep the order of an object.
  const axes = Object.entries(grid).map(([name, values]) => ({ name, values }));
  const content = { format: FORMATS[0], ...others, grid: axes, scores: namedScores(scores) };
  writeWhole(file, `${JSON.stringify(content, null, 2)}\n`);
}

/** @throws InputError if the file cannot be read, is not a sweep of this version, or has a field that a new sweep would refuse. */
export function readDescription(file: string): SweepDescription {
  const found = check(schema, readJson(file), file);
  const {
    title,
    scenario,
    grid: axes,
    seeds,
    places,
    best,
    score,
    floors,
    loss,
    settings,
    learners,
    costs,
    identity,
  } = found;
  const grid = gridOf(file, axes);
  within(file, () => {
    checkSeeds(seeds);
    checkSize(grid, seeds.length);
  });
  const cells = axes.reduce((product, { values }) => product * values.length, 1);
  if (cells !== learners.length) {
    throw new InputError(
      `${file}: learners`,
      `has ${learners.length} entries; expected one for each of the ${cells} cells of the grid`,
    );
  }
  if (best !== null) checkBest(`${file}: best`, best, grid);
  const scores = Object.fromEntries(found.scores.map(({ name, ...one }) => [name, one]));
  if (score !== null && !Object.hasOwn(scores, score)) {
    throw new InputError(`${file}: score`, `unknown score ${show(score)}; expected ${oneOf(Object.keys(scores))}`);
  }
  return {
    ...{ title, scenario, grid, seeds, places, best, scores, score, floors, settings, learners, costs, identity },
    ...(loss !== undefined && { loss }),
  };
}

/** @throws InputError if an axis, or a value of one, is listed twice. */
function gridOf(file: string, axes: z.infer<typeof schema>['grid']): Grid {
  const grid = new Map<string, readonly Setting[]>();
  axes.forEach(({ name, values }, i) => {
    const place = `${file}: grid[${i}]`;
    if (grid.has(name)) throw new InputError(`${place}.name`, `${show(name)} is the name of two axes; remove one`);
    checkUnlikeValues(`${place}.values`, values);
    grid.set(name, values);
  });
  return Object.fromEntries(grid);
}

/** A cell of a sweep, and what runs there. */
export interface SweepCell {
  /** Counted from 1, in the grid's order: the last axis changes fastest. */
  readonly number: number;
  readonly values: Cell;
  readonly learner: string;
  /** The trials that a realization has at most. */
  readonly trials: number;
  readonly feedback: FeedbackKind;
}

/** The cells of a sweep, in order. */
export function sweepCells({ grid, learners }: SweepDescription): readonly SweepCell[] {
  return cellsOf(grid).map((values, i) => ({
    number: i + 1,
    values,
    learner: learners[i].name,
    trials: learners[i].trials,
    feedback: learners[i].feedback,
  }));
}
