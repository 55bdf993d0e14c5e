import {
  faultOf,
  isChecked,
  stepText,
  type ComputeStep,
  type Given,
  type Playing,
  type Row,
} from '../circuit/index.ts';
import { blame } from '../errors/index.ts';
import { compileStatements } from '../local/index.ts';

/**
 * The numbers of a row in this trial: row t for t = 0..T, row 0 the values before the trial; [T+1][size], row-major. In a circuit that
 * repeats, t counts sweeps here, and wherever a solver looks back.
 */
export interface Track {
  values: Float64Array;
  /** The array that holds them; it may have room for a longer trial. */
  room: Float64Array;
  /** The values before row 0, in a trial that continues another: the latest first, [timesteps][size]. Null: as in row 0. */
  past: Float64Array | null;
}

/** The numbers of timestep t, which may be before the trial, and their first index. */
export function lateIn(
  { values, past }: Track,
  t: number,
  size: number,
): readonly [values: Float64Array, first: number] {
  if (t >= 0) return [values, t * size];
  return past ? [past, (-t - 1) * size] : [values, 0];
}

type Loop = (t: number) => void;

type MakeLoop = (
  tracks: readonly Track[],
  given: readonly Given[],
  fault: (t: number, i: number) => void,
  failed: (error: unknown, i: number) => void,
) => Loop;

/**
 * Generates a compute step as one loop over its neurons.
 *
 * @returns A function that runs it at timestep t. @throws RunError naming the neuron whose numbers stop being finite.
 */
export function computeLoop(step: ComputeStep, trackOf: (row: Row) => Track, playing: Playing): Loop {
  const { population, results } = step;
  const { name, size } = population;
  const [tracks, given]: [Track[], Given[]] = [[], []];
  const begun: string[] = [];
  const kept = (row: Row) => `tracks[${tracks.push(trackOf(row)) - 1}]`;
  const { lines, opaque, excess } = stepText(step, 'opaque', (source) => {
    const k = begun.length;
    if (source.kind !== 'row' && source.kind !== 'element') {
      begun.push(`const g${k} = given[${given.push(playing.given(source)) - 1}]; g${k}.begin();`);
      return `g${k}.number(i)`;
    }
    const { row, late } = source;
    const [track, width] = [kept(row), row.population.size];
    // At t = 1, the timestep before is in row 0.
    const found = late < 2 ? `[${track}.values, (t - ${late}) * ${width}]` : `lateIn(${track}, t - ${late}, ${width})`;
    begun.push(`const [r${k}, o${k}] = ${found};`);
    return `r${k}[o${k} + ${source.kind === 'row' ? 'i' : source.neuron}]`;
  });
  const source = `
return (tracks, given, fault, failed) => (t) => {
  ${begun.join('\n  ')}
  ${results.map(({ row }, k) => `const w${k} = ${kept(row)}.values;`).join(' ')}
  const now = t * ${size};
  let i = 0;
  try {
    for (; i < ${size}; i++) {
    ${lines}
      ${results.map((_, k) => `w${k}[now + i] = n${k};`).join(' ')}
      ${isChecked(step) ? `if (${excess} !== 0) fault(t, i);` : ''}
    }
  } catch (error) {
    failed(error, i);
  }
};`;
  const failed = (error: unknown, i: number) => {
    throw blame(`neuron ${name} ${i}`, error, { timestep: playing.sweeps.timestep });
  };
  const fault = (t: number, i: number) => {
    failed(
      faultOf(step, (row) => trackOf(row).values[t * size + i]),
      i,
    );
  };
  return compileStatements<MakeLoop>(`solvers/${name}`, source, { ...opaque, lateIn })(tracks, given, fault, failed);
}
