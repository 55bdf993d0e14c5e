import { InputError, show } from '../errors/index.ts';
import {
  Analysis,
  checkLocalName,
  Graph,
  LocalFunction,
  specialise,
  type OverTrials,
  type Read,
  type Value,
} from '../local/index.ts';
import { LETTERS } from './letters.ts';
import { enterRule, isRule, type PlasticityRule } from './plasticity-rule.ts';

/**
 * One rule that requests the sum of the changes of several rules. A parameter that two of them share is one number.
 *
 * @example
 * const both = sumOfRules('both', [hebb({ eta: 0.1 }), decay({ rate: 0.01 })]);
 *
 * @throws InputError if one is opaque or has a state, or two have a parameter of one name with different values.
 */
export function sumOfRules(name: string, rules: readonly PlasticityRule[]): PlasticityRule {
  checkLocalName('rule', name);
  const place = `rule '${name}'`;
  if (rules.length === 0) throw new InputError(place, 'is an empty sum; give at least one rule');
  const graph = new Graph();
  const values = rules.map((rule, k) => specialise(graph, changeOf(`${place}[${k}]`, rule).value, same(graph)));
  return made(
    name,
    rules,
    graph,
    values.reduce((sum, value) => graph.arithmetic('+', sum, value)),
  );
}

/**
 * A rule seen from the other end of its synapse, for synapses that run the other way: weights that begin as the transpose of its weights stay so, in
 * every bit. `pre` and `post` are exchanged; the rate of a neuron, `pre.rate`, becomes `post.out`.
 *
 * @throws InputError if it is opaque, has a state, or reads what only one end has: `post.signal`, or what the axon brings, `pre.out`.
 */
export function mirroredRule(rule: PlasticityRule): PlasticityRule {
  const place = `mirror of rule ${show(rule.name)}`;
  const graph = new Graph();
  const value = specialise(graph, changeOf(place, rule).value, ({ path, scope }) => {
    const mend = Object.hasOwn(ONE_ENDED, path) ? ONE_ENDED[path] : undefined;
    if (mend !== undefined) throw new InputError(place, `it reads ${path}, which the other end does not have; ${mend}`);
    const name = path.slice(path.indexOf('.') + 1);
    if (scope === 'presynaptic') return graph.read(`post.${name === 'rate' ? 'out' : name}`, 'postsynaptic');
    return scope === 'postsynaptic'
      ? graph.read(`pre.${name === 'out' ? 'rate' : name}`, 'presynaptic')
      : graph.read(path, scope);
  });
  return made(`${rule.name}-back`, [rule], graph, value);
}

/** What only one end of a synapse has, and what to do about it. */
const ONE_ENDED: Readonly<Record<string, string>> = {
  'pre.out': 'read pre.rate',
  ...Object.fromEntries(['signal', 'slope', 'retention', 'here'].map((name) => [`post.${name}`, 'leave it out'])),
};

function same(graph: Graph): (read: Read) => Value {
  return ({ path, scope }) => graph.read(path, scope);
}

function changeOf(place: string, rule: PlasticityRule): LocalFunction {
  if (!isRule(rule)) throw new InputError(place, `expected a plasticity rule, such as rflo(), got ${show(rule)}`);
  const change = rule.analysis?.function('change');
  if (!change) throw new InputError(place, `rule '${rule.name}' is opaque, so its text is not read; leave opaque out`);
  if (rule.trace ?? rule.after) {
    throw new InputError(place, `rule '${rule.name}' has a state; expected a rule without trace or after`);
  }
  return change;
}

function made(name: string, rules: readonly PlasticityRule[], graph: Graph, value: Value): PlasticityRule {
  const params: Record<string, number> = {};
  const overTrials: Record<string, OverTrials> = {};
  for (const rule of rules) {
    for (const [key, own] of Object.entries(rule.params)) {
      const changing = rule.overTrials?.[key];
      if (Object.hasOwn(params, key) && (params[key] !== own || overTrials[key] !== changing)) {
        const problem = 'has different values in two of the rules; give both the same value, or rename one';
        throw new InputError(`rule '${name}'.params.${key}`, problem);
      }
      params[key] = own;
      if (changing) overTrials[key] = changing;
    }
  }
  const tunable = [...new Set(rules.flatMap((rule) => rule.tunable ?? []))];
  const globals = [...new Set(rules.flatMap((rule) => rule.globals ?? []))];
  const change = new LocalFunction('change', graph, value);
  return enterRule({
    ...{ name, params, state: {}, change: change.compileNumber(), analysis: new Analysis([change], 1, LETTERS) },
    ...(tunable.length > 0 && { tunable }),
    ...(Object.keys(overTrials).length > 0 && { overTrials }),
    ...(globals.length > 0 && { globals }),
  });
}
