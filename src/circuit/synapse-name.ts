import type { BuiltGroup } from './built.ts';

/** Synapse k of a group, in errors. */
export function synapseName({ name, rowStart, pre }: Pick<BuiltGroup, 'name' | 'rowStart' | 'pre'>, k: number): string {
  const post = rowStart.findIndex((start) => start > k) - 1;
  return `synapse ${name} ${post} <- ${pre[k]}`;
}
