import { InputError } from '../errors/index.ts';
import { once } from '../local/index.ts';
import { built } from './build.ts';
import type { BuiltCircuit, BuiltGroup, Carriage } from './built.ts';
import type { Schedule } from './engine.ts';

/**
 * A circuit as it learns with this schedule: online, every synapse steps its traces, even if it would learn by history with schedule 'trial'.
 *
 * @throws InputError if the schedule is 'online', and evaluation by history was requested.
 */
export function scheduled(circuit: BuiltCircuit, schedule: Schedule): BuiltCircuit {
  return schedule === 'trial' || circuit.groups.every(({ history }) => !history) ? circuit : online(circuit);
}

/** The same circuit every time, so that its engines share what is derived from it. */
const online = once((circuit: BuiltCircuit): BuiltCircuit => {
  const groups = new Map(circuit.groups.map((group) => [group, byTrace(group)]));
  const carriages = new Map<Carriage, Carriage>();
  const carriageOf = (carriage: Carriage): Carriage => {
    const known = carriages.get(carriage);
    if (known) return known;
    const sources = carriage.sources.map((source) => ({ ...source, group: groups.get(source.group) ?? source.group }));
    carriages.set(carriage, { ...carriage, sources });
    return carriageOf(carriage);
  };
  const feedback = circuit.feedback.map((entry) =>
    entry.carriage ? { ...entry, carriage: carriageOf(entry.carriage) } : entry,
  );
  return built.enter({ ...circuit, groups: [...groups.values()], feedback });
});

function byTrace({ history, ...group }: BuiltGroup): BuiltGroup {
  if (!history?.asked) return group;
  throw new InputError(
    `synapses.${group.name}.evaluation`,
    "is 'history', which computes changes only when the trial has ended; give schedule 'trial', or evaluation 'trace'",
  );
}
