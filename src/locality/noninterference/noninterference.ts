import type { Engine, Place } from '../../circuit/index.ts';
import { RunError } from '../../errors/index.ts';
import type { PlasticityRule } from '../../rules/index.ts';
import { stream } from '../../random/index.ts';
import type { Trial } from '../../tasks/index.ts';
import { Bench, differ, type Change, type Tamper, type Update } from './bench.ts';
import { synapsesOf, type SynapseAt } from './entitlement.ts';
import { numberInWords, synapseInWords } from './words.ts';

/** An update that hangs on what is none of the synapse's business. */
export interface Counterexample {
  /** In words: synapse 4→7 of `recurrent` changed when the weight of 2→9 was changed. */
  readonly message: string;
  readonly group: string;
  readonly pre: number;
  readonly post: number;
  /** The timestep whose update it is. */
  readonly timestep: number;
  /** What was changed: one number, where one alone is enough. */
  readonly changed: readonly { readonly place: Place; readonly index: number; readonly timestep: number }[];
}

export interface NoninterferenceOptions {
  /** Fixes what is changed, by how much, and which synapses are looked at. Default 1. */
  readonly seed?: number;
  /** How many updates (of a synapse in a timestep) are looked at; drawn where there are more. Default all. */
  readonly updates?: number;
  /** Whether to look at the synapses that carry this rule. Default: at all that learn. */
  readonly looksAt?: (rule: PlasticityRule) => boolean;
}

/** What was found out about a learner on one circuit and one trial. */
export interface Noninterference {
  /** Absent: no update changed when something was changed that the synapse is not entitled to. */
  readonly counterexample?: Counterexample;
  /** How many updates were looked at. */
  readonly updates: number;
  /** For each rule by its name: what its synapses are entitled to and was changed, and whether that changed an update. */
  readonly entitled: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

/**
 * Noninterference, after Goguen & Meseguer (1982): whether the update of a synapse hangs on nothing but what the synapse is entitled to.
 *
 * A timestep is frozen when the errors are known, and again when every neuron has its learning signal. There, all is changed that a synapse
 * is not entitled to: what other neurons publish and hold, other synapses' weights, states and requests, the feedback, input and target of
 * every timestep. Its update (new state, request, weight) must keep every bit. So it must when all was changed a timestep before, and only
 * what the synapse is entitled to is put back: an update may hang on the past through nothing else. And when nothing is changed at all.
 * Where it does not, one number is looked for that alone is enough. Then each thing that the rule reads is changed, to see whether
 * the update can change.
 *
 * @throws RunError if the trial cannot be run as it is.
 */
export function noninterference(
  engine: Engine,
  trial: Trial,
  { seed = 1, updates = Infinity, looksAt = () => true }: NoninterferenceOptions = {},
): Noninterference {
  const groups = engine.circuit.groups.filter(({ rule }) => rule && looksAt(rule));
  const synapses = synapsesOf(groups);
  const bench = new Bench(engine, trial, seed);
  const entitled: Record<string, Record<string, boolean>> = {};
  const timesteps = Array.from({ length: trial.timesteps }, (_, t) => t + 1);
  const drawn = draw(timesteps.length * synapses.length, updates, seed);
  let [done, vague]: [number, Counterexample?] = [0];
  for (const timestep of timesteps) {
    const looked = synapses.filter((_, s) => drawn((timestep - 1) * synapses.length + s));
    if (looked.length === 0) continue;
    const usual = bench.usual(timestep, looked);
    for (const [s, synapse] of looked.entries()) {
      const counterexample = new Trespass(bench, synapse, timestep, usual[s]).find();
      if (counterexample?.changed.length === 0) vague ??= counterexample;
      else if (counterexample) {
        const telling = isTelling(counterexample) ? undefined : findTelling(bench, synapse, timesteps.slice(timestep));
        return { counterexample: telling ?? counterexample, updates: done, entitled };
      }
      done++;
      move(bench, synapse, timestep, usual[s], entitled);
    }
    const again = bench.run(timestep, looked);
    const changed = looked.findIndex((_, s) => differ(again[s], usual[s]));
    if (changed >= 0) vague ??= told(looked[changed], timestep, []);
  }
  return { ...(vague && { counterexample: vague }), updates: done, entitled };
}

/** In which order single numbers are tried: what everyone knows the meaning of first. */
const TELLING: readonly Place['kind'][] = ['target', 'input', 'weight', 'state', 'rate', 'axon', 'slope', 'signal'];
const MOST_TELLING: ReadonlySet<Place['kind']> = new Set(['target', 'input', 'weight']);

function rank({ held: { place } }: Change): number {
  const found = TELLING.indexOf(place.kind);
  return found < 0 ? TELLING.length : found;
}

function isTelling({ changed }: Counterexample): boolean {
  return changed.length === 1 && MOST_TELLING.has(changed[0].place.kind);
}

/** What a synapse's later updates hang on among weights and signals: RTRL, say, needs a timestep before weights matter. */
function findTelling(bench: Bench, synapse: SynapseAt, timesteps: readonly number[]): Counterexample | undefined {
  for (const timestep of timesteps) {
    const [usual] = bench.usual(timestep, [synapse]);
    const found = new Trespass(bench, synapse, timestep, usual).findNow(({ kind }) => MOST_TELLING.has(kind));
    if (found && isTelling(found)) return found;
  }
  return undefined;
}

/** The search for what one update hangs on and must not. */
class Trespass {
  constructor(
    private readonly bench: Bench,
    private readonly synapse: SynapseAt,
    private readonly timestep: number,
    private readonly usual: Update,
  ) {}

