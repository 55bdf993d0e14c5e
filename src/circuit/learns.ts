import { InputError, oneOf, onlyFields, show } from '../errors/index.ts';
import type { Population } from '../neurons/index.ts';
import type { PlasticityRule } from '../rules/index.ts';
import { computedWith } from './behind.ts';
import { seenBy, type Also, type Ends } from './ends.ts';
import type { CheckedGlobal } from './globals.ts';
import { checkEvaluationName, type Evaluation } from './evaluation.ts';
import type { NumberOf } from './order.ts';

/** When a synapse group learns, and a second way in which its synapses may transmit. */
export interface Learns {
  /**
   * 'at once': in every timestep the synapses learn as soon as everything that their rule reads is known, and apply the whole change immediately,
   * whatever the schedule; before they transmit, unless what the rule reads depends on that. A rule that reads the learning signal learns
   * when that is known. By default they learn at the end of the timestep, and the schedule decides when 1/T of the changes is applied.
   */
  readonly learns?: 'at once';
  /**
   * How the changes of a trial are computed: 'trace', in every timestep; 'history', when it has ended, for rules that are linear in their trace and
   * schedule 'trial'. By default as the learner specifies. If it does not, 'history' under schedule 'trial' if the neurons on either side of the
   * group spike and its rule can be evaluated so, else 'trace'.
   */
  readonly evaluation?: Evaluation;
  /** The synapses transmit a second time. By default once, through their weights. */
  readonly also?: Also;
}

/** @throws InputError if a group without a rule is told how to learn, or its rule does not have the variable to transmit through. */
export function checkLearns(
  place: string,
  { learns, also, rule, evaluation }: Learns & { readonly rule?: PlasticityRule },
  to: Population,
): void {
  const given: unknown = learns;
  if (given !== undefined) {
    if (given !== 'at once') {
      throw new InputError(`${place}.learns`, `expected 'at once', got ${show(given)}; or leave it out`);
    }
    if (!rule) throw new InputError(`${place}.learns`, 'needs a rule; give the group one, or leave learns out');
  }
  if (evaluation !== undefined) {
    checkEvaluationName(`${place}.evaluation`, evaluation);
    if (!rule) throw new InputError(`${place}.evaluation`, 'needs a rule; give the group one, or leave evaluation out');
  }
  if (also === undefined) return;
  onlyFields(`${place}.also`, also, ['port', 'weight']);
  const ports = to.model?.ports.map(({ name }) => name) ?? [];
  if (!ports.includes(also.port)) {
    throw new InputError(
      `${place}.also.port`,
      `${show(also.port)} is not a port of these neurons; expected ${oneOf(ports)}`,
    );
  }
  const state = Object.keys(rule?.state ?? {});
  if (state.includes(also.weight)) return;
  const problem = `${show(also.weight)} is not in the state of the group's rule`;
  const right = state.length > 0 ? `expected ${oneOf(state)}` : 'give it a rule with a state';
  throw new InputError(`${place}.also.weight`, `${problem}; ${right}`);
}

/** The ports that a group's synapses transmit to. */
export function portsOf({ port, also }: { readonly port: string; readonly also?: Also }): readonly string[] {
  return also ? [port, also.port] : [port];
}

/** The parts of a group that determine when its rule can learn. */
interface LearningGroup extends Required<Ends> {
  readonly from: string;
  readonly to: string;
  readonly delay: number;
  readonly rule?: PlasticityRule;
}

/**
 * The numbers of this timestep that a rule reads of neurons with a model, the rule as the synapses run it. Undefined: it reads the learning
 * signal or what the task answers, which are known when all neurons are done; or it is opaque, and may read them.
 */
export function readNow(
  { from, to, delay, port, carries, rule }: LearningGroup,
  neurons: Readonly<Record<string, Pick<Population, 'model'>>>,
  globals: Readonly<Record<string, Pick<CheckedGlobal, 'kind'>>>,
): readonly NumberOf[] | undefined {
  const reads = rule?.analysis?.reads.map(({ path }) => path);
  const answers = Object.keys(globals).filter((name) => globals[name].kind === 'task');
  if (!reads || ['post.signal', ...answers.map((name) => `global.${name}`)].some((path) => reads.includes(path))) {
    return undefined;
  }
  const seen = seenBy(neurons[from], neurons[to], { port, carries });
  return reads.flatMap((path): NumberOf[] => {
    const [part, name] = path.split('.');
    if (part === 'post') return [{ population: to, name: computedWith(neurons[to], seen.post[name] ?? name) }];
    return part === 'pre' && delay === 0 && neurons[from].model ? [{ population: from, name: seen.pre[name] }] : [];
  });
}
