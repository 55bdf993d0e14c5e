import type { BuiltGroup, LearnStep, Row, Settling, Source } from '../circuit/index.ts';
import { blame, NotFinite } from '../errors/index.ts';
import {
  compile,
  Graph,
  identifiers,
  largestParts,
  LIBRARY,
  literal,
  specialise,
  statements,
  type Analysis,
  type Numbers,
  type Read,
  type Value,
} from '../local/index.ts';
import { draw } from '../random/index.ts';
import type { PlasticityRule } from '../rules/index.ts';
import type { AxonBranch } from './axon.ts';
import type { Dendrite, DendriteBranch, Synapse } from './dendrite.ts';

/** A row that an axon brings to synapses, and how late. */
export interface Brought {
  readonly row: Row;
  readonly late: number;
}

/** A number that a synapse is told: its neuron's own, or, of `neuron`, one that everyone is told. */
export interface Told {
  readonly row: Row;
  readonly neuron?: number;
}

/** The actor class of one synapse group, and what its synapses do, all of them in turn. */
export interface SynapseActors {
  /** What its axons' branches bring to a synapse that its rule reads. */
  readonly brought: readonly Brought[];
  /** What its neuron tells it, and global scalars. */
  readonly told: readonly Told[];
  /**
   * Makes a synapse.
   *
   * @param pre The branches that bring `brought`, in that order.
   * @param dendrites What it transmits to, and what it does so again; absent: nothing.
   * @param own What it has for good, see Settling; `place` for its draws.
   */
  make(w: number, pre: readonly AxonBranch[], dendrites: readonly (Dendrite | undefined)[], own?: Numbers): Synapse;
  /** The rule's tunable parameters, in the order in which `learn` is given them; the others are filled in. */
  readonly tunable: readonly string[];
  begin(branches: readonly DendriteBranch[]): void;
  transmit(this: void, branches: readonly AxonBranch[]): void;
  transmitAgain(this: void, branches: readonly AxonBranch[]): void;
  learn(branches: readonly DendriteBranch[], tuned: Float64Array): void;
  apply(branches: readonly DendriteBranch[], step: number, key: number): void;
}

/**
 * Writes out the actor class of one synapse group, its rule's parameters filled in.
 *
 * What runs is the graphs of the rule's functions, so nothing that was not read can take part. (An opaque rule's own functions run. They are
 * given a view made for the occasion: there is no actor in it to reach through.)
 *
 * @param reads What stands for `pre.`, `post.` and `global.` names, see LearnStep; empty for synapses that do not learn.
 */
