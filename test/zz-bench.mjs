import { asAlgorithm } from "../dist/algorithms/index.js";
import { build, circuit } from "../dist/circuit/index.js";
import { input, leakyTanh, linear } from "../dist/neurons/index.js";
import { normal } from "../dist/random/index.js";
import { delta, rflo } from "../dist/rules/index.js";
const cpu = () => process.cpuUsage().user / 1e3;
const names = (process.argv[2] ?? "e-bptt-1,uoro,kf-rtrl,r-kf-rtrl,ok-1,ok-2,kernl,dni,dni-b,e-bptt-10,f-bptt-10,node-perturbation,weight-perturbation").split(",");
for (const N of (process.argv[3] ?? "32,100").split(",").map(Number)) {
  const built = build(circuit({
    neurons: { x: input(2), h: leakyTanh(N, { tau: 2, initial: 0.1 }), y: linear(2) },
    synapses: {
      recurrent: { from: "h", to: "h", weights: normal({ sd: 1 / Math.sqrt(N) }), rule: rflo({ eta: 1e-3 }) },
      input: { from: "x", to: "h", weights: normal(), rule: rflo({ eta: 1e-3 }) },
      readout: { from: "h", to: "y", weights: normal({ sd: 0.1 }), rule: delta({ eta: 1e-3 }) }
    },
    feedback: { error: { from: "y", to: "h", weights: normal() } }
  }), 5);
  const T = 200;
  const trial = { timesteps: T, input: Float64Array.from({ length: 2 * T }, (_, k) => Math.sin(k)), target: Float64Array.from({ length: 2 * T }, (_, k) => Math.cos(k / 5)) };
  for (const name of names) {
    const a = asAlgorithm("x", name);
    const engine = a.open(built, { schedule: "trial", feedback: a.feedback, seed: 1 });
    let trials = 0;
    let start = cpu();
    engine.trial(trial);
    engine.trial(trial);
    start = cpu();
    while (cpu() - start < 4e3) {
      engine.trial(trial);
      trials++;
    }
    console.log(N, name, ((cpu() - start) / trials / T * 1e3).toFixed(1), "us per timestep");
  }
}
