/** Labels of axes whose unit follows from their name, because the option has the name of a parameter of rxflo. */
const known: ReadonlyMap<string, string> = new Map([
  ['period', 'Period (timesteps)'],
  ['tau', 'Time constant tau (timesteps)'],
  ['delay', 'Delay (timesteps)'],
  ['timesteps', 'Length of a trial (timesteps)'],
  ['units', 'Units (number)'],
  ['trials', 'Trials (number)'],
  ['eta', 'Learning rate'],
  ['rate', 'Learning rate'],
  ['rateHalfLife', 'Half-life of the learning rates (trials)'],
]);

/** The label of a figure's axis for an axis of the grid, with its unit where that is known. */
export function axisLabel(name: string): string {
  return known.get(name) ?? name;
}
