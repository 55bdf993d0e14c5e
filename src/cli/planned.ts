import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Circuit } from '../circuit/index.ts';
import { InputError } from '../errors/index.ts';
import { loadScenario } from '../loading/index.ts';
import { weightsOf } from '../recording/index.ts';
import { quickOf, type Plan } from '../training/index.ts';
import { number, quickOption, settingsFrom } from './options.ts';

/** Which circuit of a scenario, and with which weights. */
export interface PlannedFlags {
  readonly weights?: string;
  readonly learner?: string;
  readonly set?: readonly string[];
  readonly quick?: boolean;
  readonly seed?: number;
}

export function withPlanned(command: Command): Command {
  return command
    .option('--weights <run>', 'the weights after learning, of a run directory; by default the initial ones')
    .option('--learner <name>', 'whose weights, where the run has several learners')
    .option('--set <name=value...>', "set the scenario's options")
    .addOption(quickOption())
    .addOption(number('--seed <s>', 'the seed, which draws weights and connections', 'whole'));
}

/** A scenario as it is set. */
export async function plannedOf(file: string, { set, quick, seed }: PlannedFlags): Promise<Plan> {
  const { scenario, within } = await loadScenario(file);
  return within(() =>
    scenario.plan({
      settings: { ...(quick && quickOf(scenario).settings), ...settingsFrom(scenario.options, set ?? []) },
      usualEngine: 'kernels',
      ...(seed !== undefined && { seed }),
    }),
  );
}

/** The weights that a learner of a run ended with, in the order of the synapses; undefined: no run is named. */
export function learned(
  { synapses }: Circuit,
  { weights: run, learner }: PlannedFlags,
): Record<string, Float64Array> | undefined {
  if (run === undefined) {
    if (learner === undefined) return undefined;
    throw new InputError('--learner', 'says whose weights of a run, and none is given; give --weights');
  }
  const whose = learner === undefined ? {} : { learner };
  return Object.fromEntries(
    Object.keys(synapses).map((group) => {
      const rows = weightsOf(resolve(run), group, whose);
      const weights = rows.flatMap((row) => Array.from(row).filter((weight) => !Number.isNaN(weight)));
      return [group, Float64Array.from(weights)];
    }),
  );
}
