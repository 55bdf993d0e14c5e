import { heldArray, heldRows, type Held, type Place } from '../circuit/index.ts';
import { channels } from './channels.ts';
import type { Machine } from './machine.ts';
import type { Packing } from './packing.ts';

/** All that a kernel that learns by its circuit's rules holds, gaps left out. */
export function heldInMemory(machine: Machine): readonly Held[] {
  const { layout } = machine;
  const { circuit, frames, bytes, timestep, feedback: heard, relearned } = layout;
  const held = (place: Place, size: number, at: (k: number) => number) =>
    heldArray(
      place,
      () => machine.numbers,
      () => size,
      at,
    );
  const packed = (place: Place, packing: Packing, address: number) =>
    held(place, packing.place.length, (k) => address / bytes + packing.place[k]);

  const rows = heldRows(timestep).map(({ place, row, ago }) =>
    held(place, row.population.size, (i) => (machine.window + frames.at(row, ago)) / bytes + i),
  );
  const groups = [...circuit.groups, ...relearned].flatMap((group) => {
    const { packing, weights } = layout.matrixOf(group);
    const plastic = layout.plasticOf(group);
    return [
      packed({ kind: 'weight', group }, packing, weights),
      ...(plastic ? [packed({ kind: 'asked', group }, packing, plastic.asked)] : []),
      ...(plastic?.places ?? []).map(({ variable, address }) =>
        packed({ kind: 'state', group, variable: variable.name }, packing, address),
      ),
    ];
  });
  const feedback = heard.map((entry) => {
    const { packing, weights } = layout.matrixOf(entry);
    return packed({ kind: 'feedback', feedback: entry }, packing, weights);
  });
  const signals = (['input', 'target'] as const).map((kind) =>
    heldArray(
      { kind, channels: channels(kind === 'input' ? circuit.inputs : circuit.outputs) },
      () => machine.doubles,
      () => machine.signals[kind].length,
      (k) => machine.signals[kind].address / 8 + k,
    ),
  );
  const { last } = machine.exports;
  const clock: Held = {
    ...{ place: { kind: 'last' }, length: 1 },
    get: () => last.value,
    set: (_, value) => {
      last.value = value > 0 ? 1 : 0;
    },
  };
  return [...rows, ...groups, ...feedback, ...(timestep.repeat ? [clock] : []), ...signals];
}
