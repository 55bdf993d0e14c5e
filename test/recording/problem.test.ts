import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { build, type BuiltGroup } from '../../src/circuit/index.ts';
import { readProblem } from '../../src/recording/index.ts';
import type { ProblemFile } from '../../src/recording/problem-schema.ts';
import { goldenFiles } from '../support/golden.ts';
import { complaint, scratch } from './sample.ts';

const golden = new URL('../golden/', import.meta.url).pathname;

function vector(name: string): { problem: ProblemFile } {
  return JSON.parse(readFileSync(join(golden, name), 'utf8')) as { problem: ProblemFile };
}

/** 2 inputs, 3 units, 1 output, 4 timesteps. */
function small(): Record<'network' | 'task' | 'learning', Record<string, unknown>> & { format: string } {
  return {
    format: 'rxflo-problem/1',
    network: {
      tau: 2,
      activation: 'tanh',
      h0: [0, 0, 0],
      w_in: [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      w_rec: [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
      w_out: [[1, 2, 3]],
      feedback: [[1], [2], [3]],
    },
    task: {
      input: [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
      target: [[1], [2], [3], [4]],
    },
    learning: { algorithm: 'rflo', schedule: 'trial', rates: { w_in: 0.1, w_rec: 0.2, w_out: 0.3 }, trials: 5 },
  };
}

function asMatrix({ weights, from, to }: BuiltGroup): number[][] {
  return Array.from({ length: to.size }, (_, i) => [...weights.subarray(i * from.size, (i + 1) * from.size)]);
}

describe('a problem', () => {
  test('asks nothing where a target is null', () => {
    const problem = { ...small(), task: { ...small().task, target: [[1], [null], [3], [null]] } };
    const file = join(scratch(), 'missing.json');
    writeFileSync(file, JSON.stringify(problem));
    const { task } = readProblem(file);
    expect([...task.trial(1, () => 0).target]).toEqual([1, NaN, 3, NaN]);
  });

  test.each(goldenFiles)('%s becomes the circuit and task it says', (name) => {
    const { network, task, learning } = vector(name).problem;
    const problem = readProblem(join(golden, name));
    const built = build(problem.circuit, 1);
    const group = (wanted: string | null): BuiltGroup | undefined => built.groups.find((each) => each.name === wanted);

    const withInput = network.w_in[0].length > 0;
    expect(built.groups.map((each) => each.name)).toEqual(
      withInput ? ['recurrent', 'input', 'readout'] : ['recurrent', 'readout'],
    );
    expect(built.groups.map((each) => [each.rule?.name, each.rule?.params['eta']])).toEqual([
      ['rflo', learning.rates.w_rec],
      ...(withInput ? [['rflo', learning.rates.w_in]] : []),
      ['delta', learning.rates.w_out],
    ]);
    const [recurrent, readout, input] = [problem.groups.w_rec, problem.groups.w_out, problem.groups.w_in].map(group);
    expect(recurrent && asMatrix(recurrent)).toEqual(network.w_rec);
    expect(readout && asMatrix(readout)).toEqual(network.w_out);
    expect(input && asMatrix(input)).toEqual(withInput ? network.w_in : undefined);
    expect(recurrent?.delay).toBe(1);
    expect([...built.feedback[0].weights]).toEqual(network.feedback.flat());
    expect(built.order.map((each) => each.name)).toEqual(['h', 'y']);
    expect([...built.order[0].initial]).toEqual(network.h0);
    expect(built.order[0].params).toEqual({ tau: network.tau });

    const trial = problem.task.trial(1, () => 0);
    expect(trial.timesteps).toBe(task.target.length);
    expect([...trial.input]).toEqual(task.input.flat());
    expect([...trial.target]).toEqual(task.target.flat());
    expect(problem.trials).toBe(learning.trials);
    expect(problem.learner).toEqual({
      algorithm: learning.algorithm,
      schedule: learning.schedule,
      feedback: learning.feedback ?? (learning.algorithm === 'rflo' ? 'random' : 'symmetric'),
    });
  });

  test('stands on its own too, without expectations around it', () => {
    const file = join(scratch(), 'p.json');
    writeFileSync(file, JSON.stringify(small()));
    expect(readProblem(file)).toMatchObject({ shape: { n_in: 2, n_rec: 3, n_out: 1 }, trials: 5 });
  });

  const changes: readonly [string, (problem: ReturnType<typeof small>) => void, string][] = [
    [
      'a short row',
      ({ network }) => {
        network['w_rec'] = [
          [1, 2, 3],
          [4, 5],
          [6, 7, 8],
        ];
      },
      'network.w_rec[1]: has 2 numbers; give 3, one for each presynaptic unit',
    ],
    [
      'a row too many',
      ({ network }) => {
        network['w_in'] = [
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ];
      },
      'network.w_in: has 4 rows; give 3, one for each postsynaptic unit',
    ],
    [
      'input weights for other channels',
      ({ network }) => {
        network['w_in'] = [[1], [3], [5]];
      },
      'network.w_in[0]: has 1 number; give 2, one for each input channel of task.input',
    ],
    [
      'rates of other units',
      ({ network }) => {
        network['h0'] = [0];
      },
      'network.h0: has 1 number; give 3, one for each recurrent unit',
    ],
    [
      'recurrent weights that are not square',
      ({ network }) => {
        network['w_rec'] = [
          [1, 2],
          [3, 4, 5],
        ];
      },
      'network.w_rec[1]: has 3 numbers; give 2, one for each presynaptic unit',
    ],
    [
      'a readout of other units',
      ({ network }) => {
        network['w_out'] = [[1, 2]];
      },
      'network.w_out[0]: has 2 numbers; give 3',
    ],
    [
      'transposed feedback',
      ({ network }) => {
        network['feedback'] = [[1, 2, 3]];
      },
      'network.feedback: has 1 row; give 3',
    ],
    [
      'no units',
      ({ network }) => {
        network['w_rec'] = [];
      },
      'network.w_rec: is empty',
    ],
    [
      'no outputs',
      ({ network }) => {
        network['w_out'] = [];
      },
      'network.w_out: is empty',
    ],
    [
      'null for an input',
      ({ task }) => {
        task['input'] = [
          [1, 2],
          [3, null],
          [5, 6],
          [7, 8],
        ];
      },
      'task.input[1][1]: null is not a finite number',
    ],
    [
      'a word for a target',
      ({ task }) => {
        task['target'] = [[1], ['two'], [3], [4]];
      },
      "task.target[1][0]: 'two' is not a finite number",
    ],
    [
      'a word for a weight',
      ({ network }) => {
        network['w_out'] = [[1, 'two', 3]];
      },
      "network.w_out[0][1]: 'two' is not a finite number",
    ],
    [
      'null for a weight',
      ({ network }) => {
        network['w_out'] = [[1, null, 3]];
      },
      'network.w_out[0][1]: null is not a finite number',
    ],
    [
      'a flat matrix',
      ({ network }) => {
        network['w_out'] = [1, 2, 3];
      },
      'network.w_out[0]: 1 is not a list',
    ],
    [
      'axons that jump, for what needs a derivative',
      (file) => {
        file.format = 'rxflo-problem/1 with axons';
        file.network['axons'] = { threshold: 0.05 };
        file.learning['algorithm'] = 'bptt';
      },
      "network.axons.threshold: is 0.05, so what is sent jumps, without the derivative that 'bptt' needs; give 0",
    ],
    [
      'a time constant below one',
      ({ network }) => {
        network['tau'] = 0.5;
      },
      'network.tau: 0.5 is not 1 or more',
    ],
    [
      'another activation',
      ({ network }) => {
        network['activation'] = 'relu';
      },
      "network.activation: 'relu' is not 'tanh'",
    ],
    [
      'an unknown field',
      ({ network }) => {
        network['w_rek'] = [];
      },
      'network.w_rek: unknown field; expected one of tau, activation, h0, w_in',
    ],
    [
      'a missing field',
      ({ network }) => {
        delete network['tau'];
      },
      'network.tau: is missing; give a finite number',
    ],
    [
      'no timesteps',
      ({ task }) => {
        task['target'] = [];
      },
      'task.target: is empty',
    ],
    [
      'input of another length',
      ({ task }) => {
        task['input'] = [[1, 2]];
      },
      'task.input: has 1 row; give 4, one for each timestep',
    ],
    [
      'ragged input',
      ({ task }) => {
        task['input'] = [[1, 2], [3], [5, 6], [7, 8]];
      },
      'task.input[1]: has 1 number; give 2',
    ],
    [
      'a target of other outputs',
      ({ task }) => {
        task['target'] = [
          [1, 1],
          [2, 2],
          [3, 3],
          [4, 4],
        ];
      },
      'task.target[0]: has 2 numbers; give 1, one for each output',
    ],
    [
      'an unknown algorithm',
      ({ learning }) => {
        learning['algorithm'] = 'adam';
      },
      "learning.algorithm: 'adam' is not 'rflo', 'bptt', 'rtrl', 'uoro'",
    ],
    [
      'an unknown schedule',
      ({ learning }) => {
        learning['schedule'] = 'batch';
      },
      "learning.schedule: 'batch' is not 'trial' or 'online'",
    ],
    [
      'unknown feedback',
      ({ learning }) => {
        learning['feedback'] = 'none';
      },
      "learning.feedback: 'none' is not 'random' or 'symmetric'",
    ],
    [
      'a negative rate',
      ({ learning }) => {
        learning['rates'] = { w_in: 0, w_rec: -1, w_out: 0 };
      },
      'learning.rates.w_rec: -1 is not 0 or more',
    ],
    [
      'no trials',
      ({ learning }) => {
        learning['trials'] = 0;
      },
      'learning.trials: 0 is not 1 or more',
    ],
    [
      'half a trial',
      ({ learning }) => {
        learning['trials'] = 1.5;
      },
      'learning.trials: 1.5 is not a whole number',
    ],
    [
      'BPTT online',
      ({ learning }) => {
        learning['algorithm'] = 'bptt';
        learning['schedule'] = 'online';
      },
      "learning.schedule: is 'online', but BPTT needs the whole trial",
    ],
    [
      'another version',
      (problem) => {
        problem.format = 'rxflo-problem/2';
      },
      "format: 'rxflo-problem/2' is not 'rxflo-problem/1'",
    ],
  ];

  test.each(changes)('with %s is refused, with the field', (_, change, problem) => {
    const file = join(scratch(), 'p.json');
    const content = small();
    change(content);
    writeFileSync(file, JSON.stringify(content));
    expect(complaint(() => readProblem(file))).toContain(`${file}: ${problem}`);
    writeFileSync(file, JSON.stringify({ problem: content, expected: {}, tolerance: 0 }));
    expect(complaint(() => readProblem(file))).toContain(`${file}: problem.${problem}`);
  });

  test.each([
    ['nothing', '', 'is empty'],
    ['no JSON', 'tau: 10', 'is not JSON'],
    ['no JSON over several lines', '{\n"tau":\n\u001b[2J', 'is not JSON'],
    ['a list', '[1]', 'a list of 1 is not an object'],
    [
      'an unknown field around it',
      JSON.stringify({ problem: small(), extra: 1 }),
      'extra: unknown field; expected one of problem, expected, tolerance',
    ],
    [
      'a number beyond float64',
      JSON.stringify(small()).replace('"tau":2', '"tau":1e999'),
      'network.tau: Infinity is not a finite number',
    ],
    [
      'a very deep list',
      `{"format":"rxflo-problem/1","network":${'['.repeat(1e5)}${']'.repeat(1e5)}}`,
      'line 1 nests lists or objects more than 64 deep',
    ],
  ])('of %s is refused', (_, text, problem) => {
    const file = join(scratch(), 'p.json');
    writeFileSync(file, text);
    const message = complaint(() => readProblem(file));
    expect(message).toContain(`${file}: ${problem}`);
    expect(message.length).toBeLessThan(400);
    expect(['\n', '\u001b'].filter((character) => message.includes(character))).toEqual([]);
  });

  test('that is missing, a directory or far too large is refused', () => {
    const directory = scratch();
    const file = join(directory, 'p.json');
    expect(complaint(() => readProblem(file))).toBe(`${file}: does not exist; check the name`);
    expect(complaint(() => readProblem(directory))).toContain('is a directory');
    writeFileSync(file, '');
    truncateSync(file, 3e9);
    expect(complaint(() => readProblem(file))).toContain('has 3000000000 bytes; give a file of at most');
  });
});
