import { compileStatements, statements, type Numbers } from '../local/index.ts';
import { chancePlace, draw } from '../random/index.ts';
import type { TakeUp } from './take-up.ts';

/** The numbers of all synapses of a group that the take-up uses, by name: `w`, `asked`, and each variable of the take-up's state. */
export type SynapseNumbers = Readonly<Record<string, Float64Array>>;

/** The factors of changes, see TakeUp; whether a batch ends; and the common key of the timestep's draws. */
export interface Taking {
  readonly step: number;
  readonly pace: number;
  readonly due: number;
  readonly key: number;
}

/**
 * Applies the changes that all synapses of a group have requested, in place; returns the first whose weight is no longer finite, else -1.
 * `tuned`: the tunable parameters, by name.
 */
export type TakeUpLoop = (numbers: SynapseNumbers, taking: Taking, tuned?: Numbers) => number;

/** A take-up that sees no neurons as a loop over arrays. */
export function takeUpLoop({ text, state, constants, chance }: TakeUp): TakeUpLoop {
  const names = ['w', 'asked', ...Object.keys(state)];
  const fixed = Object.entries(constants);
  const all = [...names, ...fixed.map(([name]) => `take.${name}`)];
  const entry = (path: string) => `a${all.indexOf(path)}[k]`;
  const results = text.namedResults;
  const tunable = text.reads.flatMap(({ path, scope }) =>
    scope === 'parameter' && !path.startsWith('take.') ? [path] : [],
  );
  const written = statements(
    results.map(({ value }) => value),
    ({ path }) =>
      all.includes(path)
        ? entry(path)
        : tunable.includes(path)
          ? `tuned${tunable.indexOf(path)}`
          : path.replace('take.', ''),
  );
  const source = `
return (${[...all.map((_, a) => `a${a}`), ...tunable.map((_, p) => `tuned${p}`)].join(', ')}, step, pace, due, key) => {
  for (let k = 0; k < a0.length; k++) {
    const change = step * a1[k];
    ${chance === undefined ? '' : 'const draw = chance(key, place(k));'}
    ${written.lines.join('\n    ')}
    ${results.map((_, r) => `const r${r} = ${written.results[r]};`).join('\n    ')}
    ${results.map(({ name }, r) => `${entry(name)} = r${r};`).join('\n    ')}
    if (a0[k] - a0[k] !== 0) return k;
  }
  return -1;
};`;
  const loop = compileStatements<(...given: (Float64Array | number)[]) => number>('take-up', source, {
    ...{ chance: draw, place: chancePlace },
  });
  return (numbers, { step, pace, due, key }, tuned = {}) => {
    const arrays = [...names.map((name) => numbers[name]), ...fixed.map(([, values]) => values)];
    return loop(...arrays, ...tunable.map((name) => tuned[name]), step, pace, due, key);
  };
}
