import type { LavaRule } from '../locality/index.ts';

/** A rule as Lava's text: its equations, and the call of Lava's constructor. */
export function lavaPage({ group, rule, equations, variables, traces, notes, misfits }: LavaRule): string {
  const title = group === null ? rule : `${rule}, of '${group}'`;
  if (misfits.length > 0) {
    return [`${title}: cannot be expressed on Loihi 2`, ...misfits.map((why) => `  ${why}`)].join('\n');
  }
  const holds = [
    ...Object.entries(variables).map(([name, what]) => `${name}: ${what}`),
    ...traces.map(({ name, holds: what, made }) => `${name}: ${what}; ${made}`),
  ];
  const given = [
    ...Object.entries(equations).map(([name, sum]) => `${name}="${sum}"`),
    ...traces.flatMap(({ name, decays }) =>
      decays ? [`${name}_impulse=${decays.impulse}, ${name}_tau=${decays.tau}`] : [],
    ),
    't_epoch=1',
  ];
  return [
    title,
    '',
    ...Object.entries(equations).map(([name, sum]) => `  ${name} = ${sum}`),
    ...['', ...holds.map((line) => `  ${line}`)],
    ...['', `  Loihi3FLearningRule(${given.join(', ')})`],
    ...['', ...notes.map((note) => `  note: ${note}`)],
  ].join('\n');
}
