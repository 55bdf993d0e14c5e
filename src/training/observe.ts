import type { Engine } from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';

/** What every population did in one trial without learning: [T][size] by name, row-major. Changes no weight. */
export function observe(engine: Engine, trial: Trial): ReadonlyMap<string, Float64Array> {
  const watched = engine.circuit.populations.map(({ name, size }) => ({
    name,
    size,
    reader: engine.reader({ neurons: name, value: 'rate' }),
    rates: new Float64Array(trial.timesteps * size),
  }));
  engine.trial(trial, {
    learn: false,
    onTimestep: (t) => {
      for (const { reader, rates, size } of watched) reader.read(rates, (t - 1) * size);
    },
  });
  return new Map(watched.map(({ name, rates }) => [name, rates]));
}
