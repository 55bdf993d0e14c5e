import type { View } from '../local/index.ts';
import type { Loss } from './read.ts';

/** Outputs and targets with which every error is checked: of one to four outputs, some with targets that add up to 1. */
const TRIED: readonly { readonly y: readonly number[]; readonly target: readonly number[] }[] = [
  { y: [0.3], target: [0.8] },
  { y: [-0.7, 0.4], target: [0, 1] },
  { y: [0.2, 1.1, -0.6], target: [0.3, 0.5, 0.2] },
  { y: [1.3, -0.2, 0.6, 0.1], target: [0, 0, 1, 0] },
];
const STEP = 1e-5;

/** Where the error of a loss is wrong, and what it gives there; undefined if it is minus the derivative of the whole population's loss. */
export function checkError(loss: Loss): string | undefined {
  for (const { y, target } of TRIED) {
    for (let k = 0; k < y.length; k++) {
      const at = (away: number) =>
        whole(
          loss,
          y.map((value, i) => (i === k ? value + away : value)),
          target,
        );
      const measured = -(at(STEP) - at(-STEP)) / (2 * STEP);
      const given = loss.error.compileNumber()(viewOf(loss, y, target, k));
      if (!Number.isFinite(measured) || Math.abs(given - measured) <= 1e-7 + 1e-5 * Math.abs(measured)) continue;
      return (
        `${given} for output ${k + 1} of y = [${y.join(', ')}] and target = [${target.join(', ')}], where -dloss/dy is ` +
        measured.toPrecision(8)
      );
    }
  }
  return undefined;
}

/** The loss of a population. */
function whole(loss: Loss, y: readonly number[], target: readonly number[]): number {
  return y.reduce((sum, _, k) => sum + loss.loss.compileNumber()(viewOf(loss, y, target, k)), 0);
}

/** What output k sees. */
function viewOf({ sums }: Loss, y: readonly number[], target: readonly number[], k: number): View {
  const top = Math.max(...y);
  const all: Record<string, number> = {};
  for (const { name, adds } of sums) {
    const add = adds.compileNumber();
    all[name] = y.reduce((sum, value, i) => sum + add({ y: value, top, target: target[i], ...all }), 0);
  }
  return { y: y[k], top, target: target[k], ...all };
}
