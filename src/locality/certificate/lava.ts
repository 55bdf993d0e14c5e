import { carriesEvents, type BuiltGroup, type BuiltPopulation } from '../../circuit/index.ts';
import { Graph, log, specialise, sumOfProducts, type Numbers, type Value } from '../../local/index.ts';
import { dependencesOf, graphOf } from '../../neurons/index.ts';
import type { PlasticityRule } from '../../rules/index.ts';
import { advanced, presynaptic } from './elsewhere.ts';
import { AFTER, changing, withConstants } from './loihi.ts';
import { collected, one, only, replaced, text, type Term } from './terms.ts';

/** A trace of Loihi that a rule needs. */
export interface LavaTrace {
  /** x1, x2, y1, y2 or y3. */
  readonly name: string;
  /** The number of the view, or of the rule's state, that it holds. */
  readonly holds: string;
  /** How the trace is made. */
  readonly made: string;
  /** The arguments of the rule's constructor: { impulse, tau }, tau in timesteps; absent: a process writes the trace. */
  readonly decays?: { readonly impulse: number; readonly tau: number };
}

/** A rule as text for Lava: Loihi3FLearningRule(dw=..., dt=..., dd=..., t_epoch=1). */
export interface LavaRule {
  /** The synapse group; null: wherever the rule is used. */
  readonly group: string | null;
  readonly rule: string;
  /** `{ dw: '0.03 * u0 * y2 * t', dt: ... }`; empty if the rule cannot be expressed. */
  readonly equations: Readonly<Record<string, string>>;
  /** What w, t and d hold besides the weight: `{ t: 'p' }`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly traces: readonly LavaTrace[];
  /** Differences from what rxflo computes. */
  readonly notes: readonly string[];
  /** Why it cannot be expressed. */
  readonly misfits: readonly string[];
}

/** Where a rule's synapses are. */
interface Place {
  readonly group: string | null;
  /** Numbers of the view that never change there. */
  readonly known: Numbers;
  /** Whether the presynaptic axons carry events, 0 or 1, and whether the axons of the postsynaptic neurons do. */
  readonly preEvents: boolean;
  readonly postEvents: boolean;
}

/** A rule as Lava's text, wherever it is used: on rate units. */
export function lavaRule(rule: PlasticityRule): LavaRule {
  return said(rule, { group: null, known: {}, preEvents: false, postEvents: false });
}

/** The rule of a group as Lava's text; undefined if the group has no rule. */
export function lavaGroup(group: BuiltGroup): LavaRule | undefined {
  const { rule, name, to } = group;
  if (!rule) return undefined;
  const place = { group: name, known: constantsOf(to), preEvents: carriesEvents(group) };
  const lava = said(rule, { ...place, postEvents: to.model?.events !== undefined });
  const notes = [
    ...(group.longer ? ['each synapse has its own delay, which d cannot hold if the rule uses d'] : []),
    ...(group.optimiser ? [`its optimiser, ${group.optimiser.name}, is not in the text`] : []),
    ...(group.gate ? ['the gate of its axons is not in the text: x0 and x1 must hold gated values'] : []),
  ];
  return { ...lava, notes: [...lava.notes, ...notes] };
}

/** The derivatives of a population's neurons that never change, as its synapses see them. */
function constantsOf({ model, params }: BuiltPopulation): Numbers {
  const found: Record<string, number> = {};
  for (const { name, computed } of model?.equations.flatMap((each) => dependencesOf(model, each)) ?? []) {
    if (!computed.local) continue;
    const graph = new Graph();
    const value = specialise(graph, graphOf(computed), ({ path, scope }) => {
      const own = scope === 'parameter' ? params[path] : undefined;
      return typeof own === 'number' ? graph.constant(own) : graph.read(path, scope);
    });
    if (value.kind === 'constant') found[`post.${name}`] = value.value;
  }
  return found;
}

const [SYNAPTIC, PRE, POST] = [
  ['t', 'd'],
  ['x1', 'x2'],
  ['y1', 'y2', 'y3'],
];
/** The traces that postsynaptic numbers take if these are free. */
const USUAL: Readonly<Record<string, string>> = { 'post.signal': 'y2', 'post.slope': 'y3', 'post.d_out_d_v': 'y3' };

