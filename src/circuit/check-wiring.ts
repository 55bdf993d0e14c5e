import { InputError } from '../errors/index.ts';
import type { Population } from '../neurons/index.ts';
import { LONGEST_LINE } from './checks.ts';
import { checkConnectivity, chanceOf, type Connectivity } from './connectivity.ts';
import { checkedDelay, rangeOfDelays, wrongDelay, type CheckedDelay, type Delay } from './delays.ts';
import { checkedEdges, twice, type CheckedEdges, type Edges } from './edges.ts';
import { isCopied, type CopiedWeights } from './copied-weights.ts';
import { checkedWeights, isMatrix, type CheckedWeights, type Weights } from './initial-weights.ts';

/** Which neurons a synapse group joins, with which weights and delays, as a user writes it. */
export interface Wiring {
  /** Initial weights. Required, unless edges bring their own. */
  readonly weights?: Weights | CopiedWeights;
  /** Timesteps from axon to dendrite: 0 carries the rate of this timestep. By default 1 within a population, else 0. */
  readonly delay?: Delay;
  /** Which neurons are joined. By default all with all. */
  readonly connect?: Connectivity;
  /** The synapses one by one, in place of `connect`. */
  readonly edges?: Edges;
}

/** The same, checked, its defaults completed. */
export interface CheckedWiring {
  /** Absent: the edges have them, or they are copied. */
  readonly weights?: CheckedWeights;
  /** Initial weights that are copied from another group. */
  readonly copies?: CopiedWeights;
  /** Absent: the edges have them. */
  readonly delay?: CheckedDelay;
  readonly connect?: Connectivity;
  readonly edges?: CheckedEdges;
}

/** The two ends of a group. */
interface Ends {
  readonly from: string;
  readonly to: string;
  readonly neurons: Readonly<Record<string, Population>>;
  /** The delay of the axons themselves. */
  readonly ofAxon: number;
  /** What is wrong with a weight; undefined if nothing is. */
  readonly wrong: (w: number, pre: number) => string | undefined;
}

/** The most synapses of a group that joins all with all: 1 GB of weights. */
const LARGEST_GROUP = 2 ** 27;

/** @throws InputError naming what is wrong with the wiring of a group, which is written at `place`. */
export function checkedWiring(place: string, wiring: Wiring, ends: Ends): CheckedWiring {
  const { from, to, neurons, wrong } = ends;
  const { connect, weights } = wiring;
  const delay = wiring.delay ?? (from === to ? 1 : 0);
  const [rows, columns] = [neurons[to].size, neurons[from].size];
  const edges = wiring.edges === undefined ? undefined : edgesOf(place, wiring, wiring.edges, ends);
  if (!edges && connect === undefined && rows * columns > LARGEST_GROUP) {
    const problem = `joining all ${columns} neurons with all ${rows} makes ${rows * columns} synapses`;
    throw new InputError(place, `${problem}, more than ${LARGEST_GROUP}; join fewer pairs with connect`);
  }
  if (connect !== undefined) checkConnectivity(`${place}.connect`, connect, rows, columns);
  const entries = { rows, columns, chance: (post: number, pre: number) => chanceOf(connect, post, pre, from === to) };
  const checked = {
    ...(!edges?.delays && { delay: checkedDelay(`${place}.delay`, delay, entries) }),
    ...(connect && { connect }),
    ...(edges && { edges }),
  };
  checkLines(place, checked, ends);
  const isWeighted = edges?.weights !== undefined || (edges?.from.length === 0 && weights === undefined);
  if (isWeighted) return checked;
  if (isCopied(weights)) return { ...checked, copies: weights };
  return { ...checked, weights: checkedWeights(`${place}.weights`, weights, { ...entries, wrong }) };
}

function edgesOf(place: string, { connect, weights, delay }: Wiring, edges: Edges, ends: Ends): CheckedEdges {
  const { from, to, neurons, wrong } = ends;
  if (connect !== undefined) {
    throw new InputError(
      `${place}.connect`,
      'the edges already say which neurons are joined; give connect or edges, not both',
    );
  }
  if (weights !== undefined && isMatrix(weights)) {
    const right = 'give each edge its weight, [from, to, weight], or a distribution, such as normal({ sd: 1 })';
    throw new InputError(`${place}.weights`, `a matrix does not fit edges; ${right}`);
  }
  const checked = checkedEdges(place, edges, {
    ...{ rows: neurons[to].size, columns: neurons[from].size, wrong, wrongDelay },
    ...(isMatrix(delay) && { delays: delay }),
  });
  if (checked.weights && weights !== undefined) throw twice(`${place}.weights`, 'weights');
  if (checked.delays && delay !== undefined && !isMatrix(delay)) throw twice(`${place}.delay`, 'delays');
  return checked;
}

/** @throws InputError if the messages on their way along the axons need too much memory. */
function checkLines(place: string, wiring: CheckedWiring, { from, neurons, ofAxon }: Ends): void {
  const { size } = neurons[from];
  const arrival = rangeOfDelays(wiring).longest + ofAxon;
  if (arrival * size <= LONGEST_LINE) return;
  const [where, together] =
    ofAxon === 0 ? [`${place}.delay`, ''] : [`axons.${from}.delay`, ` (with that of '${place}')`];
  throw new InputError(
    where,
    `${arrival} timesteps${together} need too much memory for ${size} neurons; give ${Math.floor(LONGEST_LINE / size)} or less`,
  );
}
