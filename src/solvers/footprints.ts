import type { BuiltCircuit, FeedbackKind } from '../circuit/index.ts';
import { Bptt } from './bptt.ts';
import type { Footprint } from './footprint.ts';
import { Rtrl } from './rtrl.ts';
import { isSnap, stepsOf } from './snap-name.ts';
import { Snap } from './snap.ts';

/** What the solver of this name computes an update from, on this circuit; undefined if there is no such solver. */
export function footprintOf(solver: string, circuit: BuiltCircuit, feedback: FeedbackKind): Footprint | undefined {
  switch (solver) {
    case 'bptt':
      return Bptt.footprint(circuit, { feedback });
    case 'rtrl':
      return Rtrl.footprint(circuit, { feedback });
    default:
      return isSnap(solver) ? Snap.footprint(circuit, { n: stepsOf(solver), feedback }) : undefined;
  }
}
