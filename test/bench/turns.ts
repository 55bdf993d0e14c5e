/** Someone who takes turns: runs so many trials and says how long one took, ms. */
export interface Runner {
  run(trials: number): Promise<number>;
}

/** How long to measure. */
export interface Measure {
  readonly rounds: number;
  /** How long a turn is to take, about. */
  readonly seconds: number;
}

/** How many trials fill one turn, and how long one took in each round, ms. */
export interface Turns {
  readonly trials: number;
  readonly milliseconds: readonly number[];
}

/** The next attempt at the size of a turn is at most this many times longer. */
const GROWTH = 4;

/**
 * How many trials take a turn's time, at least one. On the way there the runner warms up: its first trial decides nothing,
 * and the attempt that does decide filled at least half of a turn.
 */
export async function trialsPerTurn(runner: Runner, seconds: number): Promise<number> {
  await runner.run(1);
  for (let trials = 1; ;) {
    const wanted = Math.max(1, Math.round((1000 * seconds) / (await runner.run(trials))));
    if (trials >= wanted / 2) return wanted;
    trials = Math.min(wanted, GROWTH * trials);
  }
}

/** The order of a round: there and back, then everyone moves on by one place. */
export function orderOf(round: number, count: number): readonly number[] {
  const order = Array.from({ length: count }, (_, place) => (place + Math.floor(round / 2)) % count);
  return round % 2 === 0 ? order : order.reverse();
}

/** Lets all take turns, one turn each a round, and returns what each took, in the order given. */
export async function takeTurns(
  runners: readonly Runner[],
  { rounds, seconds }: Measure,
  onRound: (round: number) => void,
): Promise<readonly Turns[]> {
  const trials: number[] = [];
  for (const runner of runners) trials.push(await trialsPerTurn(runner, seconds));
  const milliseconds = runners.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    onRound(round);
    for (const k of orderOf(round, runners.length)) milliseconds[k].push(await runners[k].run(trials[k]));
  }
  return runners.map((_, k) => ({ trials: trials[k], milliseconds: milliseconds[k] }));
}