export function synapseActors({ rule, settling, keepsTraces, also }: BuiltGroup, reads: Reads): SynapseActors {
  const seen = new Seen(reads, rule);
  const state = identifiers(rule?.state ?? {});
  const each = (line: (name: string) => string) => state.map(line).join(' ');
  const begin = each((name) => `this.state_${name} = ${literal(rule?.state[name] ?? 0)};`);
  const told = seen.told.map((_, place) => `p${place}`);
  const tunable = rule?.tunable ?? [];
  const tuned = tunable.map((_, place) => `tuned${place}`);
  const own = [...Object.keys(settling?.constants ?? {}), ...(settling?.chance === undefined ? [] : ['place'])];
  const text: Learning = rule?.analysis
    ? written(rule, rule.analysis, seen)
    : { given: [...told, ...tuned], shared: '', lines: rule ? called(rule, seen) : '' };
  const learning = forEach('synapses', `learn(${text.given.join(', ')})`);
  const guarded = (loop: string) => `try { ${loop} } catch (error) { throw blame(branches[b].nameOf(k), error); }`;

  const source = `
class Synapse {
  constructor(w, pre, dendrites, own) {
    // Begun as fractions, so that V8 stores them as doubles from the start.
    this.w = 0.5; this.asked = 0.5; ${each((name) => `this.state_${name} = 0.5;`)}
    this.w = w; this.asked = 0; ${begin}
    ${seen.brought.map((_, k) => `this.pre${k} = pre[${k}];`).join(' ')}
    this.dendrite = dendrites[0]; ${also ? 'this.other = dendrites[1];' : ''}
    ${own.map((name) => `this.own_${name} = own.${name};`).join(' ')}
  }
  begin() {
    this.asked = 0;
    ${keepsTraces ? '' : begin}
  }
  transmit(rate) {
    this.dendrite.receive(this.w * rate);
  }
  transmitAgain(rate) {
    ${also ? `this.other.receive(this.state_${also.weight} * rate);` : ''}
  }
  learn(${text.given.join(', ')}) {
    ${text.lines}
  }
  apply(step, key) {
    const change = step * this.asked;
    ${settling ? settled(settling) : 'const w = this.w + change;'}
    if (w - w !== 0) throw new NotFinite('its weight', w);
    this.w = w;
    this.asked = 0;
  }
  get(variable) {
    return this['state_' + variable];
  }
  set(variable, value) {
    this['state_' + variable] = value;
  }
}

return {
  make: (w, pre, dendrites, own) => new Synapse(w, pre, dendrites, own),
  begin: (branches) => {
    for (const { synapses } of branches) for (const synapse of synapses) synapse.begin();
  },
  transmit: ${transmitting('transmit')},
  transmitAgain: ${also ? transmitting('transmitAgain') : '() => undefined'},
  learn: (branches, tuned) => {
    ${tuned.map((name, place) => `const ${name} = tuned[${place}];`).join(' ')}
    for (let b = 0; b < branches.length; b++) {
      const { synapses, told } = branches[b];
      ${told.map((name, place) => `const ${name} = told[${place}];`).join(' ')}
      ${text.shared}
      let k = 0;
      ${rule?.analysis ? learning : guarded(learning)}
    }
  },
  apply: (branches, step, key) => {
    for (let b = 0; b < branches.length; b++) {
      const { synapses } = branches[b];
      let k = 0;
      ${guarded(forEach('synapses', 'apply(step, key)'))}
    }
  },
};`;
  const { trace, change } = rule?.analysis ? {} : (rule ?? {});
  const actors = compile<Omit<SynapseActors, 'brought' | 'told' | 'tunable'>>(
    `synapses/${rule?.name ?? 'fixed'}`,
    source,
    {
      ...{ ...LIBRARY, chance: draw, blame, NotFinite },
      ...{ trace, change },
    },
  );
  return { ...actors, brought: seen.brought, told: seen.told, tunable };
}

/** The text of what passes on what axons bring to all of their endings. */
function transmitting(method: string): string {
  return `(branches) => {
    for (let b = 0; b < branches.length; b++) {
      const { endings, rate } = branches[b];
      let k = 0;
      ${forEach('endings', `${method}(rate)`)}
    }
  }`;
}

/** The text of a call of all of these synapses, from number k on. Four at a time: the loop's own work is a quarter of the time otherwise. */
function forEach(synapses: string, call: string): string {
  const four = [0, 1, 2, 3].map((next) => `${synapses}[k + ${next}].${call};`).join(' ');
  return `for (const whole = ${synapses}.length - 3; k < whole; k += 4) { ${four} }
      for (; k < ${synapses}.length; k++) ${synapses}[k].${call};`;
}

/** What stands for the names that a rule reads of its two neurons. */
type Reads = LearnStep['reads'];

/** Where a synapse finds the numbers of its two neurons: the text of each, by its name in the rule. */
class Seen {
  readonly brought: Brought[] = [];
  readonly told: Told[] = [];
  readonly texts: ReadonlyMap<string, string>;

  constructor(reads: Reads, rule: PlasticityRule | undefined) {
    const read = new Set(rule?.analysis?.reads.map(({ path }) => path));
    const seen = [...reads].filter(([path]) => !rule?.analysis || read.has(path));
    this.texts = new Map(seen.map(([path, source]) => [path, this.textOf(path, source)]));
  }

  private textOf(path: string, source: Source): string {
    if (source.kind === 'number') return literal(source.value);
    if (source.kind === 'row' && path.startsWith('pre.')) {
      const { row, late } = source;
      const known = this.brought.findIndex((other) => other.row === row && other.late === late);
      return `this.pre${known < 0 ? this.brought.push({ row, late }) - 1 : known}.rate`;
    }
    if (source.kind === 'row' && source.late === 0) return `p${this.told.push({ row: source.row }) - 1}`;
    if (source.kind === 'element' && source.late === 0) {
      return `p${this.told.push({ row: source.row, neuron: source.neuron }) - 1}`;
    }
    throw new Error(`a synapse cannot see '${path}'`);
  }
}

