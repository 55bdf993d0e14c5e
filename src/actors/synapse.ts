import {
  maybeSilent,
  synapseProgram,
  synapseVariables,
  tunableOf,
  type BuiltGroup,
  type TakeUp,
  type Taking,
  type Variable,
} from '../circuit/index.ts';
import { blame, NotFinite } from '../errors/index.ts';
import { compile, identifiers, LIBRARY, literal, type Numbers } from '../local/index.ts';
import { draw } from '../random/index.ts';
import type { AxonBranch } from './axon.ts';
import type { Dendrite, DendriteBranch, Synapse } from './dendrite.ts';
import {
  called,
  calledAfter,
  namesOf,
  renewed,
  stateOf,
  taken,
  written,
  type Learning,
  type Seen,
} from './synapse-text.ts';

/** The actor class of one synapse group, and what all its synapses do in turn. */
export interface SynapseActors {
  /**
   * Makes a synapse.
   *
   * @param pre The branches that bring the rows of `seen.brought`, in that order.
   * @param dendrites Where it transmits to, and where it transmits to a second time; undefined: nowhere.
   * @param own Numbers of its own that never change, see Settling; `place` is for its random draws.
   */
  make(w: number, pre: readonly AxonBranch[], dendrites: readonly (Dendrite | undefined)[], own?: Numbers): Synapse;
  /** What they keep besides their weights. */
  readonly variables: readonly Variable[];
  /** The tunable parameters, in the order in which `learn` and `apply` are given them; the others are filled in. */
  readonly tunable: readonly string[];
  begin(branches: readonly DendriteBranch[]): void;
  transmit(this: void, branches: readonly AxonBranch[]): void;
  transmitAgain(this: void, branches: readonly AxonBranch[]): void;
  learn(branches: readonly DendriteBranch[], tuned: Float64Array): void;
  /** Updates their state without requesting a change. */
  trace(branches: readonly DendriteBranch[], tuned: Float64Array): void;
  apply(branches: readonly DendriteBranch[], tuned: Float64Array, taking: Taking): void;
}

/**
 * Generates the actor class of one synapse group, with the rule's parameters filled in.
 *
 * What runs is generated from the graphs of the rule's functions, so nothing that was not read can take part. (Of an opaque rule, its own
 * functions run. They are given a view made for each call, through which no actor can be reached.)
 *
 * @param seen Where they find the numbers that they learn from.
 * @param takeUp How they apply changes; absent: a change is added to the weight.
 * @param repeats Whether a timestep may have sweeps in which state is updated and no change is requested.
 */
export function synapseActors(
  group: BuiltGroup,
  seen: Seen,
  takeUp: TakeUp | undefined,
  repeats: boolean,
): SynapseActors {
  const { rule, also } = group;
  // Both throw if a name is not an identifier.
  identifiers(rule?.state ?? {});
  namesOf(rule?.params ?? {});
  const variables = synapseVariables(group, takeUp);
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
  // What was told is passed on if the rule also computes after a change.
  const after = rule?.after !== undefined;
  const taking = ['step', 'key', ...(takeUp ? ['pace', 'due', ...tuned] : []), ...(after ? told : [])].join(', ');
  const texts = (asks: boolean): Learning =>
    rule?.analysis
      ? group.history
        ? { given: [], shared: '', lines: '' }
        : written(
            synapseProgram({ ...rule, analysis: rule.analysis }, { group, reads: seen.reads }),
            tunable,
            seen,
            asks,
          )
      : { given: [...told, ...tuned], shared: '', lines: rule ? called(rule, seen, asks) : '' };
  const text = texts(true);
  const traced = repeats ? texts(false) : undefined;
  const guarded = (loop: string) => `try { ${loop} } catch (error) { throw blame(branches[b].nameOf(k - 1), error); }`;
  const learning = (method: string, { given, shared }: Learning) => {
    const loop = forEach('synapses', `${method}(${given.join(', ')})`);
    return `(branches, tuned) => {
    ${tune}
    for (let b = 0; b < branches.length; b++) {
      const { synapses, told } = branches[b];
      ${hear}
      ${shared}
      let k = 0;
      ${rule?.analysis ? loop : guarded(loop)}
    }
  }`;
  };

  const source = `
class Synapse {
  constructor(w, pre, dendrites, own) {
    // The initial values are fractions, so that V8 stores them as doubles from the start.
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
  ${traced ? `trace(${traced.given.join(', ')}) { ${traced.lines} }` : ''}
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
  transmit: ${transmitting('transmit', maybeSilent(group))},
  transmitAgain: ${also ? transmitting('transmitAgain', false) : '() => undefined'},
  learn: ${learning('learn', text)},
  trace: ${traced && traced.lines !== '' ? learning('trace', traced) : '() => undefined'},
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
  const scope = { ...LIBRARY, chance: draw, blame, NotFinite, ...functions };
  const actors = compile<Omit<SynapseActors, 'tunable' | 'variables'>>(
    `synapses/${rule?.name ?? 'fixed'}`,
    source,
    scope,
  );
  return { ...actors, tunable, variables };
}

/**
 * The text that passes on what axons bring to all their endings. 0 times a weight adds nothing, so `silent` axons skip it; 0 times state, which need
 * not be finite, may matter.
 */
function transmitting(method: string, silent: boolean): string {
  return `(branches) => {
    for (let b = 0; b < branches.length; b++) {
      const { endings, rate } = branches[b];
      ${silent ? 'if (rate === 0) continue;' : ''}
      let k = 0;
      ${forEach('endings', `${method}(rate)`)}
    }
  }`;
}

/**
 * The text of a call of all these synapses from index k on; k is then the index after the last. Four per iteration: otherwise the loop itself
 * takes a quarter of the time.
 */
function forEach(synapses: string, call: string): string {
  const one = `${synapses}[k++].${call};`;
  return `for (const whole = ${synapses}.length - 3; k < whole; ) { ${one.repeat(4)} }
      while (k < ${synapses}.length) ${one}`;
}
