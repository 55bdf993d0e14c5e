import { placesOfEvents } from './events.ts';
import type { Kernel } from './kernel.ts';
import { VECTOR, type Lanes } from './lanes.ts';
import type { PlasticGroup } from './layout.ts';
import { growsAtOnce } from './learn.ts';
import { sweepPanels, type PanelEntries } from './matrix.ts';
import { LINE } from './memory.ts';
import { range, type Part } from './packing.ts';
import { i32, op, type Expression } from './wat.ts';
import { moved, type Writer } from './writer.ts';

/** How many vectors of sums go through the events of an axon together: there are 16 registers. */
const ABREAST = 12;

/**
 * Writes `learn_events_g(step)`: learns only from what `events_g` has listed: the sums of `learn_g`, without terms that add 0. If changes are simply
 * added to the weights, this happens here, and the sums are never in memory. Spikes bring 1, so they need no multiplication.
 *
 * @param back Called for the neurons at some bytes of a row, before reading how much events count there.
 */
export function writeLearnEvents(
  kernel: Kernel,
  plastic: PlasticGroup,
  back: (writer: Writer, from: Expression, until: Expression) => void,
): void {
  const { group, listed } = plastic;
  if (!listed) return;
  const [spikes, graded] = ['spikes', 'graded'].map((kind) => `learn_${kind}_${group.index}`);
  for (const name of [spikes, graded]) {
    kernel.write(name, ['f64'], (writer, step) => {
      writeVisits(kernel, writer, plastic, { step, isGraded: name === graded, back });
    });
  }
  kernel.write(learningFromEvents(plastic), ['f64'], (writer, step) => {
    const [yes, no] = [graded, spikes].map((name) => () => {
      writer.call(name, step);
    });
    writer.when(i32.load(i32.constant(0), listed.graded), yes, no);
  });
}

export function learningFromEvents({ group }: Pick<PlasticGroup, 'group'>): string {
  return `learn_events_${group.index}`;
}

/** Some vectors of a panel: the one at `at` bytes from the first of its rows. */
interface PanelVector {
  readonly panel: number;
  readonly at: number;
}

function writeVisits(
  kernel: Kernel,
  writer: Writer,
  plastic: PlasticGroup,
  how: {
    readonly step: Expression;
    readonly isGraded: boolean;
    readonly back: (writer: Writer, from: Expression, until: Expression) => void;
  },
): void {
  const { group, matrix } = plastic;
  const { bytes } = kernel.layout;
  const lanes = kernel.lanes(writer);
  const learn = visitorOf(kernel, lanes, plastic, how);
  const rows = group.to.size * bytes;
  const areLines = matrix.packing.parts.every((part) => part.vectors * VECTOR >= LINE);
  if (!areLines) how.back(writer, i32.constant(0), i32.constant(rows));
  matrix.packing.parts.forEach((part, which) => {
    const together = Math.max(1, Math.floor(ABREAST / part.vectors));
    sweepPanels(writer, matrix, which, together, (panel) => {
      const begin = panel.rows[0].pointer;
      if (areLines) how.back(writer, begin, moved(begin, panel.rows.length * part.vectors * VECTOR));
      const all = panel.rows.flatMap((_, k) => range(part.vectors).map((v) => ({ panel: k, at: v * VECTOR })));
      const rounds = Math.ceil(all.length / ABREAST);
      for (const round of range(rounds)) {
        const some = all.filter((_, k) => Math.floor((k * rounds) / all.length) === round);
        learn(panel, part, which, some);
      }
    });
  });
  learn.end();
}

