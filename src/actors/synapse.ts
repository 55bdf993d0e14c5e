import type { PlasticityRule, Postsynaptic } from '../rules/index.ts';
import { blame } from './port.ts';
import type { Branch, Dendrite } from './neuron.ts';

/**
 * A synapse: holds its weight `w`, its rule's state (p as `state_p`) and the change it has asked for.
 * It knows what its axon branch publishes and the dendrite it sits on, and nothing else.
 */
export interface Synapse {
  w: number;
  /** Sum of the changes asked for and not yet applied. */
  asked: number;
  /** One variable of its state. */
  get(variable: string): number;
}

/** A branch of one neuron's axon: one group's synapses hear the neuron through it. */
export interface AxonBranch extends Branch {
  readonly synapses: Synapse[];
  /** Sends the rate of `delay` timesteps ago to the synapses. */
  send(timestep: number): void;
}

/** A branch of one neuron's dendrite: one group's synapses sit on it and learn from what the neuron publishes. */
export interface DendriteBranch {
  readonly synapses: Synapse[];
  begin(): void;
  learn(): void;
  /** w += step * asked. */
  apply(step: number): void;
}

/** The actor classes of one synapse group. */
export interface SynapseActors {
  axonBranch(delay: number): AxonBranch;
  dendriteBranch(post: Postsynaptic, nameOf: (index: number) => string): DendriteBranch;
  /** Makes a synapse and subscribes it to its axon and its dendrite. */
  synapse(w: number, axon: AxonBranch, branch: DendriteBranch, dendrite: Dendrite): Synapse;
}

/**
 * Writes out the actor classes of one synapse group, its rule's names and parameters filled in.
 *
 * Every group gets classes of its own because a JavaScript engine optimises by what it has seen: with its own code, each
 * delivery loop meets one class and one rule, the rule is compiled into the loop, and the views it is handed are never
 * really made. The same loops shared by all rules take four times as long. A rule sees a view made for the
 * occasion: there is no actor in it to reach through.
 */
export function synapseActors(rule: PlasticityRule | undefined): SynapseActors {
  const state = Object.entries(rule?.state ?? {});
  const params = Object.entries(rule?.params ?? {});
  const view = (old: boolean) =>
    `{ ${[
      ...state.map(([name]) => `${name}: ${old ? `this.state_${name}` : `s.${name}`}`),
      ...params.map(([name, value]) => `${name}: ${literal(value)}`),
      'w: this.w',
      'pre: this.pre',
      'post',
    ].join(', ')} }`;
  const begin = state.map(([name, value]) => `this.state_${name} = ${literal(value)};`).join(' ');

  const source = `
class Synapse {
  constructor(w, pre, dendrite) {
    this.w = 0.5; this.w = w;
    this.asked = 0.5; this.asked = 0;
    ${state.map(([name]) => `this.state_${name} = 0.5;`).join(' ')} ${begin}
    this.pre = pre;
    this.dendrite = dendrite;
  }
  transmit(rate) {
    this.dendrite.receive(this.w * rate);
  }
  begin() {
    ${begin}
  }
  learn(post) {
    ${rule?.trace ? `const s = trace(${view(true)}); ${state.map(([name]) => `this.state_${name} = s.${name};`).join(' ')}` : ''}
    ${rule ? `this.asked += change(${view(!rule.trace)});` : ''}
  }
  apply(step) {
    const w = this.w + step * this.asked;
    if (w - w !== 0) throw new Error('its weight became ' + w);
    this.w = w;
    this.asked = 0;
  }
  get(variable) {
    return this['state_' + variable];
  }
}

class AxonBranch {
  constructor(delay) {
    this.synapses = [];
    this.pre = new Presynaptic();
    this.delay = delay;
    this.line = new Float64Array(delay + 1);
  }
  begin(rate) {
    this.line.fill(rate);
    this.pre.rate = rate;
  }
  take(rate, timestep) {
    this.line[timestep % this.line.length] = rate;
  }
  send(timestep) {
    const rate = this.line[(timestep + 1) % this.line.length];
    this.pre.rate = rate;
    const { synapses } = this;
    for (let k = 0; k < synapses.length; k++) synapses[k].transmit(rate);
  }
}

class DendriteBranch {
  constructor(post, nameOf) {
    this.synapses = [];
    this.post = post;
    this.nameOf = nameOf;
  }
  begin() {
    const { synapses } = this;
    for (let k = 0; k < synapses.length; k++) synapses[k].begin();
  }
  learn() {
    const { synapses, post } = this;
    let k = 0;
    try {
      for (; k < synapses.length; k++) synapses[k].learn(post);
    } catch (error) {
      throw blame(this.nameOf(k), error);
    }
  }
  apply(step) {
    const { synapses } = this;
    let k = 0;
    try {
      for (; k < synapses.length; k++) synapses[k].apply(step);
    } catch (error) {
      throw blame(this.nameOf(k), error);
    }
  }
}

class Presynaptic {
  constructor() {
    this.rate = 0.5;
  }
}

return {
  axonBranch: (delay) => new AxonBranch(delay),
  dendriteBranch: (post, nameOf) => new DendriteBranch(post, nameOf),
  synapse: (w, axon, branch, dendrite) => {
    const synapse = new Synapse(w, axon.pre, dendrite);
    axon.synapses.push(synapse);
    branch.synapses.push(synapse);
    return synapse;
  },
};
//# sourceURL=rxflo/synapses/${rule?.name ?? 'fixed'}.js`;
  return compile(source, rule);
}

type Compiled = (
  trace: PlasticityRule['trace'],
  change: PlasticityRule['change'] | undefined,
  blamed: typeof blame,
) => SynapseActors;

/** The one place where text becomes code: the text is the template above, its only insertions checked names and numbers. */
function compile(source: string, rule: PlasticityRule | undefined): SynapseActors {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- see synapseActors: each group needs code of its own
  const make = new Function('trace', 'change', 'blame', source) as Compiled;
  return make(rule?.trace, rule?.change, blame);
}

/** A number as source text, every bit kept. */
function literal(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}
