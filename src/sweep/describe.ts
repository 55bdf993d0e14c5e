import { createHash } from 'node:crypto';
import { InputError, oneOf, show } from '../errors/index.ts';
import type { LoadedScenario } from '../loading/index.ts';
import { ledger, perSynapse } from '../locality/index.ts';
import { trialOfTask, type Score } from '../tasks/index.ts';
import { identityOf, version, type LearnerCost, type SweepDescription, type SweptLearner } from '../recording/index.ts';
import {
  cellOverrides,
  cellsOf,
  checkBest,
  checkGrid,
  checkSize,
  floorsOf,
  lossName,
  loadEngines,
  openSession,
  seedsOf,
  sessionOptions,
  testOf,
  USUAL_SEEDS,
  type Cell,
  type Floor,
  type Grid,
  type Learner,
  type Plan,
  type PlanOverrides,
  type Scenario,
  type Settings,
  type Sweep,
} from '../training/index.ts';

/** What was requested of a sweep; the scenario's own sweep fills in what is left out. */
export interface SweepWishes {
  /** The scenario's file, as it was given. */
  readonly file: string;
  readonly grid: Grid | undefined;
  readonly seeds: number | readonly number[] | undefined;
  /** The axis that everything else is tuned over. */
  readonly best: string | undefined;
  /** The score that results are compared by. */
  readonly score: string | undefined;
  /** What applies to all cells. */
  readonly overrides: Omit<PlanOverrides, 'seed' | 'learners'>;
}

/**
 * Describes a sweep. Every cell is planned once, and its session opened, before the first runs, so that an error in the last one does not appear
 * only hours later.
 *
 * @throws InputError naming what is wrong with the grid, the seeds or the scenario.
 */
export async function describeSweep(
  { scenario, within }: LoadedScenario,
  wishes: SweepWishes,
): Promise<SweepDescription> {
  const { file, overrides } = wishes;
  const own = scenario.sweep;
  const grid = wishes.grid ?? own?.grid;
  if (grid === undefined) {
    throw new InputError(
      'grid',
      'is missing, and the scenario defines no sweep; give a grid, such as --grid period=100,200',
    );
  }
  const seeds = seedsOf(wishes.seeds ?? own?.seeds ?? USUAL_SEEDS);
  checkGrid(grid, scenario.options);
  checkSize(grid, seeds.length);
  if (wishes.best !== undefined) checkBest('best', wishes.best, grid);
  checkOnce(grid, overrides);

  const cells = createHash('sha256');
  const learners: SweptLearner[] = [];
  const costs = new Map<string, LearnerCost>();
  const scores = new Map<string, Score>();
  const floors = new Map<string, readonly Floor[]>();
  const losses = new Set<string | undefined>();
  for (const cell of cellsOf(grid)) {
    const plan = await within(() => scenario.plan({ ...cellPlan(scenario, cell, overrides), seed: seeds[0] }));
    const [learner] = plan.learners;
    await loadEngines([learner]);
    const identity = await within(() => {
      openSession(sessionOptions(plan, learner));
      return identityOf({ ...plan, learners: [learner] });
    });
    cells.update(JSON.stringify(identity));
    for (const [name, score] of Object.entries(testOf(plan.task)?.scores ?? {})) add(scores, name, score);
    const shared = floorsOf(plan.task);
    floors.set(JSON.stringify(shared), shared);
    losses.add(lossName(plan.circuit));
    checkTrials(learner);
    const { name, trials, feedback } = learner;
    learners.push({ name, trials, feedback });
    if (own?.costs && !costs.has(learner.name)) costs.set(learner.name, await within(() => costOf(plan, learner)));
  }
  const { title } = scenario;
  const settings = overrides.settings ?? {};
  const identity = {
    ...{ title, 'rxflo version': version(), grid: JSON.stringify(Object.entries(grid)), seeds: JSON.stringify(seeds) },
    ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [`option ${name}`, String(value)])),
    ...howOf(overrides),
    ...(own?.testEvery && { 'test every': String(own.testEvery) }),
    scenario: cells.digest('hex'),
  };
  const loss = lossIn(losses);
  const places = placesIn(grid, own);
  const best = wishes.best ?? bestIn(grid, own);
  const score = scoreIn(scores, wishes.score ?? (scores.size > 0 ? own?.score : null) ?? null);
  return {
    ...{ title, scenario: file, grid, seeds, places, best, score, settings, learners, identity },
    ...{ costs: [...costs.values()], scores: Object.fromEntries(scores) },
    floors: floors.size === 1 ? [...floors.values()][0] : [],
    ...(loss !== undefined && { loss }),
  };
}

