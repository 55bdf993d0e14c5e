export {
  checkRule,
  isRule,
  plasticityRule,
  ruleOn,
  type PlasticityRule,
  type RuleDefinition,
  type RuleMaker,
} from './rule.ts';
export { changeText, LEARNING_RATE, overTrials, type OverTrials } from '../local/index.ts';
export { eligibility, type Sensitivity } from './eligibility.ts';
export type { Postsynaptic, Presynaptic, SynapseView } from './view.ts';
export { weight } from './weight.ts';
export { rflo } from './rflo.ts';
export { eprop } from './e-prop.ts';
export { epropRegularised } from './e-prop-regularised.ts';
export { adaptiveFeedback, adaptiveReadout } from './adaptive-feedback.ts';
export { delta } from './delta.ts';
export { kolenPollack, kolenPollackFeedback } from './kolen-pollack.ts';
export { builtInRules } from './built-in.ts';
