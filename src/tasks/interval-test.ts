import type { Intervals } from './intervals.ts';
import type { Test, Trial } from './task.ts';

/** The least height of an answer: half the target's peak, which is 1. */
const HEIGHT = 0.5;

/** Whether interval matching was learned; see `intervalMatching`. `trialOf` makes the trial of a delay. */
export function intervalTest(intervals: Intervals, trialOf: (delay: number) => Trial): Test {
  const { shortest, longest, pulse, before, unseen, tolerance } = intervals;
  const isUnseen = (delay: number) => unseen !== undefined && delay >= unseen[0] && delay <= unseen[1];
  const middles = [[shortest, longest] as const, ...(unseen ? [unseen] : [])].map(([low, high]) =>
    Math.floor((low + high) / 2),
  );
  const shown = [...new Set([shortest, ...middles, longest])].sort((one, other) => one - other);
  return {
    scores: {
      answered: { label: `Fraction answered within ${tolerance} timesteps`, better: 'higher' },
      ...(unseen && { 'answered unseen': { label: 'Fraction of unseen delays answered', better: 'higher' } }),
    },
    trials: 100,
    shown: shown.map((delay) => `delay ${delay}${isUnseen(delay) ? ', unseen' : ''}`),
    trial: (index, random) =>
      trialOf(shown.at(index - 1) ?? shortest + Math.floor(random() * (longest - shortest + 1))),
    score: ({ input }, answer) => {
      const heard = input.lastIndexOf(1) + 1;
      const delay = heard - pulse - before;
      const largest = answer.reduce((top, value, row) => (row > heard && value > answer[top] ? row : top), heard);
      const late = largest - (before + 2 * delay);
      const answered = Math.abs(late) <= tolerance && answer[largest] >= HEIGHT ? 1 : 0;
      return { answered, ...(isUnseen(delay) && { 'answered unseen': answered }) };
    },
  };
}
