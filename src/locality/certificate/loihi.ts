import {
  Graph,
  specialise,
  sumOfProducts,
  type Factor,
  type Numbers,
  type Product,
  type Value,
} from '../../local/index.ts';
import type { PlasticityRule } from '../../rules/index.ts';

/** A state variable of the synapse, in Loihi's form. */
export interface LoihiTrace {
  /** Its name in the rule. */
  readonly state: string;
  /** Its name on Loihi. */
  readonly variable: string;
  /** Whether it becomes a times itself plus b, where neither a nor b depends on what the synapse keeps: a decaying trace. */
  readonly linearDecay: boolean;
}

/**
 * A rule in the form of the learning engine of Loihi 2: a sum of products for the weight, and one for each state variable.
 *
 *     dv = sum_i s_i prod_j f_ij        for each synaptic variable v = w, t and d
 *
 * s are constants; f are the presynaptic traces x1 and x2, the postsynaptic traces y1, y2 and y3, and w, t, d or their signs. On Loihi 2 axons
 * carry graded values and a neuron's microcode writes its y traces: that is how rates, slopes and learning signals get there. Only the
 * form is judged: not how many bits a value has there, nor in which order w, t and d are updated.
 * Davies et al. (2018); the learning rules of Lava, lava-nc.org.
 */
export interface LoihiForm {
  readonly fits: boolean;
  /** `dw = 0.03 * y2 * t`, then one for each state variable; empty if it does not fit. */
  readonly equations: readonly string[];
  /** What each of Loihi's variables holds: `{ x1: 'pre.rate' }`. */
  readonly variables: Readonly<Record<string, string>>;
  readonly traces: readonly LoihiTrace[];
  /** Why it does not fit; empty if it does. */
  readonly misfits: readonly string[];
}

/** The variables that hold state besides the weight: the tag, and the variable that would otherwise hold a delay. */
const SYNAPTIC = ['t', 'd'];
const PRESYNAPTIC = ['x1', 'x2'];
const POSTSYNAPTIC = ['y1', 'y2', 'y3'];
/** The traces that postsynaptic numbers take if these are free. */
const USUAL: Readonly<Record<string, string>> = { 'post.rate': 'y1', 'post.signal': 'y2', 'post.slope': 'y3' };
/** The order in which factors are written. */
const ORDER = ['y', 'x', 'w', 't', 'd'];

/**
 * The rule in Loihi's form, or why it does not fit; null if it is opaque.
 *
 * @param known Numbers of the view, by their path, that never change where the rule is used.
 */
