import { handedBack, WHAT_COUNTS, type BuiltPopulation, type History } from '../circuit/index.ts';
import { blame, NotFinite } from '../errors/index.ts';
import { compile, kept, LIBRARY, statements } from '../local/index.ts';
import type { AxonBranch } from './axon.ts';
import type { DendriteBranch } from './dendrite.ts';
import type { Seen } from './synapse-text.ts';

/** What an axon's branch has brought in a trial: its nonzero events, in the order of time. */
class AxonHistory {
  /** For each event: its timestep, from 0, and the value that was brought, or the change of that value. */
  times = new Int32Array(64);
  rates = new Float64Array(64);
  count = 0;
  private last = 0.5;

  constructor(
    private readonly branch: AxonBranch,
    private readonly moves: boolean,
  ) {}

  begin(): void {
    this.count = 0;
    this.last = 0;
  }

  keep(timestep: number): void {
    const rate = this.branch.rate - this.last;
    if (rate === 0) return;
    if (this.moves) this.last = this.branch.rate;
    if (this.count === this.times.length) {
      const [times, rates] = [this.times, this.rates];
      this.times = new Int32Array(2 * this.count);
      this.rates = new Float64Array(2 * this.count);
      this.times.set(times);
      this.rates.set(rates);
    }
    this.times[this.count] = timestep - 1;
    this.rates[this.count++] = rate;
  }
}

/**
 * Goes back through what a neuron has told a branch in a trial, [timesteps][told], and fills g, [timesteps]. Returns whether all of g is finite.
 */
type GoBack = (kept: Float64Array, g: Float64Array, timesteps: number, tuned: Float64Array) => boolean;

/** What a neuron has told a branch of its dendrites in a trial, and g, how much events count, which it computes from that. */
class NeuronHistory {
  kept = new Float64Array(0);
  g = new Float64Array(0);

  constructor(private readonly branch: DendriteBranch) {}

  keep(timestep: number, timesteps: number): void {
    const { told } = this.branch;
    const count = told.length;
    if (this.g.length < timesteps) {
      this.g = new Float64Array(timesteps);
      this.kept = new Float64Array(timesteps * count);
    }
    const { kept } = this;
    // Only a few numbers: copying them one by one takes a fifth of the overhead of a block copy.
    for (let k = 0, at = (timestep - 1) * count; k < count; k++) kept[at + k] = told[k];
  }
}

/** Synapses that learn when a trial has ended: each receives all events of the trial again, and reads from its neuron how much an event counts. */
export class Replay {
  private readonly neurons: readonly NeuronHistory[];
  private readonly axons: readonly AxonHistory[];
  /** By branch and synapse, what its axon has brought. */
  private readonly brought: readonly (readonly AxonHistory[])[];
  private readonly goBack: GoBack;
  /** How many timesteps the trial had; 0 while it has not ended. */
  private ended = 0;

  /**
   * @param history How the neurons go back.
   * @param tunable The names of what `learn` is given.
   * @param axonOf What brings its events to synapse k of a branch.
   */
  constructor(
    private readonly population: BuiltPopulation,
    private readonly branches: readonly DendriteBranch[],
    { history, seen, tunable }: { readonly history: History; readonly seen: Seen; readonly tunable: readonly string[] },
    axonOf: (branch: number, k: number) => AxonBranch,
  ) {
    this.goBack = goingBack(history, seen, tunable);
    this.neurons = branches.map((branch) => new NeuronHistory(branch));
    const known = new Map<AxonBranch, AxonHistory>();
    this.brought = branches.map(({ synapses }, b) =>
      synapses.map((_, k) => {
        const axon = axonOf(b, k);
        return kept(known, axon, () => new AxonHistory(axon, history.moves));
      }),
    );
    this.axons = [...known.values()];
  }

  begin(): void {
    this.ended = 0;
    for (const axon of this.axons) axon.begin();
  }

  /** Keeps what a timestep provides for learning. */
  keep(timestep: number, timesteps: number): void {
    for (const axon of this.axons) axon.keep(timestep);
    for (const neuron of this.neurons) neuron.keep(timestep, timesteps);
  }

  /** Once the trial has ended: how many events were brought to synapses again, and how many numbers were kept for that; before that, undefined. */
  counted(): { readonly events: number; readonly kept: number } | undefined {
    if (this.ended === 0) return undefined;
    const byNeurons = this.branches.reduce((sum, { told }) => sum + this.ended * (told.length + 1), 0);
    return {
      events: this.brought.reduce((sum, each) => sum + each.reduce((events, { count }) => events + count, 0), 0),
      kept: this.axons.reduce((sum, { count }) => sum + 2 * count, byNeurons),
    };
  }

  /** Every synapse requests the change of the whole trial. */
  learn(timesteps: number, tuned: Float64Array): void {
    this.ended = timesteps;
    this.neurons.forEach(({ kept, g }, b) => {
      if (!this.goBack(kept, g, timesteps, tuned)) {
        const wrong = g.subarray(0, timesteps).findLast((number) => !Number.isFinite(number));
        throw blame(`neuron ${this.population.name} ${b}`, new NotFinite(WHAT_COUNTS, wrong ?? NaN));
      }
      const { synapses } = this.branches[b];
      const brought = this.brought[b];
      for (let k = 0; k < synapses.length; k++) {
        const { times, rates, count } = brought[k];
        if (count > 0) synapses[k].asked = summed(g, times, rates, count);
      }
    });
  }
}

/** What events count, summed up in the order of time. */
function summed(g: Float64Array, times: Int32Array, rates: Float64Array, count: number): number {
  let sum = 0;
  for (let e = 0; e < count; e++) sum += g[times[e]] * rates[e];
  return sum;
}

function goingBack({ text, states }: History, { texts }: Seen, tunable: readonly string[]): GoBack {
  const results = text.namedResults;
  const { lines, results: written } = statements(
    results.map(({ value }) => value),
    ({ path, scope }) => {
      const state = handedBack(path);
      if (state !== undefined) return `next${states.indexOf(state)}`;
      return scope === 'parameter' ? `tuned${tunable.indexOf(path)}` : (texts.get(path) ?? missing(path));
    },
  );
  const told = [...new Set(texts.values())].filter((name) => /^p\d+$/.test(name));
  const source = `
return (kept, g, timesteps, tuned) => {
  ${tunable.map((_, place) => `const tuned${place} = tuned[${place}];`).join(' ')}
  ${states.map((_, k) => `let next${k} = 0;`).join(' ')}
  let excess = 0;
  for (let t = timesteps - 1; t >= 0; t--) {
    ${told.map((name) => `const ${name} = kept[t * ${told.length} + ${name.slice(1)}];`).join(' ')}
    ${lines.join('\n    ')}
    const now = ${written[states.length]};
    ${states.map((_, k) => `const back${k} = ${written[k]};`).join(' ')}
    ${states.map((_, k) => `next${k} = back${k};`).join(' ')}
    g[t] = now;
    excess += now - now;
  }
  return excess === 0;
};`;
  return compile<GoBack>('history', source, LIBRARY);
}

function missing(path: string): never {
  throw new Error(`a history reads '${path}', which is unknown here`);
}
