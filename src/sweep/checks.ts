import { fileURLToPath } from 'node:url';
import { InputError, show } from '../errors/index.ts';

/** @throws InputError unless it is a number of threads. */
export function checkWorkers(workers: number): void {
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new InputError('workers', `${show(workers)} is not a whole number above 0`);
  }
}

/** @throws InputError unless it is a name: each worker loads the scenario and finds the learner by it. */
export function checkLearnerName(learner: unknown): void {
  if (typeof learner === 'string') return;
  throw new InputError(
    'learner',
    `expected a name, got ${show(learner)}: no thread can be sent a learner; put it into the scenario's compare, and give its name`,
  );
}

/** The path of a scenario file. @throws InputError if it is a URL of something else. */
export function scenarioPath(scenario: string | URL): string {
  if (typeof scenario === 'string') return scenario;
  if (scenario instanceof URL && scenario.protocol === 'file:') return fileURLToPath(scenario);
  throw new InputError('scenario', `${show(scenario)} is no file; give the path of a scenario file, or a file: URL`);
}
