import type { PlasticityRule } from '../../rules/index.ts';

/** How many numbers the synapses of a rule read and wrote, by owner. */
export interface SynapseReads {
  /** How often a synapse was updated. */
  updates: number;
  /** How often it updated its trace. */
  traced: number;
  /** Reads of its own weight and state. */
  own: number;
  /** Reads of what its axon brought. */
  presynaptic: number;
  /** Reads of what its neuron publishes about itself. */
  postsynaptic: number;
  /** Reads of its neuron's learning signal. */
  signal: number;
  /** Reads of global scalars. */
  global: number;
  /** Numbers of its state that it wrote. */
  written: number;
}

type View = Parameters<PlasticityRule['change']>[0];
type Side = Exclude<keyof SynapseReads, 'updates' | 'traced' | 'written'>;

export function noReads(): SynapseReads {
  return { updates: 0, traced: 0, own: 0, presynaptic: 0, postsynaptic: 0, signal: 0, global: 0, written: 0 };
}

/** The same rule, called with a view that counts every number when it is read. Parameters are constants of the rule and are not counted. */
export function meteredRule(rule: PlasticityRule, reads: SynapseReads): PlasticityRule {
  const view = countingView(rule, reads);
  const { trace, change, after, lasting, analysis } = rule;
  return {
    name: rule.name,
    params: rule.params,
    state: rule.state,
    ...(analysis && { reads: analysis.reads.map(({ path }) => path) }),
    globals: scalarsOf(rule),
    ...(trace && {
      trace: (seen) => {
        reads.traced++;
        const state = trace(view(seen));
        reads.written += Object.keys(state).length;
        return state;
      },
    }),
    ...(lasting && { lasting }),
    change: (seen) => {
      reads.updates++;
      return change(view(seen));
    },
    ...(after && {
      after: (seen) => {
        const state = after(view(seen));
        reads.written += Object.keys(state).length;
        return state;
      },
    }),
  };
}

/** The global scalars that a rule reads; of an opaque rule, all that it names. */
function scalarsOf({ globals = [], analysis }: PlasticityRule): readonly string[] {
  return analysis ? globals.filter((name) => analysis.reads.some(({ path }) => path === `global.${name}`)) : globals;
}

/** Wraps each view that the engine passes, with its parameters, in one that counts. */
function countingView(rule: PlasticityRule, reads: SynapseReads): (seen: View) => View {
  let counting: View | undefined;
  let seen: View;
  const counted = (side: Side, value: () => number): PropertyDescriptor => ({
    get: () => {
      reads[side]++;
      return value();
    },
  });
  /** Counts all numbers of a neuron; its learning signal is counted separately. */
  const side = <N extends object>(first: N, of: Side, now: () => N): N => {
    const numbers: PropertyDescriptorMap = {};
    for (const name in first) {
      numbers[name] = counted(name === 'signal' ? 'signal' : of, () => Number(now()[name]));
    }
    return Object.defineProperties({ ...first }, numbers);
  };
  const own = ['w', ...Object.keys(rule.state)].map((name) => [name, counted('own', () => seen[name])] as const);
  const make = (first: View): View => {
    const pre = side(first.pre, 'presynaptic', () => seen.pre);
    const post = side(first.post, 'postsynaptic', () => seen.post);
    const scalars = scalarsOf(rule).map((name) => [name, counted('global', () => seen.global[name])] as const);
    const global = Object.defineProperties({}, Object.fromEntries(scalars));
    const sides = { pre: { value: pre }, post: { value: post }, global: { value: global } };
    const view: View = { ...first };
    return Object.defineProperties(view, { ...Object.fromEntries(own), ...sides });
  };
  return (next) => {
    seen = next;
    counting ??= make(next);
    return counting;
  };
}
