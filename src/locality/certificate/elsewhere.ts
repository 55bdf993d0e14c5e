import { collected, only, replaced, type Term } from './terms.ts';

// State of a synapse that Loihi can hold elsewhere, or in another form.

interface AxonTrace {
  readonly decay: number;
  readonly impulse: number;
  /** What the axon brings. */
  readonly path: string;
}

interface Ahead {
  readonly name: string;
  readonly late: (each: string) => readonly Term[] | undefined;
  readonly next: readonly Term[];
}

/** A state that becomes decay times itself plus impulse times what one axon brings. */
export function presynaptic(state: string, sum: readonly Term[]): AxonTrace | undefined {
  const own = sum.find(({ factors }) => factors.length === 1 && factors[0] === state);
  if (sum.length !== 2 || !own || !(own.scale > 0 && own.scale < 1)) return undefined;
  const [brought] = sum.filter((each) => each !== own);
  const path = brought.factors.join(' ');
  if (brought.factors.length !== 1 || !path.startsWith('pre.')) return undefined;
  return { decay: own.scale, impulse: brought.scale, path };
}

/**
 * A state s that becomes decay s + by e, where e is another state in the timestep before. It can be kept a timestep ahead, as q(t) = s(t+1), so that
 * e need not be kept.
 *
 * @returns The update of q, and the replacements for the old s and e elsewhere; undefined if s does not have this form.
 */
export function advanced(state: string, next: ReadonlyMap<string, readonly Term[]>): Ahead | undefined {
  const sum = next.get(state) ?? [];
  const own = sum.find(({ factors }) => factors.length === 1 && factors[0] === state);
  const [other] = sum.filter((each) => each !== own);
  if (sum.length !== 2 || !own || other.factors.length !== 1) return undefined;
  const [name, [source]] = [`${state} ahead`, other.factors];
  const value = next.get(source);
  if (!value) return undefined;
  const late = only(source, [
    { scale: 1 / other.scale, factors: [name] },
    { scale: -own.scale / other.scale, factors: [state] },
  ]);
  const now = replaced(value, late);
  if (now.some(({ factors }) => factors.includes(state))) return undefined;
  const grown = now.map((term) => ({ ...term, scale: other.scale * term.scale }));
  return { name, late, next: collected([{ scale: own.scale, factors: [name] }, ...grown]) };
}
