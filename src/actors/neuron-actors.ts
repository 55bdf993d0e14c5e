import {
  isChecked,
  looks,
  sentName,
  stepText,
  type BuiltGroup,
  type BuiltPopulation,
  type ComputeStep,
  type Given,
  type LearnStep,
  type Row,
  type Source,
  type SumStep,
  type Timestep,
} from '../circuit/index.ts';
import { blame } from '../errors/index.ts';
import { compile, LIBRARY } from '../local/index.ts';
import type { AxonBranch } from './axon.ts';
import { Dendrite, type Ear } from './dendrite.ts';
import { Neuron } from './neuron.ts';

/** Runs a compute step, neuron after neuron: `given` holds their inputs, and `wrong` is called with numbers that are not finite. */
export type Run = (given: readonly Given[], wrong: (neuron: Neuron, checked: readonly number[]) => void) => void;

/** What the neurons of a population do with their numbers of one row. */
export interface RowActors {
  get(this: void, neuron: number): number;
  /** Sets a neuron's number and tells its dendrites. What it has sent does not change. */
  set(this: void, neuron: number, value: number): void;
  /** Where the number goes once it is computed: dendritic branches, and axons. */
  ears(this: void, neuron: number): Ear[];
  axons(this: void, neuron: number): AxonBranch[];
  /** Each sends its number along a branch. */
  send(this: void, branches: readonly AxonBranch[]): void;
  /** If the row is a sum: its dendrites, and what begins and ends the sums of a timestep; at the end they are told and sent on. */
  readonly sum?: {
    dendrite(this: void, neuron: number): Dendrite;
    begin(this: void): void;
    end(this: void): void;
  };
}

/** The neuron class of a population. */
export interface NeuronActors {
  make(this: void, name: string): Neuron;
  /** What all neurons of the population do: by row, and by compute step what runs it. */
  bound(this: void, all: readonly Neuron[]): { readonly rows: readonly RowActors[]; readonly runs: readonly Run[] };
}

/** The rows that are told to any dendrite, and those that are sent as soon as they are computed. */
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

  /** What a group's synapses see. Their neuron also tells them the numbers that never change. */
  seenBy(group: BuiltGroup): LearnStep['reads'] {
    const step = this.timestep.steps.filter((one) => one.do === 'learn').find((one) => one.group.name === group.name);
    const reads = [...(step?.reads ?? [])].map(([path, source]): [string, Source] => {
      const row = source.kind === 'number' ? this.timestep.find(group.to, path.replace('post.', '')) : undefined;
      return [path, row ? { kind: 'row', row, late: 0 } : source];
    });
    return new Map(reads);
  }

  /** What the neurons of a step must be given. */
  givenTo(step: ComputeStep): readonly Source[] {
    return [...step.reads.values()].filter((source) => isGiven(source, step, this.timestep));
  }
}

function add(rows: Set<Row>, source: Source): void {
  if (source.kind === 'row' || source.kind === 'element') rows.add(source.row);
}

