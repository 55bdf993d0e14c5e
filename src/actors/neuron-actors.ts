import {
  checkedRows,
  isChecked,
  looks,
  sentName,
  type BuiltPopulation,
  type ComputeStep,
  type Row,
  type Source,
  type Timestep,
} from '../circuit/index.ts';
import { blame } from '../errors/index.ts';
import { compile, Graph, identifiers, LIBRARY, literal, specialise, statements, type Value } from '../local/index.ts';
import { send } from './axon.ts';
import { Dendrite, tell } from './dendrite.ts';
import { Neuron } from './neuron.ts';

/** Runs a compute step, neuron after neuron: `given` has what each is given, and `wrong` hears of numbers that are not finite. */
export type Run = (
  neurons: readonly Neuron[],
  given: readonly ((neuron: number) => number)[],
  wrong: (neuron: Neuron, checked: readonly number[]) => void,
) => void;

/** The neuron class of a population. */
export interface NeuronActors {
  make(name: string): Neuron;
  /** By row: a neuron's number, and how it takes up another one, of which its dendrites hear. */
  readonly get: readonly ((neuron: Neuron) => number)[];
  readonly set: readonly ((neuron: Neuron, value: number) => void)[];
  /** By compute step: what its neurons are given, and what runs it. */
  readonly steps: readonly { readonly step: ComputeStep; readonly given: readonly Source[]; readonly run: Run }[];
}

/** Writes out the neuron class of one population from its compute steps, all that never changes filled in. */
export function neuronActors(population: BuiltPopulation, rows: readonly Row[], timestep: Timestep): NeuronActors {
  const sums = new Set(timestep.steps.flatMap((step) => (step.do === 'sum' ? [step.into] : [])));
  const own = (row: Row, neuron = 'this') =>
    `${neuron}.${sums.has(row) ? `dendrites[${rows.indexOf(row)}].sum` : `row${rows.indexOf(row)}`}`;
  const steps = timestep.steps
    .filter((step) => step.do === 'compute')
    .filter((step) => step.population === population)
    .map((step) => ({ step, given: [...step.reads.values()].filter((source) => isGiven(source, step, timestep)) }));
  const late = steps.flatMap(({ given }) => given.map((source) => (source.kind === 'row' ? source.row : undefined)));
  const learned = timestep.steps.flatMap((step) => (step.do === 'learn' && step.group.atOnce ? looks(step) : []));
  const sent = new Set([...late, ...learned.map(({ row }) => row)]);
  const axon = timestep.find(population, sentName(population));
  const published = (row: Row, number: string) =>
    [
      `${own(row)} = ${number};`,
      `tell(this.ears[${rows.indexOf(row)}], ${number});`,
      ...(row.kind === 'message' || row.kind === 'global' || sent.has(row)
        ? [`send(this.axons[${rows.indexOf(row)}], ${number});`]
        : []),
      ...(row === axon ? [`if (this.axon$.tapped) this.axon$.show(${number});`] : []),
    ].join(' ');
  const texts = steps.map(({ step, given }, k) => new StepText(step, k, given, own).written(published));
  const source = `
class Actor extends Neuron {
  constructor(name) {
    super(name, ${rows.length});
    // Begun as fractions, so that V8 stores them as doubles from the start.
    ${rows.map((row, r) => (sums.has(row) ? `this.dendrites[${r}] = new Dendrite();` : `this.row${r} = 0.5;`)).join(' ')}
  }
${texts.map(({ method }) => method).join('\n')}
}

return {
  make: (name) => new Actor(name),
  get: [${rows.map((row) => `(n) => ${own(row, 'n')}`).join(', ')}],
  set: [${rows.map((row, r) => `(n, value) => { ${own(row, 'n')} = value; tell(n.ears[${r}], value); }`).join(', ')}],
  runs: [${texts.map(({ loop }) => loop).join(', ')}],
};`;
  const name = `neurons/${population.model?.name ?? 'input'}`;
  const { runs, ...actors } = compile<Omit<NeuronActors, 'steps'> & { readonly runs: readonly Run[] }>(name, source, {
    ...{ ...LIBRARY, Neuron, Dendrite, blame, send, tell },
    ...Object.fromEntries(texts.flatMap(({ opaque }) => opaque)),
  });
  return { ...actors, steps: steps.map((one, k) => ({ ...one, run: runs[k] })) };
}

