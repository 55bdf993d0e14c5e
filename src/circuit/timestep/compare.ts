import type { BuiltPopulation } from '../built.ts';
import { errorGraph } from '../signals.ts';
import { asked, outputGraph } from './asked.ts';
import type { Draft } from './draft.ts';
import { answerName } from './rows.ts';
import type { Row, Source, Stage } from './step.ts';

/** Computes the error of an output and its part of the loss. */
export function compareOutput(draft: Draft, stage: Stage, population: BuiltPopulation, channel: number): void {
  const { loss } = population;
  const y: Source = { kind: 'row', row: draft.row(population, answerName(population)), late: 0 };
  const target: Source = { kind: 'target', channel };
  const row = draft.add(population, 'error', 'error');
  if (!loss) {
    draft.compute(stage, population, [{ row, value: errorGraph() }], { y, target });
    draft.steps.push({ do: 'score', stage, population, row, adds: 'squares' });
    return;
  }
  const seen: Record<string, Source> = { y, target };
  const total = (name: string, adds: Row, of: 'sum' | 'largest') => {
    const into = draft.total(population, name);
    draft.steps.push({ do: 'total', stage, population, row: adds, of, into });
    seen[name] = { kind: 'element', row: into, neuron: 0, late: 0 };
  };
  // An output without a target contributes nothing.
  const present = draft.add(population, 'asked', 'summand');
  draft.compute(stage, population, [{ row: present, value: outputGraph() }], { y, target });
  total('top', present, 'largest');
  for (const { name, adds } of loss.sums) {
    const summand = draft.add(population, `part of ${name}`, 'summand');
    draft.compute(stage, population, [{ row: summand, value: asked(adds) }], { ...seen });
    total(name, summand, 'sum');
  }
  const part = draft.add(population, 'loss', 'summand');
  const results = [
    { row, value: asked(loss.error) },
    { row: part, value: asked(loss.loss, 2) },
  ];
  draft.compute(stage, population, results, seen);
  draft.steps.push({ do: 'score', stage, population, row: part, adds: 'numbers' });
}
