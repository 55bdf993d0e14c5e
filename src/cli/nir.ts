import { resolve } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { build, circuit, longestDelay, type BuiltCircuit, type Circuit } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { fromNir, readNir, toNir, writeNir } from '../exchange/index.ts';
import { loadScenario } from '../loading/index.ts';
import { weightsOf } from '../recording/index.ts';
import { quickOf } from '../training/index.ts';
import { choice, number, quickOption, settingsFrom } from './options.ts';

interface ExportFlags extends TimeFlags {
  readonly out: string;
  readonly weights?: string;
  readonly learner?: string;
  readonly set?: readonly string[];
  readonly quick?: boolean;
  readonly seed?: number;
}

interface TimeFlags {
  readonly dt?: number;
  readonly method?: 'exact' | 'euler';
  readonly json?: boolean;
}

/** `rxflo nir export|import`: circuits as graphs of NIR, which other simulators and chips read. */
export function nirCommand(): Command {
  return new Command('nir')
    .summary('exchange circuits with other simulators, as NIR')
    .description(
      'Writes the circuit of a scenario as a graph of NIR, the neuromorphic intermediate representation, or shows what circuit a NIR file makes. What one of the two cannot say is named in a warning.',
    )
    .addCommand(exportNir())
    .addCommand(importNir())
    .addHelpText(
      'after',
      `
Examples:
  rxflo nir export scenarios/bellec2020-patterns.ts --out patterns.nir
  rxflo nir import patterns.nir

Exit codes: 0 done, 1 the writing failed, 2 the input is wrong.`,
    );
}

function exportNir(): Command {
  return withTime(new Command('export'))
    .summary("write a scenario's circuit as NIR")
    .argument('<scenario>', 'a scenario file')
    .requiredOption('--out <file>', 'where to, such as network.nir')
    .option('--weights <run>', 'the weights after learning, of a run directory; by default the initial ones')
    .option('--learner <name>', 'whose weights, where the run has several learners')
    .option('--set <name=value...>', "set the scenario's options")
    .addOption(quickOption())
    .addOption(number('--seed <s>', 'the seed, which draws weights and connections', 'whole'))
    .action(async (file: string, flags: ExportFlags) => {
      const { out, dt, method, weights: run, learner } = flags;
      if (learner !== undefined && run === undefined) {
        throw new InputError('--learner', 'says whose weights of a run, and none is given; give --weights');
      }
      const { circuit: written, seed } = await circuitOf(file, flags);
      const weights = run === undefined ? undefined : learned(written, resolve(run), learner);
      const { graph, warnings } = toNir(written, {
        ...{ seed, ...(weights && { weights }) },
        ...(dt !== undefined && { dt }),
        ...(method && { method }),
      });
      await writeNir(resolve(out), graph);
      const { nodes, edges } = graph;
      const counted = { file: resolve(out), nodes: nodes.size, edges: edges.length, warnings };
      if (flags.json) process.stdout.write(`${JSON.stringify(counted, null, 2)}\n`);
      else {
        warn(warnings);
        process.stdout.write(`${out}: ${nodes.size} nodes, ${edges.length} edges\n`);
      }
    });
}

function importNir(): Command {
  return withTime(new Command('import'))
    .summary('show what circuit a NIR file makes')
    .description(
      'Shows what circuit a NIR file makes. In a scenario it is circuit({ ...fromNir(await readNir(file)) }), with rules, feedback and a task of your own.',
    )
    .argument('<file>', 'a NIR file')
    .action(async (file: string, { dt, method, json }: TimeFlags) => {
      const options = { ...(dt !== undefined && { dt }), ...(method && { method }) };
      const { warnings, ...parts } = fromNir(await readNir(resolve(file)), options);
      const built = build(circuit(parts), 1);
      if (json) process.stdout.write(`${JSON.stringify({ ...summaryOf(built), warnings }, null, 2)}\n`);
      else {
        warn(warnings);
        process.stdout.write(`${tablesOf(built)}\n`);
      }
    });
}

function withTime(command: Command): Command {
  return command
    .addOption(number('--dt <seconds>', 'seconds of a timestep (default: as in the file, else 0.001)', 'positive'))
    .addOption(
      choice('--method <name>', 'how time constants are decays: exact, exp(-dt/tau); euler, 1 - dt/tau', [
        'exact',
        'euler',
      ]),
    )
    .option('--json', 'print it as JSON, with the warnings');
}

async function circuitOf(file: string, { set, quick, seed }: ExportFlags): Promise<{ circuit: Circuit; seed: number }> {
  const { scenario, within } = await loadScenario(file);
  return within(() =>
    scenario.plan({
      settings: { ...(quick && quickOf(scenario).settings), ...settingsFrom(scenario.options, set ?? []) },
      ...(seed !== undefined && { seed }),
    }),
  );
}

/** The weights that a learner of a run ended with, in the order of the synapses. */
function learned({ synapses }: Circuit, run: string, learner: string | undefined): Record<string, Float64Array> {
  const whose = learner === undefined ? {} : { learner };
  return Object.fromEntries(
    Object.keys(synapses).map((group) => {
      const rows = weightsOf(run, group, whose);
      return [
        group,
        Float64Array.from(rows.flatMap((row) => Array.from(row).filter((weight) => !Number.isNaN(weight)))),
      ];
    }),
  );
}

function warn(warnings: readonly string[]): void {
  for (const warning of warnings) process.stderr.write(`rxflo: warning: ${warning}\n`);
}

function summaryOf({ populations, groups, outputs }: BuiltCircuit) {
  return {
    populations: populations.map(({ name, size, model }) => ({ name, model: model?.name ?? 'input', size })),
    synapses: groups.map((group) => {
      const { name, from, to, delay, pre } = group;
      const [least, longest] = [delay, longestDelay(group)];
      return {
        name,
        from: from.name,
        to: to.name,
        count: pre.length,
        delay: least === longest ? least : `${least} to ${longest}`,
      };
    }),
    outputs: outputs.map(({ name }) => name),
  };
}

function tablesOf(built: BuiltCircuit): string {
  const { populations, synapses, outputs } = summaryOf(built);
  const style = { head: [], border: [] };
  const neurons = new Table({ head: ['population', 'model', 'neurons'], style, colAligns: ['left', 'left', 'right'] });
  for (const { name, model, size } of populations) neurons.push([name, model, size]);
  const head = ['synapse group', 'from', 'to', 'synapses', 'delay'];
  const groups = new Table({ head, style, colAligns: ['left', 'left', 'left', 'right', 'right'] });
  for (const { name, from, to, count, delay } of synapses) groups.push([name, from, to, count, delay]);
  return `${neurons.toString()}\n${groups.toString()}\nOutputs: ${outputs.join(', ')}`;
}
