export { circuit, wrongWeights, type Circuit, type CircuitDefinition, type SynapseGroup } from './circuit.ts';
export type { Feedback } from './feedback.ts';
export { clock, fromTask, type Clock, type Global, type NeuronScalar, type TaskScalar, type Time } from './globals.ts';
export { isArrayLike } from '../local/index.ts';
export { copyOf, transposeOf, type CopiedWeights } from './copied-weights.ts';
export { type Matrix, type Weights } from './initial-weights.ts';
export type { Wiring } from './check-wiring.ts';
export { longestDelay, rangeOfDelays, type Delay } from './delays.ts';
export { edgesOf, type Edge, type Edges } from './edges.ts';
export { mask, oneToOne, probability, type Connectivity, type MaskRow } from './connectivity.ts';
export { portsBehind } from './behind.ts';
export { seenBy } from './ends.ts';
export { readsPastGate } from './past-gate.ts';
export { carriesEvents, maybeSilent } from './events.ts';
export { partsOf, withRules, type GroupRule } from './with-rules.ts';
export { build, isBuilt, type BuildOptions } from './build.ts';
export { handedBack, WHAT_COUNTS, type Evaluation, type History } from './evaluation.ts';
export { historyOf } from './history.ts';
export { scheduled } from './scheduled.ts';
export type { BuiltCircuit, BuiltFeedback, BuiltGlobal, BuiltGroup, BuiltPopulation } from './built.ts';
export { carrier, feedbackOf, feedbackWeights, followedReadouts, readoutsOf, transposedReadouts } from './carriage.ts';
export { ConnectionGraph } from './connection-graph.ts';
export { sender, type Axon } from './dials/axon.ts';
export type { Gate } from './dials/gate.ts';
export { type Broadcast } from './dials/broadcast.ts';
export type { FeedbackDials, Form } from './dials/feedback-weights.ts';
export { ruleOf, type TraceDials, type Traces } from './dials/traces.ts';
export { turnedOnAxons, turnedOnFeedback, turnedOnSynapses, type TurnedDials } from './dials/turned.ts';
export { askTask } from './answer.ts';
export type { Settling, WeightDials } from './dials/weights.ts';
export {
  ruleVariables,
  synapseVariables,
  takeUpOf,
  takeUpVariables,
  tunableOf,
  type TakeUp,
  type Variable,
} from './take-up.ts';
export { takeUpLoop, type TakeUpLoop, type Taking } from './take-up-loop.ts';
export { checkTrial } from './check-trial.ts';
export { Sweeps } from './sweeps.ts';
export type { Repeat, Until } from './repeat.ts';
export { Playing, type Answering } from './playing.ts';
export type { Aside, Given, HeldBySteps, RunSteps } from './running.ts';
export { Continuation } from './continuation.ts';
export { catalogueOf, cellsByKind, type CellsOf, type HeldScope, type HeldThing, type Thing } from './catalogue.ts';
export { cellsIn, cellsOf, cellsOfFields, cellsPlaced, heldAt, type Cells, type Held, type Place } from './held.ts';
export { found } from './found.ts';
export { Holder } from './holder.ts';
export { Holdings } from './holdings.ts';
export { holds, type HoldsOptions } from './holds.ts';
export type { Reader } from './reader.ts';
export { publishes } from './publishes.ts';
export type {
  Carried,
  Engine,
  FeedbackKind,
  GroupParameters,
  GroupWeights,
  KernelProgram,
  LearningOptions,
  Published,
  Schedule,
  StopPhase,
  TrialOptions,
} from './engine.ts';
export type { NeuronPorts, Phase, PhaseEnd, Ports, SynapsePorts } from './ports.ts';
export {
  carryingGroups,
  checkInfluences,
  descends,
  heardBy,
  isCredited,
  LARGEST_INFLUENCES,
  learningRate,
  refuseAlso,
  refuseDescent,
  reachedFrom,
  refuseCarrying,
  refuseOnline,
  refuseSending,
  sharesNumbers,
} from './credit.ts';
export { synapseName } from './synapse-name.ts';
export { synapseProgram, type SynapseProgram } from './synapse-program.ts';
export { descentOf, type DescendingGroup } from './descent.ts';
export { Tuning } from './tuning.ts';
export type { TunedNumber } from './dials/tunable.ts';
export { reachWithin, type Neurons } from './reach.ts';
export { checkedRows, faultOf, isChecked } from './timestep/fault.ts';
export { dependentRows } from './timestep/dependent.ts';
export { stepText } from './timestep/step-text.ts';
export type { Heard } from './timestep/draft.ts';
export { marbles } from './timestep/marbles.ts';
export { answerName, sentName } from './timestep/rows.ts';
export { timestepOf } from './timestep/timestep-of.ts';
export { looks, type Timestep } from './timestep/timestep.ts';
export type {
  ComputeStep,
  Connection,
  LearnStep,
  PhaseName,
  Result,
  Row,
  ScoreStep,
  Source,
  Stage,
  Step,
  SumStep,
  Term,
  TotalStep,
  Way,
  Ways,
} from './timestep/step.ts';
export { wayOf, waysOf } from './timestep/ways.ts';
