import type { BuiltCircuit } from './built.ts';
import type { Thing } from './catalogue.ts';
import type { Engine } from './engine.ts';
import type { Cells } from './held.ts';
import { Holdings } from './holdings.ts';
import { timestepOf } from './timestep/timestep-of.ts';

/**
 * What a circuit publishes when it learns by its own rules, except their state, without an engine that runs it: every number is 0. It
 * distinguishes a wrong name from one that a solver does not have.
 */
export function publishes(circuit: BuiltCircuit): Pick<Engine, 'circuit' | 'reader'> {
  const { feedback } = circuit;
  const timestep = timestepOf(circuit, { feedback, signalled: () => true });
  const holdings = new Holdings(circuit, timestep, { feedback, variables: () => undefined, rules: true }, zeros);
  return { circuit, reader: (what) => holdings.reader(what) };
}

function zeros({ shape }: Thing): Cells {
  const length = shape.reduce((product, side) => product * side, 1);
  return {
    length,
    get: () => 0,
    set: () => undefined,
    read: (into, offset) => into.fill(0, offset, offset + length),
  };
}
