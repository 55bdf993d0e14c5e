import { Graph, kept, specialise, type Read, type Value } from '../../local/index.ts';
import {
  graphOf,
  readingOf,
  type Computed,
  type Equation,
  type NeuronModel,
  type NeuronRead,
} from '../../neurons/index.ts';
import type { BuiltPopulation } from '../built.ts';
import { gauss } from '../dials/gauss.ts';
import type { Result, Row, Source } from './step.ts';

/** What the neurons of one population compute in one step, as graphs, with their parameters filled in and each name resolved. */
export class NeuronText {
  /** What the graphs read. */
  readonly reads = new Map<string, Source>();
  private readonly graph = new Graph();
  readonly model: NeuronModel;
  private readonly known = new Map<string, Value>();

  constructor(
    private readonly population: BuiltPopulation,
    private readonly rowOf: (name: string) => Row,
    /** What is computed in this step, so that nothing else can read it as a row yet. */
    private readonly equations: readonly Equation[],
    private readonly scalarOf: (name: string) => Source,
    /** Parameters that may change. */
    private readonly tuned: Readonly<Record<string, Source>>,
  ) {
    const { model, name } = population;
    if (!model) throw new Error(`input neurons '${name}' compute nothing`);
    this.model = model;
  }

  /** A number as it is computed into a row. */
  result({ kind, computed }: Pick<Equation, 'kind' | 'computed'>, row: Row): Result {
    if (computed.local) return { row, value: this.filled(kind, computed) };
    for (const [path, reading] of Object.entries(this.model.readings))
      this.reads.set(path, this.sourceOf(path, reading));
    const { opaque } = computed;
    return { row, opaque };
  }

  private filled(kind: Equation['kind'], computed: Computed & { readonly local: object }): Value {
    return specialise(this.graph, graphOf(computed), (read) =>
      this.standsFor(read, readingOf(this.model, kind, read.path)),
    );
  }

  private standsFor(read: Read, reading: NeuronRead): Value {
    const { graph } = this;
    if (reading.of === 'parameter') {
      const value = this.population.params[read.path];
      if (typeof value === 'number' && !Object.hasOwn(this.tuned, read.path)) return graph.constant(value);
    }
    if (reading.of === 'own' && reading.late === 0) {
      const equation = this.equations.find(({ name }) => name === reading.name);
      if (equation?.computed.local) return this.valueOf(equation, equation.computed);
    }
    const path = pathOf(read.path, reading);
    this.reads.set(path, this.sourceOf(read.path, reading));
    const value = graph.read(path, read.scope);
    return reading.of === 'noise' ? gauss(graph, value) : value;
  }

  /** The graph of another number of the same step. */
  private valueOf({ name, kind }: Equation, computed: Computed & { readonly local: object }): Value {
    return kept(this.known, name, () => this.filled(kind, computed));
  }

  private sourceOf(path: string, reading: NeuronRead): Source {
    switch (reading.of) {
      case 'parameter': {
        if (Object.hasOwn(this.tuned, path)) return this.tuned[path];
        const value = this.population.params[path];
        return typeof value === 'number' ? { kind: 'number', value } : { kind: 'numbers', values: value };
      }
      case 'noise':
        return { kind: 'draw', seed: this.population.noise[reading.name] };
      case 'pool':
        return { kind: 'element', row: this.rowOf(reading.name), neuron: 0, late: 0 };
      case 'port':
        return { kind: 'row', row: this.rowOf(reading.name), late: 0 };
      case 'own':
        return { kind: 'row', row: this.rowOf(reading.name), late: reading.late };
      case 'global':
        return this.scalarOf(reading.name);
    }
  }
}

/** A unique name for each thing that is read: the state of the previous timestep and that of this one need different names. */
function pathOf(path: string, reading: NeuronRead): string {
  return reading.of === 'own' && reading.late > 0 ? `${reading.name} before` : path;
}
