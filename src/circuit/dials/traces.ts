import { InputError, onlyFields, show } from '../../errors/index.ts';
import {
  Graph,
  LocalFunction,
  specialise,
  startOf,
  type OverTrials,
  type Read,
  type Value,
} from '../../local/index.ts';
import type { PlasticityRule } from '../../rules/index.ts';
import { changeOf, checkTunable, dialValue, type DialRanges } from './tunable.ts';
import { checkBits, checkRange, onLevels } from './levels.ts';

/**
 * What is done to the traces of a synapse group, which are its rule's state. BPTT and RTRL have none, and these dials change nothing there.
 *
 * 'none': the synapses remember nothing. Wherever the rule's trace reads its previous state, it reads the initial state instead, so that RFLO's
 * trace is phi'(u) h of this timestep alone, times alpha.
 */
export type Traces = 'none' | TraceDials;

export interface TraceDials {
  /**
   * How long traces remember, tau_e in timesteps, whatever the time constant of the neuron: its retention is replaced by 1 - 1/tau_e, and its
   * slope, which is proportional to 1 - retention, is scaled accordingly. RFLO's trace becomes
   *
   *     p(t) = (1 - 1/tau_e) p(t-1) + 1/tau_e phi'(u) h
   *
   * 1 or more; 1 remembers nothing. Absent: as long as the neuron. Only for a rule whose trace reads `post.retention`.
   */
  readonly timeConstant?: number | OverTrials;
  /** Every variable of the state is rounded to the nearest level of this many bits, 1 to 24. Default Infinity: float64. */
  readonly bits?: number;
  /** The largest magnitude of a state that has bits; larger ones are cut to it. Default 1. */
  readonly range?: number | OverTrials;
  /** True: traces are kept from trial to trial. Default false: each trial resets them. */
  readonly keep?: boolean;
  /** Dials that may change while a session runs: `session.tune('recurrent', { 'traces.timeConstant': 20 })`. Default none. */
  readonly tunable?: readonly ('timeConstant' | 'range')[];
}

/** A group's rule and the dials of its traces. */
export interface Traced {
  readonly rule?: PlasticityRule;
  readonly traces?: Traces;
}

const RETENTION = 'post.retention';
const TUNABLE: DialRanges = {
  timeConstant: [1, Number.MAX_VALUE],
  range: [Number.MIN_VALUE, Number.MAX_VALUE],
};

/** @throws InputError if a dial is out of its range, or the rule has no trace that it could change. */
export function checkTraces(place: string, { rule, traces }: Traced): void {
  if (traces === undefined) return;
  if (traces !== 'none') checkDials(place, traces);
  if (!rule) throw new InputError(place, 'needs a rule; give the group one, or leave traces out');
  if (!rule.trace)
    throw new InputError(place, `rule '${rule.name}' has no trace; give a rule that has one, or leave traces out`);
  if (!rule.analysis) {
    const problem = `are changed in the text of a rule, but '${rule.name}' is opaque; write it in the local language, or leave traces out`;
    throw new InputError(place, problem);
  }
  const reads = rule.analysis.function('trace')?.reads ?? [];
  if (traces !== 'none' && traces.timeConstant !== undefined && !reads.some(({ path }) => path === RETENTION)) {
    throw new InputError(
      `${place}.timeConstant`,
      `replaces ${RETENTION}, which the trace of '${rule.name}' does not read; give the rule a parameter, or leave timeConstant out`,
    );
  }
}

/** The initial values of the dials that may be tuned; undefined: not given. */
function atFirst({ timeConstant, range }: TraceDials) {
  return { timeConstant: startOf(timeConstant), range: startOf(range) };
}