/** What the synapses of a group do as they learn. */
interface Learning {
  /** What each is given: numbers that all synapses of a branch share. */
  readonly given: readonly string[];
  /** The statements that compute some of these, once for a branch, from what its neuron has told it. */
  readonly shared: string;
  readonly lines: string;
}

/** The statements of a rule that was read: its new state, and the change it asks for, which sees the new state. */
function written({ params, tunable = [] }: PlasticityRule, analysis: Analysis, { texts }: Seen): Learning {
  const graph = new Graph();
  const constants = new Map(
    identifiers(params)
      .filter((name) => !tunable.includes(name))
      .map((name) => [name, graph.constant(params[name])]),
  );
  const filled = (value: Value, state: ReadonlyMap<string, Value>): Value =>
    specialise(graph, value, ({ path, scope }) => {
      const known = scope === 'parameter' ? constants.get(path) : scope === 'own state' ? state.get(path) : undefined;
      return known ?? graph.read(path, scope);
    });
  const traced = (analysis.function('trace')?.namedResults ?? []).map(
    ({ name, value }) => [name, filled(value, new Map())] as const,
  );
  const changes = analysis.function('change');
  const asked = changes ? [filled(changes.value, new Map(traced))] : [];
  const values = [...traced.map(([, value]) => value), ...asked];
  const isShared = ({ path, scope }: Read) => scope === 'parameter' || /^(?:post|global)\./.test(path);
  const told = ({ path, scope }: Read) =>
    scope === 'parameter' ? `tuned${tunable.indexOf(path)}` : (texts.get(path) ?? missing(path));
  const parts = largestParts(values, isShared);
  const shared = statements(parts, told, { prefix: 'c' });
  const given = new Set(parts.map((_, place) => `shared${place}`));
  const known = new Map(parts.map((part, place) => [part, `shared${place}`]));
  const own = (read: Read) => {
    if (read.scope === 'own state') return `this.state_${read.path}`;
    if (read.path === 'w') return 'this.w';
    const text = told(read);
    // What never changes is a number, and is not given.
    if (isShared(read) && /^[a-z]/.test(text)) given.add(text);
    return text;
  };
  const text = statements(values, own, { known });
  return {
    given: [...given],
    shared: [...shared.lines, ...parts.map((_, k) => `const shared${k} = ${shared.results[k]};`)].join(' '),
    lines: [
      ...text.lines,
      ...traced.map((_, k) => `const s${k} = ${text.results[k]};`),
      `this.asked += ${text.results[traced.length]};`,
      ...traced.map(([name], k) => `this.state_${name} = s${k};`),
    ].join('\n    '),
  };
}

/** The statements of an opaque rule. */
function called({ state, params, tunable = [], trace }: PlasticityRule, { texts }: Seen): string {
  const neuron = (side: string) => {
    const own = [...texts].filter(([path]) => path.startsWith(`${side}.`));
    return `${side}: { ${own.map(([path, text]) => `${path.slice(side.length + 1)}: ${text}`).join(', ')} }`;
  };
  const all = identifiers(params).map((name) => {
    const place = tunable.indexOf(name);
    return `${name}: ${place < 0 ? literal(params[name]) : `tuned${place}`}`;
  });
  const view = (from: string) => {
    const own = identifiers(state).map((name) => `${name}: ${from}${name},`);
    return `{ ${own.join(' ')} w: this.w, ${neuron('pre')}, ${neuron('post')}, ${neuron('global')}, ${all.join(', ')} }`;
  };
  if (!trace) return `this.asked += change(${view('this.state_')});`;
  const updated = identifiers(state).map((name) => `this.state_${name} = s.${name};`);
  return `const s = trace(${view('this.state_')}); ${updated.join(' ')} this.asked += change(${view('s.')});`;
}

/** The statements of a settling. */
function settled({ weight }: Settling): string {
  const text = statements([weight.value], ({ path }) =>
    path === 'change' || path === 'draw' ? path : path === 'w' ? 'this.w' : `this.own_${path}`,
  );
  const drawn = weight.reads.some(({ path }) => path === 'draw') ? ['const draw = chance(key, this.own_place);'] : [];
  return [...drawn, ...text.lines, `const w = ${text.results[0]};`].join('\n    ');
}

function missing(path: string): never {
  throw new Error(`a rule reads '${path}', and nothing stands for it`);
}
