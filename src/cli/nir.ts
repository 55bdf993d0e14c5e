import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { build, circuit, longestDelay, type BuiltCircuit, type Circuit } from '../circuit/index.ts';
import { InputError, show, within } from '../errors/index.ts';
import { fromNir, readNir, toNir, writeNir } from '../exchange/index.ts';
import { loadScenario } from '../loading/index.ts';
import { holdsRun, readSummary, runFiles, weightsOf, type Summary } from '../recording/index.ts';
import { quickOf, type Scenario, type Settings } from '../training/index.ts';
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
    .option(
      '--weights <run>',
      'the weights after learning, of a run directory, with its seed and options; by default the initial ones',
    )
    .option('--learner <name>', 'whose weights, where the run has several learners')
    .option('--set <name=value...>', "set the scenario's options")
    .addOption(quickOption())
    .addOption(number('--seed <s>', 'the seed, which draws weights and connections', 'whole'))
    .action(async (file: string, flags: ExportFlags) => {
      const { out, dt, method, learner } = flags;
      const run = flags.weights === undefined ? undefined : resolve(flags.weights);
      if (learner !== undefined && run === undefined) {
        throw new InputError('--learner', 'says whose weights of a run, and none is given; give --weights');
      }
      const { circuit: written, seed } = await circuitOf(file, flags, run);
      const weights = run === undefined ? undefined : learned(build(written, seed), run, learner);
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
    .argument('<file>', 'a NIR file')
    .addHelpText(
      'after',
      `
In a scenario, to which you add rules, feedback and a task:
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
    .addOption(number('--dt <seconds>', 'seconds of a timestep (default: as in the file, else 0.001)', 'positive'))
    .addOption(
      choice('--method <name>', 'how time constants are decays: exact, exp(-dt/tau); euler, 1 - dt/tau', [
        'exact',
        'euler',
      ]),
    )
    .option('--json', 'print it as JSON, with the warnings');
}

/** The circuit of a scenario, and its seed: those of a run, if one is given. */
async function circuitOf(
  file: string,
  flags: ExportFlags,
  run: string | undefined,
): Promise<{ readonly circuit: Circuit; readonly seed: number }> {
  const { scenario, within } = await loadScenario(file);
  const summary = run === undefined ? undefined : summaryOfRun(run);
  if (run !== undefined && summary) checkSame(run, summary, scenario, flags);
  const seed = flags.seed ?? summary?.seed;
  const settings = { ...summary?.settings, ...quickSettings(scenario, flags), ...setSettings(scenario, flags) };
  return within(() => scenario.plan({ settings, ...(seed !== undefined && { seed }) }));
}

function quickSettings(scenario: Scenario, { quick }: ExportFlags): Settings {
  return quick ? quickOf(scenario).settings : {};
}

function setSettings({ options }: Scenario, { set }: ExportFlags): Settings {
  return settingsFrom(options, set ?? []);
}

function summaryOfRun(run: string): Summary {
  if (!holdsRun(run)) throw new InputError(run, 'holds no run; give the directory of one');
  const { summary } = runFiles(run);
  if (existsSync(summary)) return readSummary(summary);
  throw new InputError(
    run,
    'has no summary, which says with which seed and options it ran: it has not ended; resume it',
  );
}

/** @throws InputError if the seed or an option is not that of the run whose weights are wanted: they would be another network's. */
function checkSame(run: string, { seed, settings }: Summary, scenario: Scenario, flags: ExportFlags): void {
  const refuse = (place: string, given: unknown, right: unknown): never => {
    throw new InputError(place, `${show(given)} differs from ${show(right)}, with which ${run} ran; leave it out`);
  };
  if (flags.seed !== undefined && flags.seed !== seed) refuse('--seed', flags.seed, seed);
  const set = setSettings(scenario, flags);
  for (const [name, value] of Object.entries({ ...quickSettings(scenario, flags), ...set })) {
    if (!Object.hasOwn(settings, name) || settings[name] === value) continue;
    refuse(Object.hasOwn(set, name) ? `--set ${name}` : `--quick, which sets ${name}`, value, settings[name]);
  }
}

/** The weights that a learner of a run ended with, in the order of the synapses. @throws InputError if it had other synapses. */
function learned({ groups }: BuiltCircuit, run: string, learner: string | undefined): Record<string, Float64Array> {
  const whose = learner === undefined ? {} : { learner };
  return Object.fromEntries(
    groups.map(({ name, from, to, pre, rowStart }) => {
      const rows = weightsOf(run, name, whose);
      const post = Array.from({ length: to.size }, (_, i) => new Array<number>(rowStart[i + 1] - rowStart[i]).fill(i));
      const weights = Float64Array.from(post.flat(), (i, k) => rows[i]?.[pre[k]] ?? NaN);
      const count = rows.reduce((sum, row) => sum + row.filter((weight) => !Number.isNaN(weight)).length, 0);
      if (
        rows.length !== to.size ||
        rows[0]?.length !== from.size ||
        count !== pre.length ||
        weights.some(Number.isNaN)
      ) {
        throw new InputError(
          run,
          `its synapses of ${show(name)} are not those of this scenario; give the one that ran`,
        );
      }
      return [name, weights];
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
