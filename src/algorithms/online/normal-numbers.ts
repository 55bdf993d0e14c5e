import type { Arithmetic, RowStep } from '../../arithmetic/index.ts';
import { floor, log, sqrt } from '../../local/index.ts';

/** Fills `into` with the noise of a timestep: index by index, and the same whenever it is drawn again. */
export type Noise = (trial: number, t: number, into: Float64Array) => void;

/**
 * Normal numbers from the same number of uniform ones, Box & Muller (1958): for u and v in (0, 1),
 *
 *     scale sqrt(-2 ln u) cos(2 pi v)        scale sqrt(-2 ln u) sin(2 pi v)
 *
 * are two independent normal numbers. It works on whole arrays, so kernels make two pairs at a time, with the same bits.
 *
 * @param even Fills an array with the uniform numbers of a timestep.
 */
export function normalNumbers(arithmetic: Arithmetic, scale: number, even: Noise): Noise {
  let make: { readonly drawn: Float64Array; readonly made: Float64Array; readonly run: () => void } | undefined;
  return (trial, timestep, into) => {
    if (make?.made.length !== into.length) make = maker(arithmetic, scale, into.length);
    even(trial, timestep, make.drawn);
    make.run();
    into.set(make.made);
  };
}

function maker(arithmetic: Arithmetic, scale: number, length: number) {
  const columns = Math.ceil(length / 2);
  const [drawn, pairs] = [1, 2].map(() => arithmetic.array(2 * columns));
  const halves = (all: Float64Array) => [all.subarray(0, columns), all.subarray(columns)];
  const [[u, v], [one, other]] = [halves(drawn), halves(pairs)];
  const run = arithmetic.byRow([BOX_MULLER], {
    ...{ rows: 1, columns, matrix: { u, v, one, other } },
    one: { scale: arithmetic.array(1).fill(scale) },
  });
  return { drawn, made: pairs.subarray(0, length), run };
}

const BOX_MULLER: RowStep = {
  cells: [
    // 2 pi v is a multiple of a quarter turn, plus or minus at most an eighth.
    ({ v }) => {
      const quarter = floor(4 * v + 0.5);
      return { quarter, angle: 1.5707963267948966 * (4 * v - quarter) };
    },
    // The series of FDLIBM's k_sin.c and k_cos.c (Sun, 1993).
    ({ angle }) => {
      const z = angle * angle;
      const w = z * z;
      const first = 8.33333333332248946124e-3 + z * (-1.98412698298579493134e-4 + z * 2.75573137070700676789e-6);
      const rest = z * w * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10);
      const even = z * (4.16666666666666019037e-2 + z * (-1.38888888888741095749e-3 + z * 2.48015872894767294178e-5));
      const more =
        w * w * (-2.75573143513906633035e-7 + z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11));
      return {
        sine: angle + z * angle * (-1.66666666666666324348e-1 + z * (first + rest)),
        cosine: 1 - (0.5 * z - z * (even + more)),
      };
    },
    ({ u, quarter, sine, cosine, scale }) => {
      const r = scale * sqrt(-2 * log(u));
      const isAcross = quarter === 1 || quarter === 3;
      const x = isAcross ? sine : cosine;
      const y = isAcross ? cosine : sine;
      return {
        one: quarter === 1 || quarter === 2 ? -(r * x) : r * x,
        other: quarter === 2 || quarter === 3 ? -(r * y) : r * y,
      };
    },
  ],
};
