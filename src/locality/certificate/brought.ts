import { portsBehind, seenBy, type BuiltCircuit, type BuiltGroup } from '../../circuit/index.ts';
import type { Need } from './certificate.ts';

/**
 * What a rule reads of its neuron may be made of what fixed synapses bring to a port that drives nothing the neuron sends: feedback, as
 * error neurons send it, each of whose neurons hears several.
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
  const isVector = ({ rowStart }: BuiltGroup) => rowStart.some((start, i) => i > 0 && start - rowStart[i - 1] > 1);
  return groups.flatMap((other): Need[] => {
    if (other.to !== to || !behind.includes(other.port) || other.rule || !isVector(other)) return [];
    const what = `what '${other.from.name}' sends through the fixed weights of '${other.name}', by way of its own neuron`;
    return [{ class: 'three-factor, broadcast vector through fixed feedback', what }];
  });
}
