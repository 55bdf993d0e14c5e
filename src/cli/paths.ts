/**
 * npm runs scripts in the project's folder, wherever they were called from. This goes back to where the command was typed,
 * so that every path means what the person who typed it meant: also one that a scenario opens by itself.
 */
export function goWhereTyped(): void {
  const { npm_lifecycle_event: script, INIT_CWD: calledFrom } = process.env;
  if (script === 'rxflo' && calledFrom !== undefined) process.chdir(calledFrom);
}