export function loihiForm(rule: PlasticityRule, known: Numbers = {}): LoihiForm | null {
  const { analysis } = rule;
  const change = analysis?.function('change');
  if (!analysis || !change) return null;
  const after = analysis.function('after');
  const misfits = after ? [AFTER] : [];
  const products = (place: string, value: Value): readonly Product[] => {
    const sum = sumOfProducts(value);
    if ('products' in sum) return sum.products;
    misfits.push(`${place} ${sum.obstacle}`);
    return [];
  };
  const graph = new Graph();
  const dw = products('the change', withConstants(graph, rule, change.value, known));
  const states = changing(rule).map(({ name, value }) => {
    const next = withConstants(graph, rule, value, known);
    const less = graph.arithmetic('-', next, graph.read(name, 'own state'));
    return { name, next: products(`the trace of ${name}`, next), change: products(`the trace of ${name}`, less) };
  });

  const factors = [dw, ...states.map((state) => state.change)].flat().flatMap((product) => product.factors);
  const variables = variablesOf(
    states.map(({ name }) => name),
    factors,
    misfits,
  );
  if (misfits.length > 0) {
    return { fits: false, equations: [], variables: {}, traces: [], misfits: [...new Set(misfits)] };
  }
  const variable = (path: string): string => variables.get(path) ?? path;
  return {
    fits: true,
    equations: [
      `dw = ${written(dw, variable)}`,
      ...states.map((state) => `d${variable(state.name)} = ${written(state.change, variable)}`),
    ],
    variables: Object.fromEntries(
      [...variables].map(([path, name]): [string, string] => [name, path]).sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    traces: states.map(({ name, next }) => ({
      state: name,
      variable: variable(name),
      linearDecay: decaysLinearly(name, next),
    })),
    misfits: [],
  };
}

/** Whether a rule never changes weights, given that these numbers of its view never change. */
export function changesNothing(rule: PlasticityRule, known: Numbers): boolean {
  const change = rule.analysis?.function('change');
  if (!change) return false;
  const sum = sumOfProducts(withConstants(new Graph(), rule, change.value, known));
  return 'products' in sum && sum.products.length === 0;
}

export const AFTER = 'it computes state when a change is applied, but Loihi updates all variables at once';

/** The state that a trace changes. */
export function changing({
  analysis,
  trace,
}: PlasticityRule): readonly { readonly name: string; readonly value: Value }[] {
  const results = trace ? analysis?.function('trace')?.results : undefined;
  return results === undefined || 'kind' in results ? [] : results;
}

/** A number's graph in which parameters, and state that never changes, are constants. */
export function withConstants(graph: Graph, rule: PlasticityRule, value: Value, known: Numbers): Value {
  // State that begins as the weight differs from synapse to synapse.
  const still = rule.trace || rule.after || rule.lasting ? {} : rule.state;
  const fixed = { ...rule.params, ...still, ...known };
  return specialise(graph, value, ({ path, scope }) =>
    Object.hasOwn(fixed, path) ? graph.constant(fixed[path]) : graph.read(path, scope),
  );
}

/** The Loihi variable of each number that is read. */
function variablesOf(
  states: readonly string[],
  factors: readonly Factor[],
  misfits: string[],
): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const [pre, post] = [new Set<string>(), new Set<string>()];
  for (const { read, sign } of factors) {
    const own = read.scope === 'own weight' || read.scope === 'own state';
    if (sign && !own) misfits.push(`it takes the sign of ${read.path}, but Loihi has signs only of w, t and d`);
    if (read.scope === 'own weight') variables.set(read.path, 'w');
    else if (read.scope === 'presynaptic') pre.add(read.path);
    else if (!own) post.add(read.path);
  }
  states.forEach((name, k) => variables.set(name, SYNAPTIC[k] ?? ''));
  if (states.length > SYNAPTIC.length) {
    misfits.push(`a synapse keeps ${states.join(', ')}, but Loihi has only two variables besides the weight, t and d`);
  }
  [...pre].forEach((path, k) => variables.set(path, PRESYNAPTIC[k] ?? ''));
  if (pre.size > PRESYNAPTIC.length) {
    misfits.push(`it reads ${[...pre].join(', ')}, but Loihi has only two presynaptic traces, x1 and x2`);
  }
  if (post.size > POSTSYNAPTIC.length) {
    misfits.push(`it reads ${[...post].join(', ')}, but Loihi has only three postsynaptic traces, y1, y2 and y3`);
  }
  const usual = [...post].filter((path) => Object.hasOwn(USUAL, path));
  const free = POSTSYNAPTIC.filter((name) => !usual.some((path) => USUAL[path] === name));
  for (const path of post) variables.set(path, usual.includes(path) ? USUAL[path] : (free.shift() ?? ''));
  return variables;
}

/** `0.03 * y2 * t - w`. */
function written(products: readonly Product[], variable: (path: string) => string): string {
  if (products.length === 0) return '0';
  const terms = products.map(({ scale, factors }) => {
    const names = factors
      .map(({ read, sign }) => ({ name: variable(read.path), sign }))
      .sort((a, b) => ORDER.indexOf(a.name[0]) - ORDER.indexOf(b.name[0]))
      .map(({ name, sign }) => (sign ? `sgn(${name})` : name));
    // Twelve digits, so that 0.9 - 1 reads as -0.1.
    const size = Number(Math.abs(scale).toPrecision(12));
    const text = [...(size === 1 && names.length > 0 ? [] : [String(size)]), ...names].join(' * ');
    return { negative: scale < 0, text };
  });
  const [first, ...others] = terms;
  return [
    `${first.negative ? '-' : ''}${first.text}`,
    ...others.map(({ negative, text }) => `${negative ? '-' : '+'} ${text}`),
  ].join(' ');
}

/** Whether each product contains the state once, or nothing that the synapse keeps. */
function decaysLinearly(name: string, products: readonly Product[]): boolean {
  return products.every(({ factors }) => {
    const kept = factors.filter(({ read }) => read.scope === 'own state' || read.scope === 'own weight');
    return kept.length === 0 || (kept.length === 1 && kept[0].read.path === name && !kept[0].sign);
  });
}
