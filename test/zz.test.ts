import { beforeAll, it } from 'vitest';
import { ActorEngine } from '../src/actors/index.ts';
import { local } from '../src/algorithms/index.ts';
import { KernelEngine } from '../src/kernels/index.ts';
import { noninterference } from '../src/locality/index.ts';
import { InputError, RunError } from '../src/errors/index.ts';
import { loadKernels } from '../src/kernels/index.ts';
import { Pair } from './support/agreement.ts';
import { languageCircuit } from './support/language/circuits.ts';
beforeAll(loadKernels);
const [from, to] = (process.env['KS'] ?? '1-100').split('-').map(Number);
it('runs', () => {
  const tally = new Map<string, number[]>();
  const note = (what: string, k: number) => { const l = tally.get(what) ?? []; l.push(k); tally.set(what, l); };
  for (let k = from; k <= to; k++) {
    try {
      const { built, how, trials } = languageCircuit(k);
      const pair = new Pair(built, how);
      const outcomes = [pair.watchedTrial(trials[0], { learn: k % 4 > 0 }), pair.trial(trials[1], { pace: 0.5 }), pair.trial(trials[2], { onPhase: () => undefined })];
      note(outcomes.every((o) => typeof o === 'number') ? 'ok' : `run error`, k);
    } catch (e) {
      note((e instanceof InputError ? 'REFUSED ' : 'FAIL ') + (e as Error).message.slice(0, 220), k);
    }
  }
  for (const [what, ks] of [...tally].sort((x, y) => y[1].length - x[1].length)) console.log(ks.length, what, ks.slice(0, 8).join());
});
it('noninterference', () => {
  const tally = new Map<string, number[]>();
  const note = (what: string, k: number) => { const l = tally.get(what) ?? []; l.push(k); tally.set(what, l); };
  for (let k = from; k <= to; k++) {
    try {
      const { built, how, trials } = languageCircuit(k, { size: 2, trials: 1, timesteps: 4, local: true });
      const engine = k % 3 === 0 ? new KernelEngine(built, { algorithm: local(), ...how }) : new ActorEngine(built, how);
      const r = noninterference(engine, trials[0], { seed: k, updates: 4 });
      note(r.counterexample ? 'FOUND ' + r.counterexample.message : `ok ${r.updates}`, k);
    } catch (e) {
      note((e instanceof InputError ? 'REFUSED ' : e instanceof RunError ? 'RUN ' : 'FAIL ') + (e as Error).message.slice(0, 220), k);
    }
  }
  for (const [what, ks] of [...tally].sort((x, y) => y[1].length - x[1].length)) console.log(ks.length, what, ks.slice(0, 8).join());
});
