import type { BuiltGroup } from './built.ts';

/** Whether a group carries events: 1, or nothing. */
export function carriesEvents({ from: { model }, message }: Pick<BuiltGroup, 'from' | 'message'>): boolean {
  return model?.events !== undefined && message === Object.keys(model.messages)[0];
}

/** Whether axons of a group may be silent, so that silent ones are worth skipping: they carry events, or the task's input. */
export function maybeSilent(group: Pick<BuiltGroup, 'from' | 'message'>): boolean {
  return carriesEvents(group) || group.from.model === undefined;
}

/**
 * Whether axons of a group hold their last message until the new one differs from it by more than a threshold. Its synapses then learn by history
 * from these differences. False where synapses have delays of their own: then what they are brought first is not the same number for all.
 */
export function isHeld({ from, longer }: Pick<BuiltGroup, 'from' | 'longer'>): boolean {
  return from.sending?.jumps === 'threshold' && !longer;
}
