import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { exportRun, isMeasure, readRun, recordRun } from '../../src/recording/index.ts';
import { renderReport } from '../../src/report/index.ts';
import { scenario } from '../../src/training/index.ts';
import { noise, threeMatrices } from '../support/networks.ts';
import { scratch } from './sample.ts';

const GROUPS = ['recurrent', 'input', 'readout'];

/** Runs four trials of two learners; returns the directory. */
async function recorded(probes: Parameters<typeof scenario>[0]['probes'] = {}): Promise<string> {
  const directory = join(scratch(), 'run');
  const plan = scenario({
    title: 'Gradients',
    circuit: () => threeMatrices(),
    task: () => noise(),
    trials: 4,
    compare: ['rflo', 'bptt'],
    probes,
  }).plan();
  await lastValueFrom(recordRun(plan, { directory, scenario: 'gradients.ts' }).events$);
  return directory;
}

const probes = {
  toGradient: { gradient: 'alignment', everyTrials: 2 },
  rates: { neurons: 'h', value: 'rate', only: [0] },
} as const;

describe('a run that measured gradient alignment', () => {
  it('says so in its recording, and what its columns are', async () => {
    const directory = await recorded(probes);
    const { header, learners, summary } = readRun(directory);
    expect(header.gradientAlignment).toEqual({ toGradient: GROUPS });
    for (const { name, probes: readings } of learners) {
      const { trial, values, width } = readings.get('toGradient') ?? {};
      expect({ trial, width }).toEqual({ trial: Float64Array.of(2, 4), width: 4 });
      const known = summary?.learners.find(({ learner }) => learner === name)?.gradientAlignment;
      expect(known).toBe(values?.[4]);
      if (name === 'bptt') expect(known).toBeGreaterThan(1 - 1e-9);
      else expect(known).toBeLessThan(0.9);
    }
  });

  it('is reported from these readings alone, whatever else was read', async () => {
    const directory = await recorded(probes);
    const [one] = readRun(directory, isMeasure).learners;
    expect([...one.probes.keys()]).toEqual(['toGradient']);
    expect(renderReport(readRun(directory, isMeasure))).toEqual(renderReport(readRun(directory)));
  });

  it('is exported with names for its columns', async () => {
    const directory = await recorded(probes);
    const out = join(directory, 'export');
    exportRun(directory, 'csv', out);
    const lines = readFileSync(join(out, 'probe-toGradient.csv'), 'utf8').split('\n');
    expect(lines[0]).toBe('learner,trial,timestep,all groups,recurrent,input,readout');
    const [last] = readRun(directory).learners[1].probes.get('toGradient')?.values.slice(-1) ?? [];
    expect(lines[4]).toMatch(new RegExp(`^bptt,4,,.*,${last}$`));
    expect(readFileSync(join(out, 'probe-rates.csv'), 'utf8').split('\n')[0]).toBe('learner,trial,timestep,v0');
  });

  it('shows it in a figure and in the table, also before the run has ended', async () => {
    const directory = await recorded(probes);
    for (const ended of [true, false]) {
      if (!ended) rmSync(join(directory, 'summary.json'));
      const { figures, html } = renderReport(readRun(directory));
      const figure = figures['gradient-alignment'];
      for (const text of ['all weights', ...GROUPS, 'rflo', 'bptt']) expect(figure).toContain(`>${text}</text>`);
      expect(html).toContain(figure);
      expect(html).toContain('>Gradient alignment</th>');
    }
  });

  it('and one that did not says nothing of it', async () => {
    const directory = await recorded();
    const run = readRun(directory);
    expect(run.header).not.toHaveProperty('gradientAlignment');
    expect(run.summary?.learners.map(({ gradientAlignment }) => gradientAlignment)).toEqual([null, null]);
    const { figures, html } = renderReport(run);
    expect(Object.keys(figures)).not.toContain('gradient-alignment');
    expect(html).not.toContain('Gradient alignment');
  });
});
