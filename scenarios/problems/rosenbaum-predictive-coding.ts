import {
  circuit,
  crossEntropy,
  input,
  neuronModel,
  plasticityRule,
  problemFormat,
  type Population,
  type ProblemFields,
  type RunProblem,
  type SessionEvent,
  type SynapseGroup,
  type Task,
} from 'rxflo';
import {
  codingCircuit,
  constant,
  KINDS,
  response,
  type CodingNetwork,
  type GivenLayer,
} from '../systems/predictive-coding.ts';

type Layers = readonly GivenLayer[];

interface Network extends CodingNetwork {
  readonly layers: Layers;
  readonly isExact?: boolean;
}

/** Layered networks that learn one sample after another by predictive coding. Exact is FixedPred with eta = 1 and one sweep per layer. */
export default problemFormat({
  format: 'rosenbaum-predictive-coding/1',
  read: (problem) => {
    const given = networkOf(problem);
    const samples = problem.several('samples').map((sample) => sampleOf(sample, given));
    if (samples.length === 0) problem.refuse('samples', 'is empty; give at least one');
    return async (run) => {
      const [loss, energy]: [number[], number[]] = [[], []];
      let { layers } = given;
      for (const sample of samples) {
        const network = { ...given, layers };
        const learned = await learn(run, network, sample);
        loss.push(learned.loss);
        energy.push(await energyOf(run, network, sample, learned.beliefs));
        ({ layers } = learned);
      }
      return {
        ...{ loss, energy, first: await first(run, given, samples[0]) },
        weights: layers.map(({ weights }) => weights),
        biases: layers.map(({ bias }) => bias),
      };
    };
  },
});

interface Sample {
  readonly input: readonly number[];
  readonly target: readonly number[];
}

/** The sample as one timestep. */
function taskOf({ input: x, target }: Sample, told: readonly number[] = target): Task {
  const input = Float64Array.from([...x, ...told]);
  return {
    ...{ name: 'sample', inputs: input.length, outputs: target.length, settings: {} },
    trial: () => ({ timesteps: 1, input, target: Float64Array.from(target) }),
  };
}

/** The results of one sample. */
interface Learned {
  readonly loss: number;
  readonly layers: Layers;
  /** For each layer, the rates of the forward pass, and the values and errors of the last sweep. */
  readonly rates: readonly (readonly number[])[];
  readonly beliefs: readonly (readonly number[])[];
  readonly errors: readonly (readonly number[])[];
}

async function learn(run: RunProblem, network: Network, sample: Sample): Promise<Learned> {
  const { layers, isExact } = network;
  const seen = watching(layers.length, ['forward', 'value', 'blame']);
  const { loss, matrix } = await run({
    ...{ circuit: codingCircuit(network), task: taskOf(sample), trials: 1 },
    ...{ probes: seen.probes, watch: seen.watch },
  });
  const of = (value: string) => layers.map((_, k) => seen.values.get(`${value}${k + 1}`) ?? []);
  const [rates, errors] = [of('forward'), of('blame')];
  return {
    ...{ loss: loss[0], layers: learnedLayers(layers, matrix), rates, errors },
    // Nothing uses the value of the last layer. It stays at the prediction for it, except that Exact moves it, too.
    beliefs: of('value').map((v, k) =>
      k + 1 < layers.length ? v : isExact ? rates[k].map((y, i) => y - errors[k][i]) : rates[k],
    ),
  };
}

/** Records these numbers of each layer. The last layer has no separate value. */
function watching(layers: number, names: readonly string[]) {
  const values = new Map<string, readonly number[]>();
  const probes = Array.from({ length: layers }, (_, k) =>
    names
      .filter((value) => k + 1 < layers || value !== 'value')
      .map((value) => [`${value}${k + 1}`, { neurons: `l${k + 1}`, value }] as const),
  );
  return {
    values,
    probes: Object.fromEntries(probes.flat()),
    watch: (event: SessionEvent) => {
      if (event.type === 'probe') values.set(event.probe, [...event.values]);
    },
  };
}

/** F = loss + 1/2 sum over the hidden layers of |f(v of the layer below) - v|^2, at these fixed values. */
async function energyOf(
  run: RunProblem,
  network: CodingNetwork,
  sample: Sample,
  beliefs: Learned['beliefs'],
): Promise<number> {
  const seen = watching(network.layers.length, ['eps']);
  const { loss } = await run({
    ...{ circuit: codingCircuit({ ...network, n: 0, fixed: false, beliefs }), task: taskOf(sample), trials: 1 },
    ...{ probes: seen.probes, watch: seen.watch },
  });
  const hidden = network.layers.slice(1).flatMap((_, k) => seen.values.get(`eps${k + 1}`) ?? []);
  return loss[0] + hidden.reduce((sum, eps) => sum + eps * eps, 0) / 2;
}

/** All results of the first sample, with the exact gradient. */
async function first(run: RunProblem, network: Network, sample: Sample) {
  const { layers } = network;
  const plain = await learn(run, { ...network, rate: 1 }, sample);
  const exact = await learn(run, { ...network, ...exactly(layers), rate: 1 }, sample);
  return {
    ...{ rates: plain.rates, beliefs: plain.beliefs, errors: plain.errors, gradient: fallen(layers, plain.layers) },
    backprop_errors: exact.errors,
    backprop_gradient: fallen(layers, await descended(run, network, sample)),
  };
}

