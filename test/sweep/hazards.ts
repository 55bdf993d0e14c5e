/** A small scenario in which a trial may go wrong by chance, which its seed decides. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { circuit, delta, input, leakyTanh, linear, normal, rflo, scenario, uniform } from 'rxflo';

const T = 12;

export default scenario({
  title: 'Hazards',
  options: {
    /** How probable it is that a trial's target is beyond all bounds. */
    diverges: 0,
    /** How probable it is that a trial ends the thread it runs in. */
    quits: 0,
    /** A directory where every thread that runs a realization leaves its number. */
    threads: '',
  },
  circuit: () =>
    circuit({
      neurons: { x: input(1), h: leakyTanh(7, { tau: 3, initial: 0.1 }), y: linear(1) },
      synapses: {
        recurrent: { from: 'h', to: 'h', weights: normal({ sd: 0.5 }), rule: rflo() },
        afferent: { from: 'x', to: 'h', weights: normal(), rule: rflo() },
        readout: { from: 'h', to: 'y', weights: uniform(-0.1, 0.1), rule: delta() },
      },
      feedback: { error: { from: 'y', to: 'h', weights: normal() } },
    }),
  task: ({ diverges, quits, threads }) => {
    if (threads !== '') writeFileSync(join(threads, String(threadId)), '');
    return {
      name: 'hazards',
      inputs: 1,
      outputs: 1,
      settings: { timesteps: T },
      trial: (_, random) => {
        const chance = random();
        if (chance < quits) process.exit(3);
        const scale = chance < diverges ? 1e200 : 1;
        const [x, target] = [new Float64Array(T), new Float64Array(T)];
        for (let t = 0; t < T; t++) [x[t], target[t]] = [random() - 0.5, scale * random()];
        return { timesteps: T, input: x, target };
      },
    };
  },
  trials: 25,
  compare: ['rflo', 'bptt'],
});
