import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { builtInAlgorithms } from '../src/algorithms/index.ts';
import * as optimisers from '../src/optimisers/index.ts';
import * as neurons from '../src/neurons/index.ts';
import * as rules from '../src/rules/index.ts';
import * as tasks from '../src/tasks/index.ts';

// docs/can-it.md lists what comes with rxflo: all of it, by the names that are imported.

const page = readFileSync('docs/can-it.md', 'utf8');

function listed(what: string): string[] {
  const line = new RegExp(`^- ${what}: (.*)$`, 'm').exec(page)?.[1] ?? '';
  return [...line.matchAll(/`(.*?)`/g)].map((match) => match[1]).sort();
}

it('every rule', () => {
  const known: readonly unknown[] = rules.builtInRules;
  const names = Object.entries(rules).flatMap(([name, value]) => (known.includes(value) ? [name] : []));
  expect(names).toHaveLength(known.length);
  expect(listed('Rules')).toEqual(names.sort());
});

it('every optimiser', () => {
  const { optimiser: _, checkOptimiser: __, isOptimiser: ___, ...made } = optimisers;
  expect(listed('Optimisers')).toEqual(Object.keys(made).sort());
});

it('every neuron model', () => {
  const known: readonly unknown[] = neurons.builtInNeurons;
  const names = Object.entries(neurons).flatMap(([name, value]) => (known.includes(value) ? [name] : []));
  expect(names).toHaveLength(known.length);
  expect(listed('Neuron models')).toEqual([...names, 'input'].sort());
});

it('every task', () => {
  const { checkTask: _, imagesOfIdx: __, trialOfTask: ___, ...made } = tasks;
  expect(listed('Tasks')).toEqual(Object.keys(made).sort());
});

it('every scenario', () => {
  const files = readdirSync('scenarios').filter((name) => name.endsWith('.ts'));
  expect(listed('Scenarios')).toEqual(files.map((name) => name.slice(0, -3)).sort());
});

it('every learning algorithm, also in the guide', () => {
  const names = builtInAlgorithms.flatMap((each) => each.names).filter((name) => name !== '...');
  expect(listed('Learning algorithms')).toEqual(names.sort());
  const guide = readFileSync('docs/guide.md', 'utf8');
  for (const { names: own, about } of builtInAlgorithms) {
    const rows = guide.split('\n').filter((line) => line.startsWith('|') && line.includes(` ${about} `));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toContain(`\`${own[0]}\``);
  }
});
