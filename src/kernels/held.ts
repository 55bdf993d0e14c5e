import { heldArray, type BuiltPopulation, type Held } from '../circuit/index.ts';
import type { Layout } from './layout.ts';
import { range } from './range.ts';
import type { Now } from './reader.ts';

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

  const groups = layout.groups.flatMap(({ group, matrix: { packing, weights }, plastic }) => {
    const kept = (place: Held['place'], address: number) =>
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

  const errors = circuit.outputs.flatMap((output) => {
    const offset = frames.of(output, 'error');
    return range(output.size).map((i) => () => inFrame(offset, i));
  });
  const signal = (kind: 'input' | 'target', of: readonly BuiltPopulation[]) =>
    heldArray(
      { kind, channels: of.reduce((sum, { size }) => sum + size, 0) },
      () => now().doubles,
      () => now().signals[kind].length,
      (k) => now().signals[kind].address / 8 + k,
    );
  return [
    ...populations,
    ...groups,
    ...feedback,
    heldArray(
      { kind: 'error' },
      numbers,
      () => errors.length,
      (k) => errors[k](),
    ),
    signal('input', circuit.inputs),
    signal('target', circuit.outputs),
  ];
}
