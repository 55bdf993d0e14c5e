import type { BuiltGroup } from './built.ts';

/** Whether what a group carries are events: 1, or nothing. */
export function carriesEvents({ from: { model }, message }: Pick<BuiltGroup, 'from' | 'message'>): boolean {
  return model?.events !== undefined && message === Object.keys(model.messages)[0];
}

/**
 * Whether axons of a group may be silent, so that it is worth while to look for those that are: they carry events, or what a task plays. Where
 * synapses have delays of their own, no column is one neuron's.
 */
export function maybeSilent(group: BuiltGroup): boolean {
  return !group.longer && (carriesEvents(group) || group.from.model === undefined);
}
