/** SnAp-n, by its n: `snap-1`, `snap-2`, ... */
export type SnapName = `snap-${number}`;

/** Whether a learner is SnAp-n with an n that can be: a whole number, 1 or more, written as such. */
export function isSnap(learner: string): learner is SnapName {
  const n = /^snap-([1-9]\d*)$/.exec(learner)?.[1];
  return n !== undefined && Number.isSafeInteger(Number(n));
}

/** The n of SnAp-n. */
export function stepsOf(snap: SnapName): number {
  return Number(snap.slice('snap-'.length));
}
