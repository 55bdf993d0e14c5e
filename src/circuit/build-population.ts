import { frozen, once, Recent, type Numbers } from '../local/index.ts';
import { squared, type Loss } from '../losses/index.ts';
import type { NeuronModel, Parameter, Population } from '../neurons/index.ts';
import { chanceSeed, sampler, stream } from '../random/index.ts';
import { firstGlobals } from './build-globals.ts';
import type { BuiltPopulation } from './built.ts';
import type { Circuit } from './circuit.ts';
import { sending } from './dials/axon.ts';
import { answerOf } from './ends.ts';
import { messagesAtFirst } from './messages-at-first.ts';

/** Populations already built, by population, loss and all else that they depend on, except the seed. */
const builtOf = once((_population: Population) => once((_loss: Loss) => new Recent<BuiltPopulation>(64)));

/** The populations of a circuit with their numbers, in its order. One in which nothing is drawn and nothing is tunable is the same for every seed. */
export function buildPopulations(circuit: Circuit, seed: number): readonly BuiltPopulation[] {
  const globals = firstGlobals(circuit.globals);
  return Object.entries(circuit.neurons).map(([name, population], index) => {
    const { losses } = circuit;
    const { model, params, tunable } = population;
    const loss = losses[name] ?? squared;
    const axons = sending(name, seed, circuit.axons[name]);
    const make = () => buildPopulation(population, { name, index, seed, axons, loss, globals });
    const drawn = Object.values(params).some((value) => typeof value === 'object' && 'kind' in value);
    if (axons || tunable || drawn || noiseOf(model).length > 0) return make();
    const [recent, given] = [builtOf(population)(loss), { name, index, globals }];
    const known = recent.madeOf(given);
    if (known) return known;
    const built = frozen(make());
    recent.add(given, built);
    return built;
  });
}

/** Draws the numbers of a population: a random stream for each parameter that is drawn. */
function buildPopulation(
  { size, model, params, initial, tunable }: Population,
  {
    name,
    index,
    seed,
    axons,
    loss,
    globals,
  }: {
    name: string;
    index: number;
    seed: number;
    axons: BuiltPopulation['sending'];
    loss: Loss;
    /** The global scalars before the first timestep. */
    globals: Numbers;
  },
): BuiltPopulation {
  const drawn = Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, numbersOf(value, size, seed, name, key)]),
  );
  const states = Object.fromEntries(
    Object.entries(initial).map(([key, value]) => [
      key,
      typeof value === 'number' ? new Float64Array(size).fill(value) : Float64Array.from(value),
    ]),
  );
  const rowsWith = (others: Numbers): BuiltPopulation['rows'] =>
    model
      ? { ...states, ...messagesAtFirst(model, size, { ...drawn, ...others, ...states }, globals) }
      : { rate: new Float64Array(size) };
  const rows = rowsWith({});
  return {
    ...{ name, index, size },
    ...(model && { model }),
    params: drawn,
    ...(tunable && { tunable: { numbers: tunable.map((one) => ({ ...one, owner: `neurons.${name}` })), rowsWith } }),
    noise: Object.fromEntries(
      noiseOf(model).map((each) => [each, chanceSeed(stream(seed, 'neurons', name, 'noise', each))]),
    ),
    rows,
    initial: rows[model ? answerOf(model) : 'rate'],
    ...(loss !== squared && { loss }),
    ...(axons && { sending: axons }),
  };
}

function numbersOf(value: Parameter, size: number, seed: number, name: string, key: string): number | Float64Array {
  if (typeof value === 'number') return value;
  if (!('kind' in value)) return Float64Array.from(value);
  if (value.kind === 'constant') return value.value;
  const draw = sampler(value, stream(seed, 'neurons', name, key));
  return Float64Array.from({ length: size }, draw);
}

function noiseOf(model: NeuronModel | undefined): readonly string[] {
  return Object.values(model?.readings ?? {}).flatMap((reading) => (reading.of === 'noise' ? [reading.name] : []));
}
