import type { BuiltPopulation } from '../built.ts';
import type { Reader } from '../engine.ts';
import { readerOf, type PublishedPlaces, type RulePlaces } from '../published.ts';
import type { Row } from './step.ts';
import type { Timestep } from './timestep.ts';

/** What neurons publish, from where an engine has its rows. A number that never changes is held nowhere; a learning signal that no one forms is 0. */
export function publishedRows(
  timestep: Timestep,
  read: (row: Row) => Reader,
): Pick<PublishedPlaces, 'error' | 'activity'> & Pick<RulePlaces, 'signal'> {
  const reader = (population: BuiltPopulation, name: string): Reader => {
    const row = timestep.row(population, name);
    const constant = timestep.constants.get(row);
    return constant === undefined ? read(row) : readerOf(population.size, () => constant);
  };
  return {
    error: (output) => reader(output, 'error'),
    activity: reader,
    signal: (population) =>
      timestep.find(population, 'signal') ? reader(population, 'signal') : readerOf(population.size, () => 0),
  };
}
