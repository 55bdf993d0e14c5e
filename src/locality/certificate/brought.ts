import { portsBehind, seenBy, type BuiltCircuit, type BuiltGroup } from '../../circuit/index.ts';
import type { Need } from './certificate.ts';

/**
 * What a rule reads of its neuron may come from fixed synapses on a port that does not drive what the neuron sends: feedback, as error neurons send
 * it, if a neuron receives from several; or what one neuron sends to many, if it receives from one.
 */
export function broughtByFixed(
  { groups }: BuiltCircuit,
  { from, to, port, message, rule }: BuiltGroup,
): readonly Need[] {
  const { model } = to;
  if (!model || !rule?.analysis) return [];
  const names = seenBy(from, to, { port, carries: message }).post;
  const read = rule.analysis.reads.flatMap(({ path }) => {
    const [part, name] = path.split('.');
    return part === 'post' && name !== 'signal' ? [names[name] ?? name] : [];
  });
  const driving = portsBehind({ model }, Object.values(model.messages).slice(0, 1));
  const behind = [...portsBehind({ model }, read)].filter((one) => !driving.has(one));
  return groups.flatMap((other): Need[] => {
    if (other.to !== to || !behind.includes(other.port) || other.rule) return [];
    const sent = `what '${other.from.name}' sends through the fixed weights of '${other.name}'`;
    if (isVector(other)) {
      return [{ class: 'three-factor, broadcast vector through fixed feedback', what: `${sent}, by way of its own neuron` }]; // prettier-ignore
    }
    if (!isShared(other)) return [];
    return [{ class: 'three-factor, global scalar', what: `${sent} to many neurons, by way of its own` }];
  });
}

function isVector({ rowStart }: BuiltGroup): boolean {
  return rowStart.some((start, i) => i > 0 && start - rowStart[i - 1] > 1);
}

function isShared({ pre }: BuiltGroup): boolean {
  return new Set(pre).size < pre.length;
}
