import { build, longestDelay, type BuiltCircuit, type Circuit, type LearningOptions } from '../../circuit/index.ts';
import { InputError, onlyFields } from '../../errors/index.ts';
import { trialOfTask, type Task } from '../../tasks/index.ts';
import { countLocal } from './count-local.ts';
import type { LocalCounts } from './counts.ts';

/** How a circuit runs while its costs are counted. */
export interface NeuromorphicOptions extends Partial<LearningOptions> {
  /** Default 1. */
  readonly seed?: number;
  /** Which of the task's trials, from 1. Default 1. */
  readonly trial?: number;
}

/** Costs in the terms of NeuroBench: Yik et al., Nature Communications 16:1545 (2025). */
export interface NeuromorphicCosts {
  /** Timesteps of the trial. */
  readonly timesteps: number;
  /** Products of a rate and a weight in the trial. */
  readonly synapticOperations: {
    /** Multiply-accumulates in which neither rate nor weight is 0. */
    readonly effectiveMacs: number;
    /** The same, in groups that carry only -1, 0 and 1, where a product is an addition: accumulates. */
    readonly effectiveAcs: number;
    /** Those of hardware that does not exploit zeros: every pair of neurons of a group, in every timestep or sweep. */
    readonly dense: number;
  };
  /** The fraction of neurons and timesteps in which a neuron with axons sent nothing, or 0. 0 to 1. */
  readonly activationSparsity: number;
  /** The fraction of pairs of neurons, in all groups, without a synapse or with a weight of 0. 0 to 1. */
  readonly connectionSparsity: number;
  /** Bytes, all numbers in float64. */
  readonly footprint: {
    /** Weights of the synapses and of the feedback. */
    readonly parameters: number;
    /** What the circuit holds from timestep to timestep: rates, those on their way along axons, and what gated axons have received from gates. */
    readonly buffers: number;
    /** What it holds in order to learn. */
    readonly learning: number;
  };
}

/**
 * Runs one trial of a task on actors, with learning, and counts its costs.
 *
 * @throws InputError if an option is wrong, or the task does not fit the circuit.
 */
export function neuromorphicCosts(circuit: Circuit, task: Task, options: NeuromorphicOptions = {}): NeuromorphicCosts {
  onlyFields('neuromorphicCosts', options, ['seed', 'trial', 'schedule', 'feedback']);
  const { seed = 1, trial: number = 1, schedule = 'trial', feedback = 'random' } = options;
  if (!Number.isSafeInteger(number) || number < 1) {
    throw new InputError('trial', `${number} is not the number of a trial; give a whole number, 1 or more`);
  }
  const built = build(circuit, seed);
  const trial = trialOfTask(task, number, seed);
  const { groups, counts, timesteps: sweeps } = countLocal(built, trial, { schedule, feedback });
  const { timesteps } = trial;
  const effective = (binary: boolean) =>
    groups.filter((group) => group.binary === binary).reduce((sum, group) => sum + group.effective, 0);
  const pairs = built.groups.reduce((sum, { from, to }) => sum + from.size * to.size, 0);
  const joined = built.groups.reduce((sum, { weights }) => sum + weights.filter((w) => w !== 0).length, 0);
  return {
    timesteps,
    synapticOperations: { effectiveMacs: effective(false), effectiveAcs: effective(true), dense: pairs * sweeps },
    activationSparsity: activationSparsity(built, groups, sweeps),
    connectionSparsity: pairs > 0 ? 1 - joined / pairs : 0,
    footprint: { ...footprintOf(built), learning: counts.bytes },
  };
}

/** Neurons with axons are counted once, at the first group that they send to; preferably at one without a gate. */
function activationSparsity({ populations, groups }: BuiltCircuit, counted: LocalCounts['groups'], T: number): number {
  let [active, all] = [0, 0];
  for (const population of populations) {
    const ungated = groups.findIndex(({ from, gate }) => from === population && !gate);
    const first = ungated < 0 ? groups.findIndex(({ from }) => from === population) : ungated;
    if (first < 0) continue;
    active += counted[first].active;
    all += new Set(groups[first].pre).size * T;
  }
  return all > 0 ? 1 - active / all : 0;
}

function footprintOf({ populations, groups, feedback }: BuiltCircuit): { parameters: number; buffers: number } {
  const weights = [...groups, ...feedback].reduce((sum, { weights: { length } }) => sum + length, 0);
  const rates = populations.reduce((sum, { size }) => sum + size, 0);
  const underWay = groups.reduce(
    (sum, group) => sum + group.from.size * (longestDelay(group) + (group.gate ? 1 : 0)),
    0,
  );
  return { parameters: 8 * weights, buffers: 8 * (rates + underWay) };
}
