import type { BuiltGroup, Row, SumStep, Ways } from '../circuit/index.ts';
import { lateIn, type SolverArithmetic, type Track } from './compute.ts';
import { gather } from './rows.ts';
import { gatherByWay, type Arrived } from './ways.ts';

/** A forward pass, as far as sums look at it. */
interface Pass {
  readonly arithmetic: SolverArithmetic;
  readonly disturbances: ReadonlyMap<Row, Float64Array>;
  readonly whole: ReadonlySet<BuiltGroup>;
  track(row: Row): Track;
  weightsOf(group: BuiltGroup): Float64Array;
  arrived(ways: Ways, t: number): readonly Arrived[];
}

/** What runs the sum of a port at timestep t: u += W r(t - late), by ascending presynaptic index. */
export function sumLoop({ into, terms }: SumStep, forward: Pass): (t: number) => void {
  const { arithmetic, disturbances } = forward;
  const { size } = into.population;
  const track = forward.track(into);
  const parts = terms.flatMap(({ weights: group, row, late, ways }) =>
    'rowStart' in group
      ? [{ group, late, ways, w: forward.weightsOf(group), from: forward.track(row), width: row.population.size }]
      : [],
  );
  return (t) => {
    const [sums, now] = [track.values, t * size];
    sums.fill(0, now, now + size);
    for (const { group, late, ways, w, from, width } of parts) {
      if (ways) {
        gatherByWay(sums, now, group, w, ways.of, forward.arrived(ways, t));
        continue;
      }
      if (t >= late && forward.whole.has(group)) {
        arithmetic.multiply(w, from.values, (t - late) * width, sums, now, size, width);
        continue;
      }
      const { pre, rowStart } = group;
      const [values, before] = lateIn(from, t - late, width);
      for (let i = 0; i < size; i++) {
        sums[now + i] = gather(sums[now + i], w, pre, values, before, rowStart[i], rowStart[i + 1]);
      }
    }
    const by = disturbances.get(into);
    if (by) for (let i = 0; i < size; i++) sums[now + i] += by[i];
  };
}