/** Generates the neuron class of one population from its compute steps, with all constants filled in. */
export function neuronActors(
  population: BuiltPopulation,
  rows: readonly Row[],
  steps: readonly ComputeStep[],
  timestep: Timestep,
  addressed: Addressed,
): NeuronActors {
  const sums = new Map(timestep.steps.flatMap((step) => (step.do === 'sum' ? [[step.into, step]] : [])));
  const own = (row: Row, neuron = 'this') =>
    `${neuron}.${sums.has(row) ? `sum${rows.indexOf(row)}.sum` : `row${rows.indexOf(row)}`}`;
  const axon = rows.find(({ name }) => name === sentName(population));
  const told = (row: Row, number: string, neuron = 'this') =>
    addressed.heard.has(row) ? toEach(`${neuron}.ears${rows.indexOf(row)}`, `hear(${number})`) : '';
  const sent = (row: Row, number: string, neuron = 'this') =>
    addressed.sent.has(row) ? toEach(`${neuron}.axons${rows.indexOf(row)}`, `send(${number})`) : '';
  const shown = (port: string, number: string, neuron = 'this') =>
    `if (${neuron}.${port}.tapped) ${neuron}.${port}.show(${number});`;
  const published = (row: Row, number: string) =>
    `${own(row)} = ${number}; ${told(row, number)} ${sent(row, number)} ${row === axon ? shown('axon$', number) : ''}`;
  /** A method of the neuron that computes a step, and the loop that calls it. */
  const written = (step: ComputeStep, k: number) => {
    const given = addressed.givenTo(step);
    const textOf = (source: Source) => {
      const g = given.indexOf(source);
      return source.kind === 'row' && g < 0 ? own(source.row) : `g${g}`;
    };
    const { lines, opaque, checked, excess } = stepText(step, `opaque${k}`, textOf);
    const port = [...step.reads.values()].find((source) => source.kind === 'row' && source.row.kind === 'port');
    const method = `
  compute${k}(${given.map((_, g) => `g${g}`).join(', ')}) {
    ${lines}
    ${isChecked(step) ? `if (${excess} !== 0) return [${checked.join(', ')}];` : ''}
    ${port ? `if (this.dendrite$.tapped) this.dendrite$.show(${textOf(port)});` : ''}
    ${step.results.map(({ row }, r) => published(row, `n${r}`)).join('\n    ')}
  }`;
    const call = `compute${k}(${given.map((_, g) => `g${g}.number(i)`).join(', ')})`;
    const every = `for (; i < all.length; i++) ${isChecked(step) ? `{ const w = all[i].${call}; if (w !== undefined) wrong(all[i], w); }` : `all[i].${call};`}`;
    const isOpaque = Object.keys(opaque).length > 0;
    const guarded = isOpaque ? `try { ${every} } catch (error) { throw blame(all[i].name, error); }` : every;
    const begun = given.map((_, g) => `const g${g} = given[${g}]; g${g}.begin();`).join(' ');
    return { method, opaque, loop: `(given, wrong) => { ${begun} let i = 0; ${guarded} }` };
  };
  const texts = steps.map(written);
  const each = (line: string) => `() => { for (let i = 0; i < all.length; i++) { const n = all[i]; ${line} } }`;
  const summed = (row: Row, { start }: SumStep) => {
    const ends = `${told(row, 'x', 'n')} ${sent(row, 'x', 'n')} ${row.kind === 'signal' ? shown('signal$', 'x', 'n') : ''}`;
    return `sum: {
      dendrite: (i) => all[i].sum${rows.indexOf(row)},
      begin: ${each(`${own(row, 'n')} = ${start ? own(start, 'n') : 0};`)},
      end: ${ends.trim() === '' ? '() => undefined' : each(`const x = ${own(row, 'n')}; ${ends}`)},
    },`;
  };
  const source = `
class Actor extends Neuron {
  constructor(name) {
    super(name);
    // The initial values are fractions, so that V8 stores them as doubles from the start.
    ${rows.map((row, r) => (sums.has(row) ? `this.sum${r} = new Dendrite();` : `this.row${r} = 0.5;`)).join(' ')}
    ${rows.map((_, r) => `this.ears${r} = []; this.axons${r} = [];`).join(' ')}
  }
${texts.map(({ method }) => method).join('\n')}
}

return {
  make: (name) => new Actor(name),
  bound: (all) => ({
    rows: [${rows
      .map((row, r) => {
        const sum = sums.get(row);
        return `{
      get: (i) => ${own(row, 'all[i]')},
      set: (i, value) => { const n = all[i]; ${own(row, 'n')} = value; ${told(row, 'value', 'n')} },
      ears: (i) => all[i].ears${r},
      axons: (i) => all[i].axons${r},
      send: (branches) => { for (let i = 0; i < branches.length; i++) branches[i].send(${own(row, 'all[i]')}); },
      ${sum ? summed(row, sum) : ''}
    }`;
      })
      .join(', ')}],
    runs: [${texts.map(({ loop }) => loop).join(', ')}],
  }),
};`;
  return compile<NeuronActors>(`neurons/${population.model?.name ?? 'input'}`, source, {
    ...{ ...LIBRARY, Neuron, Dendrite, blame },
    ...Object.fromEntries(texts.flatMap(({ opaque }) => Object.entries(opaque))),
  });
}

/** The text of a call of everything in a list. By index: V8 runs this faster than an iterator. */
function toEach(list: string, call: string): string {
  return `for (let list = ${list}, k = 0; k < list.length; k++) list[k].${call};`;
}

/** Whether a neuron must be given a number that a step reads: until a number is computed, the neuron holds that of the timestep before. */
function isGiven(source: Source, step: ComputeStep, { steps, constants }: Timestep): boolean {
  if (source.kind !== 'row') return source.kind !== 'number';
  const { row, late } = source;
  const computed = steps.findIndex((one) =>
    one.do === 'compute' ? one.results.some((result) => result.row === row) : one.do === 'sum' && one.into === row,
  );
  return late > (constants.has(row) || computed < steps.indexOf(step) ? 0 : 1);
}
