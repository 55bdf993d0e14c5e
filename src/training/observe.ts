import { answerName, type BuiltCircuit, type Engine } from '../circuit/index.ts';
import type { Trial } from '../tasks/index.ts';

/**
 * What every population sends in one trial without learning, its rate or `out`: [T][size] by name, row-major. Changes no weight.
 * The trial's number is 0: its random draws differ from those of all trials of a session, and are the same whenever it is observed.
 */
export function observe(engine: Engine, trial: Trial): ReadonlyMap<string, Float64Array> {
  const watched = engine.circuit.populations.map((population) => ({
    name: population.name,
    size: population.size,
    reader: engine.reader({ neurons: population.name, value: answerName(population) }),
    rates: new Float64Array(trial.timesteps * population.size),
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

/**
 * What the outputs do in one trial without learning: [T][outputs], row-major, as its target is. Changes no weight.
 *
 * @param number Random draws depend on it; 0 and below are not trials of a session.
 */
export function answerOf(engine: Engine, trial: Trial, number: number): Float64Array {
  const readers = engine.circuit.outputs.map((population) =>
    engine.reader({ neurons: population.name, value: answerName(population) }),
  );
  const width = readers.reduce((sum, { length }) => sum + length, 0);
  const answer = new Float64Array(trial.timesteps * width);
  engine.trial(trial, {
    number,
    learn: false,
    onTimestep: (t) => {
      let at = (t - 1) * width;
      for (const reader of readers) {
        reader.read(answer, at);
        at += reader.length;
      }
    },
  });
  return answer;
}

/** The target of each output population in a trial: [T][size] by name, row-major. */
export function targetsOf({ outputs }: BuiltCircuit, { target, timesteps }: Trial): ReadonlyMap<string, Float64Array> {
  const width = outputs.reduce((sum, { size }) => sum + size, 0);
  let offset = 0;
  return new Map(
    outputs.map(({ name, size }) => {
      const first = offset;
      offset += size;
      const own = (at: number) => target[Math.floor(at / size) * width + first + (at % size)];
      return [name, Float64Array.from({ length: timesteps * size }, (_, at) => own(at))];
    }),
  );
}
