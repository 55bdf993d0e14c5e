import type { Engine } from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';

/**
 * What every population does in one trial without learning: [T][size] by name, row-major. Changes no weight.
 * What falls by chance falls as in no trial of a session, and the same whenever it is observed: its number is 0.
 */
export function observe(engine: Engine, trial: Trial): ReadonlyMap<string, Float64Array> {
  const watched = engine.circuit.populations.map(({ name, size }) => ({
    name,
    size,
    reader: engine.reader({ neurons: name, value: 'rate' }),
    rates: new Float64Array(trial.timesteps * size),
  }));
  engine.trial(trial, {
    number: 0,
    learn: false,
    onTimestep: (t) => {
      for (const { reader, rates, size } of watched) reader.read(rates, (t - 1) * size);
    },
  });
  return new Map(watched.map(({ name, rates }) => [name, rates]));
}
