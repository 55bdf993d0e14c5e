import {
  checkedRows,
  faultOf,
  isChecked,
  type ComputeStep,
  type Row,
  type Source,
  type Sweeps,
} from '../circuit/index.ts';
import type { Arithmetic } from '../arithmetic/index.ts';
import { blame } from '../errors/index.ts';
import { compileStatements, literal, statements } from '../local/index.ts';
import { chanceKey, chancePlace, draw } from '../random/index.ts';
import type { Trial } from '../tasks/index.ts';

/**
 * The numbers of a row in this trial: row t for t = 0..T, row 0 what was before; [T+1][size], row-major. In a circuit that repeats, t counts sweeps
 * here, and wherever a solver looks back.
 */
export interface Track {
  values: Float64Array;
  /** Where they are; there may be room for a longer trial. */
  room: Float64Array;
  /** What was before that, in a trial that goes on from another: the latest first, [timesteps][size]. Null: the same as in row 0. */
  past: Float64Array | null;
}

/** The numbers of timestep t, which may be before the trial, and where they begin. */
export function lateIn(
  { values, past }: Track,
  t: number,
  size: number,
): readonly [values: Float64Array, first: number] {
  if (t >= 0) return [values, t * size];
  return past ? [past, (-t - 1) * size] : [values, 0];
}

/** What is played, and where it stands. */
export interface Moment {
  readonly trial: Trial;
  /** Which trial it is, from 1. */
  readonly number: number;
  /** Timesteps of the session before it. */
  readonly before: number;
  readonly sweeps: Pick<Sweeps, 'timestep' | 'sweep' | 'isLast'>;
  /** Numbers of a timestep in the trial's input and target. */
  readonly inputs: number;
  readonly targets: number;
  /** What is asked where nothing is, [targets]: NaN. */
  readonly nothing: Float64Array;
}

/** Arithmetic on whole arrays, which may be able to run compute steps, too. */
export interface SolverArithmetic extends Arithmetic {
  /** What runs a compute step at timestep t where it can, and returns whether it did, and all is finite; undefined: it never can. */
  compute?(step: ComputeStep, trackOf: (row: Row) => Track): ((t: number) => boolean) | undefined;
}

type Loop = (t: number, moment: Moment) => void;

/**
 * Writes out a compute step as one loop over its neurons.
 *
 * @returns What runs it at timestep t. @throws RunError naming the neuron whose numbers stop being finite.
 */
export function computeLoop(step: ComputeStep, trackOf: (row: Row) => Track): Loop {
  const { population, results } = step;
  const [tracks, lists]: [Track[], Float64Array[]] = [[], []];
  const opaque: Record<string, object> = {};
  const begun: string[] = [];
  const read = new Map<string, string>();
  for (const [path, source] of step.reads) {
    const k = read.size;
    begun.push(beginning(source, k, { tracks, lists }, trackOf));
    read.set(path, reading(source, k));
  }
  const textOf = (path: string): string => read.get(path) ?? unread(path);
  const graphs = results.flatMap(({ value }) => value ?? []);
  const { lines, results: texts } = statements(graphs, ({ path }) => textOf(path));
  const view = `{ ${[...read].map(([path, text]) => `${path}: ${text}`).join(', ')} }`;
  let next = 0;
  const stores = results.map((result, k) => {
    tracks.push(trackOf(result.row));
    begun.push(`const w${k} = tracks[${tracks.length - 1}].values;`);
    if (!result.opaque) return { k, text: texts[next++] };
    opaque[`opaque${k}`] = result.opaque;
    return { k, text: `opaque${k}(${view})` };
  });
  const checked = isChecked(step) ? checkedRows(step) : [];
  const source = `
return (tracks, numbers, fault, failed) => (t, moment) => {
  ${begun.join('\n  ')}
  const now = t * ${population.size};
  let i = 0;
  try {
    for (; i < ${population.size}; i++) {
      ${lines.join('\n      ')}
      ${stores.map(({ k, text }) => `const x${k} = ${text};`).join(' ')}
      ${stores.map(({ k }) => `w${k}[now + i] = x${k};`).join(' ')}
      ${checked.length > 0 ? `if (${finite(step, read)} !== 0) fault(t, i, moment.sweeps.timestep);` : ''}
    }
  } catch (error) {
    failed(error, moment.sweeps.timestep, i);
  }
};`;
  const make = compileStatements<
    (
      tracks: readonly Track[],
      numbers: readonly Float64Array[],
      fault: (t: number, i: number, timestep: number) => void,
      failed: (error: unknown, timestep: number, i: number) => void,
    ) => Loop
  >(`solvers/${population.name}`, source, { ...opaque, chanceKey, chancePlace, draw, lateIn });
  return make(
    tracks,
    lists,
    (t, i, timestep) => {
      const problem = faultOf(step, (row) => trackOf(row).values[t * population.size + i]);
      if (problem !== undefined) throw blame(`neuron ${population.name} ${i}`, problem, { timestep });
    },
    (error, timestep, i) => {
      throw blame(`neuron ${population.name} ${i}`, error, { timestep });
    },
  );
}

