import type { HeldThing } from '../circuit/index.ts';

const HEAD = ['whose', 'what', 'where', 'numbers', 'history', 'between trials'];

/** What a circuit holds while it learns by its own rules, as a table. */
export function heldTable(things: readonly HeldThing[]): string {
  const rows = things.map(({ owner, name, scope, shape, back, kept }) => [
    ...[owner, name, scope, shape.join(' x ')],
    back > 0 ? `${back} ${back === 1 ? 'timestep' : 'timesteps'}` : '',
    kept ? 'kept' : 'reset',
  ]);
  const widths = HEAD.map((head, k) => Math.max(head.length, ...rows.map((row) => row[k].length)));
  const line = (row: readonly string[]) => `    ${row.map((cell, k) => cell.padEnd(widths[k])).join('  ')}`.trimEnd();
  return ['What the circuit holds while it learns by its own rules', '', line(HEAD), ...rows.map(line)].join('\n');
}
