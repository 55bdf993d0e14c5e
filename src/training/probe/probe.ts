import { isArrayLike, type Engine } from '../../circuit/index.ts';
import { InputError, onlyFields, show } from '../../errors/index.ts';
import type { Task } from '../../tasks/index.ts';
import { checkLabel } from '../label.ts';
import { GRADIENT, gradientProbe, isGradientProbe, type GradientProbe } from './gradient.ts';
import { PUBLISHED, publishedProbe, type PublishedProbe } from './published.ts';
import type { ReadyProbe } from './ready.ts';
import { isShownProbe } from './shown.ts';
import { isScoresProbe, SCORES, scoresProbe, type ScoresProbe } from './scores.ts';

/** What to record of a run, and how often. */
export type Probe = PublishedProbe | GradientProbe | ScoresProbe;

/** What probes read from. */
export interface Probed {
  readonly engine: Engine;
  readonly task: Task;
  readonly seed: number;
}

/**
 * Prepares the probes of a session, in the order in which they read at one moment: those that play trials of their own come last.
 *
 * @throws InputError if one reads something that does not exist.
 */
export function readyProbes(probes: Readonly<Record<string, Probe>>, probed: Probed): readonly ReadyProbe[] {
  if (typeof probes !== 'object' || (probes as object | null) === null || isArrayLike(probes)) {
    throw new InputError('probes', `expected named probes, { name: ... }, got ${show(probes)}`);
  }
  const ready = Object.entries(probes).flatMap(([name, probe]) => readyProbe(name, probe, probed) ?? []);
  return [...ready.filter(({ plays }) => !plays), ...ready.filter(({ plays }) => plays)];
}

/** Null if it reads no trial of the session, see ShownProbes. */
function readyProbe(name: string, probe: Probe, probed: Probed): ReadyProbe | null {
  checkLabel('probes', name);
  const place = `probes.${name}`;
  onlyFields(place, probe, [...new Set([...PUBLISHED, ...GRADIENT, ...SCORES])]);
  if (isGradientProbe(probe)) return gradientProbe(name, place, probe, probed.engine);
  if (isScoresProbe(probe)) return scoresProbe(name, place, probe, probed);
  return isShownProbe(probe) ? null : publishedProbe(name, place, probe, probed.engine);
}
