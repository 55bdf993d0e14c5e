import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

/** What a peer learned: the loss of each trial, and the weights in the end; row = postsynaptic unit. */
export interface Learned {
  readonly loss: readonly number[];
  readonly w_rec: readonly (readonly number[])[];
  readonly w_out: readonly (readonly number[])[];
}

/** What a peer that is written in TypeScript does. */
export interface Learner {
  /** Goes back to the problem's weights. */
  begin(): void;
  /** Runs one trial and returns its loss. */
  trial(): number;
  weights(): Omit<Learned, 'loss'>;
}

/** Learns for so many trials from the problem's weights; returns their losses, and how long one took, ms. */
export function learn(learner: Learner, trials: number): { loss: Float64Array; milliseconds: number } {
  const loss = new Float64Array(trials);
  learner.begin();
  const start = performance.now();
  for (let trial = 0; trial < trials; trial++) loss[trial] = learner.trial();
  return { loss, milliseconds: (performance.now() - start) / trials };
}

/** Answers the commands `learn K` and `run K` until standard input ends, as `serve.py` does. `about` goes with the first line. */
export async function serve(learner: Learner, about: object): Promise<void> {
  say(about);
  for await (const line of createInterface(process.stdin)) {
    const [command, count] = line.split(' ');
    const { loss, milliseconds } = learn(learner, Number(count));
    say(command === 'learn' ? { loss: [...loss], ...learner.weights() } : { milliseconds });
  }
}

function say(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
