import { InputError, joined } from '../errors/index.ts';
import {
  Graph,
  linearForm,
  LocalFunction,
  simplified,
  specialise,
  type Read,
  type Result,
  type Value,
} from '../local/index.ts';
import type { PlasticityRule } from '../rules/index.ts';
import type { BuiltGroup } from './built.ts';
import { NEXT, type Evaluation, type History } from './evaluation.ts';
import { carriesEvents } from './events.ts';

/** A rule's history, or why it has none. */
export function historyOf({
  rule,
  message,
  keepsTraces,
  also,
  moves = false,
}: Pick<BuiltGroup, 'message' | 'keepsTraces' | 'also'> &
  Partial<Pick<History, 'moves'>> & { readonly rule: PlasticityRule }):
  Omit<History, 'asked'> | { readonly obstacle: string } {
  const { analysis, params, tunable = [] } = rule;
  if (!analysis) return { obstacle: 'is opaque' };
  if (rule.after || rule.lasting) return { obstacle: 'computes some of its state after the change' };
  if (also) return { obstacle: 'has state that the synapses transmit through' };
  const carried = [`pre.${message}`, 'pre.out'];
  const [traced, change] = [analysis.function('trace')?.namedResults ?? [], analysis.function('change')];
  if (!change) throw new Error(`rule '${rule.name}' has no change`);
  const foreign = analysis.reads.find(
    ({ path, scope }) => scope === 'own weight' || (scope === 'presynaptic' && !carried.includes(path)),
  );
  if (foreign) return { obstacle: `reads ${foreign.path}` };
  const brought = analysis.reads.find(({ scope }) => scope === 'presynaptic')?.path;
  if (brought === undefined) return { obstacle: 'reads nothing that the axons bring' };
  const states = Object.keys(rule.state);
  if (keepsTraces && states.length > 0) return { obstacle: `keeps ${joined(states)} from trial to trial` };
  const started = states.find((name) => rule.state[name] !== 0);
  if (started !== undefined) return { obstacle: `starts ${started} at ${rule.state[started]}, not 0` };

  const graph = new Graph();
  const filled = (value: Value): Value =>
    specialise(graph, value, ({ path, scope }) =>
      scope === 'parameter' && !tunable.includes(path) ? graph.constant(params[path]) : graph.read(path, scope),
    );
  const variableOf = ({ path, scope }: Read) =>
    scope === 'own state' ? path : scope === 'presynaptic' ? BROUGHT : undefined;
  const forms = new Map<string, ReadonlyMap<string, Value>>();
  for (const { name, value } of [...traced, { name: CHANGE, value: change.value }]) {
    const form = linearForm(graph, filled(value), variableOf);
    if ('obstacle' in form)
      return { obstacle: `${form.obstacle} in its ${name === CHANGE ? 'change' : `trace, ${name}`}` };
    forms.set(name, form.terms);
  }
  return { ...backward(graph, { states, moves }, (name) => forms.get(name)), brought, moves };
}

const [BROUGHT, CHANGE] = [' brought', ' change'];
/** The name under which the sum of g is handed back; no rule's state can have it. */
const SUM = 'sum of g';

/**
 * Writes out k, what is handed back, and g. `formOf`: the linear form of a state in the previous states and r, or of the change in the new
 * states and r.
 */
function backward(
  graph: Graph,
  { states, moves }: Pick<History, 'states' | 'moves'>,
  formOf: (name: string) => ReadonlyMap<string, Value> | undefined,
): Pick<History, 'text' | 'states'> {
  const { add, times } = simplified(graph);
  const asked = formOf(CHANGE);
  // A state that no trace changes stays 0.
  const from = (name: string) => [...(formOf(name)?.keys() ?? [])].filter((other) => states.includes(other));
  const felt = new Set(states.filter((name) => asked?.has(name)));
  for (const name of felt) for (const other of from(name)) felt.add(other);
  const back = states.filter((name) => [...felt].some((other) => from(other).includes(name)));
  const zero: Value = graph.constant(0);
  const k = new Map(
    states
      .filter((name) => felt.has(name))
      .map((name) => {
        const next = back.includes(name) ? graph.read(`${NEXT}${name}`, 'own state') : zero;
        return [name, add(asked?.get(name) ?? zero, next)] as const;
      }),
  );
  const sum = (first: Value | undefined, factor: string) =>
    [...k].reduce((total, [name, value]) => {
      const term = formOf(name)?.get(factor);
      return term ? add(total, times(term, value)) : total;
    }, first ?? zero);
  const g = sum(asked?.get(BROUGHT), BROUGHT);
  const counts = moves ? add(g, graph.read(`${NEXT}${SUM}`, 'own state')) : g;
  const results: readonly Result[] = [
    ...back.map((name) => ({ name: `back.${name}`, value: sum(undefined, name) })),
    ...(moves ? [{ name: `back.${SUM}`, value: counts }] : []),
    { name: 'g', value: counts },
  ];
  return { text: new LocalFunction('history', graph, results), states: moves ? [...back, SUM] : back };
}

/** A group, as far as it decides how it is evaluated. */
type EvaluatedGroup = Parameters<typeof historyOf>[0] &
  Pick<BuiltGroup, 'atOnce' | 'from' | 'to'> & { readonly repeats: boolean };

/**
 * How a group with these settings is evaluated: by its own setting, or else by that of all groups. Without either, a group at spiking neurons is
 * evaluated by history, if it can be, and others by trace.
 *
 * @throws InputError if the setting is 'history', and the group cannot be evaluated so.
 */
export function evaluated(
  place: string,
  group: EvaluatedGroup,
  own: Evaluation | undefined,
  all: Evaluation | undefined,
): History | undefined {
  const wanted = own ?? all;
  if (wanted === 'trace' || (group.atOnce && own === undefined)) return undefined;
  if (wanted === undefined && !isAtSpikes(group)) return undefined;
  const found = group.atOnce
    ? { obstacle: 'learns at once' }
    : group.repeats
      ? { obstacle: 'steps its traces in every sweep of a timestep' }
      : historyOf(group);
  if (!('obstacle' in found)) return { ...found, asked: wanted !== undefined };
  if (wanted === undefined) return undefined;
  throw new InputError(
    `${place}.evaluation`,
    `rule '${group.rule.name}' cannot be evaluated by history: it ${found.obstacle}; give this group evaluation: 'trace'`,
  );
}

/** Whether the presynaptic or the postsynaptic neurons of a group spike. */
function isAtSpikes({ from, to, message }: Pick<BuiltGroup, 'from' | 'to' | 'message'>): boolean {
  return carriesEvents({ from, message }) || to.model?.events !== undefined;
}