  find(): Counterexample | undefined {
    return this.findNow(() => true) ?? (this.timestep > 1 ? this.findPast() : undefined);
  }

  /** All of certain places is changed in this timestep, but what the synapse is entitled to. */
  findNow(places: (place: Place) => boolean): Counterexample | undefined {
    const { synapse, timestep } = this;
    const forbidden: Change[] = [];
    const all: Tamper = (moment, now) => {
      if (now !== timestep) return;
      for (const { held, k, role } of this.bench.numbers(synapse, moment, now)) {
        if (role !== undefined || !places(held.place)) continue;
        forbidden.push({ held, k, timestep, moment });
        this.bench.change({ held, k });
      }
    };
    return this.changes(all) ? this.smallest(all, forbidden, (change) => this.only(change)) : undefined;
  }

  /** All is changed a timestep before, and what the synapse is entitled to is put back. */
  private findPast(): Counterexample | undefined {
    const { bench, synapse, timestep } = this;
    const entitled: { readonly change: Pick<Change, 'held' | 'k'>; readonly value: number }[] = [];
    const note: Tamper = (moment, now) => {
      if (now !== timestep || moment !== 'broadcast') return;
      for (const { held, k, role } of bench.numbers(synapse, moment, now)) {
        if (role !== undefined) entitled.push({ change: { held, k }, value: held.get(k) });
      }
    };
    this.changes(note);
    const putBack: Tamper = (moment, now) => {
      if (now !== timestep || moment !== 'broadcast') return;
      for (const { change, value } of entitled) change.held.set(change.k, value);
    };
    const past: Change[] = [];
    const before: Tamper = (moment, now) => {
      if (now === timestep - 1 && moment === 'broadcast') {
        for (const { held, k } of bench.numbers(synapse, moment, now)) {
          past.push({ held, k, timestep: now, moment });
          bench.change({ held, k });
        }
      }
      putBack(moment, now);
    };
    if (!this.changes(before)) return undefined;
    return this.smallest(before, past, (change) => (moment, now) => {
      this.only(change)(moment, now);
      putBack(moment, now);
    });
  }

  /** The first single change that is enough; all where none is, and none where the change was made in a trial before. */
  private smallest(all: Tamper, changes: readonly Change[], one: (change: Change) => Tamper): Counterexample {
    const { bench, synapse, timestep } = this;
    const sorted = [...changes].sort((a, b) => rank(a) - rank(b));
    // A rule that keeps something to itself meets it again in the next run: a run without changes comes between.
    const changesAfresh = (tamper?: Tamper) => {
      bench.run(timestep, [synapse]);
      return this.changes(tamper);
    };
    if (changesAfresh() || !changesAfresh(all)) return told(synapse, timestep, []);
    const single = sorted.find((change) => changesAfresh(one(change)));
    return told(synapse, timestep, single ? [single] : sorted);
  }

