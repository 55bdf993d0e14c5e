import type { BuiltGroup } from './built.ts';

/** Whether what a group carries are events: 1, or nothing. */
export function carriesEvents({ from: { model }, message }: Pick<BuiltGroup, 'from' | 'message'>): boolean {
  return model?.events !== undefined && message === Object.keys(model.messages)[0];
}

/** Whether axons of a group may be silent, so that it is worth while to look for those that are: they carry events, or what a task plays. */
export function maybeSilent(group: Pick<BuiltGroup, 'from' | 'message'>): boolean {
  return carriesEvents(group) || group.from.model === undefined;
}

/**
 * Whether axons of a group hold what they sent last until it would be another by more than a threshold. Its synapses then learn by history from the
 * moves of that. Not where they have delays of their own: what they are brought at first is then not the same number for all.
 */
export function isHeld({ from, longer }: Pick<BuiltGroup, 'from' | 'longer'>): boolean {
  return from.sending?.jumps === 'threshold' && !longer;
}
