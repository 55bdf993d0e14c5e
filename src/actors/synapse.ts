import {
  ruleVariables,
  takeUpVariables,
  tunableOf,
  type BuiltGroup,
  type LearnStep,
  type Row,
  type Source,
  type TakeUp,
  type Taking,
  type Variable,
} from '../circuit/index.ts';
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
  /** The tunable parameters, in the order in which `learn` and `apply` are given them; the others are filled in. */
  readonly tunable: readonly string[];
  begin(branches: readonly DendriteBranch[]): void;
  transmit(this: void, branches: readonly AxonBranch[]): void;
  transmitAgain(this: void, branches: readonly AxonBranch[]): void;
  learn(branches: readonly DendriteBranch[], tuned: Float64Array): void;
  apply(branches: readonly DendriteBranch[], tuned: Float64Array, taking: Taking): void;
}

/**
 * Writes out the actor class of one synapse group, its rule's parameters filled in.
 *
 * What runs is the graphs of the rule's functions, so nothing that was not read can take part. (An opaque rule's own functions run. They are
 * given a view made for the occasion: there is no actor in it to reach through.)
 *
 * @param reads What stands for `pre.`, `post.` and `global.` names, see LearnStep; empty for synapses that do not learn.
 * @param takeUp How they take up changes; absent: their weights grow by them.
 */
export function synapseActors(group: BuiltGroup, reads: Reads, takeUp?: TakeUp): SynapseActors {
  const { rule, also } = group;
  const seen = new Seen(reads, rule);
  const variables = [...ruleVariables(group), ...takeUpVariables(takeUp)];
  const started = (which: (variable: Variable) => boolean) =>
    variables
      .filter(which)
      .map(({ name, start }) => `${stateOf(name)} = ${start === 'weight' ? 'w' : literal(start)};`)
      .join(' ');
  const told = seen.told.map((_, place) => `p${place}`);
  const tunable = tunableOf(group).map(({ name }) => name);
  const tuned = tunable.map((_, place) => `tuned${place}`);
  const tune = tuned.map((name, place) => `const ${name} = tuned[${place}];`).join(' ');
  const own = [...Object.keys(takeUp?.constants ?? {}), ...(takeUp?.chance === undefined ? [] : ['place'])];
  const hear = told.map((name, place) => `const ${name} = told[${place}];`).join(' ');
  // What was told is handed on where a rule goes on to compute with it.
  const after = rule?.after !== undefined;
  const taking = ['step', 'key', ...(takeUp ? ['pace', 'due', ...tuned] : []), ...(after ? told : [])].join(', ');
  const text: Learning = rule?.analysis
    ? written(rule, rule.analysis, seen)
    : { given: [...told, ...tuned], shared: '', lines: rule ? called(rule, seen) : '' };
  const learning = forEach('synapses', `learn(${text.given.join(', ')})`);
  const guarded = (loop: string) => `try { ${loop} } catch (error) { throw blame(branches[b].nameOf(k), error); }`;

  const source = `
class Synapse {
  constructor(w, pre, dendrites, own) {
    // Begun as fractions, so that V8 stores them as doubles from the start.
    this.w = 0.5; this.asked = 0.5; ${variables.map(({ name }) => `${stateOf(name)} = 0.5;`).join(' ')}
    this.w = w; this.asked = 0; ${started(() => true)}
    ${seen.brought.map((_, k) => `this.pre${k} = pre[${k}];`).join(' ')}
    this.dendrite = dendrites[0]; ${also ? 'this.other = dendrites[1];' : ''}
    ${own.map((name) => `this.own_${name} = own.${name};`).join(' ')}
  }
  begin() {
    this.asked = 0;
    ${started(({ lasting }) => !lasting)}
  }
  transmit(rate) {
    this.dendrite.receive(this.w * rate);
  }
  transmitAgain(rate) {
    ${also ? `this.other.receive(${stateOf(also.weight)} * rate);` : ''}
  }
  learn(${text.given.join(', ')}) {
    ${text.lines}
  }
  apply(${taking}) {
    const change = step * this.asked;
    ${takeUp ? taken(takeUp, seen, tunable) : 'const w = this.w + change;'}
    if (w - w !== 0) throw new NotFinite('its weight', w);
    this.w = w;
    this.asked = 0;
    ${takeUp ? renewed(takeUp) : ''}
    ${rule && after && !rule.analysis ? calledAfter(rule, seen, takeUp) : ''}
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
    ${tune}
    for (let b = 0; b < branches.length; b++) {
      const { synapses, told } = branches[b];
      ${hear}
      ${text.shared}
      let k = 0;
      ${rule?.analysis ? learning : guarded(learning)}
    }
  },
  apply: (branches, tuned, { step, key, pace, due }) => {
    ${takeUp ? tune : ''}
    for (let b = 0; b < branches.length; b++) {
      const { synapses${after ? ', told' : ''} } = branches[b];
      ${after ? hear : ''}
      let k = 0;
      ${guarded(forEach('synapses', `apply(${taking})`))}
    }
  },
};`;
  const functions = rule?.analysis ? {} : { trace: rule?.trace, change: rule?.change, after: rule?.after };
  const actors = compile<Omit<SynapseActors, 'brought' | 'told' | 'tunable'>>(
    `synapses/${rule?.name ?? 'fixed'}`,
    source,
    {
      ...{ ...LIBRARY, chance: draw, blame, NotFinite },
      ...functions,
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
    if (read.scope === 'own state') return stateOf(read.path);
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
      ...traced.map(([name], k) => `${stateOf(name)} = s${k};`),
    ].join('\n    '),
  };
}

