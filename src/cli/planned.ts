import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { BuiltCircuit } from '../circuit/index.ts';
import { InputError, show } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import { holdsRun, holdsSweep, readSummary, runFiles, weightsOf, type Summary } from '../recording/index.ts';
import { quickOf, type Plan, type Settings } from '../training/index.ts';
import { number, quickOption, settingsFrom } from './options.ts';

/** Options that select a circuit of a scenario and its weights. */
export interface PlannedFlags {
  readonly weights?: string;
  readonly learner?: string;
  readonly set?: readonly string[];
  readonly quick?: boolean;
  readonly seed?: number;
}

export function withPlanned(command: Command): Command {
  return command
    .option(
      '--weights <run>',
      'use the weights after learning from this run directory, with the seed and options of that run (default: the initial weights)',
    )
    .option('--learner <name>', 'the learner whose weights are used, if the run has several')
    .option('--set <name=value...>', "set the scenario's options")
    .addOption(quickOption())
    .addOption(number('--seed <s>', 'the seed that weights and connections are drawn from', 'whole'));
}

/** The plan of a scenario, with the seed and the options of a run if one is given. @throws InputError if the flags contradict that run. */
export async function plannedOf(file: string, flags: PlannedFlags): Promise<Plan> {
  const { scenario, within } = await loadScenario(file);
  const quick: Settings = flags.quick ? quickOf(scenario).settings : {};
  const set = settingsFrom(scenario.options, flags.set ?? []);
  const run = flags.weights === undefined ? undefined : resolve(flags.weights);
  const summary = run === undefined ? undefined : summaryOf(run);
  if (run !== undefined && summary) {
    checkSame(run, summary, { '--quick, which sets ': quick, '--set ': set }, flags.seed);
  }
  const seed = flags.seed ?? summary?.seed;
  return within(() =>
    scenario.plan({
      settings: { ...summary?.settings, ...quick, ...set },
      usualEngine: 'kernels',
      ...(seed !== undefined && { seed }),
    }),
  );
}

function summaryOf(run: string): Summary {
  if (holdsSweep(run)) throw new InputError(run, 'holds a sweep, not a run; give a run directory');
  if (!holdsRun(run)) throw new InputError(run, 'holds no run; give a run directory');
  const { summary } = runFiles(run);
  if (existsSync(summary)) return readSummary(summary);
  const problem = 'has no summary with its seed and options, because it has not ended';
  throw new InputError(run, `${problem}; resume the run first`);
}

/**
 * @param asked Options, by the text that precedes their names on the command line.
 * @throws InputError if the seed or an option differs from that of the run: its weights would belong to another network.
 */
function checkSame(
  run: string,
  { seed, settings }: Summary,
  asked: Readonly<Record<string, Settings>>,
  ownSeed: number | undefined,
): void {
  const problem = (given: unknown, right: unknown) =>
    `${show(given)} differs from ${show(right)}, the value in the run ${run}; leave it out`;
  if (ownSeed !== undefined && ownSeed !== seed) throw new InputError('--seed', problem(ownSeed, seed));
  for (const [flag, given] of Object.entries(asked)) {
    const wrong = Object.keys(given).find((name) => Object.hasOwn(settings, name) && settings[name] !== given[name]);
    if (wrong !== undefined) throw new InputError(`${flag}${wrong}`, problem(given[wrong], settings[wrong]));
  }
}

/**
 * The final weights of a learner of a run, in the order of the synapses; undefined if no run is named.
 *
 * @throws InputError if there is no such run or learner, or its synapses differ.
 */
export function learned(
  { groups }: BuiltCircuit,
  { weights, learner }: PlannedFlags,
): Record<string, Float64Array> | undefined {
  if (weights === undefined) {
    if (learner === undefined) return undefined;
    throw new InputError('--learner', 'selects weights of a run, but no run is given; add --weights');
  }
  const run = resolve(weights);
  const whose = learner === undefined ? {} : { learner };
  return Object.fromEntries(
    groups.map(({ name, from, to, pre, rowStart }) => {
      const rows = weightsOf(run, name, whose);
      const isSize = rows.length === to.size && rows.every((row) => row.length === from.size);
      const own = isSize
        ? rows.flatMap((row, i) => Array.from(pre.subarray(rowStart[i], rowStart[i + 1]), (j) => row[j]))
        : [];
      const count = rows.reduce((sum, row) => sum + row.filter((weight) => !Number.isNaN(weight)).length, 0);
      if (!isSize || own.length !== count || own.some(Number.isNaN)) {
        const problem = `its synapses of ${show(name)} differ from those of this scenario`;
        throw new InputError(run, `${problem}; give the scenario and the options of that run`);
      }
      return [name, Float64Array.from(own)];
    }),
  );
}