/** The names of the losses in the cells; undefined: half the mean squared error in all. */
function lossIn(losses: ReadonlySet<string | undefined>): string | undefined {
  const names = [...losses].map((name) => name ?? 'squared');
  return names.every((name) => name === 'squared') ? undefined : names.join(' or ');
}

/** The most trials of a realization: their losses are kept in memory while it runs. */
const MOST_TRIALS = 10_000_000;

/** @throws InputError if a learner has more trials than a sweep can keep. */
function checkTrials({ name, trials }: Learner): void {
  if (trials <= MOST_TRIALS) return;
  throw new InputError(
    'trials',
    `learner ${show(name)} has ${trials}, too many for a sweep; give at most ${MOST_TRIALS}`,
  );
}

/** Adds a score of a cell's test. @throws InputError if an earlier cell defines it differently. */
function add(scores: Map<string, Score>, name: string, score: Score): void {
  const before = scores.get(name) ?? score;
  if (before.better !== score.better || before.label !== score.label) {
    const [one, other] = [before, score].map(({ label, better }) => show(`${label}, ${better} is better`));
    throw new InputError(
      `task.test.scores.${name}`,
      `is ${one} in one cell and ${other} in another; rename one of them`,
    );
  }
  scores.set(name, before);
}

/** @throws InputError if no cell has such a score. */
function scoreIn(scores: ReadonlyMap<string, Score>, score: string | null): string | null {
  if (score === null || scores.has(score)) return score;
  const fix = scores.size > 0 ? `expected ${oneOf([...scores.keys()])}` : 'the task has no test: leave score out';
  throw new InputError('score', `unknown score ${show(score)}; ${fix}`);
}

/** Counts what a learner costs on a plan's circuit, in its task's first trial. */
export function costOf({ circuit, task, seed }: Plan, learner: Learner): LearnerCost {
  const { timesteps } = trialOfTask(task, 1, seed);
  const counted = {
    circuit: () => circuit,
    task: () => task,
    learners: [learner],
    timesteps: [timesteps],
    units: [1],
    seed,
  };
  const [row] = ledger(counted).rows;
  const bytes = perSynapse(row, 'bytes') ?? 0;
  return { learner: learner.name, bytes, reads: perSynapse(row, 'reads'), operations: perSynapse(row, 'operations') };
}

/** What one cell changes of its scenario. */
export function cellPlan(
  { options }: Pick<Scenario, 'options'>,
  cell: Cell,
  overrides: SweepWishes['overrides'],
): Omit<PlanOverrides, 'seed'> {
  const own = cellOverrides(cell, options);
  return { ...overrides, ...own, settings: { ...overrides.settings, ...own.settings } };
}

/** @throws InputError if an axis of the grid is also set to a single value. */
function checkOnce(grid: Grid, { settings = {}, feedback, schedule }: SweepWishes['overrides']): void {
  const set: Settings = { ...settings, ...(feedback && { feedback }), ...(schedule && { schedule }) };
  const twice = Object.keys(set).find((name) => Object.hasOwn(grid, name));
  if (twice !== undefined) {
    throw new InputError(
      `grid ${twice}`,
      `is also set to a single value, ${String(set[twice])}; leave out one of the two`,
    );
  }
}

/** What else fixes the result, by name, as it was requested: a sweep can only be resumed with the same requests. */
function howOf({ trials, targetLoss, patience, precision, schedule, feedback, ...others }: SweepWishes['overrides']) {
  const asked = { trials, 'target loss': targetLoss, patience, precision, schedule, feedback };
  const { evaluation, batch, carry } = others;
  const given = Object.entries({ evaluation, batch, carry }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    [...Object.entries(asked), ...given].map(([name, value]) => [name, String(value ?? "the scenario's")]),
  );
}

/** The named cells that this grid has. */
function placesIn(grid: Grid, own: Sweep | null): Sweep['places'] {
  const isThere = ([, place]: [string, Cell]) =>
    Object.entries(grid).every(([axis, values]) => Object.hasOwn(place, axis) && values.includes(place[axis]));
  return Object.fromEntries(Object.entries(own?.places ?? {}).filter(isThere));
}

/** The axis that the scenario tunes everything else over, if this grid has it. */
function bestIn(grid: Grid, own: Sweep | null): Sweep['best'] {
  const best = own?.best ?? null;
  return best !== null && Object.hasOwn(grid, best) ? best : null;
}
