import type { BuiltGroup, BuiltPopulation } from '../circuit/index.ts';
import { blame, NotFinite } from '../errors/index.ts';
import { compile, fields, identifiers, literal, type Numbers } from '../local/index.ts';
import { draw } from '../random/index.ts';
import type { Postsynaptic, Presynaptic } from '../rules/index.ts';
import type { Dendrite } from './dendrite.ts';
import type { Publication } from './publication.ts';

/**
 * A synapse: holds its weight `w`, its rule's state (p as `state_p`) and the change it has asked for.
 * It knows what its axon branch publishes and the dendrite it sits on, and nothing else.
 */
export interface Synapse {
  w: number;
  /** Sum of the changes asked for and not yet applied. */
  asked: number;
  /** How many numbers it holds in order to learn: the change it has asked for, and its rule's state. */
  readonly held: number;
  /** Takes its axon's rate, and passes on what its weight makes of it. */
  transmit(rate: number): void;
  /** Takes what its neuron publishes, updates its state and asks for its change. */
  learn(post: Postsynaptic): void;
  /** One variable of its state. */
  get(variable: string): number;
  set(variable: string, value: number): void;
}

/**
 * A branch of one neuron's axon: carries what the neuron sends, `delay` timesteps late, to the neuron's synapses of one group. Where it is
 * gated, the gate neuron's event of the timestep before scales what it brings.
 */
export interface AxonBranch {
  readonly synapses: Synapse[];
  /** What its synapses see of the neuron. */
  readonly pre: { rate: number };
  /** Rates on their way, [delay]. */
  readonly line: Float64Array;
  /** Takes what the gate neuron sent; never called where there is none. */
  hear(event: number): void;
}

/** A branch of one neuron's dendrite: one group's synapses sit on it and learn from what the neuron publishes. */
export interface DendriteBranch {
  readonly synapses: Synapse[];
}

/** All the axon branches of one synapse group. */
export interface Tract {
  begin(): void;
  /** Takes up the rates of the timestep before. */
  tick(timestep: number): void;
  transmit(timestep: number): void;
}

/** All the dendrite branches of one synapse group. */
export interface DendriticField {
  begin(): void;
  learn(): void;
  /** w += step * asked, as far as the group's dials let it; `key` is what the draws of this timestep have in common. */
  apply(step: number, key: number): void;
}

/** The actor classes of one synapse group. */
export interface SynapseActors {
  /** `gate` is what the gate neuron publishes; absent: the group has none. */
  axonBranch(neuron: Publication, delay: number, gate?: Publication): AxonBranch;
  dendriteBranch(neuron: Publication, nameOf: (index: number) => string): DendriteBranch;
  /** Makes a synapse and subscribes it to its axon and its dendrite. `own`: what it has for good, see Settling; `place` for its draws. */
  synapse(w: number, axon: AxonBranch, branch: DendriteBranch, dendrite: Dendrite, own: Numbers): Synapse;
  /** Makes a synapse that learns from what `pre` sends and transmits nothing. */
  silentSynapse(w: number, pre: Presynaptic, branch: DendriteBranch): Synapse;
  tract(branches: readonly AxonBranch[]): Tract;
  field(branches: readonly DendriteBranch[]): DendriticField;
}

/**
 * Writes out the actor classes of one synapse group, its rule's names and parameters filled in.
 *
 * What runs is the rule's functions, which are its checked text, compiled: nothing that was not read can take part.
 * (An opaque rule's own functions run.)
 *
 * What crosses from actor to actor: an axon branch sends its rate; a dendrite branch sends what its neuron published.
 * A rule sees a view made for the occasion: there is no actor in it to reach through.
 */
