import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { goldenFiles } from '../support/golden.ts';
import { host, ROOT, rxflo } from './command.ts';

type Numbers = number | null | readonly Numbers[] | { readonly [name: string]: Numbers };
interface Result {
  readonly loss: readonly number[];
  readonly alignment: readonly (number | null)[];
  readonly w_in: Numbers;
  readonly w_rec: Numbers;
  readonly w_out: Numbers;
}
interface AnyVector {
  readonly problem: {
    readonly network: { readonly h0: readonly number[] };
    readonly task: { readonly input: readonly (readonly number[])[] };
    readonly learning: object;
  };
}
interface Vector {
  readonly problem: { readonly learning: { readonly trials: number } };
  readonly expected: Partial<Result>;
  readonly tolerance: number;
}

const golden = join(ROOT, 'test/golden');

/** The largest |got - expected| / max(1, |expected|) over two nested lists of one shape. */
function difference(got: Numbers, expected: Numbers): number {
  if (typeof got === 'number' && typeof expected === 'number') {
    return Math.abs(got - expected) / Math.max(1, Math.abs(expected));
  }
  if (got === null && expected === null) return 0;
  if (typeof got !== 'object' || typeof expected !== 'object' || got === null || expected === null) return Infinity;
  const [a, b] = [Object.entries<Numbers>(got), new Map(Object.entries<Numbers>(expected))];
  if (a.length !== b.size) return Infinity;
  return a.reduce((largest, [name, value]) => Math.max(largest, difference(value, b.get(name) ?? null)), 0);
}

const one = host();
afterAll(one.end);

describe('rxflo solve', () => {
  test('there are reference vectors', () => {
    expect(goldenFiles.length).toBeGreaterThanOrEqual(9);
  });

  test.each(goldenFiles)('%s is within its tolerance', async (name) => {
    const { status, stdout, stderr } = await one.rxflo(golden, 'solve', name, '--json');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { problem, expected, tolerance } = JSON.parse(readFileSync(join(golden, name), 'utf8')) as Vector;
    const result = JSON.parse(stdout) as Result;
    expect(Object.keys(result)).toEqual(['loss', 'alignment', 'w_in', 'w_rec', 'w_out']);
    expect(result.loss).toHaveLength(problem.learning.trials);
    for (const [field, wanted] of Object.entries(expected) as [keyof Result, Numbers][]) {
      expect(difference(result[field], wanted), field).toBeLessThanOrEqual(tolerance);
    }
    // Full precision: what was printed, read and printed again, is the same text.
    expect(stdout).toBe(`${JSON.stringify(result)}\n`);
  });

  test('prints the same numbers over several lines without --json', async () => {
    const [one, many] = await Promise.all([
      rxflo(golden, 'solve', 'rflo-trial.json', '--json'),
      rxflo(golden, 'solve', 'rflo-trial.json', '--engine', 'actors'),
    ]);
    expect(many.stdout).toContain('\n');
    expect(JSON.parse(many.stdout)).toEqual(JSON.parse(one.stdout));
  });
});