/** The statements of an opaque rule. */
function called(rule: PlasticityRule, seen: Seen): string {
  const { state, lasting = [], trace } = rule;
  if (!trace) return `this.asked += change(${viewOf(rule, seen)});`;
  // No trace gives what began as the weight.
  const traced = identifiers(state).filter((name) => !lasting.includes(name));
  const updated = traced.map((name) => `${stateOf(name)} = s.${name};`);
  const change = `change(${viewOf(rule, seen, (name) => (traced.includes(name) ? `s.${name}` : stateOf(name)))})`;
  return `const s = trace(${viewOf(rule, seen)}); ${updated.join(' ')} this.asked += ${change};`;
}

/** The statements of what an opaque rule computes when a change was taken up. */
function calledAfter(rule: PlasticityRule, seen: Seen, takeUp: TakeUp | undefined): string {
  const updated = identifiers(rule.state).map((name) => `${stateOf(name)} = n.${name} ?? ${stateOf(name)};`);
  const taken = takeUp ? 'if (due > 0) ' : '';
  return `${taken}{ const n = after(${viewOf(rule, seen)}); ${updated.join(' ')} }`;
}

/** The view that an opaque rule's functions are given. */
function viewOf({ state, params, tunable = [] }: PlasticityRule, { texts }: Seen, variable = stateOf): string {
  const neuron = (side: string) => {
    const own = [...texts].filter(([path]) => path.startsWith(`${side}.`));
    return `${side}: { ${own.map(([path, text]) => `${path.slice(side.length + 1)}: ${text}`).join(', ')} }`;
  };
  const all = identifiers(params).map((name) => {
    const place = tunable.indexOf(name);
    return `${name}: ${place < 0 ? literal(params[name]) : `tuned${place}`}`;
  });
  const own = identifiers(state).map((name) => `${name}: ${variable(name)},`);
  return `{ ${own.join(' ')} w: this.w, ${neuron('pre')}, ${neuron('post')}, ${neuron('global')}, ${all.join(', ')} }`;
}

/** The statements that compute a take-up: the new weight `w`, and n1, n2, .. of the state. */
function taken({ text, constants, chance }: TakeUp, { texts }: Seen, tunable: readonly string[]): string {
  const results = text.namedResults;
  const written = statements(
    results.map(({ value }) => value),
    ({ path, scope }) => {
      const [part, name] = path.split('.');
      if (part === 'take') return Object.hasOwn(constants, name) ? `this.own_${name}` : name;
      if (path === 'w') return 'this.w';
      if (scope === 'own state') return stateOf(path);
      return scope === 'parameter' ? `tuned${tunable.indexOf(path)}` : (texts.get(path) ?? missing(path));
    },
  );
  return [
    ...(chance === undefined ? [] : ['const draw = chance(key, this.own_place);']),
    ...written.lines,
    ...results.map((_, k) => `const ${k === 0 ? 'w' : `n${k}`} = ${written.results[k]};`),
  ].join('\n    ');
}

/** The statements that put new state in its place. */
function renewed({ text }: TakeUp): string {
  const [, ...state] = text.namedResults;
  return state.map(({ name }, k) => `${stateOf(name)} = n${k + 1};`).join(' ');
}

/** Where a synapse keeps a variable. */
function stateOf(name: string): string {
  return `this[${JSON.stringify(`state_${name}`)}]`;
}

function missing(path: string): never {
  throw new Error(`a rule reads '${path}', and nothing stands for it`);
}
