/** How similar the gradient estimates of several learners are for the same activity: square matrices, [learners][learners]. */
export interface EstimateAlignment {
  /** The mean over timesteps of the cosine between two estimates of the timestep's gradient; 0 where one is 0. */
  readonly timesteps: readonly (readonly number[])[];
  /** The same, each timestep weighted by the product of the two lengths. */
  readonly weighted: readonly (readonly number[])[];
  /** The mean over trials of the cosine between the sums of two learners over the trial. */
  readonly trials: readonly (readonly number[])[];
  /** How often the cosines of timesteps fall into each of `HISTOGRAM_BINS` even bins from -1 to 1: fractions, [learners][learners][bins]. */
  readonly histograms: readonly (readonly (readonly number[])[])[];
}

export const HISTOGRAM_BINS = 40;

/** What is added up for a pair of learners. */
class Pair {
  private timesteps = 0;
  private cosines = 0;
  private dots = 0;
  private norms = 0;
  private trials = 0;
  private ofTrials = 0;
  private readonly bins = new Float64Array(HISTOGRAM_BINS);

  addTimestep(dot: number, one: number, other: number): void {
    const cosine = cosineOf(dot, one, other);
    this.timesteps++;
    this.cosines += cosine;
    this.dots += dot;
    this.norms += Math.sqrt(one) * Math.sqrt(other);
    this.bins[Math.min(HISTOGRAM_BINS - 1, Math.floor(((cosine + 1) / 2) * HISTOGRAM_BINS))]++;
  }

  addTrial(dot: number, one: number, other: number): void {
    this.trials++;
    this.ofTrials += cosineOf(dot, one, other);
  }

  result() {
    return {
      timesteps: this.cosines / this.timesteps,
      weighted: this.norms > 0 ? this.dots / this.norms : 0,
      trials: this.ofTrials / this.trials,
      histogram: [...this.bins].map((count) => count / this.timesteps),
    };
  }
}

/**
 * Measures how similar learners' estimates are, trial by trial. Marschall, Cho & Savin (2020), sec. 5.
 *
 * @param late For each learner, how many timesteps late its estimate of a timestep's gradient comes.
 */
export function estimateAlignment(late: readonly number[]): {
  /** `given`: the estimates of each learner in the timesteps of a trial, [timesteps][size]. */
  readonly add: (given: readonly Float64Array[], timesteps: number) => void;
  readonly result: () => EstimateAlignment;
} {
  const pairs = late.map((_, i) => late.slice(0, i + 1).map(() => new Pair()));
  return {
    add: (given, timesteps) => {
      const size = given[0].length / timesteps;
      const totals = given.map((all) => totalOf(all, size));
      pairs.forEach((row, i) => {
        row.forEach((pair, j) => {
          pair.addTrial(...products(totals[i], 0, totals[j], 0, size));
          // Late estimates all arrive at the end of a trial, so those of the last timesteps are not known one by one.
          const latest = Math.max(late[i], late[j]);
          for (let t = 0; t < timesteps - latest; t++) {
            pair.addTimestep(...products(given[i], (t + late[i]) * size, given[j], (t + late[j]) * size, size));
          }
        });
      });
    },
    result: () => {
      const of = late.map((_, i) => late.map((_j, j) => pairs[Math.max(i, j)][Math.min(i, j)].result()));
      const each = <K extends keyof ReturnType<Pair['result']>>(key: K) =>
        of.map((row) => row.map((pair) => pair[key]));
      return {
        ...{ timesteps: each('timesteps'), weighted: each('weighted'), trials: each('trials') },
        histograms: each('histogram'),
      };
    },
  };
}

/** How far a learner's estimates of a gradient are from the exact one, relative to its length: their mean, and their scatter around the mean. */
export interface Spread {
  /** |mean - exact| / |exact|, minus the part expected from averaging over a finite number of estimates. */
  readonly bias: number;
  /** The standard deviation, all synapses together, over |exact|. */
  readonly noise: number;
}

/** The spread of several estimates of one gradient, each [size]. */
export function spreadOf(estimates: readonly Float64Array[], exact: Float64Array): Spread {
  const count = estimates.length;
  const mean = exact.map((_, k) => estimates.reduce((sum, each) => sum + each[k], 0) / count);
  const away = (from: Float64Array) => mean.reduce((sum, value, k) => sum + (value - from[k]) ** 2, 0);
  const deviations = estimates.reduce(
    (sum, each) => sum + each.reduce((all, value, k) => all + (value - mean[k]) ** 2, 0),
    0,
  );
  const variance = count > 1 ? deviations / (count - 1) : 0;
  const size = Math.sqrt(exact.reduce((sum, value) => sum + value * value, 0));
  return { bias: Math.sqrt(Math.max(0, away(exact) - variance / count)) / size, noise: Math.sqrt(variance) / size };
}

/** The sum over the timesteps of a learner's estimates, [timesteps][size]. */
export function totalOf(all: Float64Array, size: number): Float64Array {
  const total = new Float64Array(size);
  for (let k = 0, n = 0; n < all.length; n++, k = k + 1 === size ? 0 : k + 1) total[k] += all[n];
  return total;
}

/** x y, x x and y y. */
function products(x: Float64Array, atX: number, y: Float64Array, atY: number, size: number): [number, number, number] {
  let [dot, one, other] = [0, 0, 0];
  for (let k = 0; k < size; k++) {
    const [a, b] = [x[atX + k], y[atY + k]];
    dot += a * b;
    one += a * a;
    other += b * b;
  }
  return [dot, one, other];
}

function cosineOf(dot: number, one: number, other: number): number {
  const norms = Math.sqrt(one) * Math.sqrt(other);
  return norms === 0 ? 0 : Math.max(-1, Math.min(1, dot / norms));
}
