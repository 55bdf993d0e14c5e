import type { RunData } from '../recording/index.ts';
import type { Plan } from '../training/index.ts';

/** A line for each probe that read nothing in a run, because the run had no trial or timestep at which it reads. */
export function unreadProbes({ probes }: Pick<Plan, 'probes'>, { learners }: RunData): readonly string[] {
  const trials = Math.max(...learners.map(({ trials: { trial } }) => trial.length));
  if (trials === 0) return [];
  return Object.entries(probes).flatMap(([name, probe]) => {
    if ('shown' in probe || learners.some(({ read }) => read.includes(name))) return [];
    const { everyTrials = 1 } = probe;
    if (everyTrials > trials)
      return [`Probe '${name}' has read nothing: everyTrials is ${everyTrials}, but only ${trials} trials ran.`];
    const every = 'everyTimesteps' in probe ? probe.everyTimesteps : undefined;
    return [
      `Probe '${name}' has read nothing: everyTimesteps is ${every}, but none of the trials in which it reads is that long.`,
    ];
  });
}