/** Writes how some vectors of a panel learn from the events of all its axons. */
function visitorOf(
  kernel: Kernel,
  lanes: Lanes,
  plastic: PlasticGroup,
  { step: each, isGraded }: { readonly step: Expression; readonly isGraded: boolean },
) {
  const { history, listed, matrix, asked } = plastic;
  if (!history || !listed) throw new Error('no events are listed');
  const { writer, bytes } = lanes;
  const { kept, frames } = kernel.layout;
  const { longer, starts } = listed;
  const takes = growsAtOnce(plastic);
  const step = lanes.splat(each);
  const fault = writer.variable('v128', lanes.constant(0));
  const events = placesOfEvents(writer, plastic);
  const end = writer.keep('i32', i32.multiply(writer.get('timestep'), i32.constant(LINE)));
  const learn = (panel: PanelEntries, part: Part, which: number, some: readonly PanelVector[]) => {
    /** For the neurons of a line: where to find how much events count. */
    const lines = new Map<string, Expression>();
    const counts = some.map(({ panel: k, at }) => {
      const { pointer, offset } = panel.rows[k];
      const line = offset + at - (at % LINE);
      const known = lines.get(`${line}`) ?? writer.keep('i32', kept.place(history.counts, moved(pointer, line)));
      lines.set(`${line}`, known);
      return { line: known, at: kept.late(0) + (at % LINE) };
    });
    writer.sweep({ from: panel.from, until: panel.until, step: 4 }, (entry) => {
      const { pointer, offset } = panel.column(entry, 0);
      const column = writer.keep('i32', moved(pointer, offset));
      // A way that takes longer finds its numbers that many frames before the shortest.
      const stride = i32.constant(frames.stride);
      const later =
        longer === 0
          ? undefined
          : writer.keep('i32', i32.divide(i32.subtract(i32.constant(frames.stride - 1), column), stride));
      const at = later === undefined ? column : i32.add(column, i32.multiply(later, stride));
      const start = writer.keep('i32', bytes === 8 ? i32.shiftRight(at, 1) : at);
      const [from, until] = [0, 4].map((next) => writer.keep('i32', i32.load(start, starts + next)));
      const numbers = panel.numbers(entry);
      const places = some.map(({ panel: k, at: within }) => ({
        pointer: numbers[k].pointer,
        at: numbers[k].offset + within,
      }));
      const sums = places.map((place) =>
        writer.variable('v128', takes ? lanes.constant(0) : lanes.load(place.pointer, asked + place.at)),
      );
      const delay = later === undefined ? undefined : writer.keep('i32', i32.multiply(later, i32.constant(LINE)));
      writer.sweep({ from, until, step: 4 }, (event) => {
        const add = (time: Expression) => {
          const brought = isGraded ? broughtIn(event) : 1;
          const now = new Map([...lines.values()].map((line) => [line, writer.keep('i32', i32.add(line, time))]));
          counts.forEach(({ line, at: within }, k) => {
            const g = lanes.load(now.get(line) ?? line, within);
            sums[k].set(lanes.add(sums[k].value, lanes.multiply(g, brought)));
          });
        };
        const time = writer.keep('i32', i32.load(event));
        if (delay === undefined) {
          add(time);
          return;
        }
        const arrives = writer.keep('i32', i32.add(time, delay));
        writer.when(op('i32.lt_u', arrives, end), () => {
          add(arrives);
        });
      });
      places.forEach((place, k) => {
        if (!takes) {
          lanes.store(place.pointer, asked + place.at, sums[k].value);
          return;
        }
        // A sum that begins with 0 is not -0.
        const w = lanes.load(place.pointer, matrix.weights + place.at);
        const grown = masked(lanes.add(w, lanes.multiply(step, sums[k].value)), place, part, which);
        fault.set(lanes.add(fault.value, lanes.excess(grown)));
        lanes.store(place.pointer, matrix.weights + place.at, grown);
      });
    });
  };
  const broughtIn = (event: Expression): Expression => {
    const number = op('f64.load', events.numberOf(event));
    return lanes.splat(number);
  };
  const masked = (
    w: Expression,
    { pointer, at }: { readonly pointer: Expression; readonly at: number },
    { offset }: Part,
    which: number,
  ) => {
    const { masks } = matrix.tables[which];
    return masks === 0 ? w : lanes.and(w, lanes.load(pointer, masks - offset * bytes + at));
  };
  return Object.assign(learn, {
    end: () => {
      if (takes) kernel.addFault(lanes, fault.value);
    },
  });
}