export function synapseActors({
  rule,
  settling,
  keepsTraces,
  from,
  gate,
}: Pick<BuiltGroup, 'rule' | 'settling' | 'keepsTraces' | 'from' | 'gate'>): SynapseActors {
  const sent = fieldSentBy(from);
  const state = identifiers(rule?.state ?? {});
  const each = (line: (name: string) => string) => state.map(line).join(' ');
  const begin = each((name) => `this.state_${name} = ${literal(rule?.state[name] ?? 0)};`);
  const view = (value: (name: string) => string) =>
    `{ ${each((name) => `${name}: ${value(name)},`)} w: this.w, pre: this.pre, post, ${fields(rule?.params ?? {})} }`;

  const own = Object.keys(settling?.constants ?? {});
  const chance = settling?.chance === undefined ? [] : ['place'];
  const settle = `settle({ w: this.w, change: step * this.asked, ${own.map((name) => `${name}: this.own_${name},`).join(' ')} ${
    chance.length > 0 ? 'draw: draw(key, this.own_place),' : ''
  } })`;

  const source = `
class Synapse {
  constructor(w, pre, dendrite, own) {
    // Begun as fractions, so that V8 stores them as doubles from the start.
    this.w = 0.5; this.asked = 0.5; ${each((name) => `this.state_${name} = 0.5;`)}
    this.w = w; this.asked = 0; ${begin}
    this.pre = pre;
    this.dendrite = dendrite;
    ${[...own, ...chance].map((name) => `this.own_${name} = own.${name};`).join(' ')}
  }
  begin() {
    this.asked = 0;
    ${keepsTraces ? '' : begin}
  }
  transmit(rate) {
    this.dendrite.receive(this.w * rate);
  }
  learn(post) {
    ${rule?.trace ? `const s = trace(${view((name) => `this.state_${name}`)}); ${each((name) => `this.state_${name} = s.${name};`)}` : ''}
    ${rule ? `this.asked += change(${view((name) => (rule.trace ? `s.${name}` : `this.state_${name}`))});` : ''}
  }
  apply(step, key) {
    const w = ${settling ? settle : 'this.w + step * this.asked'};
    if (w - w !== 0) throw new NotFinite('its weight', w);
    this.w = w;
    this.asked = 0;
  }
  get held() {
    return Object.keys(this).filter((name) => name === 'asked' || name.startsWith('state_')).length;
  }
  get(variable) {
    return this['state_' + variable];
  }
  set(variable, value) {
    this['state_' + variable] = value;
  }
}

class Presynaptic {
  rate = 0.5;
}

class AxonBranch {
  constructor(neuron, delay, gate) {
    this.neuron = neuron;
    this.synapses = [];
    this.pre = new Presynaptic();
    this.line = new Float64Array(delay);
    ${gate ? 'this.gate = gate; this.event = 0.5;' : ''}
  }
  begin() {
    this.pre.rate = this.neuron.${sent};
    this.line.fill(this.neuron.${sent});
  }
  tick(timestep) {
    const { line } = this;
    if (line.length > 0) line[(timestep - 1) % line.length] = this.neuron.${sent};
    ${gate ? `this.hear(this.gate.${fieldSentBy(gate.from)});` : ''}
  }
  hear(event) {
    this.event = event;
  }
  transmit(timestep) {
    const { line, synapses } = this;
    const rate = ${gate ? 'this.event * ' : ''}(line.length > 0 ? line[timestep % line.length] : this.neuron.${sent});
    this.pre.rate = rate;
    // Four at a time: the loop's own work is a quarter of the time otherwise.
    const whole = synapses.length - (synapses.length % 4);
    let k = 0;
    for (; k < whole; k += 4) {
      synapses[k].transmit(rate);
      synapses[k + 1].transmit(rate);
      synapses[k + 2].transmit(rate);
      synapses[k + 3].transmit(rate);
    }
    for (; k < synapses.length; k++) synapses[k].transmit(rate);
  }
}

class DendriteBranch {
  constructor(neuron, nameOf) {
    this.neuron = neuron;
    this.synapses = [];
    this.nameOf = nameOf;
  }
  begin() {
    for (const synapse of this.synapses) synapse.begin();
  }
  learn() {
    const { synapses } = this;
    const { rate, slope, retention, signal } = this.neuron;
    const post = { rate, slope, retention, signal };
    let k = 0;
    try {
      for (; k < synapses.length; k++) synapses[k].learn(post);
    } catch (error) {
      throw blame(this.nameOf(k), error);
    }
  }
  apply(step, key) {
    const { synapses } = this;
    let k = 0;
    try {
      for (; k < synapses.length; k++) synapses[k].apply(step, key);
    } catch (error) {
      throw blame(this.nameOf(k), error);
    }
  }
}

class Tract {
  constructor(branches) {
    this.branches = branches;
  }
  begin() {
    for (const branch of this.branches) branch.begin();
  }
  tick(timestep) {
    for (const branch of this.branches) branch.tick(timestep);
  }
  transmit(timestep) {
    const { branches } = this;
    for (let j = 0; j < branches.length; j++) branches[j].transmit(timestep);
  }
}

class DendriticField {
  constructor(branches) {
    this.branches = branches;
  }
  begin() {
    for (const branch of this.branches) branch.begin();
  }
  learn() {
    const { branches } = this;
    for (let i = 0; i < branches.length; i++) branches[i].learn();
  }
  apply(step, key) {
    const { branches } = this;
    for (let i = 0; i < branches.length; i++) branches[i].apply(step, key);
  }
}

return {
  axonBranch: (neuron, delay, gate) => new AxonBranch(neuron, delay, gate),
  dendriteBranch: (neuron, nameOf) => new DendriteBranch(neuron, nameOf),
  synapse: (w, axon, branch, dendrite, own) => {
    const synapse = new Synapse(w, axon.pre, dendrite, own);
    axon.synapses.push(synapse);
    branch.synapses.push(synapse);
    return synapse;
  },
  silentSynapse: (w, pre, branch) => {
    const synapse = new Synapse(w, pre);
    branch.synapses.push(synapse);
    return synapse;
  },
  tract: (branches) => new Tract(branches),
  field: (branches) => new DendriticField(branches),
};`;
  return compile<SynapseActors>(`synapses/${rule?.name ?? 'fixed'}`, source, {
    trace: rule?.trace,
    change: rule?.change,
    settle: settling?.weight.compileNumber(),
    draw,
    blame,
    NotFinite,
  });
}

/** What of a neuron's publication its axon carries. */
function fieldSentBy({ sending }: BuiltPopulation): 'rate' | 'sent' {
  return sending ? 'sent' : 'rate';
}
