import { counted, InputError } from '../errors/index.ts';
import type { ProblemFile } from './problem-schema.ts';

/** The sizes of a problem. */
export interface ProblemShape {
  readonly n_in: number;
  readonly n_rec: number;
  readonly n_out: number;
}

/**
 * Checks the shapes of a problem against each other: w_rec fixes the number of units, w_out that of outputs,
 * the task's first row that of input channels.
 *
 * @param at The place of a field in the file.
 * @throws InputError naming the first field that does not fit.
 */
export function checkShapes({ network, task }: ProblemFile, at: (field: string) => string): ProblemShape {
  const { h0, w_in, w_rec, w_out, feedback } = network;
  const { input, target } = task;
  const has = (field: string, found: number, what: string, wanted: number, why: string): void => {
    if (found !== wanted) throw new InputError(at(field), `has ${counted(found, what)}; give ${wanted}, ${why}`);
  };
  const matrix = (
    field: string,
    rows: (number | null)[][],
    [count, one]: [number, string],
    [width, each]: [number, string],
  ): void => {
    has(field, rows.length, 'row', count, `one for each ${one}`);
    rows.forEach((row, i) => {
      has(`${field}[${i}]`, row.length, 'number', width, `one for each ${each}`);
    });
  };
  const some = (field: string, list: (number | null)[][], what: string): void => {
    if (list.length === 0) throw new InputError(at(field), `is empty; give one row for each ${what}, at least one`);
  };

  some('network.w_rec', w_rec, 'recurrent unit');
  some('network.w_out', w_out, 'output');
  some('task.target', target, 'timestep');
  const [n_rec, n_out, timesteps] = [w_rec.length, w_out.length, target.length];
  has(
    'task.input',
    input.length,
    'row',
    timesteps,
    'one for each timestep of task.target (empty rows if there is no input)',
  );
  const n_in = input[0].length;

  matrix('network.w_rec', w_rec, [n_rec, 'postsynaptic unit'], [n_rec, 'presynaptic unit']);
  has('network.h0', h0.length, 'number', n_rec, 'one for each recurrent unit');
  matrix('network.w_in', w_in, [n_rec, 'postsynaptic unit'], [n_in, 'input channel of task.input']);
  matrix('network.w_out', w_out, [n_out, 'output'], [n_rec, 'presynaptic unit']);
  matrix('network.feedback', feedback, [n_rec, 'recurrent unit'], [n_out, 'output']);
  matrix('task.input', input, [timesteps, 'timestep'], [n_in, 'input channel']);
  matrix('task.target', target, [timesteps, 'timestep'], [n_out, 'output']);
  return { n_in, n_rec, n_out };
}
