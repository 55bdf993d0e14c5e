import type { BuiltGroup } from './built.ts';

/** Whether what a group carries are events: 1, or nothing. */
export function carriesEvents({ from: { model }, message }: Pick<BuiltGroup, 'from' | 'message'>): boolean {
  return model?.events !== undefined && message === Object.keys(model.messages)[0];
}
