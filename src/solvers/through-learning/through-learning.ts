import {
  found,
  heardBy,
  refuseSending,
  synapseName,
  takeUpOf,
  type BuiltCircuit,
  type BuiltGroup,
  type GroupWeights,
  type LearnStep,
  type Row,
} from '../../circuit/index.ts';
import { blame, counted, InputError, NotFinite, oneOf, onlyFields, show } from '../../errors/index.ts';
import type { Numbers } from '../../local/index.ts';
import type { Trial } from '../../tasks/index.ts';
import { ForwardPass } from '../forward.ts';
import { Links } from '../links.ts';
import { learningOf, ruleLoop, type Learning, type RuleLoop } from './rule-loop.ts';
import { Tangents } from './tangents.ts';

/** The result of a trial. */
export interface ThroughTrial {
  readonly loss: number;
  /** dL/dc of each coefficient c, through everything learned since the episode began. */
  readonly gradient: Numbers;
  /** The outputs in the last timestep, in the order of the target's channels. */
  readonly outputs: Float64Array;
}

interface Plastic {
  readonly group: BuiltGroup;
  readonly learning: Learning;
  readonly run: RuleLoop;
}

/**
 * A circuit that learns by its own rules, with schedule 'trial', and how its losses depend on coefficients of these rules: parameters that all
 * synapses share. Forward in time: dW/dc of every weight is updated along with the weights,
 *
 *     V_c <- V_c + dF/dc + dF[V_c],        F what the rules request,
 *
 * so the cost is that of one circuit per coefficient, and memory does not grow with the episode. It is exact: all derivatives are
 * those of the text of neurons and rules, including what neurons compute for the rules to read.
 */
export class ThroughLearning {
  private readonly forward: ForwardPass;
  private readonly tangents: Tangents;
  private readonly plastic: readonly Plastic[];
  private readonly coefficients: Float64Array;
  /** The outputs that depend on weights. */
  private readonly answers: readonly { readonly size: number; readonly error: Row; readonly answer: Row }[];
  private trials = 0;

  /**
   * @param by The coefficients: names of parameters. If rules of several groups have one, it has the same value for all of them.
   * @throws InputError if no rule has such a parameter, one is listed twice, or the circuit has something that is not supported: sweeps, learning
   * at once, optimisers and dials on weights, delays of single synapses, axons that jump, tasks' answers, state that carries over from trial to
   * trial, other numbers that change over the trials, and rules that read `post.signal` or derivatives.
   */
  constructor(
    readonly circuit: BuiltCircuit,
    readonly by: readonly string[],
  ) {
    refuse(circuit, by);
    const heard = { feedback: heardBy(circuit, 'random'), signalled: () => false, derivatives: true };
    this.forward = new ForwardPass(circuit, heard);
    refuseChanging(this.forward, by);
    this.tangents = new Tangents(this.forward, new Links(this.forward, circuit.groups), by.length);
    this.coefficients = new Float64Array(by.length);
    const { timestep } = this.forward;
    this.answers = circuit.outputs
      .map((one) => ({ size: one.size, error: timestep.row(one, 'error'), answer: timestep.answer(one) }))
      .filter(({ answer }) => this.tangents.has(answer));
    const steps = this.forward.timestep.steps.filter((step): step is LearnStep => step.do === 'learn');
    this.plastic = steps.map((step) => {
      const { group } = step;
      const learning = learningOf(group, found(this.forward.weights, group), found(this.tangents.weights, group));
      return {
        group,
        learning,
        run: ruleLoop(step, learning, { forward: this.forward, tangents: this.tangents, by }),
      };
    });
  }

  /**
   * Begins an episode with these weights (for groups that are left out, the circuit's own) and these values of the coefficients.
   *
   * @throws InputError if a name is unknown, a coefficient is missing or not finite, or a group has the wrong number of weights.
   */
  begin(coefficients: Numbers, weights: Partial<GroupWeights> = {}): void {
    onlyFields('coefficients', coefficients, this.by);
    const known = this.circuit.groups.map(({ name }) => name);
    onlyFields('weights', weights, known);
    this.trials = 0;
    for (const [c, name] of this.by.entries()) {
      const value = coefficients[name];
      if (!Number.isFinite(value))
        throw new InputError(`coefficients.${name}`, `expected a finite number, got ${show(value)}`);
      this.coefficients[c] = value;
    }
    for (const group of this.circuit.groups) {
      const first = weights[group.name] ?? group.weights;
      if (first.length !== group.pre.length) {
        throw new InputError(
          `weights.${group.name}`,
          `has ${counted(first.length, 'number')}; give ${group.pre.length}, one for each synapse`,
        );
      }
      found(this.forward.weights, group).set(first);
      found(this.tangents.weights, group).fill(0);
    }
  }

