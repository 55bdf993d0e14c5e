import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { HeldThing } from '../../src/circuit/index.ts';
import { host, ROOT, workplace } from './command.ts';

const { directory, remove } = workplace();
const { rxflo, end } = host();
afterAll(() => {
  end();
  remove();
});

/** A scenario whose recurrent rule has this change. */
function scenarioWith(name: string, rule: string): string {
  writeFileSync(
    join(directory, `${name}.ts`),
    `import { circuit, delta, leakyTanh, linear, normal, periodic, plasticityRule, scenario } from 'rxflo';
const decay = [0.1];
const mine = plasticityRule({ name: 'mine', params: { eta: 0.1 }, ${rule} });
export default scenario({
  title: 'Mine',
  options: { units: 4 },
  circuit: ({ units }) => circuit({
    neurons: { h: leakyTanh(units), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal(), rule: mine() },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
    },
    feedback: { error: { from: 'y', to: 'h', weights: normal() } },
  }),
  task: () => periodic({ period: 10 }),
  compare: ['mine', 'rtrl'],
});
`,
  );
  return `${name}.ts`;
}

const local = scenarioWith('local', 'change: ({ pre, post, eta }) => eta * post.signal * pre.rate');

interface Printed {
  readonly circuit: string | null;
  readonly holds: readonly HeldThing[] | null;
  readonly certificates: readonly { readonly format: string; readonly name: string; readonly class: string }[];
}

const classesIn = (stdout: string) =>
  (JSON.parse(stdout) as Printed).certificates.map((certificate) => [certificate.name, certificate.class]);

describe('rxflo audit', () => {
  test('a rule: the verdict first, then what it reads, keeps and computes, and its form on Loihi 2', async () => {
    const { stdout, stderr, status } = await rxflo(ROOT, 'audit', 'rflo');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout)
      .toBe(`rflo: Local: three-factor, broadcast vector through fixed feedback. It reads a learning signal, post.signal: on hidden neurons the broadcast error through fixed feedback weights, on an output its own error.

  Each synapse: three-factor, broadcast vector through fixed feedback
    reads, own state        p
    reads, presynaptic      pre.rate
    reads, postsynaptic     post.retention, post.slope
    reads, learning signal  post.signal
    reads, parameter        eta
    stores                  2 numbers, 16 bytes in float64
    computes                5 operations per timestep: 4 *, 1 +
    causal                  yes
    Loihi 2                 dw = 0.03 * y2 * t
                            dt = y1 * t + y3 * x1 - t
                            where t = p, x1 = pre.rate, y1 = post.retention, y2 = post.signal, y3 = post.slope
                            t decays linearly and receives increments
`);
  });

  test("--lava: a rule as text for Lava's learning engine, with dependencies and traces", async () => {
    const { stdout, stderr, status } = await rxflo(directory, 'audit', local, '--lava', '--set', 'units=3');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toContain(`mine, of 'recurrent'

  dw = 0.1 * u0 * y2 * x1

  x1: pre.rate; graded spikes, each of which overwrites it
  y2: post.signal; written by the process of the neuron

  Loihi3FLearningRule(dw="0.1 * u0 * y2 * x1", t_epoch=1)
`);
    const refused = await rxflo(directory, 'audit', 'bptt', '--lava');
    expect(refused).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringMatching(/^rxflo: --lava: /) as string,
    });
  });

  test('a solver without a scenario: on a circuit that it names', async () => {
    const { stdout, status } = await rxflo(ROOT, 'audit', 'bptt', '--feedback', 'random');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^bptt-random: Not local: acausal\. Each synapse of 'recurrent' reads /);
    expect(stdout).toMatch(/\n\nCircuit: a ring of 12 neurons h, .*\(no circuit was named\)\.\n$/);
    expect(stdout).toContain("the current weights of synapses of 'recurrent' that leave");
  });

  test('a scenario: each of its learners, or those that are named, on its circuit as it was set', async () => {
    const all = await rxflo(directory, 'audit', local, '--json', '--set', 'units=3');
    expect(all).toMatchObject({ status: 0, stderr: '' });
    expect(classesIn(all.stdout)).toEqual([
      ['mine', 'three-factor, broadcast vector through fixed feedback'],
      ['rtrl', 'fully nonlocal'],
    ]);
    expect(all.stdout).toContain('up to 2 of h');
    expect((JSON.parse(all.stdout) as Printed).circuit).toBe(`that of ${local}, seed 1`);
    expect((JSON.parse(all.stdout) as Printed).holds?.find(({ name }) => name === 'weight')).toEqual({
      ...{ owner: 'recurrent', name: 'weight', scope: 'own synapse', shape: [9], back: 0 },
      kept: { among: 'weights', as: 'recurrent' },
    });
    const page = await rxflo(directory, 'audit', local, '--learner', 'mine');
    expect(page.stdout).toMatch(/\n {4}h +signal +own neuron +4 +reset\n/);
    const one = await rxflo(directory, 'audit', local, '--learner', 'mine', '--feedback', 'symmetric', '--json');
    expect(classesIn(one.stdout)).toEqual([['mine-weight-transport', 'needs weight transport']]);
  });

  test('a rule that is refused: not certified, what crosses the line, and how to mend it', async () => {
    const file = scenarioWith('closure', 'change: ({ pre, eta }) => eta * pre.rate * decay[0]');
    const { stdout, stderr, status } = await rxflo(directory, 'audit', file);
    expect(status).toBe(2);
    expect(stdout).toMatch(
      /^mine: Not certified: rule 'mine'\.change, line 1, column \d+: `decay\[0\]` comes from outside.*\n$/,
    );
    expect(stderr).toMatch(
      /^rxflo: closure\.ts:3:\d+: rule 'mine'\.change, line 1.*make it a parameter.*\n {2}1 \| .*\n {4}\| +\^\n$/,
    );
    const json = await rxflo(directory, 'audit', file, '--json');
    expect(classesIn(json.stdout)).toEqual([['mine', 'not certified']]);
  });

  test('an opaque rule: not certified, which is no error', async () => {
    const file = scenarioWith('opaque', 'opaque: true, change: ({ pre, eta }) => eta * pre.rate * decay[0]');
    const { stdout, status } = await rxflo(directory, 'audit', file, '--learner', 'mine');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^mine: Not certified: rule 'mine' is opaque: only the dynamic test can say more\.\n/);
  });

  test.each([
    [['rlfo'], "audit: unknown learner 'rlfo'; expected 'rflo', 'delta', "],
    [['rflo', '--set', 'units=3'], "--set: applies only to a scenario file, and 'rflo' is not one; leave it out"],
    [['rtrl', '--learner', 'rflo'], "--learner: applies only to a scenario file, and 'rtrl' is not one; leave it out"],
    [['rflo', '--feedback', 'random'], "--feedback: applies only to a scenario file or a solver, and 'rflo' is a rule"],
    [['nowhere.ts'], 'nowhere.ts: there is no such file'],
    [[local, '--learner', 'rlfo'], "learner: unknown learner 'rlfo'"],
  ])('%j is wrong', async (words, complaint) => {
    const { stdout, stderr, status } = await rxflo(directory, 'audit', ...words);
    expect({ stdout, status }).toEqual({ stdout: '', status: 2 });
    expect(stderr).toContain(complaint);
  });
});
