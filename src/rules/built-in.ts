import { adaptiveFeedback, adaptiveReadout } from './adaptive-feedback.ts';
import { delta } from './delta.ts';
import { epropRegularised } from './e-prop-regularised.ts';
import { eprop } from './e-prop.ts';
import { kolenPollack, kolenPollackFeedback } from './kolen-pollack.ts';
import { rflo } from './rflo.ts';

/** Every rule that comes with rxflo. */
export const builtInRules = [
  ...[rflo, delta, kolenPollack, kolenPollackFeedback],
  ...[eprop, epropRegularised, adaptiveReadout, adaptiveFeedback],
] as const;
