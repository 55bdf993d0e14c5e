import { ActorEngine } from '../src/actors/index.ts';
import { local } from '../src/algorithms/index.ts';
import { KernelEngine, loadKernels } from '../src/kernels/index.ts';
import { noninterference } from '../src/locality/index.ts';
import { languageCircuit } from './support/language/circuits.ts';
await loadKernels();
const now = () => { const c = process.cpuUsage(); return (c.user + c.system) / 1000; };
let [make, open, run] = [0, 0, 0];
for (let number = 1; number < 120; number++) {
  let a = now();
  const { built, how, trials } = languageCircuit(number, { size: 2, trials: 1, timesteps: 4, local: true });
  let b = now(); make += b - a;
  try {
    const engine = number % 3 === 0 ? new KernelEngine(built, { algorithm: local(), ...how }) : new ActorEngine(built, how);
    a = now(); open += a - b;
    noninterference(engine, trials[0], { seed: number, updates: 4 });
    run += now() - a;
  } catch {}
}
console.log({ make, open, run });