describe('rxflo solve, of another format,', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rxflo-solve-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const vectors = ['spiking', 'events', 'marschall', 'rosenbaum'].flatMap((directory) =>
    readdirSync(join(golden, directory)).map((name) => `${directory}/${name}`),
  );

  test.each(vectors)(
    'prints what %s expects, the same on the actors as on the engine that it takes by itself',
    async (name) => {
      const [usual, actors] = await Promise.all(
        [[], ['--engine', 'actors']].map((engine) => one.rxflo(golden, 'solve', name, '--json', ...engine)),
      );
      expect(usual).toMatchObject({ status: 0, stderr: '' });
      const { expected, tolerance } = JSON.parse(readFileSync(join(golden, name), 'utf8')) as Vector;
      const result = JSON.parse(usual.stdout) as Record<string, Numbers>;
      expect(Object.keys(result).sort()).toEqual(Object.keys(expected).sort());
      for (const [field, wanted] of Object.entries(expected)) {
        expect(difference(result[field], wanted), field).toBeLessThanOrEqual(tolerance);
      }
      expect(actors.stdout).toBe(usual.stdout);
    },
  );

  test.each(['history', 'trace'])('meets a vector of axons with a threshold by %s, too', async (evaluation) => {
    const name = 'events/rflo-events-trial.json';
    const { expected, tolerance } = JSON.parse(readFileSync(join(golden, name), 'utf8')) as Vector;
    const [kernels, actors] = await Promise.all(
      ['kernels', 'actors'].map((engine) =>
        one.rxflo(golden, 'solve', name, '--json', '--engine', engine, '--evaluation', evaluation),
      ),
    );
    const result = JSON.parse(kernels.stdout) as Record<string, Numbers>;
    for (const [field, wanted] of Object.entries(expected)) {
      expect(difference(result[field], wanted), field).toBeLessThanOrEqual(tolerance);
    }
    expect(actors.stdout).toBe(kernels.stdout);
  });

  test('sends at every change where the threshold of axons is 0, and learns as without axons', async () => {
    const { problem } = JSON.parse(readFileSync(join(golden, 'rflo-trial.json'), 'utf8')) as AnyVector;
    const changing = { ...problem.network, axons: { threshold: 0 } };
    writeFileSync(
      join(folder, 'p.json'),
      JSON.stringify({ ...problem, format: 'rxflo-problem/1 with axons', network: changing }),
    );
    for (const engine of ['kernels', 'actors']) {
      const typed = ['--json', '--engine', engine];
      const [own, axons] = await Promise.all([
        one.rxflo(golden, 'solve', 'rflo-trial.json', ...typed),
        one.rxflo(folder, 'solve', 'p.json', ...typed),
      ]);
      expect(axons).toMatchObject({ status: 0, stderr: '' });
      const { alignment: _, ...learned } = JSON.parse(own.stdout) as Result;
      const { firstTrialEvents, ...same } = JSON.parse(axons.stdout) as { readonly firstTrialEvents: Numbers };
      expect(same).toEqual(learned);
      const { input, h0 } = { ...problem.task, ...problem.network };
      expect(firstTrialEvents).toEqual(input.flatMap((_, t) => h0.map((_, unit) => [t + 1, unit])));
    }
  });

  test.each(['snap-1', 'uoro', 'weight-perturbation'])('takes the plain solver by itself for %s', async (algorithm) => {
    const { problem } = JSON.parse(readFileSync(join(golden, 'rflo-trial.json'), 'utf8')) as AnyVector;
    const file = `${algorithm}.json`;
    writeFileSync(join(folder, file), JSON.stringify({ ...problem, learning: { ...problem.learning, algorithm } }));
    const [usual, actors] = await Promise.all(
      [[], ['--engine', 'actors']].map((engine) => one.rxflo(folder, 'solve', file, '--json', ...engine)),
    );
    expect(usual).toMatchObject({ status: 0, stderr: '' });
    expect(actors.stdout).toBe(usual.stdout);
  });

  test.each(['sine-waves', 'evidence'])('meets what NEST publishes of %s by traces, too', async (task) => {
    const name = `spiking/published-${task}.json`;
    const { stdout } = await one.rxflo(golden, 'solve', name, '--json', '--evaluation', 'trace');
    const { expected, tolerance } = JSON.parse(readFileSync(join(golden, name), 'utf8')) as Vector;
    for (const [field, wanted] of Object.entries(expected)) {
      expect(difference((JSON.parse(stdout) as Record<string, Numbers>)[field], wanted), field).toBeLessThanOrEqual(
        tolerance,
      );
    }
  });

  test.each([
    [{ format: 'rxflo-spiking/2' }, /format: unknown problem format 'rxflo-spiking\/2'; expected rxflo-spiking\/1/],
    [{ format: '../spiking/1' }, /format: unknown problem format '..\/spiking\/1'/],
    [{ format: 'constructor/1' }, /format: unknown problem format 'constructor\/1'/],
    [{ network: {} }, /p.json: format: is missing; give rxflo-problem\/1, or one of .*rxflo-spiking/],
    [{ problem: { format: 3 } }, /p.json: problem.format: 3 is not a word; give rxflo-problem\/1, or one of /],
    [{ problem: { format: 'x/1' } }, /p.json: problem.format: unknown problem format 'x\/1'/],
    [[1], /p.json: a list of 1 is not an object/],
    [{ format: 'rxflo-spiking/1', network: 3 }, /network: 3 is not an object/],
    [
      { problem: { format: 'rxflo-spiking/1', network: { w_rec: [[1]] } } },
      /problem.network.kind: is missing; give 'lif' or 'alif'/,
    ],
  ])('refuses %j', async (content, problem) => {
    writeFileSync(join(folder, 'p.json'), JSON.stringify(content));
    const { status, stderr } = await one.rxflo(folder, 'solve', 'p.json');
    expect(status).toBe(2);
    expect(stderr).toMatch(problem);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
