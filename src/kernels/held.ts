import { heldArray, type BuiltPopulation, type Held, type Place } from '../circuit/index.ts';
import type { Layout } from './layout.ts';
import { range } from './range.ts';
import type { Now } from './reader.ts';
import { sends } from './send-error.ts';

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

/** All that a kernel that learns by its circuit's rules holds, gaps left out. Constant slopes and retentions are code, and held nowhere. */
export function heldInMemory(layout: Layout, now: () => Memory): readonly Held[] {
  const { circuit, frames, bytes, history } = layout;
  const numbers = () => now().numbers;
  const inFrame = (offset: number, i: number, ago = 0) => (now().frame - ago * frames.stride + offset) / bytes + i;

  const populations = circuit.populations.flatMap((population) => {
    const row = (kind: 'rate' | 'sent' | 'slope' | 'retention' | 'signal' | 'potential', ago: number) => {
      const offset = frames.of(population, kind);
      const place = { kind, population, ago };
      return heldArray(
        place,
        numbers,
        () => population.size,
        (i) => inFrame(offset, i, ago),
      );
    };
    const current = (['slope', 'retention', 'signal', 'potential'] as const).filter((kind) =>
      frames.has(population, kind),
    );
    const late = population.sending ? (['rate', 'sent'] as const) : (['rate'] as const);
    return [
      ...late.flatMap((kind) => range(history + 1).map((ago) => row(kind, ago))),
      ...current.map((kind) => row(kind, 0)),
    ];
  });

  const gated = layout.groups.flatMap(({ group, sent }) =>
    group.gate
      ? [
          heldArray(
            { kind: 'axon', group },
            numbers,
            () => group.from.size,
            (j) => inFrame(sent, j),
          ),
        ]
      : [],
  );

  const relearned = layout.feedback.flatMap(({ synapses }) => synapses ?? []);
  const groups = [...layout.groups, ...relearned].flatMap(({ group, matrix: { packing, weights }, plastic }) => {
    const kept = (place: Place, address: number) =>
      heldArray(
        place,
        numbers,
        () => group.pre.length,
        (k) => address / bytes + packing.place[k],
      );
    const variables = Object.entries(plastic?.state ?? {});
    return [
      kept({ kind: 'weight', group }, weights),
      ...(plastic ? [kept({ kind: 'asked', group }, plastic.asked)] : []),
      ...variables.map(([variable, address]) => kept({ kind: 'state', group, variable }, address)),
    ];
  });

  const feedback = layout.feedback.map(({ feedback: entry, weights }) => {
    const { from, to } = entry;
    const width = frames.rowBytes(to) / bytes;
    const at = (k: number) => weights / bytes + (k % from.size) * width + Math.floor(k / from.size);
    return heldArray({ kind: 'feedback', feedback: entry }, numbers, () => to.size * from.size, at);
  });

  const inFrames = (size: number, offset: number, longest: number, place: (ago: number) => Place) =>
    range(longest + 1).map((ago) =>
      heldArray(
        place(ago),
        numbers,
        () => size,
        (k) => inFrame(offset, k, ago),
      ),
    );
  const errors = circuit.outputs.flatMap((output) => {
    const delays = layout.feedback
      .filter((entry) => entry.feedback.from === output && !sends(entry))
      .map(({ delay }) => delay);
    return inFrames(output.size, frames.of(output, 'error'), Math.max(0, ...delays), (ago) => ({
      kind: 'error',
      output,
      ago,
    }));
  });
  const messages = layout.feedback
    .filter(sends)
    .flatMap(({ feedback: entry, row, delay }) =>
      inFrames(entry.from.size, row, delay, (ago) => ({ kind: 'message', feedback: entry, ago })),
    );
  const signal = (kind: 'input' | 'target', of: readonly BuiltPopulation[]) =>
    heldArray(
      { kind, channels: of.reduce((sum, { size }) => sum + size, 0) },
      () => now().doubles,
      () => now().signals[kind].length,
      (k) => now().signals[kind].address / 8 + k,
    );
  return [
    ...populations,
    ...gated,
    ...groups,
    ...feedback,
    ...errors,
    ...messages,
    signal('input', circuit.inputs),
    signal('target', circuit.outputs),
  ];
}
