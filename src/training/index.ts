export type {
  CheckpointReady,
  Failed,
  Finished,
  ProbeReading,
  SessionEvent,
  SessionState,
  StopReason,
  TrialDone,
} from './events.ts';
export {
  engineOf,
  createEngine,
  loadEngines,
  resolveLearner,
  type FallingRates,
  type Learner,
  type LearnerChoice,
  type LearnerDefaults,
  type LearnerName,
  type LearnerOptions,
} from './learner.ts';
export { lackOf, type EngineChoice, type EngineName } from './engine-for.ts';
export { floorsOf, lossName, type Floor } from './floors.ts';
export { checkBeside, runBeside, type BesideResult } from './beside.ts';
export { sameOn } from './compare.ts';
export { learnedCircuit, learnedCircuits, type OwnRules } from './own-rules.ts';
export { opaqueParts, whatFallsAway, withoutKernels, type OpaquePart } from './opaque.ts';
export { isGradientProbe, type GradientProbe } from './probe/gradient.ts';
export type { Probe } from './probe/probe.ts';
export type { PublishedProbe } from './probe/published.ts';
export { isScoresProbe, type ScoresProbe } from './probe/scores.ts';
export { scoresOf, testOf, testTrial, worst, type Scores } from './scores.ts';
export { Session } from './session.ts';
export { openSession, train } from './train.ts';
export type { SessionOptions, StopRules } from './session-options.ts';
export { observe, targetsOf } from './observe.ts';
export { checkSeeds, seedsOf } from './seeds.ts';
export {
  hasDiverged,
  untested,
  type FailedRealization,
  type FinishedRealization,
  type OutputActivity,
  type Outputs,
  type Realization,
  type ScoreCourse,
  type ShownTrial,
} from './realization.ts';
export {
  cellOverrides,
  cellsOf,
  checkBest,
  checkGrid,
  checkSize,
  checkUnlikeValues,
  USUAL_SEEDS,
  type Cell,
  type Grid,
  type Sweep,
  type SweepDefinition,
} from './grid.ts';
export { quickOf, type Quick, type QuickDefinition } from './quick.ts';
export type { Setting, Settings } from './settings.ts';
export { realizations, type RealizationEvent, type RealizationsOptions } from './realizations.ts';
export {
  scenario,
  sessionOptions,
  type Compare,
  type DefinedScenario,
  type Plan,
  type PlanOverrides,
  type Scenario,
  type ScenarioDefinition,
  type ScenarioRun,
} from './scenario.ts';
export { variation, type RuledVariationDefinition, type VariationDefinition } from './variation.ts';
