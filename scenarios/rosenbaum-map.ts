/**
 * One map of the five systems and RFLO: what does each reach on the same images, with the same number of units, at its own best rate?
 * `figures/map.ts` also shows how local each is.
 *
 *     npm run -s rxflo -- sweep scenarios/rosenbaum-map.ts
 *
 * SUPERTREX is not included: it learns a single movement by trial and error; see rosenbaum-map-movement.ts.
 */
import { InputError, scenario } from 'rxflo';
import { imageTask } from './systems/images.ts';
import { CLASSIFIERS, taskFor } from './systems/mapped.ts';

const NAMES = Object.keys(CLASSIFIERS);

function systemNamed(name: string) {
  const found = Object.entries(CLASSIFIERS).find(([one]) => one === name);
  if (!found) throw new InputError('option system', `'${name}' is unknown; give one of ${NAMES.join('; ')}`);
  return found[1];
}

export default scenario({
  title: 'Five systems and RFLO on the same images',
  options: { system: 'RFLO', rate: 0.03, images: '', tests: 200 },
  circuit: ({ system, rate }) => systemNamed(system)(rate),
  task: ({ system, images, tests }) =>
    taskFor(system, (outputs) => imageTask(images, tests, { teacher: true, outputs })),
  trials: 1_600,
  feedback: 'random',
  compare: ['local'],
  engine: 'kernels',
  sweep: { grid: { system: NAMES, rate: [0.01, 0.03, 0.1] }, best: 'rate', score: 'accuracy', seeds: 5 },
  quick: { trials: 400, seeds: 1, grid: { system: NAMES, rate: [0.03, 0.1] } },
});