function said(rule: PlasticityRule, place: Place): LavaRule {
  const misfits: string[] = [];
  const none = { group: place.group, rule: rule.name, equations: {}, variables: {}, traces: [], notes: [] };
  const change = rule.analysis?.function('change');
  if (!rule.analysis || !change) return { ...none, misfits: ['it is opaque: its source text is not analysed'] };
  if (rule.analysis.function('after')) misfits.push(AFTER);
  const graph = new Graph();
  const terms = (what: string, value: Value): readonly Term[] => {
    const sum = sumOfProducts(withConstants(graph, rule, value, place.known));
    if ('products' in sum) {
      return sum.products.map(({ scale, factors }) => ({
        scale,
        factors: factors.map(({ read, sign }) => (sign ? `sgn(${read.path})` : read.path)),
      }));
    }
    misfits.push(`${what} ${sum.obstacle}`);
    return [];
  };
  const next = new Map(changing(rule).map(({ name, value }) => [name, terms(`the trace of ${name}`, value)]));
  // The change reads the new traces.
  let dw = replaced(terms('the change', change.value), (name) => (next.has(name) ? [one(fresh(name))] : undefined));
  if (misfits.length > 0) return { ...none, misfits };

  // State that decays and grows only by presynaptic input is the same in all synapses of an axon: it becomes a presynaptic trace.
  const traces: LavaTrace[] = [];
  const names = new Map<string, string>();
  for (const [state, own] of next) {
    const trace = presynaptic(state, own);
    if (!trace || names.size === PRE.length) continue;
    const { decay, impulse, path } = trace;
    const name = PRE[names.size];
    names.set(state, name);
    next.delete(state);
    const tau = -1 / log(decay);
    const made = place.preEvents
      ? `each spike adds ${text(impulse)}; it decays with tau = ${text(tau)} timesteps`
      : `graded spikes add ${text(impulse)} times their value; it decays with tau = ${text(tau)} timesteps`;
    traces.push({ name, holds: `${state}, the same for all synapses of an axon`, made, decays: { impulse, tau } });
    // The trace already includes the spike when the rule is applied: to read the old trace, use (new - impulse x) / decay.
    const before: readonly Term[] = [
      { scale: 1 / decay, factors: [name] },
      { scale: -impulse / decay, factors: [path] },
    ];
    for (const [other, value] of next) next.set(other, replaced(value, only(state, before)));
    dw = replaced(dw, only(fresh(state), [one(name)]));
  }

  const aheadOf = new Map<string, string>();
  for (const state of [...next.keys()]) {
    const ahead = advanced(state, next);
    if (!ahead) continue;
    next.delete(state);
    aheadOf.set(ahead.name, `${state}, a timestep ahead`);
    for (const [other, value] of next) next.set(other, replaced(value, ahead.late));
    next.set(ahead.name, ahead.next);
    dw = replaced(dw, only(fresh(state), [one(ahead.name)]));
  }

  // State that is recomputed in each timestep, and never read in a later one, need not be held.
  for (const [state, own] of [...next]) {
    if ([...next.values()].some((value) => value.some(({ factors }) => factors.includes(state)))) continue;
    next.delete(state);
    dw = replaced(dw, only(fresh(state), own));
  }

  const held = [...next.keys()];
  if (held.length > SYNAPTIC.length) {
    misfits.push(`a synapse keeps ${held.join(', ')}, but Loihi has only two variables besides the weight, t and d`);
  }
  held.forEach((state, k) => names.set(state, SYNAPTIC[k] ?? ''));
  names.set('w', 'w');
  const changes = held.map((state) => collected([...(next.get(state) ?? []), { scale: -1, factors: [state] }]));
  const exact = replaced(dw, (name) => next.get(held.find((state) => fresh(state) === name) ?? ''));
  const late = held.flatMap((state, k) =>
    dw.some(({ factors }) => factors.includes(fresh(state))) ? [SYNAPTIC[k] ?? ''] : [],
  );
  dw = replaced(dw, (name) => {
    const state = held.find((each) => fresh(each) === name);
    return state === undefined ? undefined : [one(state)];
  });

  const read = new Set([dw, ...changes, exact].flat().flatMap(({ factors }) => factors.map((each) => bare(each))));
  const pre = [...read].filter((path) => path.startsWith('pre.'));
  // A product can depend on one spike only; if it needs both, the postsynaptic one is a trace.
  const needsBoth = [dw, ...changes, exact]
    .flat()
    .some(({ factors }) => factors.includes('post.out') && factors.some((path) => path.startsWith('pre.')));
  const event = (path: string): string | undefined => {
    if (place.preEvents && path.startsWith('pre.')) return 'x0';
    return place.postEvents && path === 'post.out' && !needsBoth ? 'y0' : undefined;
  };
  for (const path of pre.filter((each) => event(each) === undefined)) {
    const name = PRE.find((each) => ![...names.values()].includes(each));
    if (name === undefined) misfits.push(`it also reads ${path}, but Loihi has only two presynaptic traces, x1 and x2`);
    else {
      names.set(path, name);
      traces.push({ name, holds: path, made: 'graded spikes, each of which overwrites it' });
    }
  }
  const post = [...read].filter(
    (path) => (path.startsWith('post.') || path.startsWith('global.')) && event(path) === undefined,
  );
  if (post.length > POST.length) {
    misfits.push(`it reads ${post.join(', ')}, but Loihi has only three postsynaptic traces, y1, y2 and y3`);
  }
  const free = POST.filter((name) => !post.some((path) => USUAL[path] === name));
  for (const path of post) {
    const usual = USUAL[path];
    const name = usual && ![...names.values()].includes(usual) ? usual : (free.shift() ?? '');
    names.set(path, name);
    traces.push({ name, holds: path, made: 'written by the process of the neuron' });
  }
  const signs = [...read].filter((path) => !Object.hasOwn({ w: 1 }, path) && !held.includes(path));
  for (const path of signs) {
    if ([dw, ...changes].flat().some(({ factors }) => factors.includes(`sgn(${path})`))) {
      misfits.push(`it takes the sign of ${path}, but Loihi has signs only of w, t and d`);
    }
  }
  if (misfits.length > 0) return { ...none, misfits };

  const written = (sum: readonly Term[]) => writtenOut(sum, names, event);
  return {
    ...{ group: place.group, rule: rule.name, misfits },
    equations: {
      dw: written(dw),
      ...Object.fromEntries(changes.flatMap((sum, k) => (sum.length > 0 ? [[`d${SYNAPTIC[k]}`, written(sum)]] : []))),
    },
    variables: Object.fromEntries(held.map((state, k) => [SYNAPTIC[k], aheadOf.get(state) ?? state])),
    traces: traces.toSorted((one, other) => (one.name < other.name ? -1 : 1)),
    notes: [
      'changes are applied in every timestep (t_epoch = 1), as with schedule online; the factor 1/T of rxflo is left out',
      ...(late.length > 0
        ? [
            `dw sees ${late.join(' and ')} one timestep late, as before the timestep; without that, dw = ${written(exact)}`,
          ]
        : []),
      ...([dw, ...changes].some((sum) => sum.length > MANY || sum.some(({ factors }) => factors.length > MANY))
        ? [`with more than ${MANY} products, or factors in one, it may not fit the chip's microcode`]
        : []),
    ],
  };
}

