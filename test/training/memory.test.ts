import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const core = new URL('../../src/core.ts', import.meta.url).href;

/** Trains a small circuit and prints how much more memory is held after 100,000 trials than after the first 20,000, in bytes. */
const program = (engine: string) => `
  import { circuit, delta, leakyTanh, linear, normal, periodic, rflo, train } from ${JSON.stringify(core)};
  const held = () => { gc(); gc(); return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers; };
  let [before, trials] = [0, 0];
  train({
    circuit: circuit({
      neurons: { h: leakyTanh(3, { initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.4 }), rule: rflo() },
        readout: { from: 'h', to: 'y', weights: normal(), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
    task: periodic({ period: 4 }),
    learner: { learner: 'rflo', engine: '${engine}' },
    trials: 120_000,
    probes: { rates: { neurons: 'h', value: 'rate', everyTimesteps: 2, everyTrials: 10 }, w: { synapses: 'readout', value: 'weight' } },
  }).subscribe({
    next: (event) => {
      if (event.type === 'trial' && ++trials === 20_000) before = held();
      if (event.type === 'failed') throw event.error;
    },
    complete: () => console.log(JSON.stringify({ trials, growth: held() - before })),
  });`;

describe('a session of 100,000 trials', () => {
  it.concurrent.each(['actors', 'kernels'])('holds no more memory at its end, on %s', async (engine) => {
    const typed = ['--expose-gc', '--import', 'tsx', '--input-type=module', '-e', program(engine)];
    const { stdout } = await promisify(execFile)(process.execPath, typed);
    const { trials, growth } = JSON.parse(stdout) as { trials: number; growth: number };
    expect(trials).toBe(120_000);
    expect(growth).toBeLessThan(256 * 1024); // 100,000 numbers alone would be three times that
  });
});
