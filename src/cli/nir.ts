import { resolve } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { build, circuit, longestDelay, type BuiltCircuit } from '../circuit/index.ts';
import { InputError, within } from '../errors/index.ts';
import { fromNir, readNir, toNir, writeNir } from '../exchange/index.ts';
import { learned, plannedOf, withPlanned, type PlannedFlags } from './planned.ts';
import { choice, number, path as pathOption } from './options.ts';

interface ExportFlags extends TimeFlags, PlannedFlags {
  readonly out: string;
}

interface TimeFlags {
  readonly dt?: number;
  readonly method?: 'exact' | 'euler';
  readonly json?: boolean;
}

/** `rxflo nir export|import`: exchanges circuits with other simulators and chips, as NIR graphs. */
export function nirCommand(): Command {
  return new Command('nir')
    .summary('exchange circuits with other simulators in the NIR format')
    .description(
      'Writes the circuit of a scenario as a graph in NIR, the neuromorphic intermediate representation, or shows the circuit that a NIR file describes. A warning names whatever the other side cannot express.',
    )
    .addCommand(exportNir())
    .addCommand(importNir())
    .addHelpText(
      'after',
      `
Examples:
  rxflo nir export scenarios/bellec2020-patterns.ts --out patterns.nir
  rxflo nir import patterns.nir

Exit codes: 0 done, 1 writing failed, 2 the input is wrong.`,
    );
}

function exportNir(): Command {
  return withPlanned(withTime(new Command('export')))
    .summary("write a scenario's circuit as NIR")
    .argument('<scenario>', 'a scenario file')
    .addOption(pathOption('--out <file>', 'the file to write, such as network.nir').makeOptionMandatory())
    .action(async (file: string, flags: ExportFlags) => {
      const { out, dt, method } = flags;
      if (resolve(out) === resolve(file))
        throw new InputError('--out', 'is the scenario file, which would be overwritten; give another file');
      const { circuit: written, seed } = await plannedOf(file, flags);
      const weights = learned(build(written, seed), flags);
      const options = {
        ...{ seed, ...(weights && { weights }) },
        ...(dt !== undefined && { dt }),
        ...(method && { method }),
      };
      const { graph, warnings } = within(file, () => toNir(written, options));
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
    .summary('show the circuit that a NIR file describes')
    .argument('<file>', 'a NIR file')
    .addHelpText(
      'after',
      `
In a scenario (add rules, feedback and a task):
  import { circuit, fromNir, readNir } from 'rxflo';

  const { neurons, synapses, outputs } = fromNir(await readNir('network.nir'));
  const network = circuit({ neurons, synapses, outputs });`,
    )
    .action(async (file: string, { dt, method, json }: TimeFlags) => {
      const options = { ...(dt !== undefined && { dt }), ...(method && { method }) };
      const path = resolve(file);
      const graph = await readNir(path);
      const { warnings, built } = within(path, () => {
        const { warnings, ...parts } = fromNir(graph, options);
        return { warnings, built: build(circuit(parts), 1) };
      });
      if (json) process.stdout.write(`${JSON.stringify({ ...summaryOf(built), warnings }, null, 2)}\n`);
      else {
        warn(warnings);
        process.stdout.write(`${tablesOf(built)}\n`);
      }
    });
}

function withTime(command: Command): Command {
  return command
    .addOption(
      number(
        '--dt <seconds>',
        'length of a timestep in seconds (default: 0.001; on import, the value in the file, if any)',
        'positive',
      ),
    )
    .addOption(
      choice('--method <name>', 'how time constants become decay factors: exp(-dt/tau) (exact) or 1 - dt/tau (euler)', [
        'exact',
        'euler',
      ]),
    )
    .option('--json', 'print the result as JSON, with the warnings');
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
