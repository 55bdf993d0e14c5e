/**
 * How fast each online algorithm learns the Add task of Marschall, Cho & Savin, "A unified framework of online learning algorithms for training
 * recurrent neural networks" (JMLR 21, 2020): 30,000 timesteps, with alpha = 1 (lags 5 and 9) and alpha = 0.5 (tau = 2; each bit lasts two timesteps,
 * lags 2 and 4).
 *
 *     rxflo sweep scenarios/marschall2020-losses.ts
 *     rxflo sweep scenarios/marschall2020-losses.ts --set tau=2
 *     npx tsx scenarios/figures/marschall2020-losses.ts runs/losses     runs both, and makes a figure and a table of losses over timesteps
 *
 * Each learner trains alone, in the network and at the rate of marschall2020-alignment.ts. Results: docs/marschall.md.
 */
import { rflo, variation } from 'rxflo';
import alignment from './marschall2020-alignment.ts';
import { onlineFamily } from './systems/family.ts';

const still = rflo({ eta: 0 });

export default variation(alignment, {
  title: 'Marschall et al. (2020): losses of online algorithms',
  trials: 300,
  compare: (how) => [
    { name: 'readout only', rules: { recurrent: still, input: still, bias: still } },
    ...onlineFamily(how),
  ],
  sweep: {
    grid: {
      learner: ['readout only', ...onlineFamily({ creditRate: 0, jacobianRate: 0 }).map(({ name = '' }) => name)],
    },
    seeds: 5,
  },
  quick: {
    trials: 20,
    seeds: 1,
    settings: { units: 12 },
    grid: { learner: ['readout only', 'UORO', 'RFLO', 'DNI', 'F-BPTT(10)'] },
  },
});
