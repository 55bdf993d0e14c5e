import { fileURLToPath } from 'node:url';
import { InputError, show } from '../errors/index.ts';

/** @throws InputError unless it is a number of threads. */
export function checkWorkers(workers: number): void {
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new InputError('workers', `${show(workers)} is not a whole number above 0`);
  }
}

/** @throws InputError unless it is a name: each worker loads the scenario and finds the learner by its name. */
export function checkLearnerName(learner: unknown): void {
  if (typeof learner === 'string') return;
  throw new InputError(
    'learner',
    `expected a name, got ${show(learner)}: a learner cannot be sent to a thread; put it into the scenario's compare, and give its name`,
  );
}

/** The path of a scenario file. @throws InputError if it is any other URL. */
export function scenarioPath(scenario: string | URL): string {
  if (typeof scenario === 'string') return scenario;
  if (scenario instanceof URL && scenario.protocol === 'file:') return fileURLToPath(scenario);
  throw new InputError('scenario', `expected the path of a scenario file, or a file: URL, got ${show(scenario)}`);
}