  private only({ timestep, moment, ...change }: Change): Tamper {
    return (at, now) => {
      if (at === moment && now === timestep) this.bench.change(change);
    };
  }

  /** Whether the update is another when the run is tampered with. A run that then fails earlier says nothing. */
  private changes(tamper?: Tamper): boolean {
    const update = attempt(() => this.bench.run(this.timestep, [this.synapse], tamper)[0]);
    return update !== undefined && differ(update, this.usual);
  }
}

/** Changes each thing that a synapse is entitled to and its rule reads, as long as that has changed no update. */
function move(
  bench: Bench,
  synapse: SynapseAt,
  timestep: number,
  usual: Update,
  entitled: Record<string, Record<string, boolean>>,
): void {
  const { rule } = synapse.group;
  if (!rule) return;
  const moved = (entitled[rule.name] ??= {});
  for (const path of pathsOf(rule)) {
    if (moved[path]) continue;
    let found = false;
    const changing = (times: (role: string) => number) =>
      attempt(() => {
        const [update] = bench.run(timestep, [synapse], (moment, now) => {
          if (now !== timestep || moment !== 'broadcast') return;
          for (const { held, k, role } of bench.numbers(synapse, moment, now)) {
            if (role === undefined) continue;
            found ||= role === path;
            for (let count = times(role); count > 0; count--) bench.change({ held, k });
          }
        });
        // Its own weight comes first in an update: that it is another when it was changed says nothing.
        return path === 'w' ? update.slice(1) : update;
      });
    const [once, all, twice] = [
      changing((role) => (role === path ? 1 : 0)),
      // What another number hides, such as a factor of 0, shows when that one is changed, too.
      changing(() => 1),
      changing((role) => (role === path ? 2 : 1)),
    ];
    if (!found) continue;
    const before = path === 'w' ? usual.slice(1) : usual;
    moved[path] = (once && differ(once, before)) || (all && twice && differ(all, twice)) || false;
  }
}

/** What a rule reads of what a synapse may see, before it learns; of an opaque rule, all of that. */
function pathsOf({ analysis, state, trace }: PlasticityRule): readonly string[] {
  if (!analysis) {
    return ['w', ...Object.keys(state), 'pre.rate', 'post.rate', 'post.slope', 'post.retention', 'post.signal'];
  }
  const reads = analysis.functions.flatMap(({ name, reads: all }) =>
    // A change sees the state that the trace has made.
    all.filter(({ scope }) => scope !== 'parameter' && !(scope === 'own state' && trace && name === 'change')),
  );
  return [...new Set(reads.map(({ path }) => path))];
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
}

function told(synapse: SynapseAt, timestep: number, changed: readonly Change[]): Counterexample {
  const { group, pre, post } = synapse;
  const [first] = changed;
  const what =
    changed.length === 0
      ? 'nothing was changed in this trial, but in one before'
      : changed.length > 1
        ? `${changed.length} numbers were changed that are none of its business`
        : `${numberInWords(first.held.place, first.k, group)} was changed`;
  const when = changed.length > 0 && first.timestep < timestep ? ' in the timestep before' : '';
  return {
    message: `synapse ${synapseInWords(synapse)} changed when ${what}${when}`,
    group: group.name,
    ...{ pre, post, timestep },
    changed: changed.map(({ held: { place }, k, timestep: at }) => ({ place, index: k, timestep: at })),
  };
}

/** Which of `count` things to look at: all, or so many of them. */
function draw(count: number, wanted: number, seed: number): (k: number) => boolean {
  if (wanted >= count) return () => true;
  const random = stream(seed, 'noninterference', 'updates');
  const chosen = new Set<number>();
  while (chosen.size < wanted) chosen.add(Math.floor(random() * count));
  return (k) => chosen.has(k);
}
