/** A thousand neurons, a million synapses: builds them, runs a trial, and prints the loss and how much memory it took. */
import { ActorEngine } from '../../src/actors/index.ts';
import { build, circuit } from '../../src/circuit/index.ts';
import { leakyTanh, linear } from '../../src/neurons/index.ts';
import { normal, stream } from '../../src/random/index.ts';
import { delta, rflo } from '../../src/rules/index.ts';
import { periodic } from '../../src/tasks/index.ts';

const units = 1000;
const network = circuit({
  neurons: { h: leakyTanh(units, { initial: 0.1 }), y: linear(1) },
  synapses: {
    recurrent: { from: 'h', to: 'h', weights: normal({ sd: 1.5 / Math.sqrt(units) }), rule: rflo() },
    readout: { from: 'h', to: 'y', weights: normal({ sd: 0.01 }), rule: delta() },
  },
  feedback: { error: { from: 'y', to: 'h', weights: normal() } },
});
const engine = new ActorEngine(build(network, 1), { schedule: 'trial', feedback: 'random' });
const loss = engine.trial(periodic({ period: 20 }).trial(1, stream(1)));
const synapses = Object.values(engine.weights()).reduce((sum, { length }) => sum + length, 0);
const megabytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ synapses, loss, megabytes }));
