import { dependentRows, found, type BuiltGroup, type Connection, type Row, type Timestep } from '../circuit/index.ts';
import { FIRST, type Kernel } from './kernel.ts';
import type { Operand } from './lanes.ts';
import { stepOf, writeApply, writeBegin, writeLearn } from './learn.ts';
import type { Matrix } from './matrix.ts';
import { writeTrials } from './run.ts';
import { writeSum } from './sums.ts';
import { writeTranspose } from './transpose.ts';
import { i32, op } from './wat.ts';
import { memo, moved } from './writer.ts';

/** How many timesteps' gradients are summed together: what they need stays in the cache. */
const CHUNK = 64;

/** For each row that credit runs back through, the row that holds its credit, in backward order of the timestep. */
export type Credits = ReadonlyMap<Row, Row>;

export function creditsOf(timestep: Timestep): Credits {
  return new Map(
    dependentRows(timestep)
      .toReversed()
      .map((row) => {
        const { population, name } = row;
        const initial = new Float64Array(population.size);
        return [row, { population, name: `credit of ${name}`, kind: 'signal', initial }];
      }),
  );
}

/**
 * Writes what runs trials of a circuit that learns by backpropagation through time: the whole trial forward, then for every row, from
 * the last timestep to the first, the effect that a change of it would have had:
 *
 *     credit_i(t) = signal_i(t) + sum over the rows y that depend on it of dy_i(t+late)/dx_i credit_y,i(t+late)
 *                   + sum over the groups that bring it of sum_k W_ki credit_into,k(t+late)
 *     dW_ij       = eta/T sum_t credit_into,i(t) row_j(t-late)
 *
 * with the sums in the order of src/solvers/bptt.ts, and hence with the same bits.
 */
export function writeBptt(kernel: Kernel, credits: Credits, carrying: readonly Connection[]): void {
  const { frames, plastic, timestep } = kernel.layout;
  const { stride } = frames;
  for (const group of plastic) {
    writeBegin(kernel, group);
    writeLearn(kernel, group);
    writeApply(kernel, group);
  }
  // A group may be connected to two rows.
  const turned = memo((group: BuiltGroup) =>
    writeTranspose(kernel, `transpose_${group.index}`, timestep.connection(group)),
  );
  const transposed = carrying.map((connection): Back => ({ ...connection, matrix: turned(connection.group) }));
  const backward = [...credits.keys()];
  backward.forEach((row, k) => {
    writeCredit(kernel, `credit_${k}`, row, credits, transposed);
  });

  writeTrials(kernel, null, {
    begin: (writer) => {
      for (const { group } of plastic) writer.call(`begin_${group.index}`);
    },
    finish: (writer, divisor) => {
      const last = writer.keep('i32', writer.get('window'));
      const end = writer.keep('i32', moved(last, stride));
      // Nothing comes back from beyond the end of the trial.
      writer.do(op('memory.fill', moved(end, frames.past), i32.constant(0), i32.constant(frames.past)));
      for (const { index } of new Set(carrying.map(({ group }) => group))) writer.call(`transpose_${index}`);
      const length = writer.keep('i32', i32.subtract(end, FIRST));
      writer.sweep({ from: i32.constant(0), until: length, step: stride }, (back) => {
        const window = writer.keep('i32', i32.subtract(last, back));
        backward.forEach((_, k) => {
          writer.call(`credit_${k}`, window);
        });
      });
      writer.sweep({ from: FIRST, until: end, step: CHUNK * stride }, (from) => {
        const all = writer.keep('i32', moved(from, CHUNK * stride));
        const until = writer.keep('i32', op('select', all, end, i32.less(all, end)));
        for (const { group } of plastic) writer.call(`learn_${group.index}`, from, until);
      });
      for (const group of plastic) writer.call(`apply_${group.group.index}`, stepOf(group, divisor));
    },
  });
}

/** A group that credit runs back through, and the place of its transposed weights. */
interface Back extends Connection {
  readonly matrix: Matrix;
}

/** Writes `name(window)`: the credit of a row. */
function writeCredit(kernel: Kernel, name: string, row: Row, credits: Credits, transposed: readonly Back[]): void {
  const { frames, timestep } = kernel.layout;
  const { signals, partials } = timestep;
  const signal = signals.get(row);
  const placeOf = (of: Row, late: number) => frames.at(found(credits, of), -late);
  writeSum(kernel, name, {
    population: row.population,
    into: placeOf(row, 0),
    start: (lanes, load) => {
      const parts: Operand[] = signal ? [load(frames.at(signal))] : [];
      for (const { of, late, value } of partials.filter(({ by }) => by === row)) {
        const partial = timestep.constants.get(value) ?? load(frames.at(value, -late));
        parts.push(lanes.multiply(partial, load(placeOf(of, late))));
      }
      return lanes.sum(parts);
    },
    products: transposed.flatMap(({ matrix, row: brought, late, into }) =>
      brought === row ? [{ matrix, row: placeOf(into, late) }] : [],
    ),
  });
}
