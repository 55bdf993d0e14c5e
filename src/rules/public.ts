/** What users get of this room; `index.ts` is the door for the rooms above. */
export {
  delta,
  eligibility,
  kolenPollack,
  kolenPollackFeedback,
  overTrials,
  plasticityRule,
  rflo,
  weight,
  type OverTrials,
  type PlasticityRule,
  type Postsynaptic,
  type Presynaptic,
  type RuleDefinition,
  type RuleMaker,
  type SynapseView,
} from './index.ts';