/** The name of a state's new value; the plain name means the value of the timestep before. */
function fresh(state: string): string {
  return `new ${state}`;
}

/** A rule with more products, or more factors in a product, may be too long for the chip. */
const MANY = 4;

/** `p` of `sgn(p)`. */
function bare(factor: string): string {
  return factor.replace(/^sgn\((.*)\)$/, '$1');
}

/** The order in which factors are written. */
const ORDER = ['x0', 'y0', 'u0', 'y', 'x', 'w', 't', 'd'];

/** `0.03 * u0 * y2 * t - u0 * t`: each product with the one spike, or u0, that it depends on. */
function writtenOut(
  sum: readonly Term[],
  names: ReadonlyMap<string, string>,
  event: (path: string) => string | undefined,
): string {
  const products = sum.map(({ scale, factors }) => {
    const events = new Set(factors.flatMap((path) => event(path) ?? []));
    const others = factors.filter((path) => event(path) === undefined);
    const named = others.map((path) =>
      path.startsWith('sgn(') ? `sgn(${names.get(bare(path))})` : (names.get(path) ?? path),
    );
    const depends = events.has('x0') ? 'x0' : events.has('y0') ? 'y0' : 'u0';
    const rank = (name: string) => ORDER.findIndex((each) => name.replace('sgn(', '').startsWith(each));
    const all = [depends, ...named].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
    const size = Number(Math.abs(scale).toPrecision(12));
    return { isNegative: scale < 0, product: [...(size === 1 ? [] : [String(size)]), ...all].join(' * ') };
  });
  if (products.length === 0) return '0 * u0';
  const [first, ...rest] = products;
  return [
    `${first.isNegative ? '-' : ''}${first.product}`,
    ...rest.map(({ isNegative, product }) => `${isNegative ? '-' : '+'} ${product}`),
  ].join(' ');
}