/** Whether a neuron has to be given a number that a step reads: until a number is computed, it has that of the timestep before. */
function isGiven(source: Source, step: ComputeStep, { steps, constants }: Timestep): boolean {
  if (source.kind !== 'row') return source.kind !== 'number';
  const { row, late } = source;
  const computed = steps.findIndex((one) =>
    one.do === 'compute' ? one.results.some((result) => result.row === row) : one.do === 'sum' && one.into === row,
  );
  return late > (constants.has(row) || computed < steps.indexOf(step) ? 0 : 1);
}

/** The text of a compute step: a method of the neuron, and the loop that calls it. */
class StepText {
  /** One for all results: what they have in common is computed once. */
  private readonly graph = new Graph();

  constructor(
    private readonly step: ComputeStep,
    private readonly k: number,
    private readonly given: readonly Source[],
    private readonly own: (row: Row) => string,
  ) {}

  written(published: (row: Row, number: string) => string) {
    const { step, k, given, own } = this;
    const results = step.results.map(({ row, value, opaque }, r) => ({ row, value, opaque, number: `n${r}` }));
    const texts = new Map([...step.reads].map(([path, source]) => [path, this.textOf(source)]));
    const viewed = results.some(({ opaque }) => opaque) ? identifiers(Object.fromEntries(texts)) : [];
    const view = viewed.map((name) => `${name}: ${texts.get(name)}`);
    const opaque = results.flatMap((one) => (one.opaque ? [[`opaque${k}${one.number}`, one.opaque] as const] : []));
    const graphs = results.flatMap(({ value, number }) => (value ? [{ number, value: this.inPlace(value) }] : []));
    const { lines, results: written } = statements(
      graphs.map(({ value }) => value),
      ({ path }) => texts.get(path) ?? missing(path),
    );
    const checked = checkedRows(step).map((row) => results.find((one) => one.row === row)?.number ?? own(row));
    // x - x is 0 for a finite x and NaN for any other.
    const check = `if (${checked.map((x) => `(${x} - ${x})`).join(' + ')} !== 0) return [${checked.join(', ')}];`;
    const port = checkedRows(step).find(({ kind }) => kind === 'port');
    const method = `
  compute${k}(${given.map((_, g) => `g${g}`).join(', ')}) {
    ${results.map((one) => (one.opaque ? `const ${one.number} = opaque${k}${one.number}({ ${view.join(', ')} });` : '')).join(' ')}
    ${[...lines, ...graphs.map(({ number }, g) => `const ${number} = ${written[g]};`)].join('\n    ')}
    ${isChecked(step) ? check : ''}
    ${port ? `if (this.dendrite$.tapped) this.dendrite$.show(${own(port)});` : ''}
    ${results.map(({ row, number }) => published(row, number)).join('\n    ')}
  }`;
    const call = `compute${k}(${given.map((_, g) => `given[${g}](i)`).join(', ')})`;
    const all = `for (; i < neurons.length; i++) ${isChecked(step) ? `{ const w = neurons[i].${call}; if (w !== undefined) wrong(neurons[i], w); }` : `neurons[i].${call};`}`;
    const guarded = `try { ${all} } catch (error) { throw blame(neurons[i].name, error); }`;
    return { method, opaque, loop: `(neurons, given, wrong) => { let i = 0; ${opaque.length > 0 ? guarded : all} }` };
  }

  private textOf(source: Source): string {
    const result = this.step.results.findIndex(({ row }) => source.kind === 'row' && row === source.row);
    if (source.kind === 'row' && source.late === 0 && result >= 0) return `n${result}`;
    if (source.kind === 'number') return literal(source.value);
    const g = this.given.indexOf(source);
    return source.kind === 'row' && g < 0 ? this.own(source.row) : `g${g}`;
  }

  /** A graph with those of the step's other results in the place of what it reads of them. */
  private inPlace(value: Value): Value {
    const { results, reads } = this.step;
    return specialise(this.graph, value, ({ path, scope }) => {
      const source = reads.get(path);
      const now = source?.kind === 'row' && source.late === 0 ? source.row : undefined;
      const result = results.find(({ row }) => row === now);
      return result?.value ? this.inPlace(result.value) : this.graph.read(path, scope);
    });
  }
}

function missing(path: string): never {
  throw new Error(`a step reads '${path}', and nothing stands for it`);
}
