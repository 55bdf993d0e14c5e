import type { Schedule } from '../../src/circuit/index.ts';
import { InputError, oneOf, show } from '../../src/errors/index.ts';

/** What is learned by which algorithm, when changes are applied, and how large the network is. */
export interface Case {
  readonly algorithm: 'rflo' | 'bptt' | 'rtrl';
  readonly schedule: Schedule;
  /** N. */
  readonly units: number;
}

/** What `--cases` takes. BPTT cannot learn online; RTRL takes N^4 time, and is run up to the paper's N only. */
const KINDS = {
  'rflo-trial': { algorithm: 'rflo', schedule: 'trial', most: Infinity },
  'rflo-online': { algorithm: 'rflo', schedule: 'online', most: Infinity },
  bptt: { algorithm: 'bptt', schedule: 'trial', most: Infinity },
  rtrl: { algorithm: 'rtrl', schedule: 'trial', most: 50 },
} as const;

export const KIND_NAMES: readonly string[] = Object.keys(KINDS);

/** Every case of these kinds at these sizes. @throws InputError if a kind is none, or nothing is left to run. */
export function casesOf(kinds: readonly string[], units: readonly number[]): readonly Case[] {
  const cases = kinds.filter(isKind).flatMap((kind) => {
    const { algorithm, schedule, most } = KINDS[kind];
    return units.filter((n) => n <= most).map((n): Case => ({ algorithm, schedule, units: n }));
  });
  if (cases.length === 0) {
    throw new InputError(
      '--cases',
      `rtrl is run up to N = ${KINDS.rtrl.most} only; give smaller --units, or other cases`,
    );
  }
  return cases;
}

/** As tables and progress name it. */
export function nameOf({ algorithm, schedule, units }: Case): string {
  return `${algorithm === 'rflo' ? `rflo-${schedule}` : algorithm}, N = ${units}`;
}

function isKind(name: string): name is keyof typeof KINDS {
  if (Object.hasOwn(KINDS, name)) return true;
  throw new InputError('--cases', `${show(name)} is unknown; give ${oneOf(KIND_NAMES)}`);
}
