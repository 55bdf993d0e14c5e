import { ActorEngine, type GroupTraffic } from '../../actors/index.ts';
import {
  scheduled,
  type BuiltCircuit,
  type BuiltGroup,
  type History,
  type LearningOptions,
} from '../../circuit/index.ts';
import type { PlasticityRule } from '../../rules/index.ts';
import type { Trial } from '../../tasks/index.ts';
import type { Counts, LocalCounts } from './counts.ts';
import { meteredRule, noReads, type SynapseReads } from './metered-rule.ts';

const NUMBER = Float64Array.BYTES_PER_ELEMENT;

/**
 * Runs one trial on actors and counts the messages that pass between them, and every number that a synapse's rule reads from its view.
 *
 * The sum of requested changes is also a number of the synapse: it is read, added to and written with every update. Operations are those of
 * the rule's text times the updates counted; for an opaque rule they are unknown.
 *
 * If a group learns by history, its synapses receive their events again, each with how much it counts: one product per event, added up. Its neurons
 * go back through the trial, timestep after timestep; what they and the axons keep for that counts as kept in order to learn.
 */
export function countLocal(given: BuiltCircuit, trial: Trial, options: LearningOptions): LocalCounts {
  const circuit = scheduled(given, options.schedule);
  const reads = circuit.groups.map(noReads);
  const groups = circuit.groups.map((group, g) =>
    group.rule && !group.history ? { ...group, rule: meteredRule(group.rule, reads[g]) } : group,
  );
  const engine = new ActorEngine({ ...circuit, groups }, options);
  const traffic = engine.countTraffic();
  engine.trial(trial);

  const costs = circuit.groups.map((group, g) =>
    group.history
      ? costsByHistory(group, group.history, traffic.groups[g], trial.timesteps)
      : costsByTrace(group, reads[g]),
  );
  const sum = (value: (g: number) => number) => circuit.groups.reduce((total, _, g) => total + value(g), 0);
  const learning = circuit.groups.map(({ rule, pre }) => (rule ? pre.length : 0));
  const known = circuit.groups.every(({ rule }) => !rule || rule.analysis);
  const counts: Counts = {
    synapses: sum((g) => learning[g]),
    updates: sum((g) => costs[g].updates),
    events: {
      axons: sum((g) => traffic.groups[g].arrivals + traffic.groups[g].replayed),
      gates: sum((g) => traffic.groups[g].gates),
      publications: sum((g) => traffic.groups[g].publications),
      scalars: sum((g) => traffic.groups[g].scalars),
      errors: traffic.errors,
      transported: traffic.transported,
    },
    reads: sum((g) => costs[g].reads),
    writes: sum((g) => costs[g].writes),
    operations: known ? sum((g) => costs[g].operations) : null,
    bytes: NUMBER * (traffic.listeners + sum((g) => learning[g] * traffic.groups[g].held + traffic.groups[g].kept)),
  };
  const counted = traffic.groups.map((group, g) => {
    const { rule } = circuit.groups[g];
    return { ...group, ...(rule && { rule: rule.name }), read: reads[g] };
  });
  return { timesteps: traffic.timesteps, counts, groups: counted };
}

/** What learning took in a group. */
type Costs = Readonly<Record<'updates' | 'reads' | 'writes' | 'operations', number>>;

function costsByTrace({ rule }: BuiltGroup, reads: SynapseReads): Costs {
  const { updates, written } = reads;
  return {
    updates,
    reads: updates + readBy(reads),
    writes: updates + written,
    operations: operationsOf(rule, reads),
  };
}

/** For each event, a synapse reads what was brought, how much it counts and the sum; a neuron reads and writes in each timestep as its text says. */
function costsByHistory(
  { pre, to }: BuiltGroup,
  { text }: History,
  { replayed }: GroupTraffic,
  timesteps: number,
): Costs {
  const steps = to.size * timesteps;
  const read = text.reads.filter(({ scope }) => scope !== 'parameter').length;
  const operations = Object.values(text.operations).reduce((sum, count) => sum + count, 0);
  return {
    updates: pre.length * timesteps,
    reads: 3 * replayed + steps * read,
    writes: replayed + steps * text.namedResults.length,
    operations: 2 * replayed + steps * operations,
  };
}

/** All numbers that were read. */
function readBy({ own, presynaptic, postsynaptic, signal, global }: SynapseReads): number {
  return own + presynaptic + postsynaptic + signal + global;
}

/** The operations of all updates: those of the rule, and the addition to the sum of changes. If no change is requested, only those of the trace. */
function operationsOf(rule: PlasticityRule | undefined, { updates, traced }: SynapseReads): number {
  const trace = Object.values(rule?.analysis?.function('trace')?.operations ?? {});
  const alone = Math.max(0, traced - updates);
  return updates * ((rule?.analysis?.cost.total ?? 0) + 1) + alone * trace.reduce((sum, count) => sum + count, 0);
}
