import { ActorEngine } from '../../actors/index.ts';
import type { BuiltCircuit, LearningOptions } from '../../circuit/index.ts';
import type { PlasticityRule } from '../../rules/index.ts';
import type { Trial } from '../../tasks/index.ts';
import type { Counts, LocalCounts } from './counts.ts';
import { meteredRule, noReads, type SynapseReads } from './metered-rule.ts';

const NUMBER = Float64Array.BYTES_PER_ELEMENT;

/**
 * Runs one trial on actors and counts: the messages that pass between them, and every number that a synapse's rule reads of its view.
 *
 * The sum of changes asked for is a number of the synapse, too: it is read, added to and written with every update. The operations of an
 * update are those of the rule's text, times the updates counted; an opaque rule's are not known.
 */
export function countLocal(circuit: BuiltCircuit, trial: Trial, options: LearningOptions): LocalCounts {
  const reads = circuit.groups.map(noReads);
  const groups = circuit.groups.map((group, g) =>
    group.rule ? { ...group, rule: meteredRule(group.rule, reads[g]) } : group,
  );
  const engine = new ActorEngine({ ...circuit, groups }, options);
  const traffic = engine.countTraffic();
  engine.trial(trial);

  const sum = (value: (g: number) => number) => circuit.groups.reduce((total, _, g) => total + value(g), 0);
  const updates = sum((g) => reads[g].updates);
  const learning = circuit.groups.map(({ rule, pre }) => (rule ? pre.length : 0));
  const known = circuit.groups.every(({ rule }) => !rule || rule.analysis);
  const counts: Counts = {
    synapses: sum((g) => learning[g]),
    updates,
    events: {
      axons: sum((g) => traffic.groups[g].arrivals),
      gates: sum((g) => traffic.groups[g].gates),
      publications: sum((g) => traffic.groups[g].publications),
      scalars: sum((g) => traffic.groups[g].scalars),
      errors: traffic.errors,
      transported: traffic.transported,
    },
    reads: updates + sum((g) => readBy(reads[g])),
    writes: updates + sum((g) => reads[g].written),
    operations: known ? sum((g) => operationsOf(circuit.groups[g].rule, reads[g])) : null,
    bytes: NUMBER * (traffic.listeners + sum((g) => learning[g] * traffic.groups[g].held)),
  };
  const counted = traffic.groups.map((group, g) => {
    const { rule } = circuit.groups[g];
    return { ...group, ...(rule && { rule: rule.name }), read: reads[g] };
  });
  return { timesteps: traffic.timesteps, counts, groups: counted };
}

/** All numbers that were read. */
function readBy({ own, presynaptic, postsynaptic, signal, global }: SynapseReads): number {
  return own + presynaptic + postsynaptic + signal + global;
}

/** The operations of all updates: those of the rule, and the addition to the sum of changes. Where no change is asked for, the trace's alone. */
function operationsOf(rule: PlasticityRule | undefined, { updates, traced }: SynapseReads): number {
  const trace = Object.values(rule?.analysis?.function('trace')?.operations ?? {});
  const alone = Math.max(0, traced - updates);
  return updates * ((rule?.analysis?.cost.total ?? 0) + 1) + alone * trace.reduce((sum, count) => sum + count, 0);
}
