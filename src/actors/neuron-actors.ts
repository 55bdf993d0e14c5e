import {
  checkedRows,
  isChecked,
  looks,
  sentName,
  type BuiltGroup,
  type BuiltPopulation,
  type ComputeStep,
  type LearnStep,
  type Row,
  type Source,
  type SumStep,
  type Timestep,
} from '../circuit/index.ts';
import { blame } from '../errors/index.ts';
import { compile, Graph, identifiers, LIBRARY, literal, specialise, statements, type Value } from '../local/index.ts';
import { send, type AxonBranch } from './axon.ts';
import { Dendrite, tell, type Ear } from './dendrite.ts';
import { Neuron } from './neuron.ts';

/** Runs a compute step, neuron after neuron: `given` has what each is given, and `wrong` hears of numbers that are not finite. */
export type Run = (
  neurons: readonly Neuron[],
  given: readonly ((neuron: number) => number)[],
  wrong: (neuron: Neuron, checked: readonly number[]) => void,
) => void;

/** What the neurons of a population do with their numbers of one row. */
export interface RowActors {
  get(this: void, neuron: Neuron): number;
  /** A neuron takes up another number, of which its dendrites hear. */
  set(this: void, neuron: Neuron, value: number): void;
  /** Who hears of it, and where it is sent once it is computed. */
  ears(this: void, neuron: Neuron): Ear[];
  axons(this: void, neuron: Neuron): AxonBranch[];
  /** Each sends its number along a branch. */
  send(this: void, neurons: readonly Neuron[], branches: readonly AxonBranch[]): void;
  /** Where it is a sum: where it is summed up, and what begins and ends the sums of a timestep. */
  readonly sum?: {
    dendrite(this: void, neuron: Neuron): Dendrite;
    begin(this: void, neurons: readonly Neuron[]): void;
    end(this: void, neurons: readonly Neuron[]): void;
  };
}

/** The neuron class of a population. */
export interface NeuronActors {
  make(name: string): Neuron;
  readonly rows: readonly RowActors[];
  /** By compute step: what its neurons are given, and what runs it. */
  readonly steps: readonly { readonly step: ComputeStep; readonly given: readonly Source[]; readonly run: Run }[];
}

/** The rows of which anyone hears, and those that are sent as soon as they are computed. */
export class Addressed {
  readonly heard = new Set<Row>();
  readonly sent = new Set<Row>();

  constructor(private readonly timestep: Timestep) {
    for (const step of timestep.steps) {
      if (step.do === 'learn') for (const source of this.seenBy(step.group).values()) add(this.heard, source);
      if (step.do === 'learn' && step.group.atOnce) for (const { row } of looks(step)) this.sent.add(row);
      if (step.do === 'compute') for (const source of this.givenTo(step)) add(this.sent, source);
    }
    for (const row of timestep.rows) if (row.kind === 'message' || row.kind === 'global') this.sent.add(row);
  }

  /** What a group's synapses see. Their neuron tells them of a number that never changes, too. */
  seenBy(group: BuiltGroup): LearnStep['reads'] {
    const step = this.timestep.steps.filter((one) => one.do === 'learn').find((one) => one.group === group);
    const reads = [...(step?.reads ?? [])].map(([path, source]): [string, Source] => {
      const row = source.kind === 'number' ? this.timestep.find(group.to, path.replace('post.', '')) : undefined;
      return [path, row ? { kind: 'row', row, late: 0 } : source];
    });
    return new Map(reads);
  }

  /** What the neurons of a step have to be given. */
  givenTo(step: ComputeStep): readonly Source[] {
    return [...step.reads.values()].filter((source) => isGiven(source, step, this.timestep));
  }
}

function add(rows: Set<Row>, source: Source): void {
  if (source.kind === 'row' || source.kind === 'element') rows.add(source.row);
}

/** Writes out the neuron class of one population from its compute steps, all that never changes filled in. */
export function neuronActors(
  population: BuiltPopulation,
  rows: readonly Row[],
  timestep: Timestep,
  addressed: Addressed,
): NeuronActors {
  const sums = new Map(timestep.steps.flatMap((step) => (step.do === 'sum' ? [[step.into, step]] : [])));
  const own = (row: Row, neuron = 'this') =>
    `${neuron}.${sums.has(row) ? `sum${rows.indexOf(row)}.sum` : `row${rows.indexOf(row)}`}`;
  const steps = timestep.steps
    .filter((step) => step.do === 'compute')
    .filter((step) => step.population === population)
    .map((step) => ({ step, given: addressed.givenTo(step) }));
  const axon = timestep.find(population, sentName(population));
  const told = (row: Row, number: string, neuron = 'this') =>
    addressed.heard.has(row) ? `tell(${neuron}.ears${rows.indexOf(row)}, ${number});` : '';
  const sent = (row: Row, number: string, neuron = 'this') =>
    addressed.sent.has(row) ? `send(${neuron}.axons${rows.indexOf(row)}, ${number});` : '';
  const shown = (port: string, number: string, neuron = 'this') =>
    `if (${neuron}.${port}.tapped) ${neuron}.${port}.show(${number});`;
  const published = (row: Row, number: string) =>
    [
      `${own(row)} = ${number};`,
      ...[told(row, number), sent(row, number)],
      ...(row === axon ? [shown('axon$', number)] : []),
    ].join(' ');
  const texts = steps.map(({ step, given }, k) => new StepText(step, k, given, own).written(published));
  const each = (line: string) =>
    `(neurons) => { for (let i = 0; i < neurons.length; i++) { const n = neurons[i]; ${line} } }`;
  const summed = (row: Row, { start }: SumStep) => {
    const ends = [told(row, 'x', 'n'), sent(row, 'x', 'n'), row.kind === 'signal' ? shown('signal$', 'x', 'n') : ''];
    return `sum: {
      dendrite: (n) => n.sum${rows.indexOf(row)},
      begin: ${each(`${own(row, 'n')} = ${start ? own(start, 'n') : 0};`)},
      end: ${ends.join('') === '' ? '() => undefined' : each(`const x = ${own(row, 'n')}; ${ends.join(' ')}`)},
    },`;
  };
  const source = `
class Actor extends Neuron {
  constructor(name) {
    super(name);
    // Begun as fractions, so that V8 stores them as doubles from the start.
    ${rows.map((row, r) => (sums.has(row) ? `this.sum${r} = new Dendrite();` : `this.row${r} = 0.5;`)).join(' ')}
    ${rows.map((_, r) => `this.ears${r} = []; this.axons${r} = [];`).join(' ')}
  }
${texts.map(({ method }) => method).join('\n')}
}

return {
  make: (name) => new Actor(name),
  rows: [${rows
    .map((row, r) => {
      const sum = sums.get(row);
      return `{
    get: (n) => ${own(row, 'n')},
    set: (n, value) => { ${own(row, 'n')} = value; ${told(row, 'value', 'n')} },
    ears: (n) => n.ears${r},
    axons: (n) => n.axons${r},
    send: (neurons, branches) => { for (let i = 0; i < branches.length; i++) branches[i].send(${own(row, 'neurons[i]')}); },
    ${sum ? summed(row, sum) : ''}
  }`;
    })
    .join(', ')}],
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
