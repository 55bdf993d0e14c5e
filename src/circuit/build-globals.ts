import { frozen, once } from '../local/index.ts';
import type { BuiltCircuit, BuiltGlobal, BuiltPopulation } from './built.ts';
import type { Circuit } from './circuit.ts';
import type { CheckedGlobal } from './globals.ts';
import { onlyOne } from './timestep/rows.ts';

/** The global scalars before the first timestep, by name. */
export function firstGlobals(globals: Circuit['globals']): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(globals).map(([name, one]) => [name, firstOf(one)]));
}

/** The population of size 1 that holds a circuit's global scalars. */
const everyoneOf = once(({ globals, neurons }: Circuit) => {
  const first = Object.entries(firstGlobals(globals)).map(([name, value]) => [name, Float64Array.of(value)] as const);
  return frozen(onlyOne('everyone', Object.keys(neurons).length, Object.fromEntries(first)));
});

/** A circuit's global scalars, and the population of size 1 that holds them. */
export function buildGlobals(
  circuit: Circuit,
  populations: ReadonlyMap<string, BuiltPopulation>,
): Pick<BuiltCircuit, 'globals' | 'everyone'> {
  const { globals } = circuit;
  return {
    globals: Object.entries(globals).map(([name, one]): BuiltGlobal => {
      if (one.kind !== 'neuron') return { name, ...one };
      const from = populations.get(one.from);
      if (!from) throw new Error(`no population '${one.from}' in a checked circuit`);
      return { name, ...one, from };
    }),
    everyone: everyoneOf(circuit),
  };
}

/** A clock begins with its value at time 0; a neuron's scalar is 0, because nothing has been sent yet. */
function firstOf(one: CheckedGlobal): number {
  switch (one.kind) {
    case 'clock':
      return one.local.compileNumber()({ t: 0, count: 0, sweep: 0, last: 0 });
    case 'task':
      return one.start;
    case 'neuron':
      return 0;
  }
}