function checkDials(place: string, traces: TraceDials): void {
  if (typeof traces !== 'object') {
    throw new InputError(place, `expected 'none' or dials, such as { timeConstant: 20 }, got ${show(traces)}`);
  }
  onlyFields(place, traces, ['timeConstant', 'bits', 'range', 'keep', 'tunable']);
  checkTunable(place, traces, TUNABLE);
  const { bits = Infinity, keep = false } = traces;
  const { timeConstant = 1, range = 1 } = atFirst(traces);
  if (!(timeConstant >= 1 && Number.isFinite(timeConstant))) {
    throw new InputError(
      `${place}.timeConstant`,
      `expected a time constant, 1 timestep or more and finite, got ${show(timeConstant)}`,
    );
  }
  checkBits(`${place}.bits`, bits);
  checkRange(`${place}.range`, range);
  if (typeof keep !== 'boolean') throw new InputError(`${place}.keep`, `expected true or false, got ${show(keep)}`);
  const { tunable = [] } = traces;
  const missing = tunable.find((dial) => traces[dial] === undefined);
  if (missing !== undefined)
    throw new InputError(`${place}.${missing}`, 'is tunable, but not given; give its initial value');
}

/** Whether a group's traces are kept from trial to trial. */
export function keepsTraces(traces: Traces | undefined): boolean {
  return traces !== undefined && traces !== 'none' && traces.keep === true;
}

/** The rule that the synapses of a checked group run: its own, with its trace changed by the dials. */
export function ruleOf({ rule, traces }: Traced): PlasticityRule | undefined {
  const trace = rule?.analysis?.function('trace');
  if (!rule?.analysis || !trace || traces === undefined) return rule;
  const given: TraceDials = traces === 'none' ? {} : traces;
  const { bits = Infinity, tunable = [] } = given;
  const dials = atFirst(given);
  const { timeConstant, range = 1 } = dials;
  if (traces !== 'none' && timeConstant === undefined && bits === Infinity) return rule;

  const graph = new Graph();
  const tuned = tunable.map(
    (dial) => [`traces.${dial}`, dials[dial] ?? NaN, TUNABLE[dial], changeOf(given[dial])] as const,
  );
  const changing = tuned.flatMap(([name, , , { overTrials }]) => (overTrials ? [[name, overTrials] as const] : []));
  const dial = dialValue(
    graph,
    tuned.map(([name]) => name),
  );
  const dialled = (read: Read): Value => {
    const isTrace = read.scope === 'own state' && rule.lasting?.includes(read.path) !== true;
    if (traces === 'none' && isTrace) return graph.constant(rule.state[read.path]);
    if (timeConstant === undefined) return graph.read(read.path, read.scope);
    // What follows from a known time constant is computed here.
    const value = paced(graph, read, dial('traces.timeConstant', timeConstant));
    return specialise(graph, value, ({ path, scope }) => graph.read(path, scope));
  };
  const results = trace.namedResults.map(({ name, value }) => ({
    name,
    value: onLevels(graph, specialise(graph, value, dialled), { bits, range: dial('traces.range', range) }),
  }));
  const turned = new LocalFunction('trace', graph, results);
  const compiled = turned.compileRecord();
  const ruled = { ...rule, trace: compiled, analysis: rule.analysis.with(turned) };
  if (tuned.length === 0) return ruled;
  // A caller of the function that does not read its text gets the initial values of the dials.
  const first = { traces: { timeConstant: timeConstant ?? NaN, range } };
  return {
    ...ruled,
    trace: (view: Parameters<typeof compiled>[0]) => compiled({ ...view, ...first }),
    params: { ...rule.params, ...Object.fromEntries(tuned.map(([name, start]) => [name, start])) },
    tunable: [...(rule.tunable ?? []), ...tuned.map(([name]) => name)],
    ranges: Object.fromEntries(tuned.map(([name, , bounds]) => [name, bounds])),
    ...(changing.length > 0 && { overTrials: { ...rule.overTrials, ...Object.fromEntries(changing) } }),
  };
}

/** The neuron's retention and slope as if its time constant were that of the traces. */
function paced(graph: Graph, { path, scope }: Read, timeConstant: Value): Value {
  const own = graph.read(path, scope);
  const [one, inverse] = [graph.constant(1), graph.arithmetic('/', graph.constant(1), timeConstant)];
  if (path === RETENTION) return graph.arithmetic('-', one, inverse);
  if (path !== 'post.slope') return own;
  const letsGo = graph.arithmetic('-', one, graph.read(RETENTION, 'postsynaptic'));
  return graph.arithmetic('*', own, graph.arithmetic('/', inverse, letsGo));
}
