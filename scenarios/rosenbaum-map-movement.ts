/**
 * The small temporal task of the map: the movement of SUPERTREX, learned from a reward (SUPERTREX, RMHL), from a teacher that shows the position
 * (FORCE, RFLO), and only by the readout of RFLO's network. Circuits that process separate images, without memory between them, are not included.
 *
 *     npm run -s rxflo -- sweep scenarios/rosenbaum-map-movement.ts
 *
 * As in rosenbaum-supertrex.ts, the last five trials are a test, whose loss is the mean deviation. In the test all networks receive the target
 * position; RFLO always does.
 */
import { InputError, scenario, type Task } from 'rxflo';
import supertrex from './rosenbaum-supertrex.ts';
import { movingRflo } from './systems/mapped.ts';
import { butterfly, direct } from './systems/plants.ts';

const TRAINED = 10;
const PATHWAYS = ['SUPERTREX', 'SUPERTREX delta', 'RMHL', 'FORCE'];
const SHOWN = ['RFLO', 'readout alone'];

function known(system: string): string {
  const all = [...PATHWAYS, ...SHOWN];
  if (all.includes(system)) return system;
  throw new InputError('option system', `'${system}' is unknown; give one of ${all.join(', ')}`);
}

/** The same movement for a network that receives the position as its input and, during training, as its target. */
function shown(timesteps: number): Task {
  const aims = butterfly(timesteps);
  return {
    ...{ name: 'butterfly, shown', inputs: 2, outputs: 3, settings: { timesteps } },
    trial: (index) => ({
      ...{ timesteps, input: Float64Array.from(aims.flat()) },
      target: Float64Array.from(aims.flatMap(([x, y]) => (index > TRAINED ? [NaN, NaN, 0] : [x, y, 0]))),
      answer: ({ t, outputs }) => ({ distance: direct.distance(outputs, aims[t - 1]) }),
    }),
  };
}

export default scenario({
  title: 'A movement, learned by SUPERTREX, FORCE and RFLO',
  options: { system: 'RFLO', units: 100, timesteps: 20_000, rate: 0.001 },
  circuit: ({ system, units, timesteps, rate }) =>
    SHOWN.includes(known(system))
      ? movingRflo({ units, rate: rate * timesteps, learns: system === 'RFLO' })
      : supertrex.definition.circuit({
          pathways: system,
          task: 1,
          units,
          timesteps,
          rate: 0.0005,
          measure: 'deviation',
        }),
  task: ({ system, units, timesteps }) =>
    SHOWN.includes(known(system))
      ? shown(timesteps)
      : supertrex.definition.task({ pathways: system, task: 1, units, timesteps, rate: 0.0005, measure: 'deviation' }),
  trials: 15,
  carry: true,
  schedule: 'online',
  feedback: 'random',
  compare: ['local'],
  engine: 'kernels',
  sweep: { grid: { system: [...PATHWAYS, ...SHOWN] }, seeds: 5 },
  quick: { settings: { units: 50, timesteps: 2_000 }, seeds: 1, grid: { system: [...PATHWAYS, ...SHOWN] } },
});
