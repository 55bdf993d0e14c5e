/**
 * npm runs scripts in the project's folder, wherever they were called from. This returns to the directory in which the command was typed,
 * so that relative paths start there, including those that a scenario opens itself.
 */
export function goWhereTyped(): void {
  const { npm_lifecycle_event: script, INIT_CWD: calledFrom } = process.env;
  if (script === 'rxflo' && calledFrom !== undefined) process.chdir(calledFrom);
}
