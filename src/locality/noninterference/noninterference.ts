import type { Engine } from '../../circuit/index.ts';
import { stream } from '../../random/index.ts';
import type { PlasticityRule } from '../../rules/index.ts';
import type { Trial } from '../../tasks/index.ts';
import { Bench, differ, type Update } from './bench.ts';
import { ByHistory } from './by-history.ts';
import { told, type Counterexample } from './counterexample.ts';
import { moves, readsOf } from './entitled.ts';
import { synapsesOf, type SynapseAt } from './entitlement.ts';
import { tryNeurons } from './neurons.ts';
import { isTelling, Trespass } from './trespass.ts';

export interface NoninterferenceOptions {
  /** Determines by how much each number is changed, and which updates are looked at. Default 1. */
  readonly seed?: number;
  /** How many updates (of a synapse in a timestep) are looked at; they are drawn at random if there are more. Default all. */
  readonly updates?: number;
  /** Whether to look at the synapses with this rule. Default: at all that learn. */
  readonly looksAt?: (rule: PlasticityRule) => boolean;
  /** Whether to test also that what rules read changes their updates; this takes most of the time. Default true. */
  readonly moves?: boolean;
}

/** What was found out about a learner on one circuit and one trial. */
export interface Noninterference {
  /** Absent: no update changed when something was changed that its synapse is not entitled to. */
  readonly counterexample?: Counterexample;
  /** How many updates were looked at. An update does not count if every run with changed numbers failed before it. */
  readonly updates: number;
  /** How many neurons of opaque models were tried, on the actors: whether what they publish depends only on what is their own. */
  readonly neurons: number;
  /** For each rule by its name: what it reads that was changed, and whether that changed an update. Empty if this was not tried. */
  readonly entitled: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

/**
 * Noninterference, after Goguen & Meseguer (1982): whether a synapse's update depends only on what the synapse is entitled to.
 *
 * A timestep is frozen when the errors are known, and again when every neuron has its learning signal. There, everything that the
 * synapse is not entitled to is changed: what other neurons publish and hold, other synapses' weights and states, all feedback but its neuron's,
 * errors that are on their way, the input and target of every timestep. Its update (new state, requested change, weight) must
 * keep every bit. It must also do so when everything was changed a timestep before and only what the synapse is entitled to is restored, and when
 * nothing is changed.
 * If a synapse learns by history, what it holds when the trial has ended must keep every bit, whatever is changed in every timestep.
 * If a bit changes, a single number is sought whose change is enough. Then each thing that the rule reads is changed, to see if an update changes.
 *
 * In a circuit that repeats, all of this is done in each sweep; timesteps here are then sweeps. Every synapse may know which sweep is the last.
 *
 * On the actors, neurons of opaque models come first: what they publish is what their synapses are entitled to, so it must depend only on
 * the neuron's own last rate and summed input.
 *
 * @throws RunError if the trial cannot be run as it is. @throws InputError if the engine does not show what it holds.
 */
export function noninterference(
  engine: Engine,
  trial: Trial,
  { seed = 1, updates = Infinity, looksAt = () => true, moves: triesMoves = true }: NoninterferenceOptions = {},
): Noninterference {
  const learning = engine.held().flatMap(({ place }) => {
    const group = place.kind === 'weight' ? place.group : undefined;
    return group?.rule && looksAt(group.rule) ? [group] : [];
  });
  const synapses = synapsesOf(engine.circuit, learning);
  const bench = new Bench(engine, trial, seed);
  const timesteps = Array.from({ length: bench.timesteps() }, (_, t) => t + 1);
  const drawn = draw(timesteps.length * synapses.length, updates, seed);
  // Maps, because rules and their state may have names that every object inherits.
  const noted: Noted = new Map();
  const entitled = () => Object.fromEntries([...noted].map(([rule, paths]) => [rule, Object.fromEntries(paths)]));
  const { counterexample, neurons } = tryNeurons(bench, engine.circuit);
  let looked = 0;
  const result = (found?: Counterexample): Noninterference => ({
    ...(found && { counterexample: found }),
    ...{ updates: looked, neurons, entitled: entitled() },
  });
  if (counterexample) return result(counterexample);
  const [timely, historical] = [false, true].map((by) => synapses.filter(({ group }) => !!group.history === by));
  const byHistory = historical.length > 0 ? new ByHistory(bench) : undefined;
  for (const synapse of historical) {
    const s = synapses.indexOf(synapse);
    const chosen = timesteps.filter((timestep) => drawn((timestep - 1) * synapses.length + s));
    if (!byHistory || chosen.length === 0) continue;
    const { tried, counterexample: found } = byHistory.find(synapse);
    if (found) return result(found);
    if (tried) looked += chosen.length;
    const known = notedOf(synapse, noted);
    for (const [path, moved] of byHistory.moves(synapse, known)) known.set(path, moved || known.get(path) === true);
  }
  // If a rule keeps something from earlier trials, continue to search for what it keeps.
  let vague: Counterexample | undefined;
  for (const timestep of timesteps) {
    const chosen = timely.filter((one) => drawn((timestep - 1) * synapses.length + synapses.indexOf(one)));
    if (chosen.length === 0) continue;
    const usual = bench.usual(timestep, chosen);
    const differing = () => {
      const again = bench.run(timestep, chosen);
      return chosen.find((_, s) => differ(again[s], usual[s]));
    };
    const restless = differing();
    if (restless) return result(told(restless, timestep, 'nothing'));
    for (const [s, synapse] of chosen.entries()) {
      const trespass = new Trespass(bench, synapse, timestep, usual[s]);
      const found = trespass.find();
      if (trespass.tried) looked++;
      if (found && !found.vague) {
        const telling = isTelling(found) ? found : Trespass.telling(bench, synapse, timesteps.slice(timestep));
        return result(telling ?? found);
      }
      vague ??= found;
      if (triesMoves) noteMoves(bench, synapse, timestep, usual[s], noted);
    }
    const touched = differing();
    if (touched) vague ??= told(touched, timestep, 'before');
  }
  return result(vague);
}

/** For each rule by its name: which of its reads were changed, and whether that changed an update. */
type Noted = Map<string, Map<string, boolean>>;

/** What is noted of a synapse's rule. */
function notedOf({ group: { rule } }: SynapseAt, noted: Noted): Map<string, boolean> {
  const name = rule?.name ?? '';
  const known = noted.get(name) ?? new Map<string, boolean>();
  noted.set(name, known);
  return known;
}

/** Notes, for each thing that a synapse's rule reads, whether it changes the update, unless it already has changed one. */
function noteMoves(bench: Bench, synapse: SynapseAt, timestep: number, usual: Update, noted: Noted): void {
  const { rule } = synapse.group;
  if (!rule) return;
  const known = notedOf(synapse, noted);
  for (const path of readsOf(rule)) {
    if (known.get(path)) continue;
    const moved = moves(bench, synapse, timestep, usual, path);
    if (moved !== undefined) known.set(path, moved);
  }
}

/** Which of `count` things to look at: all, or `wanted` of them. */
function draw(count: number, wanted: number, seed: number): (k: number) => boolean {
  if (wanted >= count) return () => true;
  const random = stream(seed, 'noninterference', 'updates');
  const chosen = new Set<number>();
  while (chosen.size < wanted) chosen.add(Math.floor(random() * count));
  return (k) => chosen.has(k);
}