/** 0 where everything is finite, else NaN: x - x is 0 for a finite x alone. */
function finite({ reads, results }: ComputeStep, read: ReadonlyMap<string, string>): string {
  const ports = [...reads].flatMap(([path, source]) =>
    source.kind === 'row' && source.row.kind === 'port' ? [read.get(path) ?? '0'] : [],
  );
  return [...ports, ...results.map((_, k) => `x${k}`)].map((x) => `(${x} - ${x})`).join(' + ');
}

/** What is looked up before the loop. */
function beginning(
  source: Source,
  k: number,
  { tracks, lists }: { readonly tracks: Track[]; readonly lists: Float64Array[] },
  trackOf: (row: Row) => Track,
): string {
  switch (source.kind) {
    case 'row':
    case 'element': {
      tracks.push(trackOf(source.row));
      const size = source.row.population.size;
      const track = `tracks[${tracks.length - 1}]`;
      // At t = 1, the timestep before is in row 0.
      const found =
        source.late < 2
          ? `[${track}.values, (t - ${source.late}) * ${size}]`
          : `lateIn(${track}, t - ${source.late}, ${size})`;
      const rows = `const [r${k}, o${k}] = ${found};`;
      return source.kind === 'row' ? rows : `${rows} const e${k} = r${k}[o${k} + ${source.neuron}];`;
    }
    case 'input':
      return `const r${k} = moment.trial.input; const o${k} = (moment.sweeps.timestep - 1) * moment.inputs + ${source.channel};`;
    case 'target':
      return `const [r${k}, o${k}] = moment.sweeps.isLast
    ? [moment.trial.target, (moment.sweeps.timestep - 1) * moment.targets + ${source.channel}]
    : [moment.nothing, ${source.channel}];`;
    case 'draw':
      return `const r${k} = chanceKey(${source.seed}, moment.number, t);`;
    case 'numbers':
      return `const r${k} = numbers[${lists.push(source.values) - 1}];`;
    case 'tuned':
      return `const r${k} = numbers[${lists.push(source.now) - 1}][0];`;
    case 'number':
    case 'timestep':
    case 'count':
    case 'sweep':
    case 'last':
      return '';
  }
}

function reading(source: Source, k: number): string {
  switch (source.kind) {
    case 'row':
    case 'input':
    case 'target':
      return `r${k}[o${k} + i]`;
    case 'numbers':
      return `r${k}[i]`;
    case 'tuned':
      return `r${k}`;
    case 'element':
      return `e${k}`;
    case 'draw':
      return `draw(r${k}, chancePlace(i))`;
    case 'number':
      return literal(source.value);
    case 'timestep':
      return 'moment.sweeps.timestep';
    case 'count':
      return '(moment.before + moment.sweeps.timestep)';
    case 'sweep':
      return 'moment.sweeps.sweep';
    case 'last':
      return '(moment.sweeps.isLast ? 1 : 0)';
  }
}

function unread(path: string): never {
  throw new Error(`a step reads '${path}', and nothing stands for it`);
}
