import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { host, ROOT, workplace } from './command.ts';

const { directory, remove } = workplace();
const one = host();
afterAll(() => {
  one.end();
  remove();
});

const rxflo = (...words: string[]) => one.rxflo(ROOT, ...words);

/** A scenario whose recurrent rule has this change. */
function scenarioWith(name: string, rule: string): string {
  const file = join(directory, `${name}.ts`);
  writeFileSync(
    file,
    `import { circuit, delta, leakyTanh, linear, normal, periodic, plasticityRule, scenario } from 'rxflo';
const decay = [0.1];
const mine = plasticityRule({ name: 'mine', params: { eta: 0.1 }, ${rule} });
export default scenario({
  title: 'Mine',
  circuit: () => circuit({
    neurons: { h: leakyTanh(4), y: linear(1) },
    synapses: {
      recurrent: { from: 'h', to: 'h', weights: normal(), rule: mine() },
      side: { from: 'h', to: 'h', weights: normal(), rule: mine({ eta: 0.2 }) },
      readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
    },
  }),
  task: () => periodic({ period: 10 }),
  compare: ['mine'],
});
`,
  );
  return file;
}

describe('rxflo rule', () => {
  it('prints what a rule computes, reads and costs', async () => {
    const { stdout, status } = await rxflo('rule', 'rflo');
    expect(status).toBe(0);
    expect(stdout).toBe(`rflo, a plasticity rule

  Computes
    p_ij(t) = (∂h_i/∂h_i(t-1)) * p_ij(t-1) + (∂h_i/∂u_i) * h_j
    ΔW_ij = η * l_i * p_ij(t)

  In LaTeX
    p_{ij}(t) = \\frac{\\partial h_i}{\\partial h_i(t-1)} \\, p_{ij}(t-1) + \\frac{\\partial h_i}{\\partial u_i} \\, h_j
    \\Delta W_{ij} = \\eta \\, l_i \\, p_{ij}(t)

  Reads
    own state       p
    presynaptic     pre.rate
    postsynaptic    post.retention, post.slope
    learning signal post.signal
    parameter       eta

  Costs per synapse and timestep
    5 operations: 4 *, 1 +
    16 bytes stored, in float64
`);
  });

  it('prints every rule and neuron model of a scenario once, as JSON', async () => {
    const { stdout, status } = await rxflo(
      'rule',
      scenarioWith('mine', 'change: ({ w, pre, eta }) => eta * (pre.rate - w)'),
      '--json',
    );
    expect(status).toBe(0);
    const found = JSON.parse(stdout) as Record<string, unknown>[];
    expect(found.map(({ kind, name, opaque }) => [kind, name, opaque])).toEqual([
      ['plasticity rule', 'mine', false],
      ['plasticity rule', 'delta', false],
      ['neuron model', 'leaky-tanh', false],
      ['neuron model', 'linear', false],
    ]);
    expect(found[0]).toMatchObject({
      formulas: [{ latex: '\\Delta W_{ij} = \\eta \\, \\left(h_j - W_{ij}\\right)', text: 'ΔW_ij = η * (h_j - W_ij)' }],
      reads: { 'own weight': ['w'], presynaptic: ['pre.rate'], parameter: ['eta'] },
      cost: { operations: { '-': 1, '*': 1 }, total: 2, bytes: 8 },
    });
  });

  it('says what is not known of an opaque rule', async () => {
    const file = scenarioWith('opaque', 'opaque: true, change: ({ pre, eta }) => eta * pre.rate * decay[0]');
    expect((await rxflo('rule', file)).stdout).toContain(
      'mine, a plasticity rule\n\n  Opaque: its source text is not analysed. So what it computes, reads and costs is unknown, and it runs only as actors.',
    );
    expect((await rxflo('rule', file, '--json')).stdout).toContain('"opaque": true');
  });

  it('shows where in a scenario a rule leaves the language', async () => {
    const { stderr, status } = await rxflo(
      'rule',
      scenarioWith('closure', 'change: ({ pre, eta }) => eta * pre.rate * decay[0]'),
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^rxflo: .*closure\.ts:3:\d+: rule 'mine'\.change, line 1, column \d+: `decay\[0\]` comes from outside .*\n {2}1 \| .*\n {4}\| +\^\n$/,
    );
  });

  it('names what there is', async () => {
    const { stderr, status } = await rxflo('rule', 'rlfo');
    expect(status).toBe(2);
    expect(stderr).toBe(
      "rxflo: rule: unknown rule or neuron model 'rlfo'; expected 'rflo', 'delta', 'kolen-pollack', 'kolen-pollack-feedback', " +
        "'e-prop', 'e-prop-regularised', 'adaptive-readout', 'adaptive-feedback', 'leaky-tanh', 'leaky-relu', 'linear', 'lif', 'alif', " +
        "'leaky-readout', 'resetting-lif', 'cuba-lif' or 'cuba-li', " +
        'or a scenario file\n',
    );
  });
});
