import { delta } from './delta.ts';
import { kolenPollack, kolenPollackFeedback } from './kolen-pollack.ts';
import { rflo } from './rflo.ts';

/** Every rule that comes with rxflo. */
export const builtInRules = [rflo, delta, kolenPollack, kolenPollackFeedback] as const;