/** With these, FixedPred is backprop: Rosenbaum (2022). */
function exactly(layers: Layers) {
  return { fixed: true, eta: 1, n: layers.length, isExact: true };
}

/** A layer of rates, whose derivative is its own. */
const layer = neuronModel({
  name: 'layer',
  params: { kind: 0, beta: 10 },
  functions: { response },
  rate: ({ u, kind, beta }) => response(u, kind, beta),
});

/** Plain descent; BPTT uses its rate. */
const descent = plasticityRule({
  name: 'descent',
  params: { eta: 1 },
  change: ({ pre, post, eta }) => eta * post.signal * pre.out,
});

/** The same layers after one step of plain descent by BPTT, with rate 1. */
async function descended(run: RunProblem, { layers, beta, loss }: Network, sample: Sample): Promise<Layers> {
  const neurons: Record<string, Population> = { x: input(sample.input.length), one: constant(1) };
  const synapses: Record<string, SynapseGroup> = {};
  layers.forEach(({ weights, bias, activation }, k) => {
    const [from, to] = [k === 0 ? 'x' : `l${k}`, `l${k + 1}`];
    neurons[to] = layer(bias.length, { kind: KINDS[activation], beta });
    synapses[`w${k + 1}`] = { from, to, weights, rule: descent({ eta: 1 }) };
    synapses[`b${k + 1}`] = { from: 'one', to, weights: bias.map((b) => [b]), rule: descent({ eta: 1 }) };
  });
  const output = `l${layers.length}`;
  const { matrix } = await run({
    circuit: circuit<string, string, string>({
      ...{ neurons, synapses, outputs: [output] },
      ...(loss === 'cross-entropy' && { losses: { [output]: crossEntropy } }),
    }),
    ...{ task: taskOf(sample, []), trials: 1, learner: { learner: 'bptt' } },
  });
  return learnedLayers(layers, matrix);
}

type Matrix = Awaited<ReturnType<RunProblem>>['matrix'];

function learnedLayers(layers: Layers, matrix: Matrix): Layers {
  return layers.map(({ activation }, k) => ({
    ...{ activation, weights: matrix(`w${k + 1}`) },
    bias: matrix(`b${k + 1}`).map(([b]) => b),
  }));
}

/** The decrease of weights and biases. */
function fallen(before: Layers, after: Layers) {
  return before.map(({ weights, bias }, k) => ({
    weights: weights.map((row, i) => row.map((w, j) => w - after[k].weights[i][j])),
    bias: bias.map((b, i) => b - after[k].bias[i]),
  }));
}

/** The most sweeps of inference; the forward pass is an additional one. */
const MOST_SWEEPS = 999_999;

function networkOf(problem: ProblemFields): Network {
  const sizes = problem.numbers('sizes', { range: { least: 1, most: 100_000, whole: true } });
  const layers = problem.several('layers').map((each, k) => {
    const rows = { length: sizes[k + 1], each: `unit of layer ${k + 1} in sizes` };
    const columns = { length: sizes[k], each: `unit of layer ${k} in sizes` };
    return {
      weights: each.matrix('weights', { rows, columns }),
      bias: each.numbers('bias', { size: rows }),
      activation: each.choice('activation', ['linear', 'relu', 'tanh', 'softplus']),
    };
  });
  if (layers.length === 0) problem.refuse('layers', 'is empty; give at least one');
  if (sizes.length !== layers.length + 1)
    problem.refuse('sizes', `has ${sizes.length} entries; give ${layers.length + 1}`);
  const algorithm = problem.choice('algorithm', ['exact', 'fixed-prediction', 'strict']);
  const given = {
    ...{ sizes, layers, beta: problem.number('beta', { least: Number.MIN_VALUE }), rate: problem.number('rate') },
    ...{ eta: problem.number('eta'), n: problem.number('n', { least: 0, most: MOST_SWEEPS, whole: true }) },
    ...{ loss: problem.choice('loss', ['half-squared', 'cross-entropy']), fixed: algorithm === 'fixed-prediction' },
  };
  return algorithm === 'exact' ? { ...given, ...exactly(layers) } : given;
}

/** Half the squared error uses the target, the cross-entropy uses the label; then a target, if given, must be its one-hot vector. */
function sampleOf(sample: ProblemFields, { layers, loss }: Network): Sample {
  const [first, last] = [layers[0], layers[layers.length - 1]];
  const input = sample.numbers('input', { size: { length: first.weights[0].length, each: 'input in sizes' } });
  const outputs = last.bias.length;
  const isClass = loss === 'cross-entropy';
  const label =
    isClass || sample.has('label') ? sample.number('label', { least: 0, most: outputs - 1, whole: true }) : -1;
  const hot = last.bias.map((_, i) => (i === label ? 1 : 0));
  if (isClass && !sample.has('target')) return { input, target: hot };
  const target = sample.numbers('target', { size: { length: outputs, each: 'output in sizes' } });
  const other = isClass ? target.findIndex((value, i) => value !== hot[i]) : -1;
  if (other >= 0)
    sample.refuse(`target[${other}]`, `is ${target[other]}, but the label is ${label}; give ${hot[other]}`);
  return { input, target };
}