  /** Runs a trial, and learns from it unless `learn` is false. @throws RunError if a number stops being finite. */
  trial(trial: Trial, { learn = true }: { readonly learn?: boolean } = {}): ThroughTrial {
    if (trial.answer)
      throw new InputError('trial.answer', 'derivatives cannot be followed through what a task answers; leave it out');
    const { forward, tangents, plastic } = this;
    forward.begin(trial, { number: ++this.trials });
    tangents.begin();
    for (const { group, learning } of plastic) begin(group, learning);
    const gradient = new Float64Array(this.by.length);
    for (let t = 1; t <= trial.timesteps; t++) {
      forward.step();
      tangents.advance(t);
      this.addLoss(t, gradient);
      if (learn) for (const { run } of plastic) run(t, this.coefficients);
    }
    const outputs = this.outputs(trial.timesteps);
    if (learn) for (const one of plastic) takeUp(one, 1 / trial.timesteps);
    const named = this.by.map((name, c) => [name, gradient[c] / trial.timesteps] as const);
    return { loss: forward.loss, gradient: Object.fromEntries(named), outputs };
  }

  /** A copy of the weights as they are now. */
  weights(): GroupWeights {
    return Object.fromEntries(
      this.circuit.groups.map((group) => [group.name, found(this.forward.weights, group).slice()]),
    );
  }

  /** An output's error is minus the derivative of the loss. */
  private addLoss(t: number, gradient: Float64Array): void {
    const { forward, tangents } = this;
    for (const { size, error, answer } of this.answers) {
      const errors = forward.of(error);
      const moved = tangents.at(answer, t);
      for (let i = 0; i < size; i++) {
        const e = errors[t * size + i];
        if (e !== 0) for (let c = 0; c < gradient.length; c++) gradient[c] -= e * moved[i * gradient.length + c];
      }
    }
  }

  private outputs(t: number): Float64Array {
    const { forward } = this;
    return Float64Array.from(
      this.circuit.outputs.flatMap((population) => {
        const { size } = population;
        return [...forward.of(forward.timestep.answer(population)).subarray(t * size, (t + 1) * size)];
      }),
    );
  }
}

function begin({ rule }: BuiltGroup, { asked, state }: Learning): void {
  for (const dual of [asked, ...Object.values(state)]) dual.tangents.fill(0);
  asked.values.fill(0);
  for (const [name, { values }] of Object.entries(state)) values.fill(rule?.state[name] ?? 0);
}

/** w += asked / T. @throws RunError if a weight is no longer finite. */
function takeUp({ group, learning: { weights, asked } }: Plastic, step: number): void {
  for (const part of ['values', 'tangents'] as const) {
    const [into, from] = [weights[part], asked[part]];
    for (let k = 0; k < into.length; k++) into[k] += step * from[k];
  }
  const faulty = weights.values.findIndex((w) => !Number.isFinite(w));
  if (faulty < 0) return;
  throw blame(synapseName(group, faulty), new NotFinite('its weight', weights.values[faulty]));
}

function refuse(circuit: BuiltCircuit, by: readonly string[]): void {
  const place = 'through learning';
  const known = [...new Set(circuit.groups.flatMap(({ rule }) => Object.keys(rule?.params ?? {})))];
  const wrong = by.find((name) => !known.includes(name));
  if (by.length === 0 || wrong !== undefined) {
    const right = known.length > 0 ? `expected ${oneOf(known)}` : 'give a group a rule with parameters';
    throw new InputError(
      `${place}: by`,
      `${wrong === undefined ? 'is empty' : `unknown parameter ${show(wrong)}`}; ${right}`,
    );
  }
  const twice = by.find((name, c) => by.indexOf(name) !== c);
  if (twice !== undefined) throw new InputError(`${place}: by`, `${show(twice)} is listed twice; remove one`);
  refuseSending(circuit, place);
  const no = (what: string, found: boolean, group?: BuiltGroup) => {
    if (found)
      throw new InputError(
        group ? `synapses.${group.name}` : place,
        `${what}, and derivatives cannot be followed through that; leave it out`,
      );
  };
  no('the circuit repeats its timesteps', circuit.repeat !== undefined);
  no('the circuit carries on from trial to trial', circuit.carries);
  no(
    'the circuit has scalars that a task answers',
    circuit.globals.some(({ kind }) => kind === 'task'),
  );
  for (const group of circuit.groups) {
    no('synapses have delays of their own', group.longer !== undefined, group);
    if (!group.rule) continue;
    no('the group learns at once', group.atOnce, group);
    no('the group also transmits through its state', group.also !== undefined, group);
    no('the group is evaluated by history', group.history !== undefined, group);
    no(
      "the rule's state carries over from trial to trial",
      group.keepsTraces || (group.rule.lasting?.length ?? 0) > 0,
      group,
    );
    no('an optimiser or dials transform the requested change', takeUpOf(group, { byRules: true }) !== undefined, group);
  }
}

/** @throws InputError if a number other than the coefficients changes over the trials: an episode has no trial number. */
function refuseChanging({ circuit, timestep }: ForwardPass, by: readonly string[]): void {
  const all = [
    ...circuit.groups.flatMap(({ name, rule }) =>
      Object.keys(rule?.overTrials ?? {}).flatMap((one) => (by.includes(one) ? [] : [`synapses.${name}.rule.${one}`])),
    ),
    ...[...timestep.tuned.keys()].flatMap(({ owner, name, overTrials }) => (overTrials ? [`${owner}.${name}`] : [])),
  ];
  if (all.length > 0)
    throw new InputError(all[0], 'changes over the trials, but an episode has no trial number; give a constant');
}
