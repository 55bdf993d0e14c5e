import Table from 'cli-table3';
import { Command } from 'commander';
import { checkTrial } from '../circuit/index.ts';
import { within } from '../errors/index.ts';
import { neuroBench, type NeuroBenchMetrics } from '../locality/index.ts';
import { stream } from '../random/index.ts';
import { createEngine, loadEngines, testOf, testTrial } from '../training/index.ts';
import { learned, plannedOf, withPlanned, type PlannedFlags } from './planned.ts';

interface NeuroBenchFlags extends PlannedFlags {
  readonly json?: boolean;
}

/** `rxflo neurobench SCENARIO`: the cost of inference in NeuroBench's terms, and its test scores. */
export function neurobenchCommand(): Command {
  return withPlanned(new Command('neurobench'))
    .summary("measure a circuit's inference with the metrics of NeuroBench")
    .description(
      "Runs the first test trial of a scenario's task (or its first trial, if it has no test) without learning, and measures it with the metrics of NeuroBench. A model execution is one timestep. None of these metrics includes the cost of learning: see rxflo ledger.",
    )
    .argument('<scenario>', 'a scenario file')
    .option('--json', 'print the metrics as JSON')
    .addHelpText(
      'after',
      `
Examples:
  rxflo neurobench scenarios/mackey-glass.ts --quick
  rxflo neurobench scenarios/mackey-glass.ts --weights runs/mackey-glass --learner rflo

Exit codes: 0 done, 1 the trial failed, 2 the input is wrong.`,
    )
    .action(async (file: string, flags: NeuroBenchFlags) => {
      const { circuit, seed, carry, task, learners } = await plannedOf(file, flags);
      const [learner] = learners;
      await loadEngines([learner]);
      const engine = within(file, () => createEngine(circuit, seed, learner, carry));
      const weights = learned(engine.circuit, flags);
      if (weights) engine.setWeights(weights);
      const test = testOf(task);
      const trial = test ? testTrial(test, seed, 1) : task.trial(1, stream(seed, 'task', 1));
      const { metrics, answer } = within(file, () => {
        checkTrial(engine.circuit, trial);
        return neuroBench(engine, trial);
      });
      const scores = test ? test.score(trial, answer) : {};
      const result = { metrics, scores };
      process.stdout.write(`${flags.json ? JSON.stringify(result, null, 2) : tableOf(metrics, scores)}\n`);
    });
}

function tableOf(metrics: NeuroBenchMetrics, scores: Readonly<Record<string, number>>): string {
  const {
    timesteps,
    footprint,
    parameters,
    connectionSparsity,
    activationSparsity,
    membraneUpdates,
    neuronOperations,
  } = metrics;
  const { effectiveMacs, effectiveAcs, dense } = metrics.synapticOperations;
  const table = new Table({ head: ['metric', ''], style: { head: [], border: [] }, colAligns: ['left', 'right'] });
  const number = (value: number) => (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5))));
  for (const [name, value] of Object.entries({
    ...scores,
    'footprint (bytes)': footprint,
    parameters: parameters,
    'connection sparsity': connectionSparsity,
    'activation sparsity': activationSparsity,
    'effective MACs': effectiveMacs,
    'effective ACs': effectiveAcs,
    'dense operations': dense,
    'membrane updates': membraneUpdates,
    ...(neuronOperations && {
      'neuron operations, effective': neuronOperations.effective,
      'neuron operations, dense': neuronOperations.dense,
    }),
  })) {
    table.push([name, number(value)]);
  }
  return `${table.toString()}\nOperations and updates: per model execution, which is one timestep; mean over ${timesteps} timesteps. No metric includes the cost of learning.`;
}
