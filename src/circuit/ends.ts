import { InputError, oneOf, show } from '../errors/index.ts';
import type { NeuronModel, Population } from '../neurons/index.ts';
import type { LocalFunction } from '../local/index.ts';
import type { PlasticityRule } from '../rules/index.ts';

/** The default message, which weights multiply: `out`, whatever the neuron calls it; and `rate`, the message of input neurons. */
const [OUT, RATE] = ['out', 'rate'];

/** Where a synapse group ends, and what it carries, as a user writes it. */
export interface Ends {
  /** The port of the postsynaptic neurons. By default their first. */
  readonly port?: string;
  /** The message that the axons carry. By default what the neuron sends as its `out`, or its rate. */
  readonly carries?: string;
}

/** What synapses transmit besides what passes through their weights: the same message, with the same delay, to another port of the same neurons. */
export interface Also {
  readonly port: string;
  /** The variable of the rule's state that multiplies it, as it was when the group last learned. */
  readonly weight: string;
}

/** The same ends, completed. @throws InputError if the neurons have no such port, or send no such message. */
export function checkedEnds(place: string, { port, carries }: Ends, from: Population, to: Population): Required<Ends> {
  const ports = to.model?.ports.map(({ name }) => name) ?? [];
  if (port !== undefined && !ports.includes(port)) {
    throw new InputError(`${place}.port`, `${show(port)} is not a port of these neurons; expected ${oneOf(ports)}`);
  }
  const messages = messagesOf(from);
  if (carries !== undefined && !messages.includes(carries)) {
    const right = `expected ${oneOf(messages)}`;
    throw new InputError(`${place}.carries`, `${show(carries)} is not a message that these neurons send; ${right}`);
  }
  return { port: port ?? ports[0], carries: carries ?? messages[0] };
}

function messagesOf({ model }: Population): readonly string[] {
  return model ? Object.keys(model.messages) : [RATE];
}

/** The row of a population that is this message. */
export function rowCarried({ model }: Population, message: string): string {
  return model ? model.messages[message] : message;
}

/**
 * What the synapses of a group see of their two neurons: `pre.NAME` and `post.NAME`, and the row that each name means. An axon brings every
 * message of its neuron, with the same delay as the one that the group carries. `post.signal` depends on the feedback and is not included.
 */
export function seenBy(
  from: Pick<Population, 'model'>,
  to: Pick<Population, 'model'>,
  { port, carries }: { readonly port: string; readonly carries: string },
): { readonly pre: Readonly<Record<string, string>>; readonly post: Readonly<Record<string, string>> } {
  const { model } = to;
  const brought = from.model ? from.model.messages[carries] : carries;
  const [out] = Object.values(model?.messages ?? {});
  const here = model?.ports.find(({ name }) => name === port)?.here ?? null;
  return {
    pre: { ...from.model?.messages, [OUT]: brought, [carries]: brought },
    post: { [OUT]: out, ...model?.shows, ...(here !== null && { here }) },
  };
}

/** @throws InputError if a rule reads what its synapses do not see. */
export function checkSeen(
  place: string,
  rule: PlasticityRule,
  from: Population,
  to: Population,
  ends: Required<Ends>,
): void {
  // What eligibility reads follows from the neurons themselves.
  const { eligible, analysis } = rule;
  const functions = eligible
    ? [eligible.change, ...(eligible.trace ? [eligible.trace] : []), ...eligible.others]
    : analysis?.functions;
  const bring = `neurons of model ${show(from.model?.name ?? 'input')} do not send here`;
  checkReads(place, { rule, functions, bring }, seenBy(from, to, ends), to);
}

/** @throws InputError if a rule that relearns a feedback reads what its synapses, to which axons bring the error, do not see. */
export function checkSeenOfError(place: string, rule: PlasticityRule, to: Population): void {
  const seen = seenBy({}, to, { port: '', carries: RATE });
  checkReads(
    place,
    { rule, functions: rule.analysis?.functions, bring: 'axons that bring an error do not send' },
    seen,
    to,
  );
}

function checkReads(
  place: string,
  {
    rule,
    functions = [],
    bring,
  }: {
    readonly rule: PlasticityRule;
    readonly functions?: readonly Pick<LocalFunction, 'reads'>[] | undefined;
    /** Who does not send what the rule reads of `pre`, for the message. */
    readonly bring: string;
  },
  { pre, post }: ReturnType<typeof seenBy>,
  to: Population,
): void {
  const names = { pre, post: { ...post, signal: 'signal' } };
  for (const { path } of functions.flatMap(({ reads }) => reads)) {
    const [part, name] = path.split('.');
    if ((part !== 'pre' && part !== 'post') || Object.hasOwn(names[part], name)) continue;
    const who = part === 'pre' ? bring : `neurons of model ${show(to.model?.name ?? 'input')} do not publish here`;
    const right = Object.keys(names[part]).map((known) => `${part}.${known}`);
    throw new InputError(
      place,
      `rule ${show(rule.name)} reads ${path}, which ${who}; expected one of ${right.join(', ')}`,
    );
  }
}

/** The number that errors and learning signals refer to: the default message. */
export function answerOf({ messages }: NeuronModel): string {
  const [[, row]] = Object.entries(messages);
  return row;
}
