import type { PlasticityRule } from '../../rules/index.ts';

/** What the synapses of a rule read and wrote, in numbers, by whose they are. */
export interface SynapseReads {
  /** How often a synapse was updated. */
  updates: number;
  /** How often it updated its trace. */
  traced: number;
  /** Of its own: its weight and state. */
  own: number;
  /** Of what its axon brought. */
  presynaptic: number;
  /** Of what its neuron publishes about itself. */
  postsynaptic: number;
  /** Of its neuron's learning signal. */
  signal: number;
  /** Of global scalars. */
  global: number;
  /** Numbers of its state that it wrote. */
  written: number;
}

type View = Parameters<PlasticityRule['change']>[0];
type Side = Exclude<keyof SynapseReads, 'updates' | 'traced' | 'written'>;

export function noReads(): SynapseReads {
  return { updates: 0, traced: 0, own: 0, presynaptic: 0, postsynaptic: 0, signal: 0, global: 0, written: 0 };
}

/** The same rule, called with a view that counts every number the moment it is read. Parameters are constants of the rule, and not counted. */
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

/** One view that stands before whichever the engine hands over, with its parameters. */
function countingView(rule: PlasticityRule, reads: SynapseReads): (seen: View) => View {
  let counting: View | undefined;
  let seen: View;
  const counted = (side: Side, value: () => number): PropertyDescriptor => ({
    get: () => {
      reads[side]++;
      return value();
    },
  });
  /** All numbers of a neuron; its learning signal counts as that. */
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
