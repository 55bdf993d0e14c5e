import { heldArray, heldRows, type Held, type Place } from '../circuit/index.ts';
import type { Layout } from './layout.ts';
import type { Packing } from './packing.ts';
import type { Now } from './reader.ts';
import { channels } from './run.ts';

/** The trial's input or target in memory. */
interface Signal {
  readonly address: number;
  readonly length: number;
}

/** The kernel's memory as it is now, with the trial that is played. */
interface Memory extends Now {
  readonly doubles: Float64Array;
  readonly signals: { readonly input: Signal; readonly target: Signal };
}

/** All that a kernel that learns by its circuit's rules holds, gaps left out. */
export function heldInMemory(layout: Layout, now: () => Memory): readonly Held[] {
  const { circuit, frames, bytes, plan, relearned } = layout;
  const held = (place: Place, size: number, at: (k: number) => number) =>
    heldArray(
      place,
      () => now().numbers,
      () => size,
      at,
    );
  const packed = (place: Place, packing: Packing, address: number) =>
    held(place, packing.place.length, (k) => address / bytes + packing.place[k]);

  const rows = heldRows(plan.timestep).map(({ place, row, ago }) =>
    held(place, row.population.size, (i) => (now().window + frames.at(row, ago)) / bytes + i),
  );
  const groups = [...circuit.groups, ...relearned].flatMap((group) => {
    const { packing, weights } = layout.matrixOf(group);
    const plastic = layout.plasticOf(group);
    return [
      packed({ kind: 'weight', group }, packing, weights),
      ...(plastic ? [packed({ kind: 'asked', group }, packing, plastic.asked)] : []),
      ...Object.entries(plastic?.state ?? {}).map(([variable, address]) =>
        packed({ kind: 'state', group, variable }, packing, address),
      ),
    ];
  });
  const feedback = plan.feedback.map((entry) => {
    const { packing, weights } = layout.matrixOf(entry);
    return packed({ kind: 'feedback', feedback: entry }, packing, weights);
  });
  const signals = (['input', 'target'] as const).map((kind) =>
    heldArray(
      { kind, channels: channels(kind === 'input' ? circuit.inputs : circuit.outputs) },
      () => now().doubles,
      () => now().signals[kind].length,
      (k) => now().signals[kind].address / 8 + k,
    ),
  );
  return [...rows, ...groups, ...feedback, ...signals];
}
